//! libFuzzer's way into the target `android_chain`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| simbind_fuzz_targets::drive("android_chain", bytes));
