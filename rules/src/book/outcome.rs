//! What the rules say to one check.

use smallvec::SmallVec;

use crate::reason::ReasonCode;
use crate::verdict::{Edge, Verdict};

/// A rule of the book that gave it out; [`super::RuleBook::rule_name`] names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleRef(pub(super) u32);

/// Why a rule spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FiredBy {
    /// Its condition held.
    Condition,
    /// Its condition came out unknown.
    Unknown,
    /// A fact that is always known was not: a fault of whoever gathered the facts.
    MissingFact,
}

/// A rule that spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FiredRule {
    /// Which one.
    pub rule: RuleRef,
    /// What it asks for by itself.
    pub verdict: Verdict,
    /// Why.
    pub reason: ReasonCode,
    /// What made it speak.
    pub by: FiredBy,
}

/// The rules that spoke; few of them need no allocation.
pub(super) type Fired = SmallVec<[FiredRule; 16]>;

/// What the rules say to one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The join of all rules that spoke; allow where none did.
    pub verdict: Verdict,
    /// Why, the most severe first, each once.
    pub reasons: SmallVec<[ReasonCode; 4]>,
    /// The edge that broke, by the most severe reason that names one.
    pub edge: Option<Edge>,
    /// The rules that spoke, the nation's first.
    pub fired: Fired,
}
