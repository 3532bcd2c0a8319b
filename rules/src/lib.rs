//! Facts schema, rule language, layers, compiler and evaluation; pure

mod book;
mod bounds;
mod condition;
mod diagnostic;
pub mod facts;
mod life;
mod pack;
mod reason;
mod space;
mod suggest;
mod text;
mod time;
mod verdict;

pub use book::{Adjustment, ParamReading, Truth};
pub use book::{
    ChainDiff, Compared, Diff, FactChange, KindDiff, LifeChange, LimitChange, Line, Milder,
    Network, ParamChange, RuleChange, RuleDiff, Told, Witness,
};
pub use book::{
    ChainId, Conclusion, Coverage, DeclaredFeed, FactReading, FiredBy, FiredRule, Layer, Limit,
    Outcome, PackInfo, PacksHash, ParamCoverage, RuleBook, RuleCoverage, RuleRef, RuleTrace,
    TestFailure, TestReport, run_tests,
};
pub use diagnostic::{Diagnostic, Level};
pub use facts::{Fact, FactEnum, Facts};
pub use life::{LifeTerms, Persons};
pub use pack::{LimitKey, PackSource};
pub use reason::{Lang, Place, ReasonCode};
pub use text::is_hidden;
pub use verdict::{CheckKind, Edge, Methods, Severity, StepUpMethod, Verdict};

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
