//! Diagrams, regions and worlds by themselves.

use super::axes::{Axes, Axis};
use super::cuts::{Cuts, Region};
use super::diagram::{Diagrams, Op, Ref};
use super::path::{Diagram, Nearest};
use super::steps::{Exceeded, Steps};
use super::world::{axes_of, complete, world};
use crate::condition::{Cond, Op as Compare};
use crate::facts::worlds::{Law, Part, WORLDS};
use crate::facts::{Fact, FactType, Facts, usual_facts_of};
use crate::verdict::CheckKind;

fn age(op: Compare, value: i64) -> Cond {
    Cond::Number { fact: Fact::SimChangedAge, op, value }
}

#[test]
fn the_same_diagram_is_made_once_and_one_that_does_not_branch_is_its_branch() {
    let mut space = Diagrams::new(&Steps::new(u64::MAX));
    let [no, yes] = [0, 1].map(Ref::terminal);
    let one = space.make(3, vec![no, yes]).unwrap();
    assert_eq!(space.make(3, vec![no, yes]), Ok(one));
    assert_eq!(space.make(3, vec![yes, yes]), Ok(yes));
    let other = space.make(1, vec![one, no]).unwrap();
    assert_eq!(space.apply(Op::Min, one, other), Ok(other));
    assert_eq!(space.apply(Op::Max, one, other), Ok(one));
    assert_eq!(space.apply(Op::Differ, one, one), Ok(no));
}

#[test]
fn diagrams_stop_at_their_budget() {
    let mut space = Diagrams::within(4, &Steps::new(u64::MAX));
    let [no, yes] = [0, 1].map(Ref::terminal);
    assert!(space.make(1, vec![no, yes]).is_ok());
    assert!(space.make(2, vec![no, yes]).is_ok());
    assert_eq!(space.make(3, vec![no, yes]), Err(Exceeded));
    assert!(space.make(1, vec![no, yes]).is_ok(), "what is made already costs nothing");
    let mut sealed = Diagrams::new(&Steps::new(u64::MAX));
    sealed.seal();
    assert_eq!(sealed.make(1, vec![no, yes]), Err(Exceeded));
}

#[test]
fn a_number_is_cut_at_what_it_is_compared_with() {
    let mut cuts = Cuts::default();
    [age(Compare::Lt, 10), age(Compare::Gt, 20), age(Compare::Eq, 30)]
        .iter()
        .for_each(|c| cuts.read(c));
    let known = |from, to| Region::Known(from, to);
    assert_eq!(
        cuts.regions(Fact::SimChangedAge),
        [
            known(0, 9),
            known(10, 20),
            known(21, 29),
            known(30, 30),
            known(31, i64::MAX),
            Region::Unknown
        ]
    );
    assert!(!cuts.regions(Fact::PinFailures).contains(&Region::Unknown), "it is always known");
}

#[test]
fn a_region_has_a_value_that_can_be_written_and_lies_in_it() {
    let day = 86_400_000;
    let conds = [age(Compare::Lt, 3 * day), age(Compare::Gt, 36_500 * day), age(Compare::Le, 150)];
    let axes = axes_of(conds.iter());
    let (var, regions, _) = axes.fact(Fact::SimChangedAge).unwrap();
    let rest = usual_facts_of(CheckKind::Login);
    let texts: Vec<_> = (0..regions.len())
        .map(|at| {
            let facts = axes.realise(&[(var, at)], &rest).unwrap();
            let text = facts.text(Fact::SimChangedAge);
            let mut back = rest.clone();
            let written = text.clone().unwrap_or("unknown".to_owned());
            back.set_by_name("sim.changed_age", &written).unwrap();
            assert_eq!(back, facts, "{written}");
            text
        })
        .collect();
    let words = [Some("150ms"), Some("151ms"), Some("36500d"), Some("never"), None];
    assert_eq!(texts, words.map(|word| word.map(str::to_owned)));
}

#[test]
fn two_facts_that_are_compared_are_cut_alike_and_their_order_is_a_variable() {
    let compared =
        Cond::Facts { left: Fact::SimChangedAge, op: Compare::Lt, right: Fact::HandsetChangedAge };
    let axes = axes_of([compared, age(Compare::Lt, 10)].iter());
    let regions = |fact| axes.fact(fact).unwrap().1.to_vec();
    assert_eq!(regions(Fact::SimChangedAge), regions(Fact::HandsetChangedAge));
    assert!(axes.has_orders());
    let vars: Vec<_> = (0..axes.unread()).filter_map(|var| axes.axis(var)).collect();
    assert!(matches!(vars[..], [Axis::Fact { .. }, Axis::Fact { .. }, Axis::Order { .. }]));
}

#[test]
fn a_world_over_some_facts_is_one_that_the_others_can_complete() {
    let relation = Cond::Among { fact: Fact::HandsetRelation, mask: 1 };
    let read = [relation, age(Compare::Lt, 10)];
    for kind in [CheckKind::Login, CheckKind::Tap] {
        let axes = axes_of(read.iter());
        let mut space = Diagrams::new(&Steps::new(u64::MAX));
        let world = world(&axes, kind, &mut space).unwrap();
        let (first, relations, _) = axes.fact(Fact::HandsetRelation).unwrap();
        let (second, ages, _) = axes.fact(Fact::SimChangedAge).unwrap();
        for a in 0..relations.len() {
            for b in 0..ages.len() {
                let rest = usual_facts_of(kind);
                let facts = axes.realise(&[(first, a), (second, b)], &rest).unwrap();
                let whole = complete(kind, &facts, &|fact| axes.reads(fact), &Steps::new(u64::MAX));
                let place = axes.place(&facts).unwrap();
                assert_eq!(space.at(world, &place) == Some(1), whole.is_some(), "{facts:?}");
                if let Some(whole) = whole {
                    assert!(WORLDS.iter().all(|law| law.holds(kind, &whole)), "{whole:?}");
                }
            }
        }
    }
}

#[test]
fn every_law_names_values_that_there_are_and_excludes_something() {
    for law in WORLDS {
        let parts: Vec<Part> = match law.law {
            Law::If(when, then) => when.iter().chain(then).copied().collect(),
            Law::Together(facts) => facts.iter().map(|fact| Part::Known(*fact)).collect(),
        };
        for part in parts {
            if let Part::Is(fact, names) = part {
                let FactType::Enum(of) = fact.ty() else { panic!("{}", law.says) };
                assert!(names.iter().all(|name| of.index_of(name).is_some()), "{}", law.says);
            }
        }
        let kinds = [CheckKind::Login, CheckKind::Tap].into_iter();
        let broken = kinds.flat_map(far).filter(|(kind, facts)| !law.holds(*kind, facts)).count();
        assert!(broken > 0, "{}", law.says);
    }
}

/// Facts drawn without regard to the laws.
fn far(kind: CheckKind) -> Vec<(CheckKind, Facts)> {
    let axes: Axes = axes_of(std::iter::empty());
    let mut found = Vec::new();
    let mut dice = 1_u32;
    for _ in 0..200 {
        let mut facts = usual_facts_of(kind);
        for fact in Fact::ALL {
            let Some((var, regions, _)) = axes.fact(*fact) else { continue };
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let branch = usize::try_from(dice >> 16).unwrap() % regions.len();
            facts = axes.realise(&[(var, branch)], &facts).unwrap();
        }
        found.push((kind, facts));
    }
    found
}

#[test]
fn a_search_for_the_nearest_facts_ends_with_its_steps_and_proves_nothing_then() {
    let conds = [age(Compare::Lt, 10), age(Compare::Gt, 20)];
    let axes = axes_of(conds.iter());
    let plenty = Steps::new(u64::MAX);
    let mut space = Diagrams::new(&plenty);
    let never = axes.cond(&Cond::And(Box::new(conds)), &mut space).unwrap();
    let place = axes.place(&usual_facts_of(CheckKind::Login)).unwrap();
    let find = |steps: &Steps| {
        let (world, asked) = (Diagram(&space, Ref::terminal(1)), Diagram(&space, never));
        Nearest::new(&axes, &place, world, asked, steps).find(&|truth| truth == 2)
    };
    assert_eq!(find(&plenty), Ok(None), "nothing is below and above");
    let few = Steps::new(1);
    assert_eq!(find(&few), Err(Exceeded));
    assert_eq!(few.left(), 0);
    assert_eq!(few.take(0), Ok(()));
    assert_eq!(few.take(1), Err(Exceeded));
}
