//! Reading entries back, by position.

use super::{
    Damage, Ledger,
    frame::{Frames, Step, Tag},
    places::Place,
    segment::{self, FIRST_FRAME},
};
use simbind_service::ports::store::{Position, Recorded, StoreError};
use std::{
    fs::File,
    io::{self, BufReader, Seek, SeekFrom},
    path::PathBuf,
    sync::Arc,
};

/// Reads the entries of a ledger in order, from a position to the tip at the time of making.
pub(crate) struct Reader {
    ledger: Arc<Ledger>,
    next: Position,
    tip: Position,
    place: Option<Place>,
    open: Option<(PathBuf, Frames<BufReader<File>>)>,
    buffer: usize,
}

/// One entry, its bytes borrowed from the reader.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) recorded: Recorded,
    pub(crate) bytes: &'a [u8],
}

impl Reader {
    /// A reader from a position on that reads ahead by `buffer` bytes.
    pub(crate) fn new(ledger: Arc<Ledger>, from: Position, buffer: usize) -> Self {
        let from = Position(from.0.max(1));
        let tip = ledger.tip();
        let place = ledger.places.before(from, FIRST_FRAME);
        Self { ledger, next: from, tip, place, open: None, buffer }
    }

    /// The next entry, or `None` past the tip.
    ///
    /// # Errors
    /// Where a file cannot be read, or is not what was written.
    pub(crate) fn next(&mut self) -> Result<Option<Entry<'_>>, StoreError> {
        if self.next > self.tip {
            return Ok(None);
        }
        let recorded = loop {
            if let Some(found) = self.step()?.filter(|found| found.position == self.next) {
                break found;
            }
        };
        self.next = Position(self.next.0.saturating_add(1));
        let bytes = self.open.as_ref().map_or(&[][..], |(_, frames)| &frames.body);
        Ok(Some(Entry { recorded, bytes }))
    }

    /// Reads one frame; gives it where it is an entry. At a segment's end goes to the next one.
    fn step(&mut self) -> Result<Option<Recorded>, StoreError> {
        if self.open.is_none() {
            self.open = Some(self.open_segment()?);
        }
        let Some((path, frames)) = &mut self.open else { return Ok(None) };
        let offset = frames.offset;
        let wrong = |path: &PathBuf, what| StoreError::Damaged {
            place: Damage { file: path.clone(), offset, position: Some(self.next), what }
                .to_string(),
        };
        match frames.next().map_err(unavailable)? {
            Step::Frame(head) if head.tag == Tag::Mark => Ok(None),
            Step::Frame(head) if head.position <= self.next => {
                Ok(Some(Recorded { position: head.position, at: head.at }))
            }
            Step::Frame(_) => Err(wrong(path, "an entry is missing")),
            Step::Broken(what) => Err(wrong(path, what)),
            Step::End => {
                let next = self.place.and_then(|place| self.ledger.places.after(place.segment));
                let Some(segment) = next else { return Err(wrong(path, "entries are missing")) };
                self.place = Some(Place { position: segment, segment, offset: FIRST_FRAME });
                self.open = None;
                Ok(None)
            }
        }
    }

    fn open_segment(&self) -> Result<(PathBuf, Frames<BufReader<File>>), StoreError> {
        let Some(place) = self.place else {
            return Err(StoreError::Damaged { place: "the ledger has no segment".into() });
        };
        let path = segment::path_of(&self.ledger.dir, place.segment);
        let mut file = File::open(&path).map_err(unavailable)?;
        file.seek(SeekFrom::Start(place.offset)).map_err(unavailable)?;
        Ok((path, Frames::new(BufReader::with_capacity(self.buffer, file), place.offset)))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is the shape that map_err calls")]
pub(super) fn unavailable(error: io::Error) -> StoreError {
    StoreError::Unavailable { why: format!("a ledger cannot be read: {}", error.kind()) }
}
