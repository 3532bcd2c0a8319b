//! Random packs over a few facts, small enough to try every set of facts; and the model of verdicts
//! against evaluation.

use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::book::RuleBook;
use crate::book::evaluate::judge;
use crate::facts::{Fact, usual_facts_of};
use crate::pack::PackSource;

/// A fact, the values that are tried, and the conditions that read it.
type Row = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Two values on each side of every literal, so that two ages can be in one region.
const AGES: &[&str] = &["0s", "30m", "1h", "2h", "3h", "24h", "25h", "never", "unknown"];

const TABLE: [Row; 6] = [
    (
        "handset.match",
        &["yes", "no", "unknown"],
        &["handset.match == 'no'", "handset.match != 'no'"],
    ),
    (
        "handset.relation",
        &["bound", "own_other", "loaner", "foreign", "unknown"],
        &["handset.relation == 'foreign'", "handset.relation in ['bound', 'loaner']"],
    ),
    ("sim.state", &["active", "ended", "unknown"], &["sim.state == 'ended'"]),
    ("pin.failures", &["0", "2", "3"], &["pin.failures > 2", "pin.failures == 2"]),
    (
        "sim.changed_age",
        AGES,
        &[
            "sim.changed_age < duration('1h')",
            "sim.changed_age >= duration('24h')",
            "sim.changed_age < handset.changed_age",
        ],
    ),
    (
        "handset.changed_age",
        AGES,
        &["handset.changed_age > duration('1h')", "handset.changed_age == sim.changed_age"],
    ),
];

/// One rule of a random pack, without its id.
pub(in crate::book) fn rule() -> impl Strategy<Value = String> {
    let atom = || select(TABLE.iter().flat_map(|row| row.2).copied().collect::<Vec<_>>());
    let cond = (atom(), atom(), atom(), 0..5).prop_map(|(a, b, c, shape)| match shape {
        0 => a.to_owned(),
        1 => format!("{a} && {b}"),
        2 => format!("{a} || {b}"),
        3 => format!("!({a} && {b}) || {c}"),
        _ => format!("({a} || !({b})) && {c}"),
    });
    let methods = subsequence(vec!["card", "counter", "sms"], 1..=3);
    let verdict = select(vec!["step_up", "step_up", "deny"]);
    let unknown = select(vec!["ignore", "step_up", "deny"]);
    let reason = select(vec!["PATCH_OLD", "HANDSET_MISMATCH", "LINE_ENDED"]);
    (cond, methods, verdict, unknown, reason).prop_map(|(when, methods, verdict, unknown, reason)| {
        let edged = reason != "PATCH_OLD";
        let mut methods: Vec<_> =
            methods.into_iter().filter(|method| !edged || *method != "sms").collect();
        if methods.is_empty() {
            methods.push("card");
        }
        let reads_only_pins = !when.contains("handset") && !when.contains("sim");
        let unknown =
            if reads_only_pins { String::new() } else { format!("unknown = \"{unknown}\"\n") };
        let asks = verdict == "step_up" || unknown.contains("step_up");
        let methods = if asks { format!("step_up = {methods:?}\n") } else { String::new() };
        format!(
            "on = [\"login\", \"tap\"]\nwhen = \"{when}\"\nverdict = \"{verdict}\"\n{unknown}{methods}reason = \"{reason}\"\n"
        )
    })
}

/// A book of one pack with these rules.
pub(in crate::book) fn book_of(rules: &[String]) -> RuleBook {
    let mut text = "[pack]\nid = \"nation\"\napplies_to = { country = \"JP\" }\n".to_owned();
    for (at, rule) in rules.iter().enumerate() {
        text.push_str(&format!("[[rule]]\nid = \"r{at}\"\n{rule}"));
    }
    RuleBook::compile_unchecked(&[PackSource { name: "nation.toml".to_owned(), text }]).unwrap()
}

/// Every set of values of the table's facts that some of the conditions read, in plausible worlds.
/// Which worlds are plausible is written anew here, for these facts alone.
pub(in crate::book) fn everything(read: &[Fact]) -> Vec<Facts> {
    let mut all = vec![usual_facts_of(CheckKind::Login)];
    for (name, values, _) in TABLE {
        if !read.iter().any(|fact| fact.name() == name) {
            continue;
        }
        let mut next = Vec::new();
        for facts in &all {
            for value in values {
                let mut facts = facts.clone();
                facts.set_by_name(name, value).unwrap();
                next.push(facts);
            }
        }
        all = next;
    }
    let both = |names: [&str; 2]| names.iter().all(|name| read.iter().any(|f| f.name() == *name));
    all.retain(|facts| {
        let text = |name| facts.text(Fact::from_name(name).unwrap());
        !both(["handset.match", "handset.relation"])
            || match (text("handset.match").as_deref(), text("handset.relation").as_deref()) {
                (None, None) | (Some("no"), Some("foreign")) => true,
                (Some("yes"), Some(relation)) => relation != "foreign",
                _ => false,
            }
    });
    all
}

/// The facts that some rules read.
pub(in crate::book) fn read_by<'r>(rules: impl Iterator<Item = &'r Armed>) -> Vec<Fact> {
    axes_of(rules.map(|rule| &rule.cond)).facts().collect()
}

/// Facts of any values, near the literals of the packs that ship.
fn any_facts() -> impl Strategy<Value = Facts> {
    let slots = prop::collection::vec((any::<bool>(), 0_usize..64), Fact::ALL.len());
    slots.prop_map(|picks| {
        let book = shipped();
        let rules = book.chains.iter().flat_map(|chain| chain.stands.of(CheckKind::Login));
        let axes = axes_of(rules.map(|rule| &rule.cond));
        let mut facts = usual_facts_of(CheckKind::Login);
        for (fact, (change, branch)) in Fact::ALL.iter().zip(picks) {
            if let Some((var, regions, _)) = axes.fact(*fact).filter(|_| change) {
                let path = [(var, branch % regions.len())];
                facts = axes.realise(&path, &facts).unwrap();
            }
        }
        facts
    })
}

fn shipped() -> &'static RuleBook {
    static BOOK: OnceLock<RuleBook> = OnceLock::new();
    BOOK.get_or_init(|| RuleBook::shipped().unwrap())
}

/// The value of a diagram at some facts.
fn at(field: &Field, diagram: Ref, facts: &Facts) -> u8 {
    field.space.at(diagram, &field.axes.place(facts).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_chain_as_a_diagram_says_what_evaluation_says(rules in prop::collection::vec(rule(), 1..5)) {
        let book = book_of(&rules);
        let rules = book.chains[0].stands.of(CheckKind::Login);
        let mut field = Field::of(CheckKind::Login, rules.iter(), Diagrams::new(&Steps::new(u64::MAX))).unwrap();
        let verdict = field.verdict(rules).unwrap();
        for facts in everything(&read_by(rules.iter())) {
            prop_assert_eq!(at(&field, verdict, &facts), bits(judge(rules, &facts).verdict));
        }
    }

    #[test]
    fn the_chains_that_ship_are_modelled_at_any_facts(facts in any_facts()) {
        let book = shipped();
        for chain in &book.chains {
            for kind in [CheckKind::Login, CheckKind::Tap] {
                let rules = chain.stands.of(kind);
                let mut field = Field::of(kind, rules.iter(), Diagrams::new(&Steps::new(u64::MAX))).unwrap();
                let verdict = field.verdict(rules).unwrap();
                prop_assert_eq!(at(&field, verdict, &facts), bits(judge(rules, &facts).verdict));
            }
        }
    }
}
