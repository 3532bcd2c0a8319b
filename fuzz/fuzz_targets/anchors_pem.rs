//! libFuzzer's way into the target `anchors_pem`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| simbind_fuzz_targets::drive("anchors_pem", bytes));
