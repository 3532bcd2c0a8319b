//! The tests of a pack: checked, and made ready to run.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::layers::{LayerState, RuleState};
use super::{ReadyTest, Setting};
use crate::bounds::SETTINGS;
use crate::diagnostic::{Problems, place};
use crate::facts::{Facts, usual_facts_of};
use crate::pack::{BaseDoc, PackDoc, Spanned, TestDoc};
use crate::suggest::closest;
use crate::verdict::CheckKind;

/// A pack's tests, and the settings of parameters that they run under.
#[derive(Default)]
pub(super) struct ReadyTests {
    pub(super) tests: Vec<ReadyTest>,
    pub(super) settings: Vec<Setting>,
}

pub(super) fn add_bases(
    doc: &PackDoc,
    bases: &mut BTreeMap<String, BaseDoc>,
    problems: &mut Problems<'_>,
) {
    for base in &doc.bases {
        if bases.insert(base.name.value.clone(), base.clone()).is_some() {
            problems.add(&base.name.span, "a pack above has a base of this name");
        }
    }
}

/// Checks that a pack's tests name what there is, and gathers what each starts from.
pub(super) fn make_ready(
    doc: &PackDoc,
    state: &LayerState,
    bases: &BTreeMap<String, BaseDoc>,
    problems: &mut Problems<'_>,
) -> ReadyTests {
    let mut ready = ReadyTests::default();
    for (at, test) in doc.tests.iter().enumerate() {
        if doc.tests.iter().take(at).any(|before| before.name.value == test.name.value) {
            problems.add(&test.name.span, "another test has this name");
        }
        check_names(test, state, bases, problems);
        let setting = ready.setting_of(test, state, problems);
        let (line, column) = place(problems.source(), test.name.span.start);
        let facts = facts_of(test, bases);
        ready.tests.push(ReadyTest { doc: test.clone(), facts, line, column, setting });
    }
    ready
}

/// A test names a base that exists, a reason that some rule could give, and rules of its chain.
fn check_names(
    test: &TestDoc,
    state: &LayerState,
    bases: &BTreeMap<String, BaseDoc>,
    problems: &mut Problems<'_>,
) {
    if let Some(base) = &test.base
        && !bases.contains_key(&base.value)
    {
        let near = closest(&base.value, bases.keys().map(String::as_str));
        problems.add_meaning(&base.span, "there is no such base", near);
    }
    if let Some(reason) = &test.expect.reason {
        let mut rules = state.rules.iter().filter(|rule| rule.on.has(test.on));
        if !rules.any(|rule| rule.reasons().contains(&reason.value)) {
            problems.add(&reason.span, "no rule for this kind of check gives this reason");
        }
    }
    for name in test.expect.fired.iter().chain(&test.expect.silent) {
        check_rule(name, test.on, &state.rules, problems);
    }
}

fn check_rule(
    name: &Spanned<String>,
    on: CheckKind,
    rules: &[Rc<RuleState>],
    problems: &mut Problems<'_>,
) {
    match rules.iter().find(|rule| rule.id() == name.value) {
        Some(rule) if rule.on.has(on) => {}
        Some(_) => problems.add(&name.span, "this rule is not for this kind of check"),
        None => {
            let near = closest(&name.value, rules.iter().map(|rule| rule.id()));
            let message = format!("neither this pack nor one above has a rule `{}`", name.value);
            problems.add_meaning(&name.span, message, near);
        }
    }
}

impl ReadyTests {
    /// The place of the setting that a test runs under; tests of the same values share one.
    fn setting_of(
        &mut self,
        test: &TestDoc,
        state: &LayerState,
        problems: &mut Problems<'_>,
    ) -> Option<usize> {
        let first = test.params.first()?;
        let setting = state.under(&test.params, problems)?;
        let known = self.settings.iter().position(|known| known.params == setting.params);
        if known.is_some() {
            return known;
        }
        if self.settings.len() >= SETTINGS {
            let message =
                format!("a pack's tests have at most {SETTINGS} different settings of parameters");
            problems.add(&first.param.span, message);
            return None;
        }
        self.settings.push(setting);
        Some(self.settings.len() - 1)
    }
}

/// The facts of a test: the usual ones, then its base, then what it gives.
fn facts_of(test: &TestDoc, bases: &BTreeMap<String, BaseDoc>) -> Facts {
    let mut facts = usual_facts_of(test.on);
    let base = test.base.as_ref().and_then(|base| bases.get(&base.value));
    for given in base.map_or(&[][..], |base| &base.given).iter().chain(&test.given) {
        given.put(&mut facts);
    }
    facts
}
