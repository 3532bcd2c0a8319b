//! libFuzzer's way into the target `public_key`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| simbind_fuzz_targets::drive("public_key", bytes));
