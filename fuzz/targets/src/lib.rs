//! What each fuzz target does with its bytes, as plain functions. Each asserts more than that
//! nothing panics, where it can: what is read is written back the same, and nothing is verified
//! that the holders of the keys did not sign.
//!
//! `fuzz/fuzz_targets` drives them under libFuzzer; `tests/corpus.rs` runs the stored corpus and a
//! bounded number of seeded changes of it with the ordinary tests.

pub mod attest;
pub mod cards;
pub mod certificates;
pub mod configuration;
pub mod fixtures;
pub mod messages;
pub mod mutate;
pub mod packs;
pub mod records;
pub mod seeds;
pub mod words;

/// What a target did with an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was read, or verified.
    Taken,
    /// It was refused.
    Refused,
}

impl Outcome {
    /// Of whatever may be an error.
    fn of<T, E>(result: &Result<T, E>) -> Self {
        if result.is_ok() { Self::Taken } else { Self::Refused }
    }
}

/// A target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: of the binary and of the corpus' folder.
    pub name: &'static str,
    /// What it does with bytes from outside. Panics where an assertion fails.
    pub run: fn(&[u8]) -> Outcome,
    /// The most bytes that it is given.
    pub most: usize,
    /// How many seeded changes the tests try.
    pub tries: usize,
}

const fn target(
    name: &'static str,
    run: fn(&[u8]) -> Outcome,
    most: usize,
    tries: usize,
) -> Target {
    Target { name, run, most, tries }
}

/// All targets.
pub const TARGETS: &[Target] = &[
    target("anchors_pem", certificates::anchors_pem, 4096, 10_000),
    target("android_chain", certificates::android_chain, 8192, 5_000),
    target("assertion", attest::assertion, 1024, 20_000),
    target("attestation", attest::attestation, 8192, 5_000),
    target("bundle", records::bundle, 8192, 10_000),
    target("card_command", cards::card_command, 4096, 3_000),
    target("certificate_chain", certificates::certificate_chain, 8192, 5_000),
    target("challenge", records::challenge, 64, 20_000),
    target("condition", packs::condition, 1024, 2_000),
    target("configuration", configuration::configuration, 4096, 3_000),
    target("crl", attest::crl, 4096, 20_000),
    target("entries", records::entries, 2048, 30_000),
    target("facts", records::facts, 512, 50_000),
    target("frames", records::frames, 2048, 30_000),
    target("identifiers", words::identifiers, 64, 30_000),
    target("key_description", certificates::key_description, 2048, 50_000),
    target("messages", messages::messages, 4096, 30_000),
    target("ocsp", attest::ocsp, 4096, 20_000),
    target("pack", packs::pack, 4096, 1_000),
    target("public_key", certificates::public_key, 1024, 20_000),
    target("receipt", attest::receipt, 8192, 5_000),
    target("signature", certificates::signature, 1024, 5_000),
    target("status_list", certificates::status_list, 4096, 20_000),
];

/// Gives bytes to the target of a name, as much of them as it takes.
///
/// # Panics
/// Where an assertion of the target fails.
pub fn drive(name: &str, bytes: &[u8]) {
    if let Some(target) = named(name) {
        (target.run)(bytes.get(..target.most).unwrap_or(bytes));
    }
}

/// The target of a name.
pub fn named(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
