//! libFuzzer's way into the target `assertion`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| simbind_fuzz_targets::drive("assertion", bytes));
