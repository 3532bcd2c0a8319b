//! Twins of everyday checks, and of changes of SIM and handset.

use super::{
    Kind::{self, *},
    Pair,
};

const fn pair(flow: &'static str, honest: Kind, fraud: Kind, observation: &'static str) -> Pair {
    Pair::differs(flow, honest, fraud, observation)
}

pub(super) const PAIRS: &[Pair] = &[
    pair(
        "a login with the app",
        AppLogin,
        OtherHandsetWithheld,
        "the enrolled handset's key signs the check",
    ),
    pair(
        "a login in a browser",
        BrowserLogin,
        OtherParty,
        "the challenge was drawn by the party that presents it",
    ),
    pair(
        "a tap at a door",
        TapDoor,
        RecycledIccid,
        "the carrier has not given the SIM's number to another line",
    ),
    Pair::alike("a tap long after the last sighting", StaleSight, NeverAttached),
    pair(
        "a tap with the handset's token",
        TapToken,
        RelayedTap,
        "the reader measures a round trip within its bound",
    ),
    pair(
        "a tap at a reader that reads the card's number",
        TapToken,
        SimNumberLie,
        "the number that the reader reads is the one in the transcript",
    ),
    pair(
        "a phone that shows another of its IMEIs",
        DualImei,
        ImeiLie,
        "the handset that is attested for this IMEI signs the check",
    ),
    pair(
        "the SIM is seen under another IMEI",
        SlotChange,
        SwapAndBack,
        "the other IMEI is one of the enrolled handset's",
    ),
    pair("an app that is installed again", AppReinstalled, RogueApp, "the app stands in the list"),
    pair(
        "two apps, one of which asks for the PIN",
        AppLogin,
        SwappedPinApp,
        "the app that asks for the PIN stands in the list",
    ),
    pair(
        "a phone with a new key",
        RestoredFromBackup,
        SoftwareAttestation,
        "the new key is attested to lie in hardware",
    ),
    pair(
        "a request that comes twice",
        ReplyLost,
        Replay,
        "the second request is the first one's, byte for byte, and is not decided again",
    ),
    pair(
        "a phone that was never enrolled, lent by a shop",
        Loaner,
        ForgedEvents,
        "the carrier that serves the line announced the loaner before the SIM moved",
    ),
    pair(
        "the SIM moves to a new phone",
        NewPhone,
        OtherHandset,
        "a counter enrolled the new phone before the SIM moved",
    ),
    Pair::alike(
        "the SIM moves to a phone that was never enrolled",
        OwnerUnenrolledPhone,
        OtherHandset,
    ),
    pair(
        "a new phone with a new certificate",
        NewBinding,
        RepackagedApp,
        "the new key was asked for by an app under the signer that is listed",
    ),
    pair(
        "the SIM moves between two phones",
        SeveralDevices,
        DuplicatedEvents,
        "each phone in which the SIM was seen is enrolled",
    ),
    pair(
        "an MVNO's SIM moves between two phones",
        MvnoMove,
        SwapAndBack,
        "each phone in which the SIM was seen is enrolled",
    ),
    pair(
        "the line gets another SIM",
        EsimConversion,
        Reissued,
        "a counter saw person and SIM again after the reissue",
    ),
    pair(
        "the line gets an eSIM in another phone",
        EsimWithPhone,
        EsimTakenOver,
        "a counter saw person, SIM and the other phone after the reissue",
    ),
    pair(
        "the number goes to another carrier",
        NewBinding,
        PortOut,
        "the new SIM was bound by a certificate of its own",
    ),
    pair(
        "a carrier that speaks late",
        LateEvent,
        ReorderedEvents,
        "what comes late names no foreign handset since the last proof",
    ),
    pair("an iPhone's login", Iphone, OldAssertion, "the assertion covers this check's challenge"),
    pair(
        "the SIM moves to another iPhone",
        IphoneChanged,
        OtherAssertion,
        "a counter saw the new iPhone",
    ),
    pair(
        "an app installed anew on an iPhone",
        IphoneReinstalled,
        ClonedAppKey,
        "the key's count went on from the last one seen, or began anew at a counter",
    ),
    pair(
        "an iPhone is enrolled",
        Iphone,
        DevelopedApp,
        "Apple attests the key for apps that are in use",
    ),
    pair("an iPhone is enrolled", Iphone, OtherAppsKey, "Apple attests the key for a listed app"),
    pair(
        "a handset that no list has",
        UnlistedHandset,
        UnlockedHandset,
        "its boot loader is attested to be locked",
    ),
    pair(
        "a check that brings the issuer's answer",
        StapledStatus,
        OldAnswer,
        "the issuer has said nothing worse since",
    ),
    pair(
        "the issuer's list is late",
        LateList,
        RevokedCertificate,
        "no voice of the issuer has revoked the certificate",
    ),
    pair(
        "a phone that was reported lost",
        ReportedLost,
        HeldCertificate,
        "the issuer lifted the hold",
    ),
    pair("a wrong PIN", PinSlip, StolenPhonePin, "fewer than three wrong entries came in a row"),
    pair(
        "the counter of the SIM's signatures",
        AppLogin,
        ClonedKey,
        "each signature's count is higher than the last one's",
    ),
];
