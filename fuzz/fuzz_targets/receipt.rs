//! libFuzzer's way into the target `receipt`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| simbind_fuzz_targets::drive("receipt", bytes));
