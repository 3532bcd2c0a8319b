//! The writing end of a ledger. It belongs to one thread.

use super::{
    Ledger, frame,
    frame::Chain,
    places::Place,
    segment::{FIRST_FRAME, Header},
};
use crate::disk::Disk;
use simbind_core::time::Timestamp;
use simbind_service::ports::store::Position;
use std::{fs::File, io, sync::Arc};

/// Appends groups of entries. After an error it must not be used again: what the file then holds
/// is known only after the next open.
pub(crate) struct Appender {
    pub(super) ledger: Arc<Ledger>,
    pub(super) disk: Arc<dyn Disk>,
    pub(super) file: File,
    pub(super) segment: Position,
    pub(super) offset: u64,
    pub(super) segment_bytes: u64,
    pub(super) group: Group,
    /// The chain's hash after the last commit.
    pub(super) chain: Chain,
}

/// The entries that wait for the next commit.
#[derive(Default)]
pub(super) struct Group {
    bytes: Vec<u8>,
    places: Vec<(Position, u64, Timestamp)>,
    chain: Option<Chain>,
    last: Option<(Position, Timestamp)>,
}

impl Appender {
    /// The ledger, as readers see it.
    pub(crate) fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// The position that the next entry gets.
    pub(crate) fn next(&self) -> Position {
        let last = self.group.last.map_or_else(|| self.ledger.tip(), |(last, _)| last);
        Position(last.0.saturating_add(1))
    }

    /// How many bytes wait for the next commit.
    pub(crate) fn waiting(&self) -> usize {
        self.group.bytes.len()
    }

    /// Adds an entry to the group.
    pub(crate) fn push(&mut self, at: Timestamp, entry: &[u8]) -> Position {
        let position = self.next();
        let group = &mut self.group;
        let before = group.chain.unwrap_or(self.chain);
        let within = u64::try_from(group.bytes.len()).unwrap_or(u64::MAX);
        group.places.push((position, within, at));
        group.chain = Some(frame::push_entry(&mut group.bytes, position, at, &before, entry));
        group.last = Some((position, at));
        position
    }

    /// Writes the group, makes it durable and publishes the new tip. Nothing to do where the group
    /// is empty.
    ///
    /// # Errors
    /// As the system gives them; the appender is then of no more use.
    pub(crate) fn commit(&mut self) -> io::Result<()> {
        let (Some((last, at)), Some(chain)) = (self.group.last, self.group.chain) else {
            return Ok(());
        };
        if self.offset >= self.segment_bytes {
            self.roll()?;
        }
        let group = &mut self.group;
        frame::push_mark(&mut group.bytes, last, at, &self.ledger.id, &chain);
        self.disk.write(&mut self.file, &group.bytes)?;
        self.disk.sync(&self.file)?;
        let (segment, offset) = (self.segment, self.offset);
        self.ledger.places.add_all(group.places.drain(..).map(|(position, within, at)| {
            let offset = offset.saturating_add(within);
            (Place { position, segment, offset }, at)
        }));
        self.offset = offset.saturating_add(u64::try_from(group.bytes.len()).unwrap_or(u64::MAX));
        self.chain = chain;
        group.bytes.clear();
        group.chain = None;
        group.last = None;
        self.ledger.publish(last, chain);
        Ok(())
    }

    fn roll(&mut self) -> io::Result<()> {
        let first = Position(self.ledger.tip().0.saturating_add(1));
        let header = Header { kind: self.ledger.kind, id: self.ledger.id, first, seed: self.chain };
        self.file = header.create(&self.ledger.dir)?;
        self.segment = first;
        self.offset = FIRST_FRAME;
        self.ledger.places.add_segment(first);
        Ok(())
    }
}
