//! The worlds that can be, as a diagram.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use super::axes::{Axes, Axis};
use super::cuts::{Cuts, Region};
use super::diagram::{Diagrams, Op, Ref};
use super::path::{Diagram, Nearest};
use super::steps::{Exceeded, Steps};
use crate::condition::{Cond, Op as Compare};
use crate::facts::worlds::{Law, Part, WORLDS, WorldLaw};
use crate::facts::{Fact, Facts};
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

/// The worlds of one kind of check over the facts that laws speak of, drawn once.
struct Drawn {
    axes: Axes,
    space: Diagrams,
    root: Ref,
}

/// Steps for the worlds of one kind of check: the laws, and nothing that anybody writes.
const DRAWING: u64 = 100_000_000;

fn drawn(kind: CheckKind) -> Result<&'static Drawn, Exceeded> {
    static LOGIN: OnceLock<Result<Drawn, Exceeded>> = OnceLock::new();
    static TAP: OnceLock<Result<Drawn, Exceeded>> = OnceLock::new();
    let slot = match kind {
        CheckKind::Login => &LOGIN,
        CheckKind::Tap => &TAP,
    };
    let draw = || {
        let axes = axes_of(std::iter::empty());
        let mut space = Diagrams::new(&Steps::new(DRAWING));
        let root = of_laws(&axes, kind, &mut space, &|_, _| Ok(true))?;
        space.seal();
        Ok(Drawn { axes, space, root })
    };
    slot.get_or_init(draw).as_ref().map_err(|exceeded| *exceeded)
}

/// 1 where some plausible check of this kind has these facts, 0 where none has. Facts that no
/// condition reads are free.
pub(crate) fn world(axes: &Axes, kind: CheckKind, space: &mut Diagrams) -> Result<Ref, Exceeded> {
    let drawn = drawn(kind)?;
    drawn.project(drawn.root, axes, space, &mut HashMap::new())
}

/// The plausible facts nearest to some, of which those that are `held` stay in their region.
/// `None` too where the steps do not suffice.
pub(crate) fn complete(
    kind: CheckKind,
    facts: &Facts,
    held: &dyn Fn(Fact) -> bool,
    steps: &Steps,
) -> Option<Facts> {
    let Drawn { axes, space, root } = drawn(kind).ok()?;
    let place = axes.place(facts)?;
    let nothing = Diagrams::within(0, steps);
    let (world, asked) = (Diagram(space, *root), Diagram(&nothing, Ref::terminal(1)));
    let path =
        Nearest::new(axes, &place, world, asked, steps).holding(held).find(&|_| true).ok()??;
    axes.realise(&path, facts)
}

impl Drawn {
    /// The worlds over other variables in the same order: finer ones, and not all of them.
    fn project(
        &self,
        of: Ref,
        axes: &Axes,
        space: &mut Diagrams,
        done: &mut HashMap<Ref, Ref>,
    ) -> Result<Ref, Exceeded> {
        if of.value().is_some() {
            return Ok(of);
        }
        if let Some(found) = done.get(&of) {
            return Ok(*found);
        }
        space.steps().take(self.axes.len())?;
        let (var, branches) = self.space.open(of).ok_or(Exceeded)?;
        let Some(Axis::Fact { fact, regions, .. }) = self.axes.axis(var) else {
            return Err(Exceeded);
        };
        let mut inside = Vec::with_capacity(branches.len());
        for branch in branches {
            inside.push(self.project(*branch, axes, space, done)?);
        }
        let made = match axes.fact(*fact).filter(|(var, ..)| *var < axes.unread()) {
            Some((var, finer, _)) => {
                let coarse = finer.iter().map(|region| {
                    let slot = match region {
                        Region::Known(from, _) => Some(*from),
                        Region::Unknown => None,
                    };
                    inside.get(Axes::region_of(regions, slot)?).copied()
                });
                space.make(var, coarse.collect::<Option<_>>().ok_or(Exceeded)?)?
            }
            None => {
                let mut any = Ref::terminal(0);
                for branch in inside {
                    any = space.apply(Op::Max, any, branch)?;
                }
                any
            }
        };
        done.insert(of, made);
        Ok(made)
    }
}

/// The same without those laws that `place` breaks whatever the facts that no condition reads are:
/// what is broken already says nothing of what could be otherwise.
pub(crate) fn world_from(
    axes: &Axes,
    kind: CheckKind,
    place: &[usize],
    space: &mut Diagrams,
) -> Result<Ref, Exceeded> {
    let all = of_laws(axes, kind, space, &|law, space| {
        let read = space.exists_from(law, axes.unread())?;
        Ok(space.at(read, place) != Some(0))
    })?;
    space.exists_from(all, axes.unread())
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
    Ok(all)
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

/// A law by which a diagram over `axes` is nowhere, if one alone does it.
pub(crate) fn law_against(
    axes: &Axes,
    kind: CheckKind,
    asked: Ref,
    space: &mut Diagrams,
) -> Result<Option<&'static WorldLaw>, Exceeded> {
    for law in WORLDS.iter().filter(|law| law.on.is_none_or(|on| on == kind)) {
        let own = of_law(axes, law, space)?;
        let read = space.exists_from(own, axes.unread())?;
        if space.apply(Op::Min, read, asked)? == Ref::terminal(0) {
            return Ok(Some(law));
        }
    }
    Ok(None)
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
