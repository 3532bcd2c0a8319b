//! The closed lists of values that facts take.
//!
//! A variant's position is recorded in decisions: add new ones at the end, and never reorder.

use serde::{Deserialize, Serialize};

use super::value::{EnumType, FactEnum, FactType, FactValue};

macro_rules! fact_enums {
    ($( $(#[$doc:meta])* $name:ident { $( $(#[$vdoc:meta])* $variant:ident = $text:literal ),+ $(,)? } )+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[repr(u8)]
        pub enum $name { $( $(#[$vdoc])* #[serde(rename = $text)] $variant ),+ }

        impl FactEnum for $name {
            const VARIANTS: &'static [&'static str] = &[$($text),+];

            #[inline]
            fn index(self) -> u8 {
                self as u8
            }

            fn from_index(index: u8) -> Option<Self> {
                $( if index == Self::$variant as u8 { return Some(Self::$variant); } )+
                None
            }

            fn name(self) -> &'static str {
                match self { $( Self::$variant => $text ),+ }
            }

            fn from_name(name: &str) -> Option<Self> {
                match name { $( $text => Some(Self::$variant), )+ _ => None }
            }
        }

        impl FactValue for $name {
            const TYPE: FactType =
                FactType::Enum(EnumType { name: stringify!($name), variants: <Self as FactEnum>::VARIANTS });

            #[inline]
            fn into_slot(self) -> i64 {
                i64::from(self.index())
            }

            fn from_slot(slot: i64) -> Option<Self> {
                Self::from_index(u8::try_from(slot).ok()?)
            }
        }
    )+};
}

mod life;

pub use life::{
    AppletOrder, AppletState, ChangeCause, ChangeExpectation, Identification, Listing, Nfc,
    SecureElement, Trial,
};

fact_enums! {
    /// Where a binding stands in its life.
    BindingState {
        /// There is no binding for this certificate.
        None = "none",
        /// Enrolled, not yet in use.
        Pending = "pending",
        /// In use.
        Active = "active",
        /// Stopped for a time.
        Held = "held",
        /// Ended for good.
        Revoked = "revoked",
        /// Past its end.
        Expired = "expired",
        /// A newer binding took its place.
        Superseded = "superseded",
        /// Something of it broke: until it is proved again, every check asks for another proof.
        Suspended = "suspended",
    }
    /// Where the certificate's private key sits.
    KeyHome {
        /// In an applet on the SIM.
        Sim = "sim",
        /// In the handset's secure element.
        SecureElement = "secure_element",
        /// In the keychain of an iPhone.
        Keychain = "keychain",
    }
    /// The handset's family.
    Platform {
        /// Android.
        Android = "android",
        /// iOS.
        Ios = "ios",
        /// Anything else.
        Other = "other",
    }
    /// What checking the certificate's chain gave.
    ChainState {
        /// Leads to a configured anchor at the time of the check.
        Valid = "valid",
        /// Leads to no configured anchor.
        Untrusted = "untrusted",
        /// A certificate of the chain has ended.
        Expired = "expired",
        /// A certificate of the chain has not begun.
        NotYetValid = "not_yet_valid",
        /// The key may not be used for authentication.
        WrongUsage = "wrong_usage",
        /// The policy is none of those asked for.
        WrongPolicy = "wrong_policy",
        /// Could not be read.
        Malformed = "malformed",
    }
    /// What the issuer says of the certificate.
    CertificateStatus {
        /// Not revoked.
        Good = "good",
        /// Suspended.
        Held = "held",
        /// Revoked.
        Revoked = "revoked",
    }
    /// Where an issuer's word on the certificate came from.
    StatusSource {
        /// A list of the issuer.
        Crl = "crl",
        /// A responder that was asked, or that pushed its answer.
        Ocsp = "ocsp",
        /// A responder's answer that the check brought.
        Stapled = "stapled",
        /// The issuer itself, as a caller.
        Word = "word",
        /// A source is there for the issuer, and nothing that can be used was heard.
        Silent = "silent",
        /// No source is configured for the issuer.
        None = "none",
    }
    /// The certificate's signature over the transcript.
    SignatureState {
        /// Verified.
        Valid = "valid",
        /// Did not verify.
        Invalid = "invalid",
        /// Not brought.
        Withheld = "withheld",
    }
    /// The challenge in the transcript.
    ChallengeState {
        /// Ours, in time, not yet used.
        Fresh = "fresh",
        /// Used before.
        Used = "used",
        /// Past its lifetime.
        Expired = "expired",
        /// Not made by us.
        Forged = "forged",
        /// Made for another relying party or reader.
        WrongParty = "wrong_party",
        /// Made for another channel.
        WrongChannel = "wrong_channel",
    }
    /// How a check reaches us; says which evidence it can carry.
    Channel {
        /// A login in the app.
        AppLogin = "app_login",
        /// A login in a browser, with the app beside it.
        BrowserLogin = "browser_login",
        /// A tap in which the card answers alone.
        TapBare = "tap_bare",
        /// A tap that brings a token of the handset.
        TapToken = "tap_token",
    }
    /// How much the relying party's operation matters.
    Sensitivity {
        /// Reading.
        View = "view",
        /// Filing, changing.
        Apply = "apply",
        /// Moving money or its like.
        Pay = "pay",
    }
    /// What kind of reader took the tap.
    ReaderProfile {
        /// A gate.
        Door = "door",
        /// A staffed counter.
        Counter = "counter",
        /// A terminal that logs a person in.
        Terminal = "terminal",
    }
    /// Whether what was observed is what was enrolled.
    Match {
        /// It is.
        Yes = "yes",
        /// It is not.
        No = "no",
    }
    /// Who says so.
    Provenance {
        /// The carrier, by an event it pushed.
        CarrierEvent = "carrier_event",
        /// The carrier, asked.
        CarrierQuery = "carrier_query",
        /// The carrier, by saying nothing since.
        CarrierSilence = "carrier_silence",
        /// The handset, by an attested key.
        DeviceAttested = "device_attested",
        /// The SIM, by a toolkit command.
        SimToolkit = "sim_toolkit",
        /// The reader.
        Reader = "reader",
        /// The app, unproved.
        SelfReported = "self_reported",
        /// An app that the SIM's access rules trust to read what the SIM and the modem say.
        CarrierPrivilege = "carrier_privilege",
    }
    /// Whose handset the SIM is seen in.
    HandsetRelation {
        /// The one bound.
        Bound = "bound",
        /// Another that the same person enrolled.
        OwnOther = "own_other",
        /// One that the carrier lent.
        Loaner = "loaner",
        /// None of these.
        Foreign = "foreign",
    }
    /// The attested handset key's signature over the transcript, or over a token.
    HandsetProof {
        /// Verified.
        Valid = "valid",
        /// Did not verify.
        Invalid = "invalid",
        /// The binding has a key and the channel can carry it, and it was not brought.
        Withheld = "withheld",
        /// The binding has no handset key.
        NotEnrolled = "not_enrolled",
        /// The channel cannot carry it.
        NotCarried = "not_carried",
        /// Verified, and shown before: its counter did not rise, or the token was used.
        Replayed = "replayed",
        /// A token whose time is over, or has not come.
        Expired = "expired",
        /// A token for another certificate or SIM.
        Misbound = "misbound",
        /// A token of a handset that is none of the binding's.
        Foreign = "foreign",
    }
    /// How well the handset's key is kept, as attested.
    SecurityLevel {
        /// No attestation.
        None = "none",
        /// In software.
        Software = "software",
        /// In a trusted execution environment.
        Tee = "tee",
        /// In a chip of its own.
        Strongbox = "strongbox",
        /// By Apple's App Attest.
        AppAttest = "app_attest",
    }
    /// How the handset started, as attested.
    BootState {
        /// Verified by the maker's key.
        Verified = "verified",
        /// Verified by the owner's key.
        SelfSigned = "self_signed",
        /// Not verified.
        Unverified = "unverified",
        /// Verification failed.
        Failed = "failed",
    }
    /// Whether two sources say the same.
    Agreement {
        /// They do.
        Agree = "agree",
        /// They do not.
        Conflict = "conflict",
    }
    /// A break of SIM and handset that was seen once and not yet re-proved.
    HandsetLatch {
        /// None.
        Clear = "clear",
        /// The SIM was seen in a foreign handset.
        Foreign = "foreign",
    }
    /// How the line of the SIM stands.
    SimState {
        /// In service.
        Active = "active",
        /// Suspended.
        Suspended = "suspended",
        /// Ended.
        Ended = "ended",
        /// The ICCID was given out again.
        Recycled = "recycled",
    }
    /// A break of certificate and SIM that was seen once and not yet re-proved.
    SimLatch {
        /// None.
        Clear = "clear",
        /// A new SIM was issued for the line.
        Reissued = "reissued",
        /// The SIM's subscriber identity changed.
        ImsiChanged = "imsi_changed",
        /// The eSIM profile moved.
        EsimMoved = "esim_moved",
        /// The ICCID was given out again.
        Recycled = "recycled",
    }
    /// A break of SIM and line that was seen once and not yet re-proved.
    LineLatch {
        /// None.
        Clear = "clear",
        /// The number left for another carrier.
        PortedOut = "ported_out",
        /// The number came from another carrier.
        PortedIn = "ported_in",
        /// The contract went to another person.
        Transferred = "transferred",
        /// The contract was inherited.
        Inherited = "inherited",
        /// The contract ended.
        Ended = "ended",
    }
    /// How far the carrier's feed can be relied on.
    FeedHealth {
        /// Heard in time, without gaps.
        Healthy = "healthy",
        /// Behind.
        Lagging = "lagging",
        /// Not heard for too long.
        Silent = "silent",
        /// Events are missing.
        Gapped = "gapped",
        /// The carrier has no feed.
        None = "none",
    }
    /// The applet's signature counter against the last one seen.
    CounterState {
        /// Went up.
        Advanced = "advanced",
        /// Did not go up: two cards have signed.
        Regressed = "regressed",
        /// The applet has one, and it was not brought.
        Withheld = "withheld",
        /// The applet has none.
        NotEnrolled = "not_enrolled",
    }
    /// Which app asked.
    AppIdentity {
        /// One on the list, attested.
        Listed = "listed",
        /// One that is not on the list.
        Unlisted = "unlisted",
        /// The channel can carry it, and it was not brought.
        Withheld = "withheld",
        /// The channel cannot carry it.
        NotCarried = "not_carried",
        /// One on the list by its name; no key of the handset speaks for it in this check.
        Claimed = "claimed",
    }
    /// What the binding's word on its handset rests on.
    HandsetBasis {
        /// A key whose attestation names the handset's IMEI.
        AttestedImei = "attested_imei",
        /// A key whose attestation names no IMEI.
        AttestedKey = "attested_key",
        /// A key of an app on an iPhone, by Apple's App Attest.
        AppAttest = "app_attest",
        /// An IMEI that was told and not proved.
        ReportedImei = "reported_imei",
        /// Neither a key nor an IMEI.
        Nothing = "nothing",
    }
    /// What the maker's list says of the certificates behind an attested key.
    AttestationStatus {
        /// None of them is on it.
        Clear = "clear",
        /// One is suspended.
        Suspended = "suspended",
        /// One is revoked.
        Revoked = "revoked",
    }
}
