//! libFuzzer's way into the target `configuration`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| simbind_fuzz_targets::drive("configuration", bytes));
