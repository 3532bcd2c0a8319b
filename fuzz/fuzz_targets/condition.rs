//! libFuzzer's way into the target `condition`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| simbind_fuzz_targets::drive("condition", bytes));
