//! The pass over a check's facts: the hot path.

use std::hint::select_unpredictable;

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
pub(super) struct Column<C = u32> {
    pub(super) read: Read,
    pub(super) first: C,
    pub(super) pieces: C,
    /// Where its cuts begin; it has one less than pieces.
    pub(super) cuts: C,
}

/// A number of rows or cuts.
pub(super) trait Count: Copy {
    fn count(self) -> usize;
}

impl Count for u8 {
    #[inline]
    fn count(self) -> usize {
        usize::from(self)
    }
}

impl Count for u32 {
    #[inline]
    fn count(self) -> usize {
        self as usize
    }
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
pub(super) enum Row {
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
    /// First the row of the terms that are silent where they are unknown, then the columns' rows.
    pub(super) rows: Box<[[u64; W]]>,
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
        let (rows, cuts): (&[[u64; W]], &[i64]) = (&table.rows, &self.cuts);
        let mut left: [u64; W] = *live.first_chunk()?;
        let mut open = [0; W];
        for column in &self.columns {
            match column.row(cuts, facts)? {
                Row::Known(at) => meet(&mut left, rows.get(at)?),
                Row::Unknown(at) => join(&mut open, rows.get(at)?),
            }
        }
        let mut spoken = Spoken::default();
        spoken.take(self, 0, &left, &open, rows.first()?, facts, said);
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
        let cuts: &[i64] = &self.cuts;
        for column in &self.columns {
            match column.row(cuts, facts)? {
                Row::Known(at) => known.push(at * table.blocks),
                Row::Unknown(at) => unknown.push(at * table.blocks),
            }
        }
        let mut spoken = Spoken::default();
        let (live, _) = live.as_chunks::<W>();
        for (block, (live, silent)) in live.iter().zip(&table.rows).enumerate() {
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
}

impl Column {
    /// The column in fewer bytes; `None` where its numbers are too large.
    pub(super) fn narrow(self) -> Option<Column<u8>> {
        let Self { read, .. } = self;
        let [first, pieces, cuts] = [self.first, self.pieces, self.cuts].map(u8::try_from);
        Some(Column { read, first: first.ok()?, pieces: pieces.ok()?, cuts: cuts.ok()? })
    }
}

impl<C: Count> Column<C> {
    /// The row that a check's facts choose; `None` where a slot holds no value of its fact's type.
    #[inline]
    pub(super) fn row(&self, cuts: &[i64], facts: &Facts) -> Option<Row> {
        let (first, pieces) = (self.first.count(), self.pieces.count());
        let unknown = Row::Unknown(first + pieces);
        let piece = match self.read {
            Read::Name(fact) => {
                let Some(slot) = facts.slot(fact) else { return Some(unknown) };
                usize::try_from(slot).ok().filter(|piece| *piece < pieces)?
            }
            Read::Number(fact) => {
                let Some(value) = facts.slot(fact) else { return Some(unknown) };
                let from = self.cuts.count();
                cuts.get(from..from + pieces - 1)?.partition_point(|cut| *cut <= value)
            }
            Read::Order(left, right) => {
                let both = (facts.slot(left), facts.slot(right));
                let (Some(left), Some(right)) = both else { return Some(unknown) };
                usize::from(left >= right) + usize::from(left > right)
            }
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

/// Bits that are taken out of a word before it is asked whether there are more.
const TAKEN: usize = 4;

/// Calls `found` with each bit that is set, ascending.
///
/// How many bits a word has cannot be foreseen, and each wrong guess costs as much as many bits do.
/// So their numbers are put down without asking, and one loop runs over all of them.
#[inline]
fn each_bit<const W: usize>(words: &[u64; W], mut found: impl FnMut(usize)) {
    let counts: [u32; W] = words.map(u64::count_ones);
    let mut bits = [0_u16; 32];
    if W == 1 || counts.iter().sum::<u32>() as usize > bits.len() - TAKEN {
        for (at, word) in words.iter().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                found(at * 64 + rest.trailing_zeros() as usize);
                rest &= rest - 1;
            }
        }
        return;
    }
    let mut next = 0;
    for ((word, count), base) in words.iter().zip(counts).zip((0_u16..).step_by(64)) {
        let mut rest = *word;
        let mut put = |slots: &mut [u16]| {
            for slot in slots {
                *slot = base | u16::try_from(rest.trailing_zeros() & 63).unwrap_or_default();
                rest &= rest.wrapping_sub(1);
            }
        };
        let count = count as usize;
        if let Some(slots) = bits.get_mut(next..next + TAKEN) {
            put(slots);
        }
        if count > TAKEN
            && let Some(slots) = bits.get_mut(next + TAKEN..next + count)
        {
            put(slots);
        }
        next += count;
    }
    bits.iter().take(next).for_each(|bit| found(usize::from(*bit)));
}

/// The rule whose terms come by; its terms stand side by side.
pub(super) struct Spoken {
    rule: u16,
    holds: bool,
}

/// The number of no rule: a chain has fewer.
const NONE: u16 = u16::MAX;

impl Default for Spoken {
    #[inline]
    fn default() -> Self {
        Self { rule: NONE, holds: false }
    }
}

impl Spoken {
    /// Takes in the terms of one block, of which `first` is the first.
    #[inline]
    #[expect(clippy::too_many_arguments, reason = "all of a block, in registers")]
    pub(super) fn take<const W: usize>(
        &mut self,
        segment: &Segment,
        first: usize,
        left: &[u64; W],
        open: &[u64; W],
        silent: &[u64; W],
        facts: &Facts,
        said: &mut impl FnMut(u32, FiredRule),
    ) {
        let mut speaking = [0; W];
        let words = left.iter().zip(open).zip(silent);
        for (word, ((left, open), silent)) in speaking.iter_mut().zip(words) {
            *word = left & !(open & silent);
        }
        each_bit(&speaking, |bit| {
            let rule = segment.rule_of.get(first + bit).copied().unwrap_or(NONE);
            let holds = open.get(bit / 64).is_some_and(|open| open >> (bit % 64) & 1 == 0);
            if rule == self.rule {
                self.holds |= holds;
            } else {
                self.say(segment, facts, said);
                *self = Self { rule, holds };
            }
        });
    }

    #[inline]
    pub(super) fn say(
        &self,
        segment: &Segment,
        facts: &Facts,
        said: &mut impl FnMut(u32, FiredRule),
    ) {
        if self.rule == NONE {
            return;
        }
        let at = usize::from(self.rule);
        let Some(rule) = segment.rules.get(at) else { return };
        match &rule.speech {
            Speech::Plain { holds, unknown } => {
                said(rule.place, *select_unpredictable(self.holds, holds, unknown));
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
