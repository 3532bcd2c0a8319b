//! What configuration gives the use cases, parsed.

use crate::{
    attestation_status::{AttestationList, ListAge},
    bundle::TrustedKeys,
    platform::PlatformTerms,
    refusals::RefusalTerms,
    status::StatusTerms,
    ticket::CounterTerms,
};
use simbind_core::{
    app::AppList,
    binding::Longest,
    ids::{CarrierId, ReaderId},
    line::FeedTerms,
    registry::ReaderBuild,
    rollout::NationalApproval,
};
use simbind_evidence::{
    android::AttestationRoots,
    apple::AppAttestRoots,
    certificate::{ChainPolicy, TrustAnchors},
};
use std::{collections::BTreeMap, time::Duration};

/// What is trusted.
#[derive(Debug)]
pub struct Trust {
    /// Anchors of user certificates and of the cards' certificates.
    pub anchors: TrustAnchors,
    /// What user certificates must say of themselves.
    pub policy: ChainPolicy,
    /// Roots of handset attestations.
    pub attestation_roots: AttestationRoots,
    /// The maker's status list of attestation keys that is in force first.
    pub attestation_list: AttestationList,
    /// How old a list may be for an attestation to be taken.
    pub attestation_list_age: ListAge,
    /// Roots of App Attest.
    pub apple_roots: AppAttestRoots,
    /// Apps that may carry a login.
    pub apps: AppList,
}

/// Bounds and lifetimes.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How long a challenge lives.
    pub challenge_lifetime: Duration,
    /// How long the challenge of an enrolment lives.
    pub enrolment_lifetime: Duration,
    /// The most used challenges that are remembered.
    pub used_challenges: usize,
    /// The most used tokens of handsets that are remembered.
    pub used_tokens: usize,
    /// How far the clocks of handsets may be from ours, either way: for their tokens.
    pub token_skew: Duration,
    /// The most bindings that are held in memory.
    pub hot_bindings: usize,
    /// The most verified chains that are held in memory, one for each certificate.
    pub verified_chains: usize,
    /// The most decisions that are held in memory behind the ledger.
    pub hot_decisions: usize,
    /// The most keys of one rate limit.
    pub limit_keys: usize,
    /// The most checks that are worked on at once.
    pub checks_in_flight: usize,
    /// How long a step-up stays open.
    pub step_up_lifetime: Duration,
    /// The most certificates that responders are asked about.
    pub watched_certificates: usize,
    /// The most bindings that one count of people looks at.
    pub counted_bindings: usize,
    /// How long a support code can be asked for.
    pub support_code_life: Duration,
    /// Codes an hour that one caller may ask for and that stand for nothing.
    pub wrong_codes: u32,
    /// How long a bound certificate may be valid from its first instant to its end.
    pub certificate_validity: Longest,
    /// The lists of refusals for readers.
    pub refusals: RefusalTerms,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            challenge_lifetime: Duration::from_secs(120),
            enrolment_lifetime: Duration::from_secs(3600),
            used_challenges: 4_000_000,
            used_tokens: 1_000_000,
            token_skew: Duration::from_secs(5),
            hot_bindings: 200_000,
            verified_chains: 50_000,
            hot_decisions: 20_000,
            limit_keys: 1_000_000,
            checks_in_flight: 4096,
            step_up_lifetime: Duration::from_secs(24 * 3600),
            watched_certificates: 100_000,
            counted_bindings: 200_000,
            support_code_life: Duration::from_secs(14 * 86_400),
            wrong_codes: 20,
            certificate_validity: Longest::AsIssued,
            refusals: RefusalTerms::default(),
        }
    }
}

/// What configuration says of a carrier.
#[derive(Clone, Debug)]
pub struct CarrierTerms {
    /// The carrier whose network it rents, for an MVNO.
    pub host: Option<CarrierId>,
    /// The terms of its feed.
    pub feed: FeedTerms,
}

/// Whether packs have to be signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signing {
    /// Plain texts and signed bundles are taken.
    #[default]
    Optional,
    /// Signed bundles alone are taken.
    Required,
}

/// What is done at the start where the packs in service, as the ledger holds them, do not compile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BrokenPacks {
    /// The engine does not start.
    #[default]
    Refuse,
    /// The packs of the configuration take their place, and the ledger says so.
    TakeConfigured,
}

/// New text of packs that is staged in a day at most, over all callers, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyBytes(pub u64);

impl Default for DailyBytes {
    fn default() -> Self {
        Self(64 << 20)
    }
}

/// The terms on which packs come into service.
#[derive(Clone, Debug, Default)]
pub struct PackTerms {
    /// Whose bundles are taken; none: no bundle is.
    pub keys: TrustedKeys,
    /// Whether packs have to be signed.
    pub signing: Signing,
    /// How many people a change of the nation's pack takes.
    pub approval: NationalApproval,
    /// What is done at the start where those in service do not compile.
    pub broken: BrokenPacks,
    /// How much new text is staged in a day: the ledger keeps it for ever.
    pub new_text: DailyBytes,
}

/// The configuration of the use cases.
#[derive(Debug)]
pub struct Settings {
    /// What is trusted.
    pub trust: Trust,
    /// Readers whose model and firmware are known.
    pub readers: BTreeMap<ReaderId, ReaderBuild>,
    /// Carriers that may speak.
    pub carriers: BTreeMap<CarrierId, CarrierTerms>,
    /// Bounds and lifetimes.
    pub bounds: Bounds,
    /// How packs come into service.
    pub packs: PackTerms,
    /// Who says how certificates stand.
    pub status: StatusTerms,
    /// Issue at counters.
    pub counter: CounterTerms,
    /// The carriers' platforms.
    pub platforms: Vec<PlatformTerms>,
}
