//! libFuzzer's way into the target `status_list`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| simbind_fuzz_targets::drive("status_list", bytes));
