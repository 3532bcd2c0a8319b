//! Reading many entries at once: a run of a segment's bytes, and entries that are parts of it.

use super::{
    Damage, Ledger,
    frame::{self, Next, Tag},
    places::Place,
    segment::{self, FIRST_FRAME},
};
use bytes::Bytes;
use simbind_service::ports::store::{LedgerEntry, Position, StoreError};
use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
};

/// Bytes that are read for each entry that is asked for, within the bounds of a read.
const FOR_EACH: usize = 1 << 10;
/// The fewest bytes of a read: places that are kept stand about so far apart.
const FEWEST: usize = 32 << 10;
/// The most bytes of a read, but for one entry that is longer.
const MOST: usize = 1 << 20;

/// Up to `most` entries from a position on, each checked against its checksum; none past the tip.
/// Fewer come where a read or a segment ends before, but at least one where there is one.
///
/// # Errors
/// Where a file cannot be read, or is not what was written.
pub(crate) fn page(
    ledger: &Ledger,
    from: Position,
    most: usize,
) -> Result<Vec<LedgerEntry>, StoreError> {
    let next = Position(from.0.max(1));
    let tip = ledger.tip();
    if next > tip {
        return Ok(Vec::new());
    }
    let Some(place) = ledger.place_before(next) else {
        return Err(StoreError::Damaged { place: "the ledger has no segment".into() });
    };
    let length = most.saturating_mul(FOR_EACH).clamp(FEWEST, MOST);
    let mut page = Page { ledger, next, tip, most, place, length, taken: 0, found: Vec::new() };
    loop {
        let ended = page.read()?;
        if !page.found.is_empty() && (ended == Ended::Within || !page.wants_more()) {
            break;
        }
    }
    ledger.remember(page.next, page.place);
    Ok(page.found)
}

struct Page<'a> {
    ledger: &'a Ledger,
    /// The position of the entry that is looked for.
    next: Position,
    tip: Position,
    most: usize,
    /// Where the next read begins.
    place: Place,
    /// How many bytes it has.
    length: usize,
    /// How many bytes were taken in.
    taken: usize,
    found: Vec<LedgerEntry>,
}

/// Where a read ended.
#[derive(PartialEq, Eq)]
enum Ended {
    Segment,
    Within,
}

impl Page<'_> {
    fn wants_more(&self) -> bool {
        self.next <= self.tip && self.found.len() < self.most && self.taken < self.length
    }

    /// One read, and the entries that are whole in it.
    fn read(&mut self) -> Result<Ended, StoreError> {
        let path = segment::path_of(&self.ledger.dir, self.place.segment);
        let bytes = Bytes::from(read(&path, self.place.offset, self.length)?);
        let is_last = bytes.len() < self.length;
        let mut at = 0;
        let cut = loop {
            if self.next > self.tip || self.found.len() >= self.most {
                break None;
            }
            match frame::next(bytes.get(at..).unwrap_or_default()) {
                Next::Frame(head, end) => {
                    let end = at.saturating_add(end);
                    if head.tag == Tag::Entry && head.position >= self.next {
                        if head.position > self.next {
                            return Err(self.damaged(&path, at, "an entry is missing"));
                        }
                        let entry = bytes.slice(at.saturating_add(frame::HEAD)..end);
                        let (position, recorded_at) = (head.position, head.at);
                        self.found.push(LedgerEntry { position, recorded_at, entry });
                        self.next = Position(position.0.saturating_add(1));
                    }
                    at = end;
                }
                Next::Cut(needed) => break Some(needed),
                Next::Broken(what) => return Err(self.damaged(&path, at, what)),
            }
        };
        self.taken = self.taken.saturating_add(at);
        match cut {
            Some(_) if is_last && at < bytes.len() => {
                Err(self.damaged(&path, at, "it ends within a frame"))
            }
            Some(_) if is_last => self.next_segment(&path, at),
            cut => {
                self.move_on(at);
                self.length = self.length.max(cut.unwrap_or_default());
                Ok(Ended::Within)
            }
        }
    }

    fn move_on(&mut self, read: usize) {
        let read = u64::try_from(read).unwrap_or(u64::MAX);
        self.place.offset = self.place.offset.saturating_add(read);
    }

    fn next_segment(&mut self, path: &Path, at: usize) -> Result<Ended, StoreError> {
        match self.ledger.places.after(self.place.segment) {
            Some(segment) => {
                self.place = Place { position: segment, segment, offset: FIRST_FRAME };
                Ok(Ended::Segment)
            }
            None => Err(self.damaged(path, at, "entries are missing")),
        }
    }

    fn damaged(&self, path: &Path, at: usize, what: &'static str) -> StoreError {
        let at = u64::try_from(at).unwrap_or(u64::MAX);
        let offset = self.place.offset.saturating_add(at);
        let damage = Damage { file: path.into(), offset, position: Some(self.next), what };
        StoreError::Damaged { place: damage.to_string() }
    }
}

/// The bytes of a file from an offset on, fewer where it ends.
fn read(path: &Path, offset: u64, length: usize) -> Result<Vec<u8>, StoreError> {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::with_capacity(length);
        file.take(u64::try_from(length).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(super::reader::unavailable)
}
