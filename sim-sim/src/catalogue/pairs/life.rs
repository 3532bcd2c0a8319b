//! Twins of loss, of the end of a phone or a contract, and of a forgotten PIN.

use super::{
    Kind::{self, *},
    Pair,
};

const fn pair(flow: &'static str, honest: Kind, fraud: Kind, observation: &'static str) -> Pair {
    Pair::differs(flow, honest, fraud, observation)
}

pub(super) const PAIRS: &[Pair] = &[
    pair(
        "a phone that was reported lost to the carrier",
        LostAndFound,
        LostPhoneUsed,
        "a counter lifted the hold after its cool-down",
    ),
    pair(
        "a line that was suspended and resumed",
        LostAndFound,
        ResumedByFraud,
        "a counter lifted the hold too, and not the carrier alone",
    ),
    pair(
        "a PIN that is locked",
        PinReset,
        StolenPhonePin,
        "a counter saw the person and had the PIN set anew",
    ),
    pair(
        "a phone that is given away",
        PhoneReplaced,
        DisposedPhoneUsed,
        "the certificate was issued anew after the old one's end",
    ),
    pair(
        "a contract that ends",
        ContractChanged,
        CancelledSimUsed,
        "the SIM that signs is that of a contract in force",
    ),
    pair(
        "a contract that goes to another person",
        LineTakenOver,
        TransferredSimUsed,
        "the certificate is the new person's own",
    ),
    pair(
        "a contract that goes to an heir",
        LineInherited,
        InheritedSimUsed,
        "the certificate is the heir's own",
    ),
];
