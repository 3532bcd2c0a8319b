//! libFuzzer's way into the target `key_description`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| simbind_fuzz_targets::drive("key_description", bytes));
