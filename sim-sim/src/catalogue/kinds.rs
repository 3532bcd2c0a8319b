//! The list of kinds.

use super::{Entry, Needs, Side};
use serde::{Serialize, Serializer};
use simbind_proto::v1::Edge;

const NONE: &[Edge] = &[];
const CERTIFICATE_SIM: &[Edge] = &[Edge::CertificateSim];
const SIM_HANDSET: &[Edge] = &[Edge::SimHandset];
const ATTESTATION: &[Edge] = &[Edge::HandsetAttestation];
const HANDSET: &[Edge] = &[Edge::SimHandset, Edge::HandsetAttestation];
const SIM_LINE: &[Edge] = &[Edge::SimLine];
const SIM_OR_LINE: &[Edge] = &[Edge::CertificateSim, Edge::SimLine];

macro_rules! kinds {
    ($($kind:ident $name:literal $side:ident $needs:ident $edges:ident [$($reason:literal)*]
       $words:literal;)*) => {
        /// A kind of use or of attack.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = $words] $kind,)*
        }

        impl Kind {
            /// All kinds, in the order of reports.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            pub(crate) const fn entry(self) -> Entry {
                match self {
                    $(Self::$kind => Entry {
                        name: $name,
                        side: Side::$side,
                        words: $words,
                        edges: $edges,
                        reasons: &[$($reason,)*],
                        needs: Needs::$needs,
                    },)*
                }
            }
        }
    };
}

kinds! {
    AppLogin "app-login" Honest Nothing NONE [] "logs in with the app";
    BrowserLogin "browser-login" Honest Nothing NONE [] "logs in in a browser, with the app beside it";
    TapDoor "tap-door" Honest Nothing NONE [] "holds the phone to a door";
    TapToken "tap-token" Honest Nothing NONE [] "taps, and the handset signs too";
    DualImei "dual-imei" Honest Nothing NONE [] "has a handset with two IMEIs, and shows either";
    SlotChange "slot-change" Honest Nothing NONE [] "moves the SIM to the handset's other slot";
    AppReinstalled "app-reinstalled" Honest Nothing NONE [] "installs the app again";
    RestoredFromBackup "restored-from-backup" Honest Nothing NONE [] "restores the phone from a backup, and is bound again with its new key";
    ReplyLost "reply-lost" Honest Nothing NONE [] "loses the reply, and the request is repeated";
    Loaner "loaner" Honest Nothing NONE [] "uses a loaner while the phone is repaired";
    NewPhone "new-phone" Honest Nothing NONE [] "has a new phone enrolled, and moves the SIM to it";
    NewBinding "new-binding" Honest Nothing NONE [] "gets a new phone with a new SIM and certificate";
    SeveralDevices "several-devices" Honest Nothing NONE [] "moves the SIM between two enrolled handsets";
    MvnoMove "mvno-move" Honest Nothing NONE [] "moves an MVNO's SIM between two enrolled handsets";
    EsimConversion "esim-conversion" Honest Nothing NONE [] "has the card changed for an eSIM, and proves it at a counter";
    LateEvent "late-event" Honest Nothing NONE [] "is spoken of late by the carrier";
    Iphone "iphone" Honest Nothing NONE [] "has an iPhone, which shows no IMEI";
    IphoneChanged "iphone-changed" Honest Nothing NONE [] "moves the SIM to a new iPhone, which a counter sees";
    IphoneReinstalled "iphone-reinstalled" Honest Nothing NONE [] "has the app attested anew on the same iPhone";
    UnlistedHandset "unlisted-handset" Honest Nothing NONE [] "has a SIM-free handset that no list has";

    StapledStatus "stapled-status" Honest Status NONE [] "has an app that brings the issuer's answer";
    LateList "late-list" Honest Status NONE [] "has a certificate whose issuer is late with its list";
    ReportedLost "reported-lost" Honest Status NONE [] "reported the phone lost, found it, and had the certificate released";

    EsimWithPhone "esim-with-phone" Honest Nothing NONE [] "has the eSIM issued anew with a new phone, and proves both at a counter";
    PinSlip "pin-slip" Honest Nothing NONE [] "enters the PIN wrongly once, and then rightly";

    LostAndFound "lost-and-found" Honest Time NONE [] "has the line suspended for a loss, finds the phone, and has the hold lifted at a counter";
    PinReset "pin-reset" Honest Nothing NONE [] "forgets the PIN, and has it set anew at a counter";
    PhoneReplaced "phone-replaced" Honest Nothing NONE [] "gives the phone away, and has the certificate ended and a new one issued";
    ContractChanged "contract-changed" Honest Nothing NONE [] "cancels the contract, and is bound anew with another";
    LineTakenOver "line-taken-over" Honest Nothing NONE [] "takes over another person's contract, and is bound with a certificate of their own";
    LineInherited "line-inherited" Honest Nothing NONE [] "inherits a contract, and is bound with a certificate of their own";

    WhileLost "while-lost" Barred Time NONE ["BINDING_HELD" "LINE_SUSPENDED"] "logs in while the line is suspended at the owner's own word";
    WhileHeld "while-held" Barred Status NONE ["CERTIFICATE_HELD"] "logs in while the certificate is held at the owner's own word";

    OwnerUnenrolledPhone "owner-unenrolled-phone" Ambiguous Nothing SIM_HANDSET [] "moves the SIM to an own phone that was never enrolled";

    StaleSight "stale-sight" Ambiguous Time SIM_HANDSET [] "taps long after the network last saw the SIM";

    OtherHandset "other-handset" Attack Nothing SIM_HANDSET [] "puts the SIM into another handset, knowing the PIN";
    OtherHandsetWithheld "other-handset-withheld" Attack Nothing HANDSET [] "the same, and leaves out what the handset should say";
    ImeiLie "imei-lie" Attack Nothing HANDSET [] "the same, and claims the victim's IMEI";
    ClonedKey "cloned-key" Attack Nothing CERTIFICATE_SIM ["BINDING_HELD"] "uses a copy of the SIM's key beside the victim";
    NeverAttached "never-attached" Attack Time SIM_HANDSET [] "taps with a SIM that never attaches to the network";
    Reissued "reissued" Attack Nothing CERTIFICATE_SIM [] "has the SIM issued anew, and uses a copy of the old key";
    EsimTakenOver "esim-taken-over" Attack Nothing SIM_OR_LINE [] "has the eSIM issued anew into another phone";
    SwapAndBack "swap-and-back" Attack Nothing SIM_HANDSET [] "uses the SIM in another handset, puts it back, and taps";
    StolenPhonePin "stolen-phone-pin" Attack Nothing NONE ["PIN_LOCKED"] "guesses the PIN of a stolen phone";
    Replay "replay" Attack Nothing NONE ["CHALLENGE_USED"] "sends a recorded transcript again";
    OtherParty "other-party" Attack Callers NONE ["CHALLENGE_WRONG_PARTY"] "presents a transcript that was made for another relying party";
    RelayedTap "relayed-tap" Attack Nothing NONE ["RELAY_SUSPECTED"] "relays a tap from far away";
    RogueApp "rogue-app" Attack Nothing NONE ["APP_UNLISTED"] "logs in with an app that is not the real one";
    RepackagedApp "repackaged-app" Attack Nothing ATTESTATION [] "binds a handset by an app of the right name, signed by another";
    SwappedPinApp "swapped-pin-app" Attack Nothing NONE ["APP_UI_UNLISTED" "APP_UNLISTED"] "puts another app in the place of the one that asks for the PIN";
    SimNumberLie "sim-number-lie" Attack Nothing NONE ["SIM_CONFLICT"] "claims another SIM's number than the reader reads";
    SoftwareAttestation "software-attestation" Attack Nothing ATTESTATION [] "uses a handset whose key lies in software";
    UnlockedHandset "unlocked-handset" Attack Nothing ATTESTATION [] "uses a handset with an unlocked boot loader";
    OldAssertion "old-assertion" Attack Nothing ATTESTATION [] "sends an assertion that the victim's iPhone made before";
    OtherAssertion "other-assertion" Attack Nothing HANDSET [] "asserts with another iPhone's key";
    ClonedAppKey "cloned-app-key" Attack Nothing ATTESTATION [] "uses a copy of the key in the victim's iPhone, whose count fell behind";
    DevelopedApp "developed-app" Attack Nothing ATTESTATION [] "binds an iPhone with a key that Apple attests for apps under development";
    OtherAppsKey "other-apps-key" Attack Nothing ATTESTATION [] "binds an iPhone with another app's key";
    RevokedCertificate "revoked-certificate" Attack Status NONE ["CERTIFICATE_REVOKED"] "uses a stolen phone whose certificate was revoked";
    OldAnswer "old-answer" Attack Status NONE ["CERTIFICATE_REVOKED"] "the same, and brings an answer of before that says good";
    HeldCertificate "held-certificate" Attack Status NONE ["CERTIFICATE_HELD"] "uses a stolen phone whose certificate is held, with an answer of before or none";
    PortOut "port-out" Attack Nothing SIM_LINE [] "ports the number out, and uses the old SIM";
    RecycledIccid "recycled-iccid" Attack Nothing SIM_OR_LINE [] "uses a SIM whose number was given out again";
    ForgedEvents "forged-events" Attack Callers SIM_HANDSET [] "has a carrier speak for another's line";
    ReorderedEvents "reordered-events" Attack Time SIM_HANDSET [] "profits from events in the wrong order";
    DuplicatedEvents "duplicated-events" Attack Nothing SIM_HANDSET [] "profits from events that come twice";

    LostPhoneUsed "lost-phone-used" Attack Nothing SIM_LINE ["BINDING_HELD" "LINE_SUSPENDED"] "uses a found phone whose PIN is known, after its owner reported the loss";
    ResumedByFraud "resumed-by-fraud" Attack Nothing SIM_LINE ["BINDING_HELD"] "talks the carrier into resuming a stolen phone's line";
    DisposedPhoneUsed "disposed-phone-used" Attack Nothing NONE ["BINDING_REVOKED"] "uses a phone that its owner gave away";
    CancelledSimUsed "cancelled-sim-used" Attack Nothing SIM_LINE ["BINDING_REVOKED"] "uses the SIM of a contract that ended";
    TransferredSimUsed "transferred-sim-used" Attack Nothing SIM_LINE ["BINDING_REVOKED"] "uses the certificate of the person who gave the line away";
    InheritedSimUsed "inherited-sim-used" Attack Nothing SIM_LINE ["BINDING_REVOKED"] "uses the certificate of a person who has died";

    // The counter.
    CounterIssue "counter-issue" Honest Nothing NONE [] "has a new phone issued at a counter by a ticket";
    CounterIphone "counter-iphone" Honest Nothing NONE [] "the same with an iPhone, which reads a code from the terminal";
    CounterInterrupted "counter-interrupted" Honest Nothing NONE [] "installs the app again in the middle of it, and gets new codes";
    CodesSeen "codes-seen" Attack Nothing SIM_HANDSET [] "sees the codes at the counter, and joins first with another phone";
    CodesGuessed "codes-guessed" Attack Nothing SIM_HANDSET [] "finds the slip from the counter, and guesses the rest";
    AnotherPhonesAttestation "another-phones-attestation" Attack Nothing ATTESTATION [] "has another phone's attestation recorded than the one that is bound";
    AnotherSimsKey "another-sims-key" Attack Nothing CERTIFICATE_SIM [] "signs with another SIM than the one that the counter saw";
    SimSwappedAtCounter "sim-swapped-at-counter" Attack Nothing CERTIFICATE_SIM [] "has the SIM issued anew between the steps of a ticket";

    OtherOffice "other-office" Attack Callers CERTIFICATE_SIM [] "goes on with another office's ticket at a terminal of their own";

    // What carriers tell.
    AnnouncedPhone "announced-phone" Honest Nothing NONE [] "has a new phone, which the shop announced before the SIM moved";
    AnnouncedSim "announced-sim" Honest Nothing NONE [] "gets the SIM that a counter had announced";
    WrongLoss "wrong-loss" Honest Nothing NONE [] "has a loss reported by mistake, which the carrier takes back";
    WrongEnd "wrong-end" Honest Nothing NONE [] "has the contract ended by mistake, which the carrier takes back";

    ToldLate "told-late" Attack Time SIM_HANDSET [] "has the SIM in another handset before the carrier tells of it, and again after";

    // The carriers' platforms.
    LockedAndFound "locked-and-found" Honest Platform NONE [] "loses the phone, whose applet is ordered locked, and has both undone when it is found";
    EndedAndReplaced "ended-and-replaced" Honest Platform NONE [] "gives the phone away, whose applet is ordered deleted, and gets a new certificate";
    WrongEndReloaded "wrong-end-reloaded" Honest Platform NONE [] "has the contract ended by mistake and the applet deleted, both taken back, and the certificate renewed";
    LockUnanswered "lock-unanswered" Attack Platform NONE ["BINDING_HELD"] "uses a stolen phone whose applet the platform did not lock";
    LockedSimCopied "locked-sim-copied" Attack Platform NONE ["APPLET_LOCKED"] "signs with a copy of a SIM whose applet is locked";
    DeletedSimCopied "deleted-sim-copied" Attack Platform NONE ["APPLET_DELETED"] "signs with a copy of a SIM whose applet is deleted";
    ReloadedSimCopied "reloaded-sim-copied" Attack Platform NONE ["APPLET_DELETED"] "signs with a copy of a key that was deleted by mistake, after the applet was loaded again";

    // Handsets and readers.
    WithdrawnPhone "withdrawn-phone" Ambiguous Registry NONE ["HANDSET_WITHDRAWN"] "files with a phone whose model was withdrawn";
    WithdrawnKeyCopied "withdrawn-key-copied" Attack Registry NONE ["HANDSET_WITHDRAWN"] "files with a stolen SIM and a copy of a phone's key, whose model was withdrawn for that";

    // States of a binding, and the PIN.

    // Renewals and changes.
    Renewed "renewed" Honest Nothing NONE [] "has the certificate renewed at a counter";
    PhoneModelChanged "phone-model-changed" Honest Nothing NONE [] "has a new phone take the place of the old one at a counter, with a new certificate";
    SimReplaced "sim-replaced" Honest Nothing NONE [] "has the SIM issued anew, and a new certificate on it in place of the old one";
    LentAtCounter "lent-at-counter" Honest Nothing NONE [] "uses a loaner that a counter handed out, and returns it";
    CarrierChanged "carrier-changed" Honest Nothing NONE [] "changes the carrier and keeps the number, of which the old one tells late";
    ProvedByCard "proved-by-card" Honest Nothing NONE [] "has the card changed for an eSIM, and proves it at home by the physical card";
    Reminded "reminded" Honest Weeks NONE [] "is reminded of a certificate that ends soon, and has it renewed";
    OverlapUsed "overlap-used" Honest Weeks NONE [] "uses the old certificate while it stands beside the renewed one";
    RenewedAtHome "renewed-at-home" Honest Nothing NONE [] "has the certificate renewed at home by the physical card";
    PhoneChangedAtHome "phone-changed-at-home" Honest Nothing NONE [] "has a new phone take the place of the old one at home, by the physical card";
    SimChangedAtHome "sim-changed-at-home" Honest Nothing NONE [] "has a new eSIM take the place of the old one at home, by the physical card";
    RenewedAfterLoss "renewed-after-loss" Attack Nothing NONE ["BINDING_HELD"] "has a stolen phone's certificate renewed after its owner reported the loss";
    SupersededPhoneUsed "superseded-phone-used" Attack Nothing NONE ["BINDING_SUPERSEDED"] "uses an old phone and its certificate after another took its place";
    ReplacedSimUsed "replaced-sim-used" Attack Nothing NONE ["BINDING_SUPERSEDED"] "uses an old SIM after another took its place";
    PortedSimUsed "ported-sim-used" Attack Nothing NONE ["BINDING_SUPERSEDED"] "uses the SIM of the carrier that the line has left";
    OtherCard "other-card" Attack Nothing SIM_OR_LINE [] "has the eSIM issued anew, and proves it by a card that is not the enrolled one";
    OtherThanLent "other-than-lent" Attack Nothing SIM_HANDSET [] "puts the SIM into another phone than the loaner that was handed out";
    OldCertificateUsed "old-certificate-used" Attack Weeks NONE ["BINDING_SUPERSEDED"] "uses the old certificate after its time beside the renewed one";
    ExpiredUsed "expired-used" Attack Weeks NONE ["BINDING_EXPIRED" "CERTIFICATE_EXPIRED"] "uses a phone whose certificate nobody renewed, after its end";
    LoanerKept "loaner-kept" Attack Weeks SIM_HANDSET [] "uses a loaner, with the SIM in it, past its time";
    RenewedByOtherCard "renewed-by-other-card" Attack Nothing CERTIFICATE_SIM [] "has a certificate renewed by a card that is not the enrolled one";
    PhoneByOtherCard "phone-by-other-card" Attack Nothing SIM_HANDSET [] "has a phone take the place of the bound one, by a card that is not the enrolled one";
    SimByOtherCard "sim-by-other-card" Attack Nothing SIM_OR_LINE [] "has an eSIM take the place of the bound one, by a card that is not the enrolled one";
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl Kind {
    /// The name in scenarios and reports.
    pub const fn name(self) -> &'static str {
        self.entry().name
    }

    /// On whose side it stands.
    pub const fn side(self) -> Side {
        self.entry().side
    }

    /// Whether it takes weeks, so that a year plays it and a day cannot.
    pub const fn needs_weeks(self) -> bool {
        matches!(self.entry().needs, Needs::Weeks)
    }

    /// Whether it can only be played where a carrier's platform is.
    pub const fn needs_platform(self) -> bool {
        matches!(self.entry().needs, Needs::Platform)
    }

    /// Who does what, in words.
    pub const fn words(self) -> &'static str {
        self.entry().words
    }

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}
