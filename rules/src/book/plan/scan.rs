//! The pass over a check's facts: the hot path.

use smallvec::SmallVec;

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
    pub(super) first: u32,
    pub(super) pieces: u32,
    /// Where its cuts begin; it has one less than pieces.
    pub(super) cuts: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Read {
    /// The value is the piece.
    Name(Fact),
    /// The piece is the number of cuts that the value is not below.
    Number(Fact),
    /// The piece is how one fact stands to the other.
    Order(Fact, Fact),
}

/// A row: of the piece that a known value lies in, or of the terms that read an unknown one.
enum Row {
    Known(usize),
    Unknown(usize),
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
            Tables::Eight(table) => self.pass_many(table, live, facts, said),
        }
    }

    /// A pass over rows of one block.
    #[inline]
    fn pass<const W: usize>(
        &self,
        table: &Table<W>,
        live: &[u64],
        facts: &Facts,
        said: &mut impl FnMut(u32, FiredRule),
    ) -> Option<()> {
        let mut left: [u64; W] = *live.first_chunk()?;
        let mut open = [0; W];
        for column in &self.columns {
            match self.row(column, facts)? {
                Row::Known(at) => meet(&mut left, table.rows.get(at)?),
                Row::Unknown(at) => join(&mut open, table.rows.get(at)?),
            }
        }
        let mut spoken = Spoken::default();
        spoken.take(self, 0, &left, &open, table.silent.first()?, facts, said);
        spoken.say(self, facts, said);
        Some(())
    }

    /// A pass over rows of many blocks: first the rows, then block by block.
    fn pass_many<const W: usize>(
        &self,
        table: &Table<W>,
        live: &[u64],
        facts: &Facts,
        said: &mut impl FnMut(u32, FiredRule),
    ) -> Option<()> {
        let mut known = Rows::new();
        let mut unknown = Rows::new();
        for column in &self.columns {
            match self.row(column, facts)? {
                Row::Known(at) => known.push(at * table.blocks),
                Row::Unknown(at) => unknown.push(at * table.blocks),
            }
        }
        let mut spoken = Spoken::default();
        let (live, _) = live.as_chunks::<W>();
        for (block, (live, silent)) in live.iter().zip(&table.silent).enumerate() {
            let mut left = *live;
            for at in &known {
                meet(&mut left, table.rows.get(at + block)?);
            }
            let mut open = [0; W];
            for at in &unknown {
                join(&mut open, table.rows.get(at + block)?);
            }
            spoken.take(self, block * W * 64, &left, &open, silent, facts, said);
        }
        spoken.say(self, facts, said);
        Some(())
    }

    /// The row of a column that a check's facts choose; `None` where a slot holds no value of its
    /// fact's type.
    #[inline]
    fn row(&self, column: &Column, facts: &Facts) -> Option<Row> {
        let (first, pieces) = (column.first as usize, column.pieces as usize);
        let piece = match column.read {
            Read::Name(fact) => match facts.slot(fact) {
                Some(slot) => usize::try_from(slot).ok().filter(|piece| *piece < pieces)?,
                None => return Some(Row::Unknown(first + pieces)),
            },
            Read::Number(fact) => match facts.slot(fact) {
                Some(value) => {
                    let from = column.cuts as usize;
                    let cuts = self.cuts.get(from..from + pieces - 1)?;
                    cuts.partition_point(|cut| *cut <= value)
                }
                None => return Some(Row::Unknown(first + pieces)),
            },
            Read::Order(left, right) => match (facts.slot(left), facts.slot(right)) {
                (Some(left), Some(right)) => usize::from(left >= right) + usize::from(left > right),
                _ => return Some(Row::Unknown(first + pieces)),
            },
        };
        Some(Row::Known(first + piece))
    }
}

/// Places of rows; no segment has more columns.
type Rows = SmallVec<[usize; MOST_COLUMNS]>;

#[inline]
fn meet<const W: usize>(left: &mut [u64; W], row: &[u64; W]) {
    left.iter_mut().zip(row).for_each(|(left, row)| *left &= row);
}

#[inline]
fn join<const W: usize>(open: &mut [u64; W], row: &[u64; W]) {
    open.iter_mut().zip(row).for_each(|(open, row)| *open |= row);
}

/// The rule whose terms come by; its terms stand side by side.
#[derive(Default)]
struct Spoken {
    rule: Option<u16>,
    holds: bool,
}

impl Spoken {
    /// Takes in the terms of one block, of which `first` is the first.
    #[inline]
    #[expect(clippy::too_many_arguments, reason = "all of a block, in registers")]
    fn take<const W: usize>(
        &mut self,
        segment: &Segment,
        first: usize,
        left: &[u64; W],
        open: &[u64; W],
        silent: &[u64; W],
        facts: &Facts,
        said: &mut impl FnMut(u32, FiredRule),
    ) {
        let words = left.iter().zip(open).zip(silent);
        for (word, ((left, open), silent)) in words.enumerate() {
            let mut speaking = left & !(open & silent);
            while speaking != 0 {
                let bit = speaking.trailing_zeros();
                speaking &= speaking - 1;
                let rule = segment.rule_of.get(first + word * 64 + bit as usize).copied();
                let holds = open >> bit & 1 == 0;
                if rule == self.rule {
                    self.holds |= holds;
                } else {
                    self.say(segment, facts, said);
                    *self = Self { rule, holds };
                }
            }
        }
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
                if let Some(spoke) = walk(segment, at, facts) {
                    said(rule.place, spoke);
                }
            }
        }
    }
}

#[cold]
fn walk(segment: &Segment, at: usize, facts: &Facts) -> Option<FiredRule> {
    ask(segment.armed.get(at)?, facts)
}
