//! libFuzzer's way into the target `attestation`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| simbind_fuzz_targets::drive("attestation", bytes));
