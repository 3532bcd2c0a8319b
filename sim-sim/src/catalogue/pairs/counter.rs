//! Twins of the counter.

use super::{
    Kind::{
        AnotherPhonesAttestation, AnotherSimsKey, CodesGuessed, CodesSeen, CounterInterrupted,
        CounterIphone, CounterIssue, OtherOffice, SimSwappedAtCounter,
    },
    Pair,
};

pub(super) const PAIRS: &[Pair] = &[
    Pair::differs(
        "a second phone at one ticket",
        CounterInterrupted,
        CodesSeen,
        "the phone joined with the codes that the clerk gave out last",
    ),
    Pair::differs(
        "codes that are typed",
        CounterIssue,
        CodesGuessed,
        "what was handed over apart from the slip is right too",
    ),
    Pair::differs(
        "an attestation for a ticket's challenge",
        CounterIphone,
        AnotherPhonesAttestation,
        "the key that was attested signs the activation",
    ),
    Pair::differs(
        "a certificate that was written at the counter",
        CounterIssue,
        AnotherSimsKey,
        "the key of the certificate that was written signs the activation",
    ),
    Pair::differs(
        "a SIM that the counter saw a while ago",
        CounterInterrupted,
        SimSwappedAtCounter,
        "the carrier told of no change of the SIM since it was seen",
    ),
    Pair::differs(
        "a ticket that a terminal goes on with",
        CounterIssue,
        OtherOffice,
        "the terminal is of the office that opened the ticket",
    ),
];
