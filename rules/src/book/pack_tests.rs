//! Running the tests that packs bring with them.

use std::fmt;
use std::ops::Range;

use super::evaluate::judge;
use super::outcome::Outcome;
use super::{ReadyTest, RuleBook};
use crate::diagnostic::{Diagnostic, Level};
use crate::verdict::{Severity, Verdict};

/// A pack's test that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestFailure {
    /// Name of the pack's source.
    pub source: String,
    /// Line of the test's name, from 1.
    pub line: u32,
    /// Its column, from 1.
    pub column: u32,
    /// The bytes of the test's name in the source's text.
    pub span: Range<usize>,
    /// The test's name.
    pub test: String,
    /// What was expected and what came.
    pub message: String,
}

impl fmt::Display for TestFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, line, column, test, message, .. } = self;
        write!(f, "{source}:{line}:{column}: {test}: {message}")
    }
}

impl From<TestFailure> for Diagnostic {
    fn from(failure: TestFailure) -> Self {
        Self {
            level: Level::Error,
            pack: failure.source,
            span: failure.span,
            line: failure.line,
            column: failure.column,
            text: failure.test,
            message: failure.message,
            suggestion: None,
        }
    }
}

/// What came of the packs' tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestReport {
    /// Tests that held.
    pub passed: usize,
    /// Tests that did not.
    pub failures: Vec<TestFailure>,
    /// Rules, as `pack/rule`, that no test of their own pack makes speak.
    pub never_fired: Vec<String>,
    /// Rules, as `pack/rule`, that no test of their own pack lets be silent.
    pub never_silent: Vec<String>,
}

impl TestReport {
    /// Whether every test held.
    pub fn is_ok(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Runs every test of every pack, each in the chain of its pack.
///
/// A test that expects `at_least` runs with every rule at its floor and every parameter at its
/// loosest value, so that it holds in each chain below.
pub fn run_tests(book: &RuleBook) -> TestReport {
    let mut report = TestReport::default();
    let mut fired = vec![false; book.rules.len()];
    let mut silent = vec![false; book.rules.len()];
    for (at, pack) in book.tests.iter().enumerate() {
        let Some(chain) = book.chains.get(usize::from(pack.chain.0)) else { continue };
        for test in &pack.tests {
            let loosest = test.doc.expect.at_least.is_some();
            let rules = if loosest { &chain.loosest } else { &chain.stands }.of(test.doc.on);
            let outcome = judge(rules, &test.facts);
            for rule in rules {
                let spoke = outcome.fired.iter().any(|spoke| spoke.rule == rule.rule);
                let seen = if spoke { &mut fired } else { &mut silent };
                let index = usize::try_from(rule.rule.0).unwrap_or(usize::MAX);
                let own = book.rules.get(index).is_some_and(|info| info.pack == at);
                if let Some(mark) = seen.get_mut(index).filter(|_| own) {
                    *mark = true;
                }
            }
            match mismatch(test, &outcome) {
                None => report.passed += 1,
                Some(message) => report.failures.push(TestFailure {
                    source: book.packs.get(at).map(|pack| pack.source.clone()).unwrap_or_default(),
                    line: test.line,
                    column: test.column,
                    span: test.doc.name.span.clone(),
                    test: test.doc.name.value.clone(),
                    message,
                }),
            }
        }
    }
    let missing = |seen: &[bool]| {
        let numbered = seen.iter().zip(0_u32..).filter(|(seen, _)| !**seen);
        numbered.map(|(_, number)| book.rule_name(super::RuleRef(number))).collect()
    };
    report.never_fired = missing(&fired);
    report.never_silent = missing(&silent);
    report
}

fn mismatch(test: &ReadyTest, outcome: &Outcome) -> Option<String> {
    let expect = &test.doc.expect;
    let severity = outcome.verdict.severity();
    let mut wrong = Vec::new();
    if let Some(verdict) = expect.verdict.filter(|verdict| *verdict != severity) {
        wrong.push(format!("expected {verdict}, got {severity}"));
    }
    if let Some(least) = expect.at_least.filter(|least| severity < *least) {
        wrong.push(format!("expected at least {least} at the floor, got {severity}"));
    }
    if let Some(reason) = &expect.reason
        && !outcome.reasons.contains(&reason.value)
    {
        wrong.push(format!("expected the reason {}", reason.value));
    }
    if let Some(edge) = expect.edge.filter(|edge| outcome.edge != Some(*edge)) {
        wrong.push(format!("expected the edge {edge}, got {:?}", outcome.edge));
    }
    if let Some(methods) = expect.methods
        && outcome.verdict != Verdict::StepUp(methods)
    {
        wrong.push(format!("expected the methods {methods:?}, got {:?}", outcome.verdict));
    }
    if severity == Severity::Allow || wrong.is_empty() {
        return (!wrong.is_empty()).then(|| wrong.join("; "));
    }
    Some(format!("{} (reasons: {:?})", wrong.join("; "), outcome.reasons))
}
