//! A recorded decision, read without copying it: the fields that deciding again needs, borrowed
//! from the entry's bytes.

use crate::ports::store::ProjectionError;
use serde::{
    Deserialize, Deserializer,
    de::{SeqAccess, Visitor},
};
use simbind_core::time::Timestamp;
use simbind_rules::{CheckKind, Edge, StepUpMethod, Verdict};
use std::fmt;

const VERSION: u8 = 1;

/// The fields of a `DecisionEntry`, in its order and with its encoding. What is not needed is
/// stepped over.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "the fields that are not read hold the places of the entry's")]
pub(super) struct DecisionView<'a> {
    pub(super) id: [u8; 16],
    parent: Option<[u8; 16]>,
    pub(super) kind: CheckKind,
    caller: &'a str,
    pub(super) audience: &'a str,
    request: &'a str,
    digest: [u8; 32],
    challenge: Option<[u8; 16]>,
    binding: Option<[u8; 16]>,
    #[serde(borrow)]
    pub(super) carrier: Option<&'a str>,
    #[serde(borrow)]
    pub(super) host: Option<&'a str>,
    pub(super) facts: &'a [u8],
    #[serde(borrow)]
    pub(super) limit: Option<LimitView<'a>>,
    pub(super) proved: Option<StepUpMethod>,
    pub(super) verdict: Verdict,
    reasons: Passed<ReasonText>,
    edge: Option<Edge>,
    fired: Passed<FiredText>,
    packs: [u8; 32],
    pub(super) decided_at: Timestamp,
    position: u64,
}

impl<'a> DecisionView<'a> {
    /// The decision in an entry's bytes.
    ///
    /// # Errors
    /// Where they are of a newer format, or damaged.
    pub(super) fn read(entry: &'a [u8]) -> Result<Self, ProjectionError> {
        match entry {
            [VERSION, rest @ ..] => postcard::from_bytes(rest).ok(),
            _ => None,
        }
        .ok_or(ProjectionError { what: "a decision" })
    }
}

/// A limit that a check reached.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "the fields that are not read hold the places of the entry's")]
pub(super) struct LimitView<'a> {
    pub(super) reason: &'a str,
    retry_at: Timestamp,
}

/// A list that is stepped over, element by element.
#[derive(Debug)]
struct Passed<T>(std::marker::PhantomData<T>);

/// What an element of a list looks like.
trait Element {
    type Of<'a>: Deserialize<'a>;
}

#[derive(Debug)]
struct ReasonText;

impl Element for ReasonText {
    type Of<'a> = &'a str;
}

#[derive(Debug)]
struct FiredText;

impl Element for FiredText {
    type Of<'a> = (&'a str, &'a str, bool);
}

impl<'de, T: Element> Deserialize<'de> for Passed<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Pass<T>(std::marker::PhantomData<T>);

        impl<'de, T: Element> Visitor<'de> for Pass<T> {
            type Value = Passed<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                while list.next_element::<T::Of<'de>>()?.is_some() {}
                Ok(Passed(std::marker::PhantomData))
            }
        }

        from.deserialize_seq(Pass(std::marker::PhantomData))
    }
}
