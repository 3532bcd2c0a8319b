//! The three files become a registry, or all that is wrong with them is told.

mod handsets;
mod people;
mod readers;
mod row;
mod trials;

use super::{Problems, Registry};
use crate::time::Timestamp;
pub(super) use people::read as read_people;
use row::Reading;
use std::time::Duration;

/// The longest file, in bytes.
pub const MOST_BYTES: usize = 2 << 20;

/// Midnight comes first in the zone that is fourteen hours ahead of UTC.
const EARLIEST_ZONE: Duration = Duration::from_secs(14 * 3600);

/// The files, in CSV (RFC 4180): UTF-8, with or without a byte order mark, lines ended in any of the
/// usual ways, fields in quotes where they have to be. The first line names the columns, in any
/// order.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'a> {
    /// Models of handsets: model, maker, name, tacs, nfc, secure_element, platform, listing, since.
    pub handsets: &'a [u8],
    /// Models of readers: reader, maker, name, firmware, listing, since.
    pub readers: &'a [u8],
    /// Combined trials: reader, firmware, handset, outcome, on, and note, which may be left out.
    pub trials: &'a [u8],
}

impl Tables<'_> {
    /// Reads the files. `now` is the time of the import: no listing and no trial lies after that
    /// day.
    ///
    /// # Errors
    /// All that is wrong, by file, line and column.
    pub fn read(&self, now: Timestamp) -> Result<Registry, Problems> {
        let mut problems = Problems::default();
        let latest = now.plus(EARLIEST_ZONE);
        let mut reading = Reading { problems: &mut problems, latest };
        let (handsets, known_handsets) = handsets::read(self.handsets, &mut reading);
        let (readers, known_readers) = readers::read(self.readers, &mut reading);
        let known = trials::Known { handsets: known_handsets, readers: known_readers };
        let trials = trials::read(self.trials, &known, &mut reading);
        if !problems.is_empty() {
            return Err(problems.sorted());
        }
        Ok(Registry::of(handsets, readers, trials))
    }
}
