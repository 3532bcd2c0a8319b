//! Running the tests that packs bring with them.

use std::fmt;
use std::ops::Range;

use super::coverage::{Coverage, RuleCoverage, Sides};
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
    /// How often the tests reach each rule and parameter.
    pub coverage: Coverage,
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
    let mut report = TestReport { coverage: Coverage::of(book), ..TestReport::default() };
    for (at, pack) in book.tests.iter().enumerate() {
        let Some(chain) = book.chains.get(usize::from(pack.chain.0)) else { continue };
        let mut sides = Sides::of(book, at, pack);
        for test in &pack.tests {
            let loosest = test.doc.expect.at_least.is_some();
            let setting = test.setting.and_then(|setting| pack.settings.get(setting));
            let rules = match setting {
                _ if loosest => &chain.loosest,
                Some(setting) => &setting.rules,
                None => &chain.stands,
            };
            let rules = rules.of(test.doc.on);
            let outcome = judge(rules, &test.facts);
            for rule in rules {
                report.coverage.count(book, at, rule.rule, &outcome);
            }
            if !loosest {
                let values = setting.map_or(&chain.params, |setting| &setting.params);
                sides.count(test, rules, values);
            }
            match mismatch(book, test, &outcome) {
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
        report.coverage.params.extend(sides.into_found());
    }
    let named = |missing: fn(&RuleCoverage) -> bool| {
        let rules = report.coverage.rules.iter().filter(|rule| missing(rule));
        rules.map(|rule| rule.rule.clone()).collect()
    };
    report.never_fired = named(|rule| rule.by_condition + rule.by_unknown == 0);
    report.never_silent = named(|rule| rule.silent == 0);
    report
}

fn mismatch(book: &RuleBook, test: &ReadyTest, outcome: &Outcome) -> Option<String> {
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
    let spoke = |name: &str| {
        let ids = outcome.fired.iter().map(|spoke| book.rule_id(spoke.rule));
        ids.flatten().any(|id| id == name)
    };
    for rule in expect.fired.iter().filter(|rule| !spoke(&rule.value)) {
        wrong.push(format!("expected the rule {} to speak", rule.value));
    }
    for rule in expect.silent.iter().filter(|rule| spoke(&rule.value)) {
        wrong.push(format!("expected the rule {} to be silent", rule.value));
    }
    if severity == Severity::Allow || wrong.is_empty() {
        return (!wrong.is_empty()).then(|| wrong.join("; "));
    }
    Some(format!("{} (reasons: {:?})", wrong.join("; "), outcome.reasons))
}
