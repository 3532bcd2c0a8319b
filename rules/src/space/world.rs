//! The worlds that can be, as a diagram.

use std::collections::BTreeSet;

use super::axes::Axes;
use super::cuts::{Cuts, Region};
use super::diagram::{Diagrams, Exceeded, Op, Ref};
use crate::condition::{Cond, Op as Compare};
use crate::facts::Fact;
use crate::facts::worlds::{Law, Part, WORLDS, WorldLaw};
use crate::verdict::CheckKind;

/// The variables of some conditions, and behind them the facts that only laws speak of.
pub(crate) fn axes_of<'c>(conds: impl Iterator<Item = &'c Cond>) -> Axes {
    let mut cuts = Cuts::default();
    conds.for_each(|cond| cuts.read(cond));
    let mut extra = BTreeSet::new();
    for part in WORLDS.iter().flat_map(parts) {
        extra.insert(part.fact());
        if let Part::Zero(fact) = part {
            cuts.cut(fact, Compare::Eq, 0);
        }
    }
    Axes::new(cuts, &extra.into_iter().collect::<Vec<_>>())
}

fn parts(law: &WorldLaw) -> Vec<Part> {
    match law.law {
        Law::If(when, then) => when.iter().chain(then).copied().collect(),
        Law::Together(facts) => facts.iter().map(|fact| Part::Known(*fact)).collect(),
    }
}

/// 1 where some plausible check of this kind has these facts, 0 where none has. Facts that no
/// condition reads are free.
pub(crate) fn world(axes: &Axes, kind: CheckKind, space: &mut Diagrams) -> Result<Ref, Exceeded> {
    of_laws(axes, kind, space, &|_, _| Ok(true))
}

/// The same without those laws that `place` breaks whatever the facts that no condition reads are:
/// what is broken already says nothing of what could be otherwise.
pub(crate) fn world_from(
    axes: &Axes,
    kind: CheckKind,
    place: &[usize],
    space: &mut Diagrams,
) -> Result<Ref, Exceeded> {
    of_laws(axes, kind, space, &|law, space| {
        let read = space.exists_from(law, axes.unread())?;
        Ok(space.at(read, place) != Some(0))
    })
}

fn of_laws(
    axes: &Axes,
    kind: CheckKind,
    space: &mut Diagrams,
    keep: &dyn Fn(Ref, &mut Diagrams) -> Result<bool, Exceeded>,
) -> Result<Ref, Exceeded> {
    let mut all = Ref::terminal(1);
    for law in WORLDS.iter().filter(|law| law.on.is_none_or(|on| on == kind)) {
        let law = of_law(axes, law, space)?;
        if keep(law, space)? {
            all = space.apply(Op::Min, all, law)?;
        }
    }
    space.exists_from(all, axes.unread())
}

fn of_law(axes: &Axes, law: &WorldLaw, space: &mut Diagrams) -> Result<Ref, Exceeded> {
    match law.law {
        Law::If(when, then) => {
            let when = every(axes, when, space)?;
            let not = space.map(when, &|value| 1 - value.min(1))?;
            let then = every(axes, then, space)?;
            space.apply(Op::Max, not, then)
        }
        Law::Together(facts) => {
            let known: Vec<_> = facts.iter().map(|fact| Part::Known(*fact)).collect();
            let unknown: Vec<_> = facts.iter().map(|fact| Part::Unknown(*fact)).collect();
            let (known, unknown) = (every(axes, &known, space)?, every(axes, &unknown, space)?);
            space.apply(Op::Max, known, unknown)
        }
    }
}

fn every(axes: &Axes, parts: &[Part], space: &mut Diagrams) -> Result<Ref, Exceeded> {
    let mut all = Ref::terminal(1);
    for part in parts {
        let part = over(axes, part, space)?;
        all = space.apply(Op::Min, all, part)?;
    }
    Ok(all)
}

fn over(axes: &Axes, part: &Part, space: &mut Diagrams) -> Result<Ref, Exceeded> {
    let fact: Fact = part.fact();
    axes.over(fact, space, |region| match region {
        Region::Known(from, _) => u8::from(part.admits(Some(from))),
        Region::Unknown => u8::from(part.admits(None)),
    })
}
