//! libFuzzer's way into the target `certificate_chain`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| simbind_fuzz_targets::drive("certificate_chain", bytes));
