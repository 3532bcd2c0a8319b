use super::entry::Entry;
use crate::status::{Serial, reason::Code};
use simbind_core::time::Timestamp;
use std::cmp::Ordering;

/// The entries of a list, sorted by serial: sixteen octets for each and its serial's own. Half of a
/// list's size, and looked up by halving.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Table {
    serials: Vec<u8>,
    rows: Vec<Row>,
    /// Dates since which a key was or may have been known, by the row's place in `serials`.
    invalid: Vec<(u32, Timestamp)>,
}

/// 64 MiB of list hold serials of less than 2^32 octets.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Row {
    since: Timestamp,
    at: u32,
    len: u8,
    code: Code,
}

/// What a table says of one serial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) since: Timestamp,
    pub(super) code: Code,
    pub(super) invalid_since: Option<Timestamp>,
}

impl Table {
    pub(super) fn new() -> Self {
        Self { serials: Vec::new(), rows: Vec::new(), invalid: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds an entry; `None` where the serials grow past what a row can name.
    pub(super) fn push(&mut self, entry: &Entry<'_>) -> Option<()> {
        let at = u32::try_from(self.serials.len()).ok()?;
        let len = u8::try_from(entry.serial.len()).ok()?;
        self.serials.extend_from_slice(entry.serial);
        self.rows.push(Row { since: entry.since, at, len, code: entry.code });
        if let Some(date) = entry.invalid_since {
            self.invalid.push((at, date));
        }
        Some(())
    }

    /// Sorts, and of entries with one serial keeps the most severe, then the earliest.
    pub(super) fn finish(&mut self) {
        let serials = &self.serials;
        let severity = |row: &Row| row.code.severity();
        self.rows.sort_unstable_by(|one, other| {
            order(serial(serials, one), serial(serials, other))
                .then_with(|| severity(other).cmp(&severity(one)))
                .then_with(|| one.since.cmp(&other.since))
                .then_with(|| one.at.cmp(&other.at))
        });
        self.rows.dedup_by(|next, kept| serial(serials, next) == serial(serials, kept));
        self.rows.shrink_to_fit();
        self.serials.shrink_to_fit();
        self.invalid.shrink_to_fit();
    }

    pub(super) fn serials(&self) -> impl Iterator<Item = &[u8]> {
        self.rows.iter().map(|row| serial(&self.serials, row))
    }

    pub(super) fn find(&self, wanted: &Serial) -> Option<Found> {
        let wanted = wanted.as_der();
        let place =
            self.rows.binary_search_by(|row| order(serial(&self.serials, row), wanted)).ok()?;
        let row = self.rows.get(place)?;
        let dated = self.invalid.binary_search_by_key(&row.at, |(at, _)| *at).ok();
        Some(Found {
            since: row.since,
            code: row.code,
            invalid_since: dated.and_then(|at| self.invalid.get(at)).map(|(_, date)| *date),
        })
    }
}

/// Shorter serials first: any total order does.
fn order(one: &[u8], other: &[u8]) -> Ordering {
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

fn serial<'s>(serials: &'s [u8], row: &Row) -> &'s [u8] {
    let from = usize::try_from(row.at).unwrap_or(usize::MAX);
    serials.get(from..).and_then(|rest| rest.get(..usize::from(row.len))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Row;

    #[test]
    fn a_row_has_sixteen_octets() {
        assert_eq!(size_of::<Row>(), 16);
    }
}
