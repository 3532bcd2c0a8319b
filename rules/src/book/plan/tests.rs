//! The plan says what the tree says, and a plan that is broken anywhere does not.

use std::fmt::Write as _;
use std::sync::Arc;

use smallvec::SmallVec;

use super::super::evaluate::{ask, joined, judge};
use super::super::outcome::{Fired, FiredBy, Outcome};
use super::super::{Chain, RuleBook};
use super::scan::Tables;
use super::{Part, Plan};
use crate::condition::tests::dice::{Dice, number};
use crate::condition::tests::expr::Expr;
use crate::condition::tests::generate::{Palette, Param, condition, deep};
use crate::condition::tests::sample::{forget, samples};
use crate::condition::tests::write::{Seen, ours};
use crate::facts::{Fact, FactType, Facts, Knowledge};
use crate::pack::PackSource;
use crate::verdict::{CheckKind, Severity, Verdict};

const KINDS: [CheckKind; 2] = [CheckKind::Login, CheckKind::Tap];

const PARAMS: [Param; 2] = [
    Param { name: "wait", duration: true, grows: Some(true) },
    Param { name: "tries", duration: false, grows: Some(false) },
];

const HEAD: &str = "[pack]\nid = \"n\"\napplies_to = { country = \"JP\" }\n";
const DECLARED: &str = "[param.wait]\ndefault = \"90s\"\nmin = \"1s\"\nmax = \"30d\"\n\
    softer = \"shorter\"\n[param.tries]\ndefault = 3\nmin = 1\nmax = 5\nsofter = \"higher\"\n";

/// A pack's own rules, and their conditions.
fn rules(prefix: char, most: usize, dice: &mut Dice, conds: &mut Vec<Expr>) -> String {
    let mut text = String::new();
    for at in 0..dice.below(most + 1) {
        let most = if dice.one_in(6) { 24 } else { 5 };
        let leaves = 1 + dice.below(most);
        let params = if dice.one_in(4) { &PARAMS[..] } else { &[] };
        let palette = Palette::new(params, leaves, dice);
        let cond = if dice.one_in(8) {
            deep(&palette, leaves, true, dice)
        } else {
            condition(&palette, leaves, true, dice)
        };
        let when = ours(&cond, dice, &mut Seen::new());
        let on = dice.pick(&["\"login\"", "\"tap\"", "\"login\", \"tap\""]);
        let verdict = dice.pick(&["deny", "step_up"]);
        let methods = dice.pick(&["\"card\"", "\"counter\"", "\"card\", \"counter\""]);
        let reason = dice.pick(&["HANDSET_MISMATCH", "SIM_REISSUED", "PIN_LOCKED", "PATCH_OLD"]);
        let open = |fact: &Fact| matches!(fact.knowledge(), Knowledge::Sometimes { .. });
        let unknown = match cond.facts().iter().any(open) {
            true => format!("unknown = \"{}\"\n", dice.pick(&["ignore", "step_up", "deny"])),
            false => String::new(),
        };
        let _ = write!(
            text,
            "[[rule]]\nid = \"{prefix}{at}\"\non = [{on}]\nwhen = '''{when}'''\n\
             verdict = \"{verdict}\"\nfloor = \"allow\"\n{unknown}step_up = [{methods}]\n\
             reason = \"{reason}\"\n"
        );
        conds.push(cond);
    }
    text
}

/// What a lower pack changes of the ones above.
fn changes(dice: &mut Dice) -> String {
    let mut text = "[set]\n".to_owned();
    let (wait, tries) = (["", "wait = \"1h\"\n", "wait = \"1d\"\n"], ["", "tries = 2\n"]);
    text.push_str(dice.pick::<&str>(&wait));
    text.push_str(dice.pick::<&str>(&tries));
    if dice.one_in(2) {
        let rule = dice.below(3);
        let to = dice.pick(&["verdict = \"allow\"", "verdict = \"deny\"", "unknown = \"deny\""]);
        let _ = write!(text, "[[adjust]]\nrule = \"r{rule}\"\n{to}\n");
    }
    text
}

/// Three layers of packs, the lowest first, and all their conditions; `None` if they are refused.
fn book(dice: &mut Dice) -> Option<(RuleBook, Vec<Expr>)> {
    let mut conds = Vec::new();
    let most = if dice.one_in(8) { 90 } else { 8 };
    let nation = rules('r', most, dice, &mut conds);
    let mut lower = |prefix, id: &str, extends: &str, applies: &str, dice: &mut Dice| {
        let head = format!("id = \"{id}\"\nextends = \"{extends}\"\napplies_to = {{ {applies} }}");
        let changes = changes(dice);
        format!("[pack]\n{head}\n{changes}{}", rules(prefix, 3, dice, &mut conds))
    };
    let carrier = lower('c', "c", "n", "carrier = \"big\"", dice);
    let mvno = lower('m', "m", "c", "mvno = \"small\", host = \"big\"", dice);
    let source = |name: &str, text| PackSource { name: name.to_owned(), text };
    let nation = source("n", format!("{HEAD}{DECLARED}{nation}"));
    let sources = [source("m", mvno), source("c", carrier), nation];
    Some((RuleBook::compile_unchecked(&sources).ok()?, conds))
}

/// What the plan says.
fn planned(plan: &Plan, facts: &Facts) -> Option<Outcome> {
    let mut fired = Fired::new();
    plan.ask(facts, &mut fired)?;
    Some(joined(fired.into_iter()))
}

/// What the tree says, joined the plain way.
fn by_tree(chain: &Chain, kind: CheckKind, facts: &Facts) -> Outcome {
    let fired: Fired = chain.stands.of(kind).iter().filter_map(|rule| ask(rule, facts)).collect();
    let mut verdict = fired.iter().fold(Verdict::Allow, |all, spoke| all.join(spoke.verdict));
    let mut reasons = SmallVec::new();
    let mut edge = None;
    for rank in [Severity::Deny, Severity::StepUp] {
        for spoke in fired.iter().filter(|spoke| spoke.verdict.severity() == rank) {
            if !reasons.contains(&spoke.reason) {
                reasons.push(spoke.reason);
            }
            let broken = Some(spoke.by).filter(|by| *by == FiredBy::Condition);
            if let Some(broken) = broken.and_then(|_| spoke.reason.edge()) {
                verdict = verdict.without_methods_on(broken);
                edge = edge.or(Some(broken));
            }
        }
    }
    Outcome { verdict, reasons, edge, fired }
}

/// Whether plan and tree say the same.
fn agree(chain: &Chain, kind: CheckKind, facts: &Facts) -> bool {
    planned(chain.plan(kind), facts) == Some(by_tree(chain, kind, facts))
}

#[test]
fn the_plan_says_what_the_tree_says() {
    let rounds = number("SIMBIND_PLAN_BOOKS", 100);
    let (mut compiled, mut compared, mut spoke, mut walked) = (0_u64, 0, 0, 0);
    let (mut layered, mut near) = ([0_u64; 2], [0_u64; 2]);
    for seed in 0..rounds {
        let dice = &mut Dice::new(seed);
        let Some((book, conds)) = book(dice) else { continue };
        compiled += 1;
        let values = [("wait", 90_000), ("tries", 3)];
        let mut checks = Vec::new();
        for cond in conds.iter().take(12) {
            let drawn = samples(cond, &values, 1, dice);
            let less = drawn.iter().map(|facts| forget(facts, Fact::ALL, dice));
            checks.extend(less.collect::<Vec<_>>());
            checks.extend(drawn.iter().map(|facts| forget(facts, &cond.facts(), dice)));
            checks.extend(drawn);
        }
        for chain in &book.chains {
            for kind in KINDS {
                let plan = chain.plan(kind);
                layered[usize::from(plan.parts.len() > 1)] += 1;
                near[usize::from(plan.near.is_some())] += 1;
                walked += plan.parts.iter().map(|part| part.segment.walked()).sum::<u64>();
                for facts in &checks {
                    assert!(agree(chain, kind, facts), "seed {seed}, {kind:?}, {facts:?}");
                    spoke += planned(plan, facts).map_or(0, |outcome| outcome.fired.len());
                }
                compared += checks.len();
            }
        }
    }
    assert!(compiled > rounds / 3, "{compiled} books");
    assert!(compared > 1_000 * usize::try_from(rounds).unwrap(), "{compared} comparisons");
    assert!(spoke > compared && walked > rounds / 10, "{spoke} {walked}");
    let each = layered.iter().chain(&near).all(|plans| *plans > rounds / 10);
    assert!(each, "{layered:?} {near:?}");
}

#[test]
fn the_plan_of_the_shipped_packs_says_what_the_tree_says() {
    let book = RuleBook::shipped().unwrap();
    let dice = &mut Dice::new(7);
    let all: Vec<_> = Fact::ALL.iter().map(|fact| (*fact, values(*fact))).collect();
    for _ in 0..4_000 {
        let mut facts = crate::facts::usual_facts();
        for _ in 0..dice.below(12) {
            let (fact, values) = dice.pick(&all);
            match dice.one_in(4) {
                true => facts.forget(*fact),
                false => facts.put(*fact, *dice.pick(values)),
            }
        }
        for chain in &book.chains {
            assert!(KINDS.iter().all(|kind| agree(chain, *kind, &facts)), "{facts:?}");
        }
    }
}

/// Values of a fact, numbers where packs cut them and beside.
fn values(fact: Fact) -> Vec<i64> {
    let hours = [0, 1, 24, 72, 168, 240, 720, 2_160];
    match fact.ty() {
        FactType::Enum(of) => (0..).take(of.variants.len()).collect(),
        FactType::Duration => hours
            .iter()
            .flat_map(|h| [h * 3_600_000, h * 3_600_000 + 1])
            .chain([i64::MAX])
            .collect(),
        FactType::Int | FactType::Bool => vec![0, 1, 2, 3, 4, 5],
    }
}

/// A plan of which every bit counts.
fn small() -> (RuleBook, Vec<Facts>) {
    let rule = |id: &str, when: &str, rest: &str| {
        format!(
            "[[rule]]\nid = \"{id}\"\non = [\"login\"]\nwhen = \"{when}\"\nverdict = \"deny\"\n\
             reason = \"SIM_REISSUED\"\n{rest}"
        )
    };
    let text = format!(
        "{HEAD}{}{}{}",
        rule("a", "handset.match == 'no' && sim.match != 'yes'", "unknown = \"ignore\"\n"),
        rule("b", "sim.match == 'no' && pin.failures >= 3", "unknown = \"deny\"\n"),
        rule("c", "pin.failures == 2", ""),
    );
    let source = PackSource { name: "n".to_owned(), text };
    let book = RuleBook::compile_unchecked(&[source]).unwrap();
    let mut checks = vec![Facts::default()];
    for fact in [Fact::HandsetMatch, Fact::SimMatch, Fact::PinFailures] {
        checks = checks.into_iter().flat_map(|facts| each_value(facts, fact)).collect();
    }
    (book, checks)
}

fn each_value(facts: Facts, fact: Fact) -> Vec<Facts> {
    let known = values(fact).into_iter().map(|value| {
        let mut facts = facts.clone();
        facts.put(fact, value);
        facts
    });
    known.chain([facts.clone()]).collect()
}

#[test]
fn a_plan_with_one_bit_turned_is_told_from_the_tree() {
    let (book, checks) = small();
    let chain = &book.chains[0];
    let login = CheckKind::Login;
    assert!(checks.iter().all(|facts| agree(chain, login, facts)));
    let terms = chain.login.parts[0].segment.rule_of.len();
    assert!(chain.login.near.is_some());
    for turn in [turn_near, turn_far] {
        let mut turned = 0;
        'rows: for at in 0.. {
            for term in 0..terms {
                let mut plan = Plan::new(chain.stands.of(login), None);
                if turn(&mut plan, at, term).is_none() {
                    break 'rows;
                }
                turned += 1;
                let tree = |facts| Some(judge(chain.stands.of(login), facts));
                let same = checks.iter().all(|facts| planned(&plan, facts) == tree(facts));
                assert!(!same, "row {at}, term {term}");
            }
        }
        assert_eq!(turned, 33);
    }
}

/// Turns a bit of the rows in the plan; `None` where there is no such row.
fn turn_near(plan: &mut Plan, at: usize, term: usize) -> Option<()> {
    let Tables::One(table) = &plan.parts[0].segment.tables else { panic!("one word") };
    table.rows.get(at)?;
    plan.near.as_mut().unwrap().turn(at, term);
    Some(())
}

/// Turns a bit of the rows in the segment, and leaves the plan none of its own.
fn turn_far(plan: &mut Plan, at: usize, term: usize) -> Option<()> {
    plan.near = None;
    let Part { segment, .. } = &mut plan.parts[0];
    let Tables::One(table) = &mut Arc::get_mut(segment).unwrap().tables else { panic!("one word") };
    let [row] = table.rows.get_mut(at)?;
    *row ^= 1 << term;
    Some(())
}

#[test]
fn a_value_that_no_fact_has_is_left_to_the_tree() {
    let (book, _) = small();
    for wrong in [-1, 60, 64, i64::MAX] {
        let mut facts = Facts::default();
        facts.put(Fact::HandsetMatch, wrong);
        let chain = &book.chains[0];
        assert_eq!(planned(&chain.login, &facts), None);
        let tree = judge(chain.stands.of(CheckKind::Login), &facts);
        assert_eq!(book.evaluate(book.root, CheckKind::Login, &facts), tree);
    }
}
