//! libFuzzer's way into the target `pack`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| simbind_fuzz_targets::drive("pack", bytes));
