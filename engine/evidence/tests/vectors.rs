//! Published and collected samples, with the verdicts that stand beside them.
//!
//! Walks whatever lies in the folder that `SIMBIND_VECTORS` names (by default `../shared/vectors`
//! beside the project's folder), and says so where it is not there. What is knowingly treated
//! otherwise is listed, with its reason, in `engine/evidence/README.md`.
#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]

mod vectors {
    pub(crate) mod android_key;
    pub(crate) mod app_attest;
    pub(crate) mod ocsp_crl;
    pub(crate) mod tally;
    pub(crate) mod walk;
    pub(crate) mod wycheproof;
    pub(crate) mod x509_limbo;
}

use std::path::{Path, PathBuf};
use vectors::{android_key, app_attest, ocsp_crl, tally::Tally, wycheproof, x509_limbo};

/// A set: its folder's name, and what runs its cases.
type Set = (&'static str, fn(&Path) -> Tally);

const SETS: &[Set] = &[
    ("android-key", android_key::run),
    ("app-attest", app_attest::run),
    ("ocsp-crl", ocsp_crl::run),
    ("wycheproof", wycheproof::run),
    ("x509-limbo", x509_limbo::run),
];

fn folder() -> PathBuf {
    std::env::var_os("SIMBIND_VECTORS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors")),
        PathBuf::from,
    )
}

#[test]
fn every_case_of_every_set_gets_its_verdict() {
    let base = folder();
    if !base.is_dir() {
        println!("skipped: {} is not there (set SIMBIND_VECTORS)", base.display());
        return;
    }
    let tallies: Vec<_> = SETS.iter().map(|(name, run)| (*name, run(&base.join(name)))).collect();
    println!("{:<14}{:>7}{:>8}{:>11}{:>7}", "set", "cases", "right", "otherwise", "wrong");
    for (name, tally) in &tallies {
        println!(
            "{name:<14}{:>7}{:>8}{:>11}{:>7}",
            tally.cases(),
            tally.right(),
            tally.otherwise().len(),
            tally.wrong().len()
        );
    }
    for (name, tally) in &tallies {
        for (case, reason) in tally.otherwise() {
            println!("{name}: {case}: otherwise: {reason}");
        }
        for file in tally.passed_over() {
            println!("{name}: {file}: no cases in it");
        }
        for wrong in tally.wrong() {
            println!("{name}: {wrong}");
        }
    }
    for (name, tally) in &tallies {
        assert!(tally.cases() > 0, "{name} has no cases");
        assert!(tally.wrong().is_empty(), "{name}: {:#?}", tally.wrong());
    }
}
