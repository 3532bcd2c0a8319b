//! Decision diagrams with many branches, each shape kept once.

use std::collections::HashMap;

use super::steps::{Exceeded, Steps};

/// Branches of the nodes that one piece of reasoning may make; some 50 MB with what it remembers.
const BUDGET: usize = 500_000;

/// Steps that a node costs beside its branches.
const NODE: usize = 8;

/// References below this are terminals, and stand for their own value.
const TERMINALS: u32 = 256;

/// A diagram: a terminal value, or a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ref(u32);

impl Ref {
    pub(crate) fn terminal(value: u8) -> Self {
        Self(u32::from(value))
    }

    /// The value, where the diagram is the same everywhere.
    pub(crate) fn value(self) -> Option<u8> {
        u8::try_from(self.0).ok()
    }
}

/// How the values of two diagrams make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    /// The lesser: `&&` of truths.
    Min,
    /// The greater: `||` of truths.
    Max,
    /// The bits of both: the join of verdicts.
    Bits,
    /// 1 where they differ.
    Differ,
    /// 0 where equal; 1 where the second has every bit of the first and more; 2 the other way
    /// round; 3 where each has a bit that the other has not.
    Compare,
}

impl Op {
    fn of(self, a: u8, b: u8) -> u8 {
        match self {
            Self::Min => a.min(b),
            Self::Max => a.max(b),
            Self::Bits => a & b,
            Self::Differ => u8::from(a != b),
            Self::Compare if a == b => 0,
            Self::Compare if a & b == a => 1,
            Self::Compare if a & b == b => 2,
            Self::Compare => 3,
        }
    }

    /// The result where it can be told without looking inside.
    fn short(self, a: Ref, b: Ref) -> Option<Ref> {
        if let (Some(a), Some(b)) = (a.value(), b.value()) {
            return Some(Ref::terminal(self.of(a, b)));
        }
        match self {
            Self::Min | Self::Max | Self::Bits if a == b => Some(a),
            Self::Min | Self::Bits if a.value() == Some(0) || b.value() == Some(0) => {
                Some(Ref::terminal(0))
            }
            Self::Differ | Self::Compare if a == b => Some(Ref::terminal(0)),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Node {
    var: u16,
    first: u32,
    len: u16,
}

/// Diagrams over one list of variables, each given by its number of branches.
#[derive(Debug)]
pub(crate) struct Diagrams {
    nodes: Vec<Node>,
    branches: Vec<Ref>,
    unique: HashMap<(u16, Box<[Ref]>), Ref>,
    memo: HashMap<(Op, Ref, Ref), Ref>,
    budget: usize,
    steps: Steps,
}

impl Diagrams {
    pub(crate) fn new(steps: &Steps) -> Self {
        Self::within(BUDGET, steps)
    }

    /// Diagrams of at most so many branches.
    pub(crate) fn within(budget: usize, steps: &Steps) -> Self {
        Self {
            nodes: Vec::new(),
            branches: Vec::new(),
            unique: HashMap::new(),
            memo: HashMap::new(),
            budget,
            steps: steps.clone(),
        }
    }

    /// Lets go of what only making diagrams needs.
    pub(crate) fn seal(&mut self) {
        self.unique = HashMap::new();
        self.memo = HashMap::new();
        self.budget = 0;
    }

    /// The steps that making diagrams takes.
    pub(crate) const fn steps(&self) -> &Steps {
        &self.steps
    }

    fn node(&self, of: Ref) -> Option<Node> {
        let at = of.0.checked_sub(TERMINALS)?;
        self.nodes.get(usize::try_from(at).ok()?).copied()
    }

    /// The variable that a diagram branches on first, and its branches; `None` for a terminal.
    pub(crate) fn open(&self, of: Ref) -> Option<(u16, &[Ref])> {
        let node = self.node(of)?;
        let first = usize::try_from(node.first).ok()?;
        Some((node.var, self.branches.get(first..first + usize::from(node.len))?))
    }

    /// The value where each variable lies in the region that `place` has for it.
    pub(crate) fn at(&self, of: Ref, place: &[usize]) -> Option<u8> {
        let mut at = of;
        while let Some((var, branches)) = self.open(at) {
            at = *branches.get(*place.get(usize::from(var))?)?;
        }
        at.value()
    }

    /// The diagram that branches on `var`.
    pub(crate) fn make(&mut self, var: u16, branches: Vec<Ref>) -> Result<Ref, Exceeded> {
        let Some(first) = branches.first().copied() else { return Err(Exceeded) };
        self.steps.take(NODE + branches.len())?;
        if branches.iter().all(|branch| *branch == first) {
            return Ok(first);
        }
        let key = (var, branches.into_boxed_slice());
        if let Some(found) = self.unique.get(&key) {
            return Ok(*found);
        }
        if self.branches.len() + key.1.len() > self.budget {
            return Err(Exceeded);
        }
        let number = u32::try_from(self.nodes.len()).map_err(|_| Exceeded)?;
        let made = Ref(number.checked_add(TERMINALS).ok_or(Exceeded)?);
        let first = u32::try_from(self.branches.len()).map_err(|_| Exceeded)?;
        let len = u16::try_from(key.1.len()).map_err(|_| Exceeded)?;
        self.branches.extend_from_slice(&key.1);
        self.nodes.push(Node { var, first, len });
        self.unique.insert(key, made);
        Ok(made)
    }

    fn var(&self, of: Ref) -> Option<(u16, u16)> {
        self.node(of).map(|node| (node.var, node.len))
    }

    /// The branch of a diagram where `var` is in its region `at`.
    pub(crate) fn branch(&self, of: Ref, var: u16, at: usize) -> Ref {
        match self.open(of) {
            Some((own, branches)) if own == var => branches.get(at).copied().unwrap_or(of),
            _ => of,
        }
    }

    /// Combines two diagrams, value by value.
    pub(crate) fn apply(&mut self, op: Op, a: Ref, b: Ref) -> Result<Ref, Exceeded> {
        if let Some(done) = op.short(a, b) {
            return Ok(done);
        }
        let (a, b) = match op {
            Op::Min | Op::Max | Op::Bits | Op::Differ if a > b => (b, a),
            _ => (a, b),
        };
        if let Some(done) = self.memo.get(&(op, a, b)) {
            return Ok(*done);
        }
        let first = [self.var(a), self.var(b)].into_iter().flatten().min_by_key(|(var, _)| *var);
        let (var, len) = first.ok_or(Exceeded)?;
        self.steps.take(NODE + usize::from(len))?;
        let mut branches = Vec::with_capacity(usize::from(len));
        for at in 0..usize::from(len) {
            let (a, b) = (self.branch(a, var, at), self.branch(b, var, at));
            branches.push(self.apply(op, a, b)?);
        }
        let done = self.make(var, branches)?;
        self.memo.insert((op, a, b), done);
        Ok(done)
    }

    /// A diagram with each value put through `to`.
    pub(crate) fn map(&mut self, of: Ref, to: &dyn Fn(u8) -> u8) -> Result<Ref, Exceeded> {
        self.rebuild(of, u16::MAX, to, &mut HashMap::new())
    }

    /// Truth of whether any region of the variables from `from` on makes a truth hold.
    pub(crate) fn exists_from(&mut self, of: Ref, from: u16) -> Result<Ref, Exceeded> {
        self.rebuild(of, from, &|value| value, &mut HashMap::new())
    }

    /// A node that branches on a variable from `cut` on is not constant, so some branch is true.
    fn rebuild(
        &mut self,
        of: Ref,
        cut: u16,
        to: &dyn Fn(u8) -> u8,
        done: &mut HashMap<Ref, Ref>,
    ) -> Result<Ref, Exceeded> {
        if let Some(value) = of.value() {
            return Ok(Ref::terminal(to(value)));
        }
        if let Some(found) = done.get(&of) {
            return Ok(*found);
        }
        let (var, branches) = self.open(of).ok_or(Exceeded)?;
        self.steps.take(NODE)?;
        let made = if var >= cut {
            Ref::terminal(1)
        } else {
            let branches = branches.to_vec();
            let mut mapped = Vec::with_capacity(branches.len());
            for branch in branches {
                mapped.push(self.rebuild(branch, cut, to, done)?);
            }
            self.make(var, mapped)?
        };
        done.insert(of, made);
        Ok(made)
    }
}
