//! What was accepted is refused when a bit of it changes, or comes to the same where nothing
//! verified lies in that bit; and nothing panics.
//!
//! Each accepted sample is changed in every single bit of the first 8 KiB of each of its inputs,
//! cut at every length, lengthened by an octet, and robbed of inputs at its end. The test command
//! tries a share by chance: `SIMBIND_MUTATIONS` is how many changes of each sample are tried, or
//! `all`; `SIMBIND_SEED` repeats a run whose seed was printed. Samples are of our own making, and
//! those that `SIMBIND_VECTORS` (by default `../shared/vectors` beside the project's folder) holds.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and this one prints what it tried"
)]

mod mutation {
    pub(crate) mod android;
    pub(crate) mod apple;
    pub(crate) mod authority;
    pub(crate) mod chain;
    pub(crate) mod chance;
    pub(crate) mod change;
    pub(crate) mod places;
    pub(crate) mod published;
    pub(crate) mod sample;
    pub(crate) mod signature;
    pub(crate) mod status;
}

use mutation::{android, apple, chain, chance::Share, published, sample::run, signature, status};

#[test]
fn changed_signatures_and_keys_are_refused() {
    run("signatures", &signature::made(), &Share::of_environment());
}

#[test]
fn changed_certificate_chains_are_refused() {
    run("chains", &chain::made(), &Share::of_environment());
}

#[test]
fn changed_android_attestations_are_refused() {
    run("android", &android::made(), &Share::of_environment());
}

#[test]
fn changed_published_chains_are_refused() {
    let Some(folder) = published::folder("x509-limbo") else { return };
    run("published chains", &chain::published(&folder), &Share::of_environment());
}

#[test]
fn changed_published_android_attestations_are_refused() {
    let Some(folder) = published::folder("android-key") else { return };
    run("published android", &android::published(&folder), &Share::of_environment());
}

#[test]
fn changed_app_attest_evidence_is_refused() {
    let share = Share::of_environment();
    run("attestations", &apple::attestations(), &share);
    run("assertions", &apple::assertions(), &share);
    run("receipts", &apple::receipts(), &share);
}

#[test]
fn changed_published_app_attest_evidence_is_refused() {
    let Some(folder) = published::folder("app-attest") else { return };
    let share = Share::of_environment();
    run("published attestations", &apple::published_attestations(&folder), &share);
    run("published assertions", &apple::published_assertions(&folder), &share);
}

#[test]
fn changed_revocation_lists_and_ocsp_answers_are_refused() {
    let share = Share::of_environment();
    run("lists", &status::lists(), &share);
    run("answers", &status::answers(), &share);
}

#[test]
fn changed_published_revocation_lists_and_ocsp_answers_are_refused() {
    let Some(folder) = published::folder("ocsp-crl") else { return };
    let share = Share::of_environment();
    run("published lists", &status::published_lists(&folder), &share);
    run("published answers", &status::published_answers(&folder), &share);
}
