//! The packs in service: compiled together, one chain of rules for each pack.

mod checks;
mod compile;
mod coverage;
mod diff;
mod evaluate;
mod explain;
mod feed;
mod forge;
mod layers;
mod life;
mod lookup;
mod milder;
mod outcome;
mod pack_tests;
mod plan;
mod ready;
mod shipped;
mod snooze;
mod verdicts;

#[cfg(test)]
mod tests;

pub use coverage::{Coverage, ParamCoverage, RuleCoverage};
pub use diff::{
    ChainDiff, Compared, Diff, KindDiff, LimitChange, Line, Network, ParamChange, RuleChange,
    RuleDiff, Told, Witness,
};
pub use explain::{Adjustment, Conclusion, FactReading, ParamReading, RuleTrace, Truth};
pub use feed::DeclaredFeed;
pub use life::LifeChange;
pub use lookup::{Limit, PackInfo};
pub use milder::{FactChange, Milder};
pub use outcome::{FiredBy, FiredRule, Outcome, RuleRef};
pub use pack_tests::{TestFailure, TestReport, run_tests};

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::plan::Plan;
use crate::condition::{Cond, Typed};
use crate::diagnostic::Diagnostic;
use crate::pack::{Kinds, TestDoc};
use crate::reason::ReasonCode;
use crate::verdict::{CheckKind, Verdict};

/// SHA-256 that names the packs a decision was made by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PacksHash(pub [u8; 32]);

impl fmt::Display for PacksHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// How far from the nation a pack stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// The nation's floor.
    Nation,
    /// A carrier that runs a network.
    Carrier,
    /// An MVNO.
    Mvno,
}

/// The rules that stand for one carrier or MVNO; of the book that gave it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChainId(u16);

/// Every pack in service, compiled.
#[derive(Debug)]
pub struct RuleBook {
    hash: PacksHash,
    warnings: Vec<Diagnostic>,
    packs: Vec<PackInfo>,
    changes: Vec<explain::Changes>,
    rules: Vec<RuleInfo>,
    chains: Vec<Chain>,
    tests: Vec<PackTests>,
    root: ChainId,
    carriers: BTreeMap<String, ChainId>,
    mvnos: BTreeMap<String, (String, ChainId)>,
}

/// What is said of a rule, off the hot path.
#[derive(Debug)]
struct RuleInfo {
    id: String,
    pack: usize,
    on: Kinds,
    when: String,
    facts: Vec<crate::facts::Fact>,
    /// The facts that it compares with parameters.
    tuned: Vec<(crate::facts::Fact, String)>,
    /// Line of its id, from 1.
    line: u32,
    /// Its comparisons, from left to right.
    comparisons: Vec<Typed>,
}

/// The rules of one chain, twice: as they stand, and as loose as any layer below may make them.
#[derive(Debug)]
struct Chain {
    stands: RuleSet,
    loosest: RuleSet,
    login: Plan,
    tap: Plan,
    params: BTreeMap<String, i64>,
    param_types: crate::condition::ParamKinds,
    login_limits: Vec<Limit>,
    tap_limits: Vec<Limit>,
    event_limits: Vec<Limit>,
    life: crate::life::Terms,
    drawn: milder::Drawn,
}

impl Chain {
    fn plan(&self, kind: CheckKind) -> &Plan {
        match kind {
            CheckKind::Login => &self.login,
            CheckKind::Tap => &self.tap,
        }
    }
}

#[derive(Debug, Default)]
struct RuleSet {
    login: Vec<Armed>,
    tap: Vec<Armed>,
}

impl RuleSet {
    /// The rules in force for a kind of check, the nation's first.
    fn of(&self, kind: CheckKind) -> &[Armed] {
        match kind {
            CheckKind::Login => &self.login,
            CheckKind::Tap => &self.tap,
        }
    }
}

/// A rule ready to evaluate; the chains in which it is the same share it.
#[derive(Clone, Debug)]
struct Armed(Arc<ArmedRule>);

impl Armed {
    /// Whether both are one rule, and not only alike.
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for Armed {
    type Target = ArmedRule;

    fn deref(&self) -> &ArmedRule {
        &self.0
    }
}

/// A rule with its parameters bound.
#[derive(Debug)]
struct ArmedRule {
    cond: Cond,
    holds: Verdict,
    unknown: OnUnknown,
    reason: ReasonCode,
    rule: RuleRef,
    snooze: OnSnooze,
}

/// What a snooze makes of a rule's condition.
#[derive(Clone, Copy, Debug)]
enum OnSnooze {
    /// The rule has no floor.
    Refused,
    /// The verdict at its floor.
    Softened(Verdict),
}

#[derive(Clone, Copy, Debug)]
enum OnUnknown {
    Silent,
    Speak(Verdict, ReasonCode),
    /// The condition reads only what is always known, so this is a fault: refuse.
    Fault,
}

/// A pack's tests, and the facts that each starts from.
#[derive(Debug)]
struct PackTests {
    chain: ChainId,
    tests: Vec<ReadyTest>,
    /// The settings of parameters that tests name by their place here.
    settings: Vec<Setting>,
    /// The parameters that the pack makes or sets.
    params: Vec<String>,
}

#[derive(Debug)]
struct ReadyTest {
    doc: TestDoc,
    facts: crate::facts::Facts,
    line: u32,
    column: u32,
    /// The setting that it runs under, if not the pack's own.
    setting: Option<usize>,
}

/// The rules of a chain under other values of its parameters.
#[derive(Debug)]
struct Setting {
    params: BTreeMap<String, i64>,
    rules: RuleSet,
}
