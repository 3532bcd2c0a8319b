//! Twins of what carriers tell.

use super::{Kind, Pair};

pub(super) const PAIRS: &[Pair] = &[
    Pair::differs(
        "the SIM moves to a phone that a counter has not seen",
        Kind::AnnouncedPhone,
        Kind::OtherHandset,
        "the carrier that serves the line announced that very phone before the SIM moved",
    ),
    Pair::differs(
        "the line gets another SIM without a counter after it",
        Kind::AnnouncedSim,
        Kind::Reissued,
        "a counter announced that very SIM before the carrier told of it",
    ),
    Pair::differs(
        "a loss that the carrier told",
        Kind::WrongLoss,
        Kind::LostPhoneUsed,
        "the carrier took its report of the loss back",
    ),
    Pair::differs(
        "a contract that ended",
        Kind::WrongEnd,
        Kind::CancelledSimUsed,
        "the carrier took the end of the contract back",
    ),
    Pair::differs(
        "a change of handset that is told late",
        Kind::LateEvent,
        Kind::ToldLate,
        "what comes late names an enrolled handset, so that no decision is looked at again",
    ),
];
