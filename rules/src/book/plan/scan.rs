//! The pass over a check's facts: the hot path.

use super::super::evaluate::ask;
use super::super::outcome::{FiredBy, FiredRule};
use super::super::{Armed, OnUnknown};
use super::layout::{MOST_COLUMNS, Segment};
use crate::facts::{Fact, Facts};
use crate::reason::ReasonCode;
use crate::verdict::Verdict;

/// What is read of a check, and where its rows stand: one for each piece, then the row of the
/// terms that read it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) read: Read,
    pub(super) first: usize,
    pub(super) pieces: usize,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Read {
    /// The value is the piece.
    Name { fact: Fact },
    /// The piece is the number of cuts that the value is not below.
    Number { fact: Fact, from: usize, to: usize },
    /// The piece is how one fact stands to the other.
    Order { left: Fact, right: Fact },
}

/// Rows, as wide as a pass takes at once.
#[derive(Debug)]
pub(super) enum Tables {
    One(Table<1>),
    Two(Table<2>),
    Four(Table<4>),
    Eight(Table<8>),
}

#[derive(Debug)]
pub(super) struct Table<const W: usize> {
    /// Blocks of one row.
    pub(super) blocks: usize,
    pub(super) rows: Box<[[u64; W]]>,
    /// The terms that are silent where they are unknown: one row.
    pub(super) silent: Box<[[u64; W]]>,
}

/// What a rule says.
#[derive(Debug)]
pub(super) struct Said {
    /// Its place in the chain.
    pub(super) place: u32,
    pub(super) speech: Speech,
}

#[derive(Debug)]
pub(super) enum Speech {
    /// By what its terms are.
    Plain { holds: FiredRule, unknown: FiredRule },
    /// By its tree.
    Walk,
}

impl Speech {
    pub(super) fn of(armed: &Armed) -> Self {
        let rule = armed.rule;
        let (verdict, reason, by) = match armed.unknown {
            // Silence is masked: what stands here is never said.
            OnUnknown::Silent => (Verdict::Deny, armed.reason, FiredBy::Unknown),
            OnUnknown::Speak(verdict, reason) => (verdict, reason, FiredBy::Unknown),
            OnUnknown::Fault => (Verdict::Deny, ReasonCode::UNDECIDED, FiredBy::MissingFact),
        };
        let by_condition = FiredBy::Condition;
        Self::Plain {
            holds: FiredRule { rule, verdict: armed.holds, reason: armed.reason, by: by_condition },
            unknown: FiredRule { rule, verdict, reason, by },
        }
    }
}

impl Tables {
    /// Words of one row.
    pub(super) fn words(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Two(_) => 2,
            Self::Four(_) => 4,
            Self::Eight(table) => 8 * table.blocks,
        }
    }
}

impl Segment {
    /// Calls `said` with the place and the word of each rule that speaks, in order. `None` where a
    /// slot holds no value of its fact's type.
    #[inline]
    pub(super) fn scan(
        &self,
        live: &[u64],
        facts: &Facts,
        said: &mut impl FnMut(u32, FiredRule),
    ) -> Option<()> {
        match &self.tables {
            Tables::One(table) => self.pass(table, live, facts, said),
            Tables::Two(table) => self.pass(table, live, facts, said),
            Tables::Four(table) => self.pass(table, live, facts, said),
            Tables::Eight(table) => self.pass(table, live, facts, said),
        }
    }

    fn pass<const W: usize>(
        &self,
        table: &Table<W>,
        live: &[u64],
        facts: &Facts,
        said: &mut impl FnMut(u32, FiredRule),
    ) -> Option<()> {
        let mut known = Places::default();
        let mut unknown = Places::default();
        for column in &self.columns {
            match self.piece(column, facts) {
                Some(piece) if piece < column.pieces => known.push(column.first + piece),
                Some(_) => return None,
                None => unknown.push(column.first + column.pieces),
            }
        }
        let mut last = Spoken::default();
        let (live, _) = live.as_chunks::<W>();
        for (block, (live, silent)) in live.iter().zip(&table.silent).enumerate() {
            let row = |at: &usize| table.rows.get(at * table.blocks + block);
            let mut left = *live;
            for row in known.iter().filter_map(row) {
                left.iter_mut().zip(row).for_each(|(left, row)| *left &= row);
            }
            let mut open = [0; W];
            for row in unknown.iter().filter_map(row) {
                open.iter_mut().zip(row).for_each(|(open, row)| *open |= row);
            }
            for word in 0..W {
                let (Some(left), Some(open), Some(silent)) =
                    (left.get(word), open.get(word), silent.get(word))
                else {
                    continue;
                };
                let mut speaking = left & !(open & silent);
                while speaking != 0 {
                    let bit = speaking.trailing_zeros();
                    speaking &= speaking - 1;
                    let term = (block * W + word) * 64 + bit as usize;
                    let holds = open >> bit & 1 == 0;
                    last.next(self, term, holds, facts, said);
                }
            }
        }
        last.say(self, facts, said);
        Some(())
    }

    /// The piece that a check's value lies in; `None` is unknown.
    #[inline]
    fn piece(&self, column: &Column, facts: &Facts) -> Option<usize> {
        match column.read {
            Read::Name { fact } => Some(usize::try_from(facts.slot(fact)?).unwrap_or(usize::MAX)),
            Read::Number { fact, from, to } => {
                let value = facts.slot(fact)?;
                let cuts = self.cuts.get(from..to).unwrap_or_default();
                Some(cuts.partition_point(|cut| *cut <= value))
            }
            Read::Order { left, right } => {
                let (left, right) = (facts.slot(left)?, facts.slot(right)?);
                Some(usize::from(left >= right) + usize::from(left > right))
            }
        }
    }
}

/// Places of rows.
struct Places {
    at: [usize; MOST_COLUMNS],
    count: usize,
}

impl Default for Places {
    #[inline]
    fn default() -> Self {
        Self { at: [0; MOST_COLUMNS], count: 0 }
    }
}

impl Places {
    #[inline]
    fn push(&mut self, place: usize) {
        if let Some(slot) = self.at.get_mut(self.count) {
            *slot = place;
            self.count += 1;
        }
    }

    #[inline]
    fn iter(&self) -> std::slice::Iter<'_, usize> {
        self.at.get(..self.count).unwrap_or_default().iter()
    }
}

/// The rule whose terms come by; its terms stand side by side.
#[derive(Default)]
struct Spoken {
    rule: Option<u16>,
    holds: bool,
}

impl Spoken {
    #[inline]
    fn next(
        &mut self,
        segment: &Segment,
        term: usize,
        holds: bool,
        facts: &Facts,
        said: &mut impl FnMut(u32, FiredRule),
    ) {
        let rule = segment.rule_of.get(term).copied();
        if rule == self.rule {
            self.holds |= holds;
            return;
        }
        self.say(segment, facts, said);
        *self = Self { rule, holds };
    }

    #[inline]
    fn say(&self, segment: &Segment, facts: &Facts, said: &mut impl FnMut(u32, FiredRule)) {
        let Some(at) = self.rule.map(usize::from) else { return };
        let Some(rule) = segment.rules.get(at) else { return };
        match &rule.speech {
            Speech::Plain { holds, unknown } => {
                said(rule.place, if self.holds { *holds } else { *unknown });
            }
            Speech::Walk => {
                let spoke = segment.armed.get(at).and_then(|armed| ask(armed, facts));
                spoke.into_iter().for_each(|spoke| said(rule.place, spoke));
            }
        }
    }
}
