//! Random trees of packs: a lower layer never reaches less than the layers above leave it.
//!
//! `SIMBIND_TREES` sets how many trees are grown and `SIMBIND_SEED` which.

mod reference;
mod spec;
mod write;

use std::sync::OnceLock;

use reference::Standing;
use spec::{ALLOW, DENY, ParamSpec, Rank, STEP_UP, Tree};

use crate::book::{ChainId, RuleBook};
use crate::condition::tests::dice::{Dice, number};
use crate::condition::tests::expr::Expr;
use crate::condition::tests::sample::{Domain, aim, forget};
use crate::condition::tests::table::Table;
use crate::facts::{Fact, Facts};
use crate::verdict::{CheckKind, Verdict};

const USUAL_TREES: u64 = 400;
const USUAL_SEED: u64 = 20_261_124;
const SAMPLES: usize = 24;

/// Trees that compile, each with its book.
struct Grown {
    seed: u64,
    trees: Vec<(Tree, RuleBook)>,
    /// Trees with a change that is not allowed, which did not compile.
    refused: u64,
}

/// The trees of all tests, grown once. A tree with a change that is not allowed mostly does not
/// compile, and another is grown; one without such a change always does.
fn grown() -> &'static Grown {
    static GROWN: OnceLock<Grown> = OnceLock::new();
    GROWN.get_or_init(|| {
        let seed = number("SIMBIND_SEED", USUAL_SEED);
        let count = usize::try_from(number("SIMBIND_TREES", USUAL_TREES)).unwrap();
        let mut dice = Dice::new(seed);
        let (mut trees, mut refused) = (Vec::with_capacity(count), 0);
        while trees.len() < count {
            let tree = Tree::random(&mut dice);
            match RuleBook::compile_unchecked(&write::packs(&tree, &mut dice)) {
                Ok(book) => trees.push((tree, book)),
                Err(_) if tree.wild => refused += 1,
                Err(found) => panic!("{}\n{tree:#?}", super::lines(&found)),
            }
        }
        Grown { seed, trees, refused }
    })
}

/// The values at which the rules of a chain turn, for a layer and those above it.
fn domain(line: &[Standing]) -> Domain {
    let own = &line[0];
    let rules: Vec<&Expr> = own.rules.iter().map(|rule| &rule.spec.expr).collect();
    let mut named = own.values();
    named.extend(line.iter().flat_map(Standing::softest));
    named.extend(own.params.iter().flat_map(|param| {
        let ParamSpec { name, min, default, max, .. } = param.spec;
        [min, default, max].map(|value| (name, value))
    }));
    Domain::of(&rules, &named)
}

/// Facts aimed at one rule of a chain, as the layer has it or as a layer above leaves it, and mostly
/// at none of the others.
fn draw(line: &[Standing], domain: &Domain, dice: &mut Dice) -> Facts {
    let own = &line[0];
    let rules: Vec<&Expr> = own.rules.iter().map(|rule| &rule.spec.expr).collect();
    let now = own.values();
    let mut at = if dice.one_in(2) { Vec::new() } else { dice.pick(line).softest() };
    at.extend(now.iter().copied());
    let mut domain = domain.clone();
    let target = dice.below(rules.len());
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
    let Grown { seed, trees, refused } = grown();
    let mut dice = Dice::new(*seed);
    let mut asked = 0_u64;
    for (tree, book) in trees {
        for layer in 0..tree.layers.len() {
            let chain = book.chain_of_pack(&write::id(layer)).unwrap();
            let line: Vec<_> =
                tree.up_from(layer).into_iter().map(|at| Standing::of(tree, Some(at))).collect();
            let (line, domain) = (&line, domain(&line));
            for _ in 0..SAMPLES {
                let facts = &draw(line, &domain, &mut dice);
                for kind in [CheckKind::Login, CheckKind::Tap] {
                    let outcome = book.evaluate(chain, kind, facts);
                    check(&Asked { tree, book, line, chain, kind, facts, outcome });
                    asked += 1;
                }
            }
        }
    }
    let (count, wild) = (trees.len(), trees.iter().filter(|(tree, _)| tree.wild).count());
    println!(
        "{name}: SIMBIND_TREES={count} SIMBIND_SEED={seed}: {asked} answers; {refused} trees with \
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
