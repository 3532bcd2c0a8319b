//! Twins of handsets and readers.

use super::{
    Kind::{AppLogin, WithdrawnKeyCopied, WithdrawnPhone},
    Pair,
};

pub(super) const PAIRS: &[Pair] = &[
    Pair::differs(
        "a key that is attested to lie in hardware",
        AppLogin,
        WithdrawnKeyCopied,
        "the registry has not withdrawn the model of the enrolled handset",
    ),
    Pair::alike("a phone whose model was withdrawn", WithdrawnPhone, WithdrawnKeyCopied),
];
