//! Every target with its stored corpus, and with a bounded number of seeded changes of it.
//!
//! `SIMBIND_SEED` repeats a run whose seed was told; `SIMBIND_FUZZ_TIMES` makes the run so many
//! times as long.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and this one prints what it tried"
)]

use simbind_fuzz_targets::{
    Outcome, TARGETS, Target,
    mutate::{Chance, changed},
};
use std::{
    fs,
    hash::{BuildHasher as _, RandomState},
    panic::catch_unwind,
    path::{Path, PathBuf},
};

fn folder(target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(target.name)
}

/// The stored inputs of a target, by name.
fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder(target)).expect("each target has a corpus");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).expect("a file that can be read")).collect()
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}

fn try_one(target: &Target, bytes: &[u8], from: &str) -> Outcome {
    let run = target.run;
    catch_unwind(|| run(bytes)).unwrap_or_else(|_| {
        let hex: String = bytes.iter().map(|octet| format!("{octet:02x}")).collect();
        panic!("{}: an assertion failed, {from}, for the input {hex}", target.name)
    })
}

/// Runs a target.
fn run(name: &str) {
    let target = simbind_fuzz_targets::named(name).expect("a target of this name");
    let corpus = corpus(target);
    assert!(!corpus.is_empty(), "{name} has no corpus");
    let mut taken = 0;
    for bytes in &corpus {
        assert!(bytes.len() <= target.most, "an input of {} bytes", bytes.len());
        let outcome = try_one(target, bytes, "in the corpus");
        taken += usize::from(outcome == Outcome::Taken);
    }
    assert!(taken > 0, "{name}: nothing in the corpus is taken");
    let seed = number("SIMBIND_SEED").unwrap_or_else(|| RandomState::new().hash_one(name));
    let times = number("SIMBIND_FUZZ_TIMES").unwrap_or(1);
    let tries = times * u64::try_from(target.tries).expect("a small number");
    let mut chance = Chance::new(seed);
    let mut still = 0;
    for _ in 0..tries {
        let bytes = changed(&mut chance, &corpus, target.most);
        let outcome = try_one(target, &bytes, &format!("by SIMBIND_SEED={seed}"));
        still += usize::from(outcome == Outcome::Taken);
    }
    println!(
        "{name}: {taken} of {} inputs taken, then {still} of {tries} changes, SIMBIND_SEED={seed}",
        corpus.len()
    );
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                run(stringify!($name));
            }
        )*

        const TESTED: &[&str] = &[$(stringify!($name)),*];
    };
}

targets! {
    android_chain
    anchors_pem
    assertion
    attestation
    bundle
    card_command
    certificate_chain
    challenge
    condition
    configuration
    crl
    entries
    facts
    frames
    identifiers
    key_description
    messages
    ocsp
    pack
    public_key
    receipt
    signature
    status_list
}

#[test]
fn every_target_is_tested_and_has_a_binary_for_the_fuzzer() {
    let binaries = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz_targets");
    for target in TARGETS {
        assert!(TESTED.contains(&target.name), "{} has no test", target.name);
        let binary = binaries.join(target.name).with_extension("rs");
        assert!(binary.exists(), "{} is not there", binary.display());
    }
    assert_eq!(TARGETS.len(), TESTED.len());
}
