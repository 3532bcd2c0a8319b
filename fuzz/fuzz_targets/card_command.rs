//! libFuzzer's way into the target `card_command`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| simbind_fuzz_targets::drive("card_command", bytes));
