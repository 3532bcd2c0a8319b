//! Random trees of packs: a lower layer never reaches less than the layers above leave it.
//!
//! `SIMBIND_TREES` sets how many trees are grown and `SIMBIND_SEED` which.

mod reference;
mod spec;
mod write;

use reference::Standing;
use spec::{ALLOW, DENY, ParamSpec, Rank, STEP_UP, Tree};

use crate::book::{ChainId, RuleBook};
use crate::condition::tests::dice::{Dice, number};
use crate::condition::tests::expr::Expr;
use crate::condition::tests::sample::{Domain, aim, forget};
use crate::condition::tests::table::Table;
use crate::facts::{Fact, Facts};
use crate::verdict::{CheckKind, Verdict};

const USUAL_TREES: u64 = 200;
const USUAL_SEED: u64 = 20_261_124;
const SAMPLES: usize = 24;

/// A tree that compiles, with its book. A tree with a change that is not allowed mostly does not,
/// and another is grown; one without such a change always does.
fn grow(dice: &mut Dice, refused: &mut u64) -> (Tree, RuleBook) {
    loop {
        let tree = Tree::random(dice);
        match RuleBook::compile_unchecked(&write::packs(&tree, dice)) {
            Ok(book) => return (tree, book),
            Err(_) if tree.wild => *refused += 1,
            Err(found) => panic!("{}\n{tree:#?}", super::lines(&found)),
        }
    }
}

/// Facts at and beside what the rules of a chain name, aimed at one of them as the layer has it
/// or as a layer above leaves it, and mostly at none of the others.
fn draw(tree: &Tree, layer: usize, dice: &mut Dice) -> Facts {
    let line = tree.up_from(layer);
    let standing = Standing::of(tree, Some(layer));
    let above = Standing::of(tree, Some(*dice.pick(&line)));
    let rules: Vec<&Expr> = standing.rules.iter().map(|rule| &rule.spec.expr).collect();
    let now = standing.values();
    let mut named = now.clone();
    let mut softest = above.softest();
    softest.extend(now.iter().filter(|(name, _)| above.softest().iter().all(|(of, _)| of != name)));
    named.extend(softest.iter());
    let corners = standing.params.iter().map(|param| &param.spec);
    named.extend(
        corners.flat_map(|spec| [spec.min, spec.default, spec.max].map(|value| (spec.name, value))),
    );
    let mut domain = Domain::of(&rules, &named);
    let target = dice.below(rules.len());
    let at = if dice.one_in(2) { now.clone() } else { softest };
    aim(rules[target], true, &mut domain, &at, dice);
    let alone = !dice.one_in(3);
    for (_, rule) in rules.iter().enumerate().filter(|(place, _)| alone && *place != target) {
        aim(rule, false, &mut domain, &now, dice);
    }
    let facts = domain.draw(dice);
    let forgettable: Vec<_> =
        rules[target].facts().into_iter().filter(|fact| spec::can_be_unknown(*fact)).collect();
    if dice.one_in(2) { facts } else { forget(&facts, &forgettable, dice) }
}

fn ranked(verdict: Verdict) -> (Rank, u8) {
    match verdict {
        Verdict::Allow => (ALLOW, 0),
        Verdict::Deny => (DENY, 0),
        Verdict::StepUp(methods) => {
            let bits = methods.iter().map(|method| {
                let at = spec::METHODS.iter().position(|name| *name == method.as_str()).unwrap();
                1_u8 << at
            });
            (STEP_UP, bits.sum())
        }
    }
}

/// Calls `check` for every layer, every layer above it and itself, both kinds and many facts.
fn everywhere(name: &str, mut check: impl FnMut(&Asked<'_>)) -> u64 {
    let trees = number("SIMBIND_TREES", USUAL_TREES);
    let seed = number("SIMBIND_SEED", USUAL_SEED);
    let mut dice = Dice::new(seed);
    let (mut refused, mut asked, mut wild) = (0, 0_u64, 0_u64);
    for _ in 0..trees {
        let (tree, book) = grow(&mut dice, &mut refused);
        wild += u64::from(tree.wild);
        for layer in 0..tree.layers.len() {
            let chain = book.chain_of_pack(&write::id(layer)).unwrap();
            let line: Vec<_> =
                tree.up_from(layer).into_iter().map(|at| Standing::of(&tree, Some(at))).collect();
            for _ in 0..SAMPLES {
                let facts = draw(&tree, layer, &mut dice);
                for kind in [CheckKind::Login, CheckKind::Tap] {
                    let outcome = book.evaluate(chain, kind, &facts);
                    check(&Asked {
                        tree: &tree,
                        book: &book,
                        line: &line,
                        chain,
                        kind,
                        facts: &facts,
                        outcome,
                    });
                    asked += 1;
                }
            }
        }
    }
    println!(
        "{name}: SIMBIND_TREES={trees} SIMBIND_SEED={seed}: {asked} answers; {refused} trees with \
         a change that is not allowed refused, {wild} with one that happened to be allowed"
    );
    asked
}

struct Asked<'a> {
    tree: &'a Tree,
    book: &'a RuleBook,
    /// How the rules stand in the layer that answers, then in each above it.
    line: &'a [Standing],
    chain: ChainId,
    kind: CheckKind,
    facts: &'a Facts,
    outcome: crate::Outcome,
}

#[test]
fn no_layer_answers_less_than_the_floor_of_any_layer_above() {
    let table = Table::read();
    let mut bound = [0_u64; 3];
    let asked = everywhere("floors", |asked| {
        let (rank, _) = ranked(asked.outcome.verdict);
        for above in asked.line {
            let (least, _) = above.least(asked.kind, asked.facts, &table);
            assert!(rank >= least, "{rank} under {least} on {:?}\n{:#?}", asked.facts, asked.tree);
            bound[usize::from(least)] += 1;
        }
    });
    println!("bound to at least allow, step up, deny: {bound:?}");
    assert!(bound[1] > asked / 10 && bound[2] > asked / 10, "{bound:?}");
}

#[test]
fn no_layer_offers_a_method_that_a_layer_above_does_not_accept() {
    let table = Table::read();
    let mut offered = 0_u64;
    let asked = everywhere("methods", |asked| {
        let (STEP_UP, methods) = ranked(asked.outcome.verdict) else { return };
        offered += 1;
        for above in asked.line {
            if let (STEP_UP, accepted) = above.least(asked.kind, asked.facts, &table) {
                assert_eq!(methods & !accepted, 0, "{:?}\n{:#?}", asked.facts, asked.tree);
            }
            for spoke in asked.outcome.fired.iter().filter(|s| ranked(s.verdict).0 == STEP_UP) {
                let name = asked.book.rule_name(spoke.rule);
                let rule =
                    above.rules.iter().find(|rule| name.ends_with(&format!("/{}", rule.spec.id)));
                let extra = rule.map_or(0, |rule| methods & !rule.methods);
                assert_eq!(extra, 0, "{name} on {:?}\n{:#?}", asked.facts, asked.tree);
            }
        }
    });
    assert!(offered > asked / 20, "{offered} of {asked} answers offered methods");
}

#[test]
fn every_layer_answers_as_its_packs_say() {
    let table = Table::read();
    everywhere("answers", |asked| {
        let own = &asked.line[0];
        let expected = own.answer(asked.kind, asked.facts, &table);
        assert_eq!(ranked(asked.outcome.verdict), expected, "{:?}\n{:#?}", asked.facts, asked.tree);
    });
}

#[test]
fn a_snoozed_rule_answers_no_less_than_the_floor() {
    let table = Table::read();
    let (mut softened, mut turn) = (0_u64, 0_usize);
    let asked = everywhere("snoozed", |asked| {
        turn += 1;
        let fired = asked.outcome.fired.iter().map(|spoke| spoke.rule);
        let snoozed: Vec<_> =
            fired.enumerate().filter(|(at, _)| turn >> (at % 3) & 1 == 1).collect();
        let snoozed: Vec<_> = snoozed.into_iter().map(|(_, rule)| rule).collect();
        let outcome = asked.book.evaluate_snoozed(asked.chain, asked.kind, asked.facts, &snoozed);
        let (rank, methods) = ranked(outcome.verdict);
        softened += u64::from(rank < ranked(asked.outcome.verdict).0);
        for above in asked.line {
            let (least, accepted) = above.least(asked.kind, asked.facts, &table);
            assert!(rank >= least, "{rank} under {least} on {:?}\n{:#?}", asked.facts, asked.tree);
            let offered = (rank, least) == (STEP_UP, STEP_UP);
            assert!(!offered || methods & !accepted == 0, "{:?}\n{:#?}", asked.facts, asked.tree);
        }
    });
    assert!(softened > asked / 50, "{softened} of {asked} answers were softened");
}

#[test]
fn samples_leave_facts_unknown_and_parameters_stand_at_every_corner() {
    let (mut unknown, mut corners) = (0_u64, [0_u64; 4]);
    let asked = everywhere("samples", |asked| {
        let own = &asked.line[0];
        let read = own.rules.iter().flat_map(|rule| rule.spec.expr.facts());
        unknown += u64::from(read.into_iter().any(|fact: Fact| !asked.facts.is_known(fact)));
        for param in &own.params {
            let ParamSpec { min, default, max, .. } = param.spec;
            let at = [min, default, max].into_iter().position(|corner| corner == param.value);
            corners[at.unwrap_or(3)] += 1;
        }
    });
    assert!(unknown > asked / 5, "{unknown} of {asked}");
    assert!(corners.iter().all(|times| *times > asked / 20), "{corners:?} of {asked}");
}
