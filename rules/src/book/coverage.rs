//! What the packs' tests reach: rules both ways, and both sides of parameters.

use std::collections::BTreeMap;

use super::outcome::{FiredBy, Outcome};
use super::{Armed, PackTests, ReadyTest, RuleBook, RuleRef};

/// What the tests of a rule's own pack make of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleCoverage {
    /// The rule, as `pack/rule`.
    pub rule: String,
    /// Name of the pack's source.
    pub source: String,
    /// Line of the rule's id, from 1.
    pub line: u32,
    /// Tests in which its condition holds.
    pub by_condition: usize,
    /// Tests in which it speaks because its condition is unknown.
    pub by_unknown: usize,
    /// Tests in which it stays silent.
    pub silent: usize,
}

impl RuleCoverage {
    /// Whether its condition holds in some test, and it is silent in another.
    pub const fn is_both_ways(&self) -> bool {
        self.by_condition > 0 && self.silent > 0
    }
}

/// On which side of a parameter's value the tests of a pack stand.
///
/// A pack answers for the parameters that it makes or sets. Counted is each test in which some
/// rule compares a known fact with the parameter; a test of `at_least` counts for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamCoverage {
    /// The pack.
    pub pack: String,
    /// The parameter.
    pub param: String,
    /// Tests with a fact below its value.
    pub below: usize,
    /// Tests with a fact at its value.
    pub at: usize,
    /// Tests with a fact above its value.
    pub above: usize,
}

/// What the packs' tests reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Each rule of each pack.
    pub rules: Vec<RuleCoverage>,
    /// Each parameter that a pack makes or sets.
    pub params: Vec<ParamCoverage>,
}

impl Coverage {
    /// Whether every rule is covered both ways.
    pub fn is_full(&self) -> bool {
        self.rules.iter().all(RuleCoverage::is_both_ways)
    }

    /// Nothing reached yet.
    pub(super) fn of(book: &RuleBook) -> Self {
        let rules = book.rules.iter().zip(0_u32..).map(|(info, number)| RuleCoverage {
            rule: book.rule_name(RuleRef(number)),
            source: book.packs.get(info.pack).map(|pack| pack.source.clone()).unwrap_or_default(),
            line: info.line,
            by_condition: 0,
            by_unknown: 0,
            silent: 0,
        });
        Self { rules: rules.collect(), params: Vec::new() }
    }

    /// Counts what a test of the pack at `pack` made of one of the rules.
    pub(super) fn count(&mut self, book: &RuleBook, pack: usize, rule: RuleRef, seen: &Outcome) {
        let at = usize::try_from(rule.0).unwrap_or(usize::MAX);
        if book.rules.get(at).is_none_or(|info| info.pack != pack) {
            return;
        }
        let Some(tally) = self.rules.get_mut(at) else { return };
        match seen.fired.iter().find(|spoke| spoke.rule == rule).map(|spoke| spoke.by) {
            Some(FiredBy::Condition) => tally.by_condition += 1,
            Some(FiredBy::Unknown | FiredBy::MissingFact) => tally.by_unknown += 1,
            None => tally.silent += 1,
        }
    }
}

/// Counts the sides of the parameters of one pack.
pub(super) struct Sides<'b> {
    book: &'b RuleBook,
    found: Vec<ParamCoverage>,
}

impl<'b> Sides<'b> {
    pub(super) fn of(book: &'b RuleBook, pack: usize, tests: &PackTests) -> Self {
        let id = book.packs.get(pack).map(|pack| pack.id.clone()).unwrap_or_default();
        let params = tests.params.iter().map(|param| ParamCoverage {
            pack: id.clone(),
            param: param.clone(),
            below: 0,
            at: 0,
            above: 0,
        });
        Self { book, found: params.collect() }
    }

    /// Counts one test, under these values of the parameters.
    pub(super) fn count(
        &mut self,
        test: &ReadyTest,
        rules: &[Armed],
        values: &BTreeMap<String, i64>,
    ) {
        let mut seen = vec![[false; 3]; self.found.len()];
        for rule in rules {
            let info = usize::try_from(rule.rule.0).ok().and_then(|at| self.book.rules.get(at));
            for (fact, param) in info.map_or(&[][..], |info| &info.tuned) {
                let side = self.found.iter().position(|side| side.param == *param);
                let side = side.and_then(|at| seen.get_mut(at));
                let slot = test.facts.slot(*fact);
                if let (Some(side), Some(slot), Some(value)) = (side, slot, values.get(param)) {
                    let [below, at, above] = side;
                    *below |= slot < *value;
                    *at |= slot == *value;
                    *above |= slot > *value;
                }
            }
        }
        for (side, [below, at, above]) in self.found.iter_mut().zip(seen) {
            side.below += usize::from(below);
            side.at += usize::from(at);
            side.above += usize::from(above);
        }
    }

    pub(super) fn into_found(self) -> Vec<ParamCoverage> {
        self.found
    }
}
