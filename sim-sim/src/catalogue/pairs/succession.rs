//! Twins of renewals and changes.

use super::{
    Kind::{
        CarrierChanged, ExpiredUsed, LentAtCounter, LoanerKept, OldCertificateUsed, OtherCard,
        OtherThanLent, OverlapUsed, PhoneByOtherCard, PhoneChangedAtHome, PhoneModelChanged,
        PortedSimUsed, ProvedByCard, Reminded, Renewed, RenewedAfterLoss, RenewedAtHome,
        RenewedByOtherCard, ReplacedSimUsed, SimByOtherCard, SimChangedAtHome, SimReplaced,
        SupersededPhoneUsed,
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
    Pair::differs(
        "a loaner that was not returned",
        LentAtCounter,
        LoanerKept,
        "the time for which the counter lent it has not passed",
    ),
    Pair::differs(
        "the old certificate of a renewal",
        OverlapUsed,
        OldCertificateUsed,
        "the time for which old and new stand side by side has not passed",
    ),
    Pair::differs(
        "a certificate that ends",
        Reminded,
        ExpiredUsed,
        "the certificate was renewed before its end, at its reminder",
    ),
    Pair::differs(
        "a certificate that a card renews at home",
        RenewedAtHome,
        RenewedByOtherCard,
        "the card is the one that was enrolled with the binding",
    ),
    Pair::differs(
        "a phone that a card replaces at home",
        PhoneChangedAtHome,
        PhoneByOtherCard,
        "the card is the one that was enrolled with the binding",
    ),
    Pair::differs(
        "a SIM that a card replaces at home",
        SimChangedAtHome,
        SimByOtherCard,
        "the card is the one that was enrolled with the binding",
    ),
];
