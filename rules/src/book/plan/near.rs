//! The rows of a few rules, small and in the plan itself.
//!
//! Of many tenants, each has a few rules of its own, and a check seldom meets the tenant of the
//! one before: its rows then come from far memory. Here they are a few lines beside each other,
//! found without following a pointer; what a rule says is read only where it speaks.

use super::super::outcome::FiredRule;
use super::layout::Segment;
use super::scan::{Column, Read, Row, Spoken, Tables};
use crate::facts::{Fact, Facts};

/// Terms of few rules: the bits of a row.
const TERMS: usize = u16::BITS as usize;
const COLUMNS: usize = 6;
const CUTS: usize = 8;
const ROWS: usize = 44;

/// The rows of a segment that has few.
#[derive(Clone, Debug)]
pub(super) struct Near {
    cuts: [i64; CUTS],
    rows: [u16; ROWS],
    columns: [Column<u8>; COLUMNS],
    /// How many columns there are.
    used: u8,
    /// A bit for each term that stands.
    live: u16,
}

impl Near {
    /// A segment's rows; `None` where they are too many.
    pub(super) fn of(segment: &Segment, live: &[u64]) -> Option<Self> {
        let Tables::One(table) = &segment.tables else { return None };
        if segment.rule_of.len() > TERMS {
            return None;
        }
        let read = Read::Name(*Fact::ALL.first()?);
        let nothing = Column { read, first: 0, pieces: 0, cuts: 0 };
        let mut near = Self {
            cuts: [0; CUTS],
            rows: [0; ROWS],
            columns: [nothing; COLUMNS],
            used: u8::try_from(segment.columns.len()).ok()?,
            live: low(*live.first()?),
        };
        near.cuts.get_mut(..segment.cuts.len())?.copy_from_slice(&segment.cuts);
        let rows = near.rows.get_mut(..table.rows.len())?;
        rows.iter_mut().zip(&table.rows).for_each(|(row, [wide])| *row = low(*wide));
        let columns = near.columns.get_mut(..segment.columns.len())?;
        for (column, wide) in columns.iter_mut().zip(&segment.columns) {
            *column = wide.narrow()?;
        }
        Some(near)
    }

    /// As [`Segment::scan`], of the segment that these rows are of.
    #[inline]
    pub(super) fn scan(
        &self,
        segment: &Segment,
        facts: &Facts,
        said: &mut impl FnMut(u32, FiredRule),
    ) -> Option<()> {
        let (mut left, mut open) = (self.live, 0);
        for column in self.columns.get(..usize::from(self.used))? {
            match column.row(&self.cuts, facts)? {
                Row::Known(at) => left &= self.rows.get(at)?,
                Row::Unknown(at) => open |= self.rows.get(at)?,
            }
        }
        let [left, open, silent] = [left, open, *self.rows.first()?].map(|row| [u64::from(row)]);
        let mut spoken = Spoken::default();
        spoken.take(segment, 0, &left, &open, &silent, facts, said);
        spoken.say(segment, facts, said);
        Some(())
    }

    #[cfg(test)]
    pub(super) fn turn(&mut self, row: usize, term: usize) {
        self.rows[row] ^= 1 << term;
    }
}

/// The bits of the terms.
fn low(row: u64) -> u16 {
    let [first, second, ..] = row.to_le_bytes();
    u16::from_le_bytes([first, second])
}
