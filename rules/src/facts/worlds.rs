//! Which facts can stand together. Not every combination is a check that could happen.
//!
//! Each law holds of whatever `simbind-core` gathers; a test there asserts it of random checks. The
//! laws say what facts exclude, not what must be known: unknown also stands for what a test or a
//! file of facts does not give, so it is excluded only beside a fact that is known together with
//! it. Whoever reasons over facts leaves out what a law excludes, and may meet a combination that
//! never happens, but misses none that does.

use super::{Fact, Facts};
use crate::verdict::CheckKind;

use Fact::{
    AppIdentity, AppUi, BindingAge, BindingHandsetBasis, BindingKeyHome, BindingPlatform,
    BindingState, CertificateStatus, CertificateStatusAge, CertificateStatusOverdue,
    CertificateStatusSource, CheckChannel, CounterState, EventsConsistency, FeedHealth,
    FeedHorizon, FeedSilence, HandsetAttestationAge, HandsetAttestationLevel,
    HandsetAttestationStatus, HandsetAttestationStatusAge, HandsetBoot, HandsetChangedAge,
    HandsetClaims, HandsetLatch, HandsetLoanerAge, HandsetMatch, HandsetMatchAge,
    HandsetMatchProvenance, HandsetPatchAge, HandsetProof, HandsetRelation, LineLatch,
    ReaderProfile, ReaderRoundTrip, SimChangedAge, SimClaims, SimLatch, SimMatch,
    SimMatchProvenance, SimState,
};
use Part::{Is, Known, Unknown, Zero};

/// Facts that say what was asked, by whom and of which binding, rather than what was found.
pub(crate) const GIVEN: [Fact; 6] = [
    BindingState,
    BindingKeyHome,
    BindingPlatform,
    CheckChannel,
    Fact::RelyingPartySensitivity,
    ReaderProfile,
];

/// What is said of one fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It is one of these values.
    Is(Fact, &'static [&'static str]),
    /// It is known.
    Known(Fact),
    /// It is unknown.
    Unknown(Fact),
    /// It is a number, and nought.
    Zero(Fact),
}

impl Part {
    /// The fact.
    pub const fn fact(&self) -> Fact {
        match self {
            Is(fact, _) | Known(fact) | Unknown(fact) | Zero(fact) => *fact,
        }
    }

    /// Whether it holds where the fact has this raw value; `None` is unknown.
    pub(crate) fn admits(&self, slot: Option<i64>) -> bool {
        match self {
            Is(fact, names) => match fact.ty() {
                super::FactType::Enum(of) => {
                    slot.and_then(|slot| of.name_at(slot)).is_some_and(|name| names.contains(&name))
                }
                _ => false,
            },
            Known(_) => slot.is_some(),
            Unknown(_) => slot.is_none(),
            Zero(_) => slot == Some(0),
        }
    }
}

/// What a law asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// Where every one of the first holds, every one of the second does.
    If(&'static [Part], &'static [Part]),
    /// These facts are all known or all unknown.
    Together(&'static [Fact]),
}

/// One law that facts keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorldLaw {
    /// The law in words.
    pub says: &'static str,
    /// The kind of check that it is of; both where none is named.
    pub on: Option<CheckKind>,
    /// The law.
    pub law: Law,
}

impl WorldLaw {
    /// Whether the facts of a check keep this law.
    pub fn holds(&self, kind: CheckKind, facts: &Facts) -> bool {
        let all = |parts: &[Part]| parts.iter().all(|part| part.admits(facts.slot(part.fact())));
        if self.on.is_some_and(|on| on != kind) {
            return true;
        }
        match self.law {
            Law::If(when, then) => !all(when) || all(then),
            Law::Together(of) => {
                let known = of.iter().filter(|fact| facts.is_known(**fact)).count();
                known == 0 || known == of.len()
            }
        }
    }
}

const fn law(says: &'static str, when: &'static [Part], then: &'static [Part]) -> WorldLaw {
    WorldLaw { says, on: None, law: Law::If(when, then) }
}

const fn only(on: CheckKind, mut law: WorldLaw) -> WorldLaw {
    law.on = Some(on);
    law
}

const fn together(says: &'static str, facts: &'static [Fact]) -> WorldLaw {
    WorldLaw { says, on: None, law: Law::Together(facts) }
}

/// Every law.
pub const WORLDS: &[WorldLaw] = &[
    only(
        CheckKind::Login,
        law(
            "a login comes by the app or a browser, and no reader takes part",
            &[],
            &[
                Is(CheckChannel, &["app_login", "browser_login"]),
                Unknown(ReaderProfile),
                Unknown(ReaderRoundTrip),
            ],
        ),
    ),
    only(
        CheckKind::Tap,
        law("a tap comes by a reader", &[], &[Is(CheckChannel, &["tap_bare", "tap_token"])]),
    ),
    law("who measured is a reader", &[Known(ReaderRoundTrip)], &[Known(ReaderProfile)]),
    law(
        "without a binding, nothing is known of key, handset, SIM and line",
        &[Is(BindingState, &["none"])],
        &[
            Unknown(BindingKeyHome),
            Unknown(BindingPlatform),
            Unknown(BindingAge),
            Unknown(BindingHandsetBasis),
            Unknown(HandsetAttestationLevel),
            Unknown(HandsetAttestationAge),
            Unknown(HandsetAttestationStatus),
            Unknown(HandsetMatch),
            Unknown(HandsetClaims),
            Unknown(HandsetChangedAge),
            Unknown(HandsetLoanerAge),
            Unknown(SimMatch),
            Unknown(SimClaims),
            Unknown(SimState),
            Unknown(SimChangedAge),
            Is(HandsetProof, &["not_enrolled"]),
            Is(HandsetLatch, &["clear"]),
            Is(SimLatch, &["clear"]),
            Is(LineLatch, &["clear"]),
            Is(FeedHealth, &["none"]),
            Is(CounterState, &["not_enrolled"]),
        ],
    ),
    together(
        "a status has an age, and a time at which a newer one is due",
        &[CertificateStatus, CertificateStatusAge, CertificateStatusOverdue],
    ),
    law(
        "who said something said a status",
        &[Is(CertificateStatusSource, &["crl", "ocsp", "stapled", "word"])],
        &[Known(CertificateStatus)],
    ),
    law(
        "of a status that nobody said, nothing is known",
        &[Is(CertificateStatusSource, &["silent", "none"])],
        &[Unknown(CertificateStatus)],
    ),
    together(
        "a status of the attestation has an age",
        &[HandsetAttestationStatus, HandsetAttestationStatusAge],
    ),
    together(
        "an observation of the handset has a source, an age and a relation",
        &[HandsetMatch, HandsetMatchProvenance, HandsetMatchAge, HandsetRelation],
    ),
    law(
        "a handset that matches is one of the binding or a loaner",
        &[Is(HandsetMatch, &["yes"])],
        &[Is(HandsetRelation, &["bound", "own_other", "loaner"])],
    ),
    law(
        "a handset that does not match is foreign",
        &[Is(HandsetMatch, &["no"])],
        &[Is(HandsetRelation, &["foreign"])],
    ),
    law(
        "only an enrolled handset attests itself, by its proof",
        &[Is(HandsetMatchProvenance, &["device_attested"])],
        &[
            Is(HandsetProof, &["valid"]),
            Is(HandsetMatch, &["yes"]),
            Is(HandsetRelation, &["bound", "own_other"]),
        ],
    ),
    law(
        "a proof is the strongest word for a match",
        &[Is(HandsetProof, &["valid"]), Is(HandsetMatch, &["yes"])],
        &[Is(HandsetMatchProvenance, &["device_attested"])],
    ),
    law(
        "what the check itself says is of now",
        &[Is(
            HandsetMatchProvenance,
            &["device_attested", "sim_toolkit", "carrier_privilege", "self_reported"],
        )],
        &[Zero(HandsetMatchAge)],
    ),
    law(
        "an app that the SIM trusts speaks of the handset beside its proof, which alone says yes",
        &[Is(HandsetMatchProvenance, &["carrier_privilege"])],
        &[Is(HandsetProof, &["valid"]), Is(HandsetMatch, &["no"])],
    ),
    law(
        "an app that the SIM trusts speaks of the SIM beside the handset's proof",
        &[Is(SimMatchProvenance, &["carrier_privilege"])],
        &[Is(HandsetProof, &["valid"])],
    ),
    law(
        "silence of a healthy feed speaks for the bound handset",
        &[Is(HandsetMatchProvenance, &["carrier_silence"])],
        &[Is(FeedHealth, &["healthy"]), Is(HandsetRelation, &["bound"])],
    ),
    law(
        "sources that agree or disagree show a handset",
        &[Known(HandsetClaims)],
        &[Known(HandsetMatch)],
    ),
    law(
        "a proof that was left out could have been carried",
        &[Is(HandsetProof, &["withheld"])],
        &[Is(CheckChannel, &["app_login", "browser_login", "tap_token"])],
    ),
    law(
        "a handset without a key attests nothing",
        &[Is(HandsetAttestationLevel, &["none"])],
        &[
            Unknown(HandsetBoot),
            Unknown(HandsetPatchAge),
            Unknown(HandsetAttestationAge),
            Unknown(HandsetAttestationStatus),
            Is(HandsetProof, &["invalid", "not_enrolled"]),
        ],
    ),
    law(
        "who has no key of the handset enrolled has no attestation of it",
        &[Is(HandsetProof, &["not_enrolled"]), Known(HandsetAttestationLevel)],
        &[Is(HandsetAttestationLevel, &["none"])],
    ),
    law(
        "a boot state is attested at some level",
        &[Known(HandsetBoot)],
        &[Known(HandsetAttestationLevel)],
    ),
    law(
        "a patch level is attested at some level",
        &[Known(HandsetPatchAge)],
        &[Known(HandsetAttestationLevel)],
    ),
    law(
        "an attestation that was verified is of some level",
        &[Known(HandsetAttestationAge)],
        &[Known(HandsetAttestationLevel)],
    ),
    law(
        "a status is one of an attestation",
        &[Known(HandsetAttestationStatus)],
        &[Known(HandsetAttestationLevel)],
    ),
    law(
        "a binding that rests on no key of its handset has no attestation of it",
        &[Is(BindingHandsetBasis, &["reported_imei", "nothing"]), Known(HandsetAttestationLevel)],
        &[Is(HandsetAttestationLevel, &["none"])],
    ),
    law(
        "a binding that rests on a key of its handset has an attestation of it",
        &[
            Is(BindingHandsetBasis, &["attested_imei", "attested_key"]),
            Known(HandsetAttestationLevel),
        ],
        &[Is(HandsetAttestationLevel, &["software", "tee", "strongbox"])],
    ),
    law(
        "a binding that rests on App Attest has its level",
        &[Is(BindingHandsetBasis, &["app_attest"]), Known(HandsetAttestationLevel)],
        &[Is(HandsetAttestationLevel, &["app_attest"])],
    ),
    law(
        "sources that agree or disagree on the SIM show one",
        &[Known(SimClaims)],
        &[Known(SimMatch)],
    ),
    together("a SIM that is seen is seen by someone", &[SimMatch, SimMatchProvenance]),
    law(
        "a SIM whose ICCID was given out again is latched so",
        &[Is(SimState, &["recycled"])],
        &[Is(SimLatch, &["recycled"])],
    ),
    law(
        "a latch of recycling stands on a line that is not in service",
        &[Is(SimLatch, &["recycled"]), Known(SimState)],
        &[Is(SimState, &["recycled", "ended"])],
    ),
    law(
        "a line that left or ended is not in service",
        &[Is(LineLatch, &["ported_out", "ended"]), Known(SimState)],
        &[Is(SimState, &["recycled", "ended"])],
    ),
    law(
        "who has no feed hears nothing",
        &[Is(FeedHealth, &["none"])],
        &[
            Unknown(FeedSilence),
            Unknown(FeedHorizon),
            Unknown(EventsConsistency),
            Unknown(SimChangedAge),
            Unknown(HandsetChangedAge),
        ],
    ),
    law("a feed that was heard sees back", &[Known(FeedSilence)], &[Known(FeedHorizon)]),
    law(
        "an app is left out where the channel can carry it",
        &[Is(AppIdentity, &["withheld"])],
        &[Is(CheckChannel, &["app_login", "browser_login"])],
    ),
    law(
        "an app is not carried by a tap alone",
        &[Is(AppIdentity, &["not_carried"])],
        &[Is(CheckChannel, &["tap_bare", "tap_token"])],
    ),
    law(
        "an app that asks for the PIN is left out where the channel can carry it",
        &[Is(AppUi, &["withheld"])],
        &[Is(CheckChannel, &["app_login", "browser_login"])],
    ),
    law(
        "an app that asks for the PIN is not carried by a tap alone",
        &[Is(AppUi, &["not_carried"])],
        &[Is(CheckChannel, &["tap_bare", "tap_token"])],
    ),
];
