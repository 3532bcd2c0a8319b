//! The nearest facts at which a diagram has a wanted value, among the worlds that can be.

use std::collections::HashMap;

use super::axes::{Axes, Axis};
use super::cuts::Region;
use super::diagram::{Diagrams, Ref};
use super::steps::{Exceeded, Steps};
use crate::facts::Fact;
use crate::facts::worlds::GIVEN;

/// A fact that differs costs this: no number of facts makes up for one fact less.
const CHANGE: u32 = 1 << 12;
/// Of as many facts, those that say what was found are changed rather than what was asked.
const ASKED: u32 = 1 << 6;
/// Becoming unknown costs a little more than becoming another value.
const FORGET: u32 = 1;

/// Steps that a pair of diagrams costs beside its branches.
const PAIR: usize = 8;

/// A diagram and the space that holds it.
#[derive(Clone, Copy)]
pub(crate) struct Diagram<'a>(pub(crate) &'a Diagrams, pub(crate) Ref);

/// Of a pair of diagrams the least cost, and the variable and the branch that have it.
type Best = Option<(u32, u16, usize)>;

/// A search for the facts that differ from a place in the fewest facts.
pub(crate) struct Nearest<'a> {
    axes: &'a Axes,
    rest: &'a [usize],
    world: Diagram<'a>,
    asked: Diagram<'a>,
    held: &'a dyn Fn(Fact) -> bool,
    steps: &'a Steps,
    best: HashMap<(Ref, Ref), Best>,
}

impl<'a> Nearest<'a> {
    /// `rest` is the region of each variable from which is counted.
    pub(crate) fn new(
        axes: &'a Axes,
        rest: &'a [usize],
        world: Diagram<'a>,
        asked: Diagram<'a>,
        steps: &'a Steps,
    ) -> Self {
        Self { axes, rest, world, asked, held: &|_| false, steps, best: HashMap::new() }
    }

    /// The search in which these facts stay in their region.
    pub(crate) fn holding(self, held: &'a dyn Fn(Fact) -> bool) -> Self {
        Self { held, ..self }
    }

    /// The regions, by variable, in which the fewest facts differ and the value is wanted; only
    /// those variables that differ. `None` where the value is in no world: a proof.
    pub(crate) fn find(
        mut self,
        wanted: &dyn Fn(u8) -> bool,
    ) -> Result<Option<Vec<(u16, usize)>>, Exceeded> {
        let mut at = (self.world.1, self.asked.1);
        if self.cost(at, wanted)?.is_none() {
            return Ok(None);
        }
        let mut path = Vec::new();
        while let Some((_, var, branch)) = self.best.get(&at).copied().flatten() {
            if self.rest.get(usize::from(var)) != Some(&branch) {
                path.push((var, branch));
            }
            at = self.step(at, var, branch);
        }
        Ok(Some(path))
    }

    /// The variable that a pair branches on first, and into how many branches.
    fn first(&self, at: (Ref, Ref)) -> Option<(u16, usize)> {
        let open = [self.world.0.open(at.0), self.asked.0.open(at.1)];
        let opened = open.into_iter().flatten().map(|(var, branches)| (var, branches.len()));
        opened.min_by_key(|(var, _)| *var)
    }

    fn step(&self, at: (Ref, Ref), var: u16, branch: usize) -> (Ref, Ref) {
        (self.world.0.branch(at.0, var, branch), self.asked.0.branch(at.1, var, branch))
    }

    /// The least cost. Of equal ones the first branch has it: by value, then unknown.
    fn cost(
        &mut self,
        at: (Ref, Ref),
        wanted: &dyn Fn(u8) -> bool,
    ) -> Result<Option<u32>, Exceeded> {
        if at.0.value() == Some(0) || at.1.value().is_some_and(|value| !wanted(value)) {
            return Ok(None);
        }
        let Some((var, len)) = self.first(at) else { return Ok(Some(0)) };
        if let Some(found) = self.best.get(&at) {
            return Ok(found.map(|(cost, ..)| cost));
        }
        self.steps.take(PAIR + len)?;
        let mut best: Best = None;
        for branch in 0..len {
            let Some(price) = self.price(var, branch) else { continue };
            if best.is_some_and(|(least, ..)| least <= price) {
                continue;
            }
            let Some(rest) = self.cost(self.step(at, var, branch), wanted)? else { continue };
            if best.is_none_or(|(least, ..)| rest + price < least) {
                best = Some((rest + price, var, branch));
            }
        }
        self.best.insert(at, best);
        Ok(best.map(|(cost, ..)| cost))
    }

    fn price(&self, var: u16, branch: usize) -> Option<u32> {
        if self.rest.get(usize::from(var)) == Some(&branch) {
            return Some(0);
        }
        match self.axes.axis(var)? {
            Axis::Fact { fact, .. } if (self.held)(*fact) => None,
            Axis::Fact { fact, regions, .. } => {
                let asked = if GIVEN.contains(fact) { ASKED } else { 0 };
                let unknown = regions.get(branch) == Some(&Region::Unknown);
                Some(CHANGE + asked + if unknown { FORGET } else { 0 })
            }
            // Which of two facts moves is settled as they are realised.
            Axis::Order { .. } => Some(FORGET),
        }
    }
}
