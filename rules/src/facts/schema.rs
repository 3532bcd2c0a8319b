//! The table of facts. Everything that a rule can read stands here and nowhere else.
//!
//! A number is recorded with every decision: it is never changed and never given out again.

use std::time::Duration;

use super::enums::{
    Agreement, AppIdentity, AppletOrder, AppletState, AttestationStatus, BindingState, BootState,
    CertificateStatus, ChainState, ChallengeState, ChangeCause, ChangeExpectation, Channel,
    CounterState, FeedHealth, HandsetBasis, HandsetLatch, HandsetProof, HandsetRelation,
    Identification, KeyHome, LineLatch, Listing, Match, Nfc, Platform, Provenance, ReaderProfile,
    SecureElement, SecurityLevel, Sensitivity, SignatureState, SimLatch, SimState, StatusSource,
    Trial,
};
use super::source::{self, Source};
use super::value::{FactType, FactValue};
use super::{Facts, Knowledge};

macro_rules! knowledge {
    (never $usual:literal) => {
        Knowledge::Always { usual: $usual }
    };
    (maybe $when:literal) => {
        Knowledge::Sometimes { unknown_when: $when }
    };
}

macro_rules! schema {
    ($( $number:literal $fact:ident $name:literal $get:ident $set:ident $ty:ty,
        $known:ident $note:literal, $sources:ident, $doc:literal; )+) => {
        /// A fact that rules can read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Fact { $( #[doc = $doc] $fact ),+ }

        impl Fact {
            /// Every fact, in the order of its number.
            pub const ALL: &'static [Self] = &[$( Self::$fact ),+];

            /// Stable number, never used again for another fact.
            pub const fn number(self) -> u16 {
                match self { $( Self::$fact => $number ),+ }
            }

            /// The fact of that number.
            pub const fn from_number(number: u16) -> Option<Self> {
                match number { $( $number => Some(Self::$fact), )+ _ => None }
            }

            /// Dotted name, as rules write it.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$fact => $name ),+ }
            }

            /// The fact of that dotted name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $( $name => Some(Self::$fact), )+ _ => None }
            }

            /// The type of its values.
            pub const fn ty(self) -> FactType {
                match self { $( Self::$fact => <$ty as FactValue>::TYPE ),+ }
            }

            /// Whether it can be unknown.
            pub const fn knowledge(self) -> Knowledge {
                match self { $( Self::$fact => knowledge!($known $note) ),+ }
            }

            /// Who supplies it; at least one.
            pub const fn sources(self) -> &'static [Source] {
                match self { $( Self::$fact => source::$sources ),+ }
            }

            /// What it says.
            pub const fn doc(self) -> &'static str {
                match self { $( Self::$fact => $doc ),+ }
            }

            /// Whether a slot holds a value of the fact's type.
            pub(crate) fn accepts(self, slot: i64) -> bool {
                match self { $( Self::$fact => <$ty as FactValue>::from_slot(slot).is_some() ),+ }
            }
        }

        impl Facts {
            $(
                #[doc = concat!("`", $name, "`: ", $doc, " `None` is unknown.")]
                pub fn $get(&self) -> Option<$ty> {
                    <$ty as FactValue>::from_slot(self.slot(Fact::$fact)?)
                }

                #[doc = concat!("Makes `", $name, "` known: ", $doc)]
                #[inline]
                pub fn $set(&mut self, value: $ty) {
                    self.put(Fact::$fact, value.into_slot());
                }
            )+
        }
    };
}

schema! {
    1 BindingState "binding.state" binding_state set_binding_state BindingState,
        never "active", ENGINE, "State of the certificate's binding; `none` where there is no binding.";
    2 BindingKeyHome "binding.key_home" binding_key_home set_binding_key_home KeyHome,
        maybe "there is no binding", ENGINE, "Where the certificate's private key sits.";
    3 BindingPlatform "binding.platform" binding_platform set_binding_platform Platform,
        maybe "there is no binding", ENGINE, "Family of the bound handset.";
    4 BindingAge "binding.age" binding_age set_binding_age Duration,
        maybe "there is no binding", ENGINE, "Time since the binding became active.";
    5 CertificateChain "certificate.chain" certificate_chain set_certificate_chain ChainState,
        never "valid", CERTIFICATE, "What checking the certificate's chain gave.";
    6 CertificateStatus "certificate.status" certificate_status set_certificate_status CertificateStatus,
        maybe "no source of revocation answered: `certificate.status_source` says why", CERTIFICATE, "What the issuer says of the certificate.";
    7 CertificateStatusAge "certificate.status_age" certificate_status_age set_certificate_status_age Duration,
        maybe "the status is unknown", CERTIFICATE, "Time since the issuer said so.";
    8 TranscriptSignature "transcript.signature" transcript_signature set_transcript_signature SignatureState,
        never "valid", SIGNATURE, "The certificate's signature over the transcript.";
    9 TranscriptSkew "transcript.skew" transcript_skew set_transcript_skew Duration,
        maybe "the transcript bears no time", CLAIMS, "Distance of the transcript's time from ours, either way.";
    10 ChallengeState "challenge.state" challenge_state set_challenge_state ChallengeState,
        never "fresh", ENGINE, "The challenge in the transcript.";
    11 CheckChannel "check.channel" check_channel set_check_channel Channel,
        never "app_login", ENGINE, "How the check reached us.";
    12 RelyingPartySensitivity "relying_party.sensitivity" relying_party_sensitivity set_relying_party_sensitivity Sensitivity,
        never "view", CONFIGURATION, "How much the operation matters, by the relying party's configuration.";
    13 ReaderProfile "reader.profile" reader_profile set_reader_profile ReaderProfile,
        maybe "the check is a login", CONFIGURATION, "Kind of the reader that took the tap.";
    14 ReaderRoundTrip "reader.round_trip" reader_round_trip set_reader_round_trip Duration,
        maybe "the check is a login, or the reader measured nothing", READER, "Time the card took to answer, as the reader measured it.";
    15 HandsetMatch "handset.match" handset_match set_handset_match Match,
        maybe "nothing shows which handset holds the SIM", WHEREABOUTS, "Whether the SIM is in a handset of the binding: the bound one, another of the person's own, or a loaner.";
    16 HandsetMatchProvenance "handset.match_provenance" handset_match_provenance set_handset_match_provenance Provenance,
        maybe "`handset.match` is unknown", WHEREABOUTS, "Who says whether the handset matches.";
    17 HandsetMatchAge "handset.match_age" handset_match_age set_handset_match_age Duration,
        maybe "`handset.match` is unknown", WHEREABOUTS, "Time since that was observed.";
    18 HandsetRelation "handset.relation" handset_relation set_handset_relation HandsetRelation,
        maybe "the handset is unknown", WHEREABOUTS, "Whose handset the SIM is seen in.";
    19 HandsetProof "handset.proof" handset_proof set_handset_proof HandsetProof,
        never "valid", SIGNATURE, "The attested handset key's signature over the transcript or over a token; `expired`, `misbound` (for another certificate or SIM) and `foreign` (another handset's) are tokens.";
    20 HandsetAttestationLevel "handset.attestation_level" handset_attestation_level set_handset_attestation_level SecurityLevel,
        maybe "there is no binding, or its handset cannot attest", ATTESTATION, "How well the handset's key is kept, as attested.";
    21 HandsetBoot "handset.boot" handset_boot set_handset_boot BootState,
        maybe "the attestation says nothing of it (iOS never does)", ATTESTATION, "How the handset started, as attested.";
    22 HandsetPatchAge "handset.patch_age" handset_patch_age set_handset_patch_age Duration,
        maybe "the attestation says nothing of it (iOS never does)", ATTESTATION, "How old the handset's security patch level was when it was attested.";
    23 HandsetClaims "handset.claims" handset_claims set_handset_claims Agreement,
        maybe "fewer than two sources name the IMEI", IMEI, "Whether the sources of the handset's IMEI agree.";
    24 HandsetLatch "handset.latch" handset_latch set_handset_latch HandsetLatch,
        never "clear", WHEREABOUTS, "A foreign handset that was seen and not yet re-proved.";
    25 HandsetChangedAge "handset.changed_age" handset_changed_age set_handset_changed_age Duration,
        maybe "the feed cannot see back", HANDSET_CHANGES, "Time since the carrier's last change of handset; the longest span where there was none within the horizon.";
    26 SimMatch "sim.match" sim_match set_sim_match Match,
        maybe "nothing shows which SIM is in use", SIM_IN_USE, "Whether the SIM is the bound one.";
    27 SimMatchProvenance "sim.match_provenance" sim_match_provenance set_sim_match_provenance Provenance,
        maybe "`sim.match` is unknown", SIM_IN_USE, "Who says whether the SIM matches.";
    28 SimState "sim.state" sim_state set_sim_state SimState,
        maybe "the carrier has said nothing", SIM_STATES, "How the SIM's line stands.";
    29 SimLatch "sim.latch" sim_latch set_sim_latch SimLatch,
        never "clear", SIM_CHANGES, "A change of the SIM that was seen and not yet re-proved.";
    30 SimChangedAge "sim.changed_age" sim_changed_age set_sim_changed_age Duration,
        maybe "the feed cannot see back", SIM_DATES, "Time since the SIM's last change, or since the number came in; the longest span where there was none within the horizon.";
    31 LineLatch "line.latch" line_latch set_line_latch LineLatch,
        never "clear", LINE_CHANGES, "A change of the line that was seen and not yet re-proved.";
    32 FeedHealth "feed.health" feed_health set_feed_health FeedHealth,
        never "healthy", FEED, "How far the carrier's feed can be relied on.";
    33 FeedSilence "feed.silence" feed_silence set_feed_silence Duration,
        maybe "the feed was never heard", FEED, "Time since the feed was last heard.";
    34 FeedHorizon "feed.horizon" feed_horizon set_feed_horizon Duration,
        maybe "the feed was never heard", FEED, "How far back the feed can see.";
    35 CounterState "counter.state" counter_state set_counter_state CounterState,
        never "not_enrolled", CLAIMS, "The applet's signature counter against the last one seen.";
    36 PinFailures "pin.failures" pin_failures set_pin_failures u32,
        never "0", ENGINE, "Wrong PINs in a row, as reported.";
    37 AppIdentity "app.identity" app_identity set_app_identity AppIdentity,
        never "listed", APP, "Which app asked, as attested.";
    38 EventsConsistency "events.consistency" events_consistency set_events_consistency Agreement,
        maybe "the carrier has sent no event on this line", ANY_EVENT, "Whether the carrier's events on this line agree.";
    39 HandsetLoanerAge "handset.loaner_age" handset_loaner_age set_handset_loaner_age Duration,
        maybe "no loaner is out", LOANERS, "Time since the carrier announced the loaner that is out.";
    40 CertificateStatusOverdue "certificate.status_overdue" certificate_status_overdue set_certificate_status_overdue Duration,
        maybe "the status is unknown", CERTIFICATE, "Time since the issuer owed a newer answer; nought while this one still holds.";
    41 CertificateStatusSource "certificate.status_source" certificate_status_source set_certificate_status_source StatusSource,
        never "none", CERTIFICATE, "Where the issuer's word came from; `silent` where a source of its status is configured and nothing usable was heard, `none` where there is no source.";
    42 AppUi "app.ui" app_ui set_app_ui AppIdentity,
        never "listed", APP, "The app that holds the applet and asks for the PIN, as attested.";
    43 SimClaims "sim.claims" sim_claims set_sim_claims Agreement,
        maybe "fewer than two sources name the ICCID", ICCID, "Whether the sources of the SIM's number agree.";
    44 BindingHandsetBasis "binding.handset_basis" binding_handset_basis set_binding_handset_basis HandsetBasis,
        maybe "there is no binding", ENGINE, "What the binding's word on its handset rests on.";
    45 HandsetAttestationAge "handset.attestation_age" handset_attestation_age set_handset_attestation_age Duration,
        maybe "there is no binding, or its handset cannot attest", ATTESTATION, "Time since the handset's attestation was verified.";
    46 HandsetAttestationStatus "handset.attestation_status" handset_attestation_status set_handset_attestation_status AttestationStatus,
        maybe "there is no list, or the handset's chain is not kept", ATTESTATION, "What the maker's status list says now of the certificates behind the attested key.";
    47 HandsetAttestationStatusAge "handset.attestation_status_age" handset_attestation_status_age set_handset_attestation_status_age Duration,
        maybe "the attestation's status is unknown", ATTESTATION, "Time since the list that says so was made.";
    48 BindingIdentified "binding.identified" binding_identified set_binding_identified Identification,
        maybe "there is no binding", TICKET, "Where and how the person was identified when the binding was issued.";
    49 BindingReleasedAge "binding.released_age" binding_released_age set_binding_released_age Duration,
        maybe "no hold was lifted", ENGINE, "Time since a hold of the binding was lifted.";
    50 CertificateRemaining "certificate.remaining" certificate_remaining set_certificate_remaining Duration,
        maybe "there is no binding", ENGINE, "Time until the bound certificate ends; nought past its end.";
    51 ChangeCause "change.cause" change_cause set_change_cause ChangeCause,
        never "none", CHANGES, "What changed since SIM, handset and person were last proved together, as it is named with the verdict.";
    52 ChangeExpected "change.expected" change_expected set_change_expected ChangeExpectation,
        never "none", CHANGES, "Whether that change was announced before it was seen, and by whom; `none` where nothing changed.";
    53 AppletOrder "applet.order" applet_order set_applet_order AppletOrder,
        never "none", PLATFORM, "An order to the carrier's platform that it has not confirmed yet.";
    54 AppletOrderAge "applet.order_age" applet_order_age set_applet_order_age Duration,
        maybe "no order is open", PLATFORM, "Time since that order was given.";
    55 AppletState "applet.state" applet_state set_applet_state AppletState,
        maybe "the carrier's platform never confirmed anything", PLATFORM, "What the carrier's platform confirmed last of the applet on the SIM.";
    56 HandsetListing "handset.listing" handset_listing set_handset_listing Listing,
        maybe "there is no binding, or no IMEI is known", REGISTRY, "What the registry says of the handset's model, by the first eight digits of its IMEI.";
    57 HandsetNfc "handset.nfc" handset_nfc set_handset_nfc Nfc,
        maybe "the model is not listed", REGISTRY, "NFC of the handset's model.";
    58 HandsetSecureElement "handset.secure_element" handset_secure_element set_handset_secure_element SecureElement,
        maybe "the model is not listed", REGISTRY, "Secure element of the handset's model.";
    59 ReaderListing "reader.listing" reader_listing set_reader_listing Listing,
        maybe "the check is a login, or the reader's model is not told", REGISTRY, "What the registry says of the reader's model.";
    60 ReaderTrial "reader.trial" reader_trial set_reader_trial Trial,
        maybe "the check is a login, or one of the models is not known", REGISTRY, "What trying the reader's model with the handset's model gave.";
    61 PinResetAge "pin.reset_age" pin_reset_age set_pin_reset_age Duration,
        maybe "it was never reset", ENGINE, "Time since the PIN was reset at a counter or with the card.";
}
