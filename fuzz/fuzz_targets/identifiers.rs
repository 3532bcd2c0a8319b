//! libFuzzer's way into the target `identifiers`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| simbind_fuzz_targets::drive("identifiers", bytes));
