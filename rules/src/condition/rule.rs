//! A rule's condition: typed, and what unknown means in it said.

use super::lower::{ParamKinds, compile};
use super::typed::Typed;
use crate::diagnostic::Problems;
use crate::facts::Knowledge;
use crate::pack::{ParamDoc, RuleDoc, Spanned};

/// Types a rule's condition and checks that `unknown` stands where it must, and only there.
pub(crate) fn compile_rule(
    rule: &RuleDoc,
    kinds: &ParamKinds,
    problems: &mut Problems<'_>,
) -> Option<Typed> {
    let cond = compile(&rule.when, kinds, problems)?;
    check_unknown(rule, &cond, problems);
    Some(cond)
}

/// Checks the conditions of a pack whose pack above cannot be read: all but the parameters, which
/// may be that one's.
pub(crate) fn check_apart(
    rules: &[RuleDoc],
    broken: &[Spanned<String>],
    params: &[ParamDoc],
    problems: &mut Problems<'_>,
) {
    let kinds: ParamKinds =
        params.iter().map(|param| (param.name.value.clone(), param.ty)).collect();
    let mut check = |compile: &dyn Fn(&mut Problems<'_>)| {
        let mut apart = problems.apart();
        compile(&mut apart);
        problems.join(apart, |found| !found.text.starts_with("param."));
    };
    for rule in rules {
        check(&|apart| drop(compile_rule(rule, &kinds, apart)));
    }
    for when in broken {
        check(&|apart| drop(compile(when, &kinds, apart)));
    }
}

fn check_unknown(rule: &RuleDoc, cond: &Typed, problems: &mut Problems<'_>) {
    match (&rule.unknown, cond.can_be_unknown()) {
        (None, true) => {
            let facts: Vec<_> = cond
                .facts()
                .into_iter()
                .filter(|fact| matches!(fact.knowledge(), Knowledge::Sometimes { .. }))
                .map(|fact| format!("`{}`", fact.name()))
                .collect();
            let message = format!(
                "{} can be unknown: say what that means by `unknown` = ignore, step_up or deny",
                facts.join(", ")
            );
            problems.add(&rule.when.span, message);
        }
        (Some(unknown), false) => {
            problems
                .add(&unknown.span, "every fact in `when` is always known: `unknown` says nothing");
        }
        _ => {}
    }
}
