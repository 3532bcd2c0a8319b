use super::super::super::tests::{layered, lines};
use super::tokens::{Token, tokens};
use crate::book::{Conclusion, RuleBook, Truth};
use crate::condition::tests::dice::Dice;
use crate::condition::tests::generate::{PARAMS, Palette, Param, condition};
use crate::condition::tests::sample::{forget, samples};
use crate::condition::tests::write::{Seen, duration, ours};
use crate::facts::{Fact, Facts, HandsetProof, usual_facts};
use crate::verdict::CheckKind;

fn told(when: &str, facts: &Facts) -> String {
    let rule = format!(
        "[[rule]]\nid = \"own\"\non = [\"login\"]\nwhen = '''{when}'''\nverdict = \"deny\"\n\
         unknown = \"deny\"\nreason = \"PATCH_OLD\""
    );
    let book = layered(&rule, "[set]\nswap = \"48h\"").unwrap_or_else(|e| panic!("{}", lines(&e)));
    let traces = book.explain(book.chain(None, Some("small")), CheckKind::Login, facts);
    traces.into_iter().find(|trace| trace.rule == "own").unwrap().condition_with_values
}

#[test]
fn values_stand_behind_names_and_what_comparisons_came_to_behind_them() {
    let mut facts = usual_facts();
    facts.set_sim_changed_age(std::time::Duration::from_secs(7_200));
    facts.set_handset_proof(HandsetProof::NotEnrolled);
    facts.set_pin_failures(2);
    let rows = [
        (
            "sim.changed_age < param.swap && handset.proof != 'valid'",
            "sim.changed_age (2h) < param.swap (2d) {true} && handset.proof ('not_enrolled') != 'valid' {true}",
        ),
        (
            "!(handset.match == 'no')\n   || sim.changed_age<duration('1h')",
            "!(handset.match (unknown) == 'no' {unknown}) || sim.changed_age (2h)<duration('1h') {false}",
        ),
        (
            "pin.failures in [1, 2, 3] && (sim.match == 'no' || pin.failures in [7])",
            "pin.failures (2) in [1, 2, 3] {true} && (sim.match (unknown) == 'no' {unknown} || pin.failures (2) in [7] {false})",
        ),
    ];
    for (when, expected) in rows {
        assert_eq!(told(when, &facts), expected);
    }
    let bracketed = "((param.swap) > (sim.changed_age)) && sim.match in (['no'])";
    assert_eq!(
        told(bracketed, &facts),
        "((param.swap (2d)) > (sim.changed_age (2h)) {true}) && sim.match (unknown) in (['no']) {unknown}"
    );
}

#[test]
fn nothing_in_a_text_is_taken_for_an_operator() {
    let joins = |source| {
        let all = tokens(source).into_iter();
        all.filter(|token| matches!(token, Token::Join(_))).count()
    };
    assert_eq!(joins("sim.match == '&& (' || sim.match == \"!\\\" ||\""), 1);
    assert_eq!(joins("sim.match == 'no' // && (\n && !(sim.match == 'yes')"), 4);
    assert_eq!(joins("sim.match == 'no"), 0);
}

/// The line without what was put in.
fn without_values(line: &str) -> String {
    let mut rest = line.to_owned();
    for truth in [" {true}", " {false}", " {unknown}"] {
        rest = rest.replace(truth, "");
    }
    while let Some(at) = rest.find(" (") {
        let value = &rest[at + 2..];
        let end = value.find(')').unwrap();
        let bracket = rest[..at].ends_with(|c: char| c.is_ascii_lowercase() || c == '_');
        let put_in = bracket && !rest[..at].ends_with(" in");
        rest = match put_in {
            true => format!("{}{}", &rest[..at], &value[end + 1..]),
            false => format!("{}\u{1}({value}", &rest[..at]),
        };
    }
    rest.replace('\u{1}', " ")
}

#[test]
fn a_line_without_its_values_is_the_condition_and_its_truths_are_all_there() {
    let mut dice = Dice::new(7);
    let params = PARAMS.map(|param| Param { grows: Some(true), ..param });
    for _ in 0..400 {
        let palette = Palette::new(&params, 4, &mut dice);
        let expr = condition(&palette, 1 + dice.below(6), true, &mut dice);
        let when = ours(&expr, &mut dice, &mut Seen::new());
        let values = [("wait", 3_600_000), ("tries", 3)];
        let drawn = samples(&expr, &values, 1, &mut dice);
        let facts = forget(dice.pick::<Facts>(&drawn), &expr.facts(), &mut dice);
        let text = format!(
            "[param.wait]\ndefault = \"{}\"\nmin = \"0s\"\nmax = \"9d\"\nsofter = \"shorter\"\n\
             [param.tries]\ndefault = 3\nmin = 0\nmax = 9\nsofter = \"lower\"\n\
             [[rule]]\nid = \"r\"\non = [\"login\"]\nwhen = {}\nverdict = \"deny\"\n{}reason = \"PATCH_OLD\"",
            duration(3_600_000, &mut dice, &mut Seen::new()),
            toml::Value::from(when.clone()),
            if expr.facts().into_iter().any(unknowable) { "unknown = \"deny\"\n" } else { "" },
        );
        let book = super::super::super::tests::alone(&text).unwrap();
        let trace = &book.explain(book.chain(None, None), CheckKind::Login, &facts)[0];
        let line = &trace.condition_with_values;
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(flat(&without_values(line)).replace("( ", "("), flat(&when), "{line}");
        let truths = line.matches('{').count();
        assert_eq!(truths, expr.leaves().len(), "{line}");
        assert_eq!(trace.truth == Truth::False, trace.conclusion == Conclusion::Silent);
    }
}

fn unknowable(fact: Fact) -> bool {
    matches!(fact.knowledge(), crate::facts::Knowledge::Sometimes { .. })
}

#[test]
fn a_trace_says_who_set_its_parameters_and_who_adjusted_it() {
    let book: RuleBook = layered(
        "[set]\nswap = \"48h\"\n[[adjust]]\nrule = \"floored\"\nverdict = \"step_up\"",
        "[[adjust]]\nrule = \"floored\"\nstep_up = [\"card\"]\nunknown = \"deny\"",
    )
    .unwrap_or_else(|found| panic!("{}", lines(&found)));
    let facts = usual_facts();
    let traces = |carrier, mvno| book.explain(book.chain(carrier, mvno), CheckKind::Login, &facts);
    let find = |traces: &[crate::RuleTrace], rule: &str| {
        traces.iter().find(|trace| trace.rule == rule).unwrap().clone()
    };
    let small = traces(None, Some("small"));
    let asking = find(&small, "asking");
    let swap = &asking.params[0];
    assert_eq!((&*swap.name, &*swap.value, &*swap.set_by), ("swap", "2d", "carrier"));
    assert_eq!((asking.truth, asking.conclusion), (Truth::Unknown, Conclusion::Silent));
    assert_eq!(asking.on, [CheckKind::Login]);
    assert_eq!(find(&small, "fixed").on, [CheckKind::Login, CheckKind::Tap]);
    let adjusted = find(&small, "floored").adjusted.unwrap();
    assert_eq!(adjusted.pack, "small");
    assert_eq!(adjusted.to_string(), "unknown deny, step_up by card");
    let adjusted = find(&traces(Some("big"), None), "floored").adjusted.unwrap();
    assert_eq!((&*adjusted.pack, &*adjusted.to_string()), ("carrier", "verdict step_up"));
    let nation = traces(None, None);
    assert_eq!(find(&nation, "floored").adjusted, None);
    let counting = find(&nation, "counting");
    assert_eq!((&*counting.params[0].value, &*counting.params[0].set_by), ("3", "nation"));
}
