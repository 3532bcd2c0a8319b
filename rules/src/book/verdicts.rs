//! Rules as diagrams over the space of facts.
//!
//! A verdict is a set of bits: one for each step-up method, and one that only an allow has. A
//! deny has none. So verdicts join by the bits that both have. A rule that fires by its condition
//! and names a broken edge takes the methods that rest on it away from all; taking them away from
//! its own step-up does the same to the join.

use super::{Armed, OnUnknown};
use crate::condition::Tri;
use crate::facts::Facts;
use crate::reason::ReasonCode;
use crate::space::{
    Axes, Diagram, Diagrams, Exceeded, Nearest, Op, Ref, Steps, axes_of, truth, world,
};
use crate::verdict::{CheckKind, Severity, StepUpMethod, Verdict};

/// The bits of an allow.
pub(super) const ALLOW: u8 = 0b1_1111;

/// The bits of a verdict.
pub(super) fn bits(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Allow => ALLOW,
        Verdict::Deny => 0,
        Verdict::StepUp(methods) => StepUpMethod::ALL
            .into_iter()
            .zip(0_u8..)
            .filter(|(method, _)| methods.contains(*method))
            .fold(0, |bits, (_, at)| bits | 1 << at),
    }
}

/// How severe the verdict of these bits is.
pub(super) fn severity(bits: u8) -> Severity {
    match bits {
        ALLOW => Severity::Allow,
        0 => Severity::Deny,
        _ => Severity::StepUp,
    }
}

/// What a rule says where its condition comes out so.
pub(super) fn says(rule: &Armed, truth: Tri) -> (u8, ReasonCode) {
    match truth {
        Tri::False => (ALLOW, rule.reason),
        Tri::True => {
            let holds = match rule.reason.edge() {
                Some(edge) => rule.holds.without_methods_on(edge),
                None => rule.holds,
            };
            (bits(holds), rule.reason)
        }
        Tri::Unknown => match rule.unknown {
            OnUnknown::Silent => (ALLOW, rule.reason),
            OnUnknown::Speak(verdict, reason) => (bits(verdict), reason),
            OnUnknown::Fault => (0, ReasonCode::UNDECIDED),
        },
    }
}

const TRUTHS: [Tri; 3] = [Tri::False, Tri::Unknown, Tri::True];

/// The reasons that a rule can give.
pub(super) fn reasons(rule: &Armed) -> [ReasonCode; 3] {
    TRUTHS.map(|tri| says(rule, tri).1)
}

/// Steps that a space costs whatever its rules are.
const FIELD: usize = 2_000;

/// The space that some rules read, for one kind of check.
pub(super) struct Field {
    pub(super) axes: Axes,
    pub(super) space: Diagrams,
    /// Where plausible worlds are, in a space of its own.
    worlds: Diagrams,
    world: Ref,
    steps: Steps,
}

impl Field {
    pub(super) fn of<'r>(
        kind: CheckKind,
        rules: impl Iterator<Item = &'r Armed>,
        space: Diagrams,
    ) -> Result<Self, Exceeded> {
        let axes = axes_of(rules.map(|rule| &rule.cond));
        let steps = space.steps().clone();
        steps.take(FIELD + axes.len())?;
        let mut worlds = Diagrams::new(&steps);
        let world = world(&axes, kind, &mut worlds)?;
        worlds.seal();
        Ok(Self { axes, space, worlds, world, steps })
    }

    /// What a rule says, as the bits of its verdict.
    pub(super) fn contribution(&mut self, rule: &Armed) -> Result<Ref, Exceeded> {
        self.said(rule, &|bits, _| bits)
    }

    /// What a rule says, put through `of`.
    pub(super) fn said(
        &mut self,
        rule: &Armed,
        of: &dyn Fn(u8, ReasonCode) -> u8,
    ) -> Result<Ref, Exceeded> {
        let values = TRUTHS.map(|tri| {
            let (bits, reason) = says(rule, tri);
            (truth(tri), of(bits, reason))
        });
        let cond = self.axes.cond(&rule.cond, &mut self.space)?;
        self.space.map(cond, &|value| {
            values.iter().find(|(at, _)| *at == value).map_or(0, |(_, said)| *said)
        })
    }

    /// What all of some rules say together.
    pub(super) fn verdict(&mut self, rules: &[Armed]) -> Result<Ref, Exceeded> {
        let mut all = Ref::terminal(ALLOW);
        for rule in rules {
            let own = self.contribution(rule)?;
            all = self.space.apply(Op::Bits, all, own)?;
        }
        Ok(all)
    }

    /// 1 where one of the rules gives this reason.
    pub(super) fn reason(&mut self, rules: &[Armed], wanted: ReasonCode) -> Result<Ref, Exceeded> {
        let mut any = Ref::terminal(0);
        for rule in rules {
            if !TRUTHS.iter().any(|tri| says(rule, *tri).1 == wanted) {
                continue;
            }
            let of = |bits, reason| u8::from(bits != ALLOW && reason == wanted);
            let own = self.said(rule, &of)?;
            any = self.space.apply(Op::Max, any, own)?;
        }
        Ok(any)
    }

    /// The plausible facts nearest to `rest` where the diagram has a wanted value. `Ok(None)` is
    /// a proof that there are none.
    pub(super) fn nearest(
        &self,
        asked: Ref,
        rest: &Facts,
        wanted: &dyn Fn(u8) -> bool,
    ) -> Result<Option<Facts>, Open> {
        let place = self.axes.place(rest).ok_or(Open::Unrealised)?;
        let world = Diagram(&self.worlds, self.world);
        let search =
            Nearest::new(&self.axes, &place, world, Diagram(&self.space, asked), &self.steps);
        match search.find(wanted).map_err(Open::from)? {
            None => Ok(None),
            Some(path) => self.axes.realise(&path, rest).ok_or(Open::Unrealised).map(Some),
        }
    }
}

/// Why a question stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    /// The diagram has a place where it may be so, and no facts were found for it.
    Unrealised,
    /// The budget is used up.
    Exceeded,
}

impl From<Exceeded> for Open {
    fn from(Exceeded: Exceeded) -> Self {
        Self::Exceeded
    }
}

#[cfg(test)]
pub(super) mod tests;
