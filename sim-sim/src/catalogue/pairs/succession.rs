//! Twins of renewals and changes.

use super::{
    Kind::{
        CarrierChanged, LentAtCounter, OtherCard, OtherThanLent, PhoneModelChanged, PortedSimUsed,
        ProvedByCard, Renewed, RenewedAfterLoss, ReplacedSimUsed, SimReplaced, SupersededPhoneUsed,
    },
    Pair,
};

pub(super) const PAIRS: &[Pair] = &[
    Pair::differs(
        "a new certificate on the same SIM",
        Renewed,
        RenewedAfterLoss,
        "nobody reported the phone lost before it was renewed",
    ),
    Pair::differs(
        "a phone that another one follows",
        PhoneModelChanged,
        SupersededPhoneUsed,
        "the certificate is the one that the counter issued last",
    ),
    Pair::differs(
        "a SIM that another one follows",
        SimReplaced,
        ReplacedSimUsed,
        "the certificate is that of the SIM that took the other's place",
    ),
    Pair::differs(
        "a number that another carrier serves",
        CarrierChanged,
        PortedSimUsed,
        "the certificate is that of the SIM of the new carrier",
    ),
    Pair::differs(
        "a new eSIM that a card proves at home",
        ProvedByCard,
        OtherCard,
        "the card is the one that was enrolled with the binding",
    ),
    Pair::differs(
        "a loaner from a counter",
        LentAtCounter,
        OtherThanLent,
        "the SIM is in the handset that the counter named",
    ),
];
