//! The laws.

use super::Part::{Is, Known, Unknown, Zero};
use super::{Law, Part, WorldLaw};
use crate::facts::Fact;
use crate::verdict::CheckKind;

use Fact::{
    AppIdentity, AppUi, AppletOrder, AppletOrderAge, AppletState, BindingAge, BindingHandsetBasis,
    BindingIdentified, BindingKeyHome, BindingPlatform, BindingReleasedAge, BindingState,
    CertificateRemaining, CertificateStatus, CertificateStatusAge, CertificateStatusOverdue,
    CertificateStatusSource, ChangeCause, ChangeExpected, CheckChannel, CounterState,
    EventsConsistency, FeedHealth, FeedHorizon, FeedSilence, HandsetAttestationAge,
    HandsetAttestationLevel, HandsetAttestationStatus, HandsetAttestationStatusAge, HandsetBoot,
    HandsetChangedAge, HandsetClaims, HandsetLatch, HandsetListing, HandsetLoanerAge, HandsetMatch,
    HandsetMatchAge, HandsetMatchProvenance, HandsetNfc, HandsetPatchAge, HandsetProof,
    HandsetRelation, HandsetSecureElement, LineLatch, PinResetAge, ReaderListing, ReaderProfile,
    ReaderRoundTrip, ReaderTrial, SimChangedAge, SimClaims, SimLatch, SimMatch, SimMatchProvenance,
    SimState,
};

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
                Unknown(ReaderListing),
                Unknown(ReaderTrial),
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
            Unknown(BindingIdentified),
            Unknown(BindingReleasedAge),
            Unknown(CertificateRemaining),
            Unknown(HandsetListing),
            Unknown(PinResetAge),
            Unknown(AppletState),
            Is(ChangeCause, &["none"]),
            Is(AppletOrder, &["none"]),
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
        &[Is(HandsetMatchProvenance, &["sim_toolkit", "carrier_privilege", "self_reported"])],
        &[Zero(HandsetMatchAge)],
    ),
    law(
        "a handset's proof is of now, but for a token that it handed over at a reader",
        &[
            Is(HandsetMatchProvenance, &["device_attested"]),
            Is(CheckChannel, &["app_login", "browser_login", "tap_bare"]),
        ],
        &[Zero(HandsetMatchAge)],
    ),
    law(
        "a token is handed over where the channel carries it",
        &[Is(HandsetProof, &["expired", "misbound", "foreign"])],
        &[Is(CheckChannel, &["tap_token"])],
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
            Is(HandsetProof, &["invalid", "not_enrolled", "foreign"]),
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
    law(
        "where nothing changed, nothing was expected",
        &[Is(ChangeCause, &["none"])],
        &[Is(ChangeExpected, &["none"])],
    ),
    law(
        "a change was expected by someone or by nobody",
        &[Is(ChangeExpected, &["none"])],
        &[Is(ChangeCause, &["none"])],
    ),
    law(
        "only an order that is open has an age",
        &[Is(AppletOrder, &["none"])],
        &[Unknown(AppletOrderAge)],
    ),
    law(
        "a carrier's platform is asked about a key that sits in the SIM",
        &[Is(BindingKeyHome, &["secure_element", "keychain"])],
        &[Is(AppletOrder, &["none"]), Unknown(AppletState)],
    ),
    law(
        "what the registry tells of a handset stands with its listing",
        &[Unknown(HandsetListing)],
        &[Unknown(HandsetNfc), Unknown(HandsetSecureElement)],
    ),
    law(
        "of a model that is not in the registry, nothing is told",
        &[Is(HandsetListing, &["unlisted"])],
        &[Unknown(HandsetNfc), Unknown(HandsetSecureElement)],
    ),
];
