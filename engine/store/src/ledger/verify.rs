//! Opening a ledger: everything in it is read and verified.

use super::{
    Appender, Checkpoint, Damage, Ledger,
    appender::Group,
    folder, frame,
    frame::{Chain, Frames, Head, LedgerId, Step, Tag},
    places::{Place, Places},
    segment::{self, FIRST_FRAME, Header},
};
use crate::{
    config::{Progress, Stage},
    disk::{self, Disk},
    error::OpenError,
};
use parking_lot::Mutex;
use ring::rand::{SecureRandom, SystemRandom};
use simbind_service::ports::store::{LedgerKind, Position};
use std::{
    fs::{self, File},
    io::{BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicU64},
};

const BUFFER: usize = 1 << 20;
/// Progress is told at least so often, in bytes.
const TELL: u64 = 16 << 20;

/// A ledger that has been verified, and its writing end.
pub(crate) struct Opened {
    pub(crate) appender: Appender,
    /// How many bytes were cut after the last commit mark.
    pub(crate) torn: u64,
}

/// What is known of a ledger from elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known {
    /// With an id, the ledger must be there, and be the one of this id.
    pub(crate) id: Option<LedgerId>,
    /// Where it stood once.
    pub(crate) checkpoint: Option<Checkpoint>,
}

/// Opens a ledger, or makes it where nothing is known of it.
pub(crate) fn open(
    dir: &Path,
    kind: LedgerKind,
    known: Known,
    segment_bytes: u64,
    disk: Arc<dyn Disk>,
    progress: &dyn Fn(Progress),
) -> Result<Opened, OpenError> {
    let dir = folder(dir, kind);
    fs::create_dir_all(&dir).map_err(OpenError::io("make", &dir))?;
    let mut segments = segment::list(&dir)?;
    if segments.is_empty() {
        if known.id.is_some() || known.checkpoint.is_some() {
            return Err(damage(
                &segment::path_of(&dir, Position(1)),
                0,
                Position(1),
                "it is missing",
            ));
        }
        segments.push(create(&dir, kind)?);
    }
    let (pass, last, torn) = pass(&dir, kind, known, &segments, progress)?;
    finish(pass, dir, last, torn, segment_bytes, disk)
}

/// Verifies a ledger that is only read. Bytes after the last commit mark stay, and are not read.
pub(crate) fn look(
    dir: &Path,
    kind: LedgerKind,
    known: Known,
    progress: &dyn Fn(Progress),
) -> Result<Arc<Ledger>, OpenError> {
    let dir = folder(dir, kind);
    let segments = segment::list_only(&dir)?;
    if segments.is_empty() {
        return Err(damage(&segment::path_of(&dir, Position(1)), 0, Position(1), "it is missing"));
    }
    let (pass, ..) = pass(&dir, kind, known, &segments, progress)?;
    Ok(pass.ledger(dir))
}

/// Verifies all segments; gives also the last one, and how many bytes at its end are torn.
fn pass<'a>(
    dir: &Path,
    kind: LedgerKind,
    known: Known,
    segments: &[Position],
    progress: &'a dyn Fn(Progress),
) -> Result<(Pass<'a>, Position, u64), OpenError> {
    let mut pass = Pass {
        kind,
        id: known.id,
        checkpoint: known.checkpoint,
        segment: Position(1),
        next: Position(1),
        chain: None,
        committed: Committed { offset: FIRST_FRAME, next: Position(1), chain: [0; 32] },
        places: Places::default(),
        done: 0,
        told: 0,
        total: total(dir, segments)?,
        progress,
    };
    let last = segments.last().copied().unwrap_or(Position(1));
    let mut torn = 0;
    for first in segments {
        torn = pass.segment(&segment::path_of(dir, *first), *first, *first == last)?;
    }
    progress(Progress { stage: Stage::Verify(kind), done: pass.total, total: pass.total });
    Ok((pass, last, torn))
}

/// Cuts what is torn, makes what stands durable, since nobody knows whether it was, and gives the
/// writing end.
fn finish(
    pass: Pass<'_>,
    dir: PathBuf,
    last: Position,
    torn: u64,
    segment_bytes: u64,
    disk: Arc<dyn Disk>,
) -> Result<Opened, OpenError> {
    let path = segment::path_of(&dir, last);
    if pass.checkpoint.is_some() {
        let what = "entries that the checkpoint knows are missing";
        return Err(damage(&path, pass.committed.offset, pass.committed.next, what));
    }
    let file = File::options().append(true).open(&path).map_err(OpenError::io("open", &path))?;
    if torn > 0 {
        file.set_len(pass.committed.offset).map_err(OpenError::io("cut", &path))?;
    }
    file.sync_all().map_err(OpenError::io("sync", &path))?;
    disk::sync_folder(&dir).map_err(OpenError::io("sync", &dir))?;
    let Committed { offset, chain, .. } = pass.committed;
    let ledger = pass.ledger(dir);
    let group = Group::default();
    let appender =
        Appender { ledger, disk, file, segment: last, offset, segment_bytes, group, chain };
    Ok(Opened { appender, torn })
}

fn create(dir: &Path, kind: LedgerKind) -> Result<Position, OpenError> {
    let random = SystemRandom::new();
    let (mut id, mut seed) = ([0; 16], [0; 32]);
    random
        .fill(&mut id)
        .and_then(|()| random.fill(&mut seed))
        .map_err(|_| OpenError::Start("the system gives no random bytes"))?;
    let header = Header { kind, id, first: Position(1), seed };
    header.create(dir).map_err(OpenError::io("make a segment in", dir))?;
    if let Some(parent) = dir.parent() {
        disk::sync_folder(parent).map_err(OpenError::io("sync", parent))?;
    }
    Ok(header.first)
}

fn total(dir: &Path, segments: &[Position]) -> Result<u64, OpenError> {
    segments.iter().try_fold(0_u64, |sum, first| {
        let path = segment::path_of(dir, *first);
        let length = fs::metadata(&path).map_err(OpenError::io("read", &path))?.len();
        Ok(sum.saturating_add(length))
    })
}

fn damage(file: &Path, offset: u64, position: Position, what: &'static str) -> OpenError {
    Box::new(Damage { file: file.into(), offset, position: Some(position), what }).into()
}

/// What stands up to the last mark that was read.
#[derive(Clone, Copy)]
struct Committed {
    offset: u64,
    next: Position,
    chain: Chain,
}

/// One walk over all segments.
struct Pass<'a> {
    kind: LedgerKind,
    id: Option<LedgerId>,
    /// What is still to be found.
    checkpoint: Option<Checkpoint>,
    segment: Position,
    next: Position,
    chain: Option<Chain>,
    committed: Committed,
    places: Places,
    done: u64,
    told: u64,
    total: u64,
    progress: &'a dyn Fn(Progress),
}

impl Pass<'_> {
    /// The ledger up to its last commit mark.
    fn ledger(self, dir: PathBuf) -> Arc<Ledger> {
        let position = Position(self.committed.next.0.saturating_sub(1));
        let head = Checkpoint { ledger: self.kind, position, chain: self.committed.chain };
        Arc::new(Ledger {
            dir,
            kind: self.kind,
            id: self.id.unwrap_or_default(),
            tip: AtomicU64::new(position.0),
            head: Mutex::new(head),
            places: self.places,
            ended: Mutex::default(),
        })
    }

    /// Verifies one segment; gives how many bytes at its end are torn, which only the last may
    /// have.
    fn segment(&mut self, path: &Path, first: Position, last: bool) -> Result<u64, OpenError> {
        let file = File::open(path).map_err(OpenError::io("open", path))?;
        let length = file.metadata().map_err(OpenError::io("read", path))?.len();
        let mut from = BufReader::with_capacity(BUFFER, file);
        let header = Header::read(&mut from, path)?;
        self.join(&header, path, first)?;
        let mut frames = Frames::new(from, FIRST_FRAME);
        loop {
            let start = frames.offset;
            match frames.next().map_err(OpenError::io("read", path))? {
                Step::Frame(head) => self.frame(&head, &frames.body, start, frames.offset, path)?,
                Step::End if self.next == self.committed.next => break,
                Step::End => {
                    self.torn(path, &header.id, start, last, "a group has no commit mark")?;
                    break;
                }
                Step::Broken(what) => {
                    self.torn(path, &header.id, start, last, what)?;
                    break;
                }
            }
            self.tell(frames.offset);
        }
        self.done = self.done.saturating_add(length);
        Ok(length.saturating_sub(self.committed.offset))
    }

    /// Checks that a segment continues the one before it.
    fn join(&mut self, header: &Header, path: &Path, first: Position) -> Result<(), OpenError> {
        let wrong = |what| Err(damage(path, 0, self.next, what));
        if header.kind != self.kind {
            return wrong("it belongs to the other ledger");
        }
        if self.id.is_some_and(|id| id != header.id) {
            return wrong("it belongs to a ledger of another store");
        }
        if header.first != first {
            return wrong("its name is not the one it was made with");
        }
        if first != self.next {
            return wrong("entries before it are missing");
        }
        if self.chain.is_some_and(|chain| chain != header.seed) {
            return wrong("it does not continue the chain");
        }
        self.id = Some(header.id);
        self.chain = Some(header.seed);
        self.committed = Committed { offset: FIRST_FRAME, next: self.next, chain: header.seed };
        self.segment = first;
        self.places.add_segment(first);
        Ok(())
    }

    fn frame(
        &mut self,
        head: &Head,
        body: &[u8],
        start: u64,
        end: u64,
        path: &Path,
    ) -> Result<(), OpenError> {
        let before = self.chain.unwrap_or(self.committed.chain);
        match head.tag {
            Tag::Entry => {
                if head.position != self.next {
                    return Err(damage(path, start, self.next, "an entry has another position"));
                }
                self.chain = Some(head.chain(&before, body));
                let (position, segment) = (self.next, self.segment);
                self.places.add(Place { position, segment, offset: start }, head.at);
                self.next = Position(self.next.0.saturating_add(1));
            }
            Tag::Mark => {
                let wrong = |what| Err(damage(path, start, self.next, what));
                if frame::parse_mark(body) != self.id.map(|id| (id, before)) {
                    return wrong("the entries before this commit mark are not those it closed");
                }
                if head.position.0.saturating_add(1) != self.next.0 {
                    return wrong("a commit mark has another position");
                }
                if let Some(checkpoint) = self.checkpoint
                    && checkpoint.position <= head.position
                {
                    if checkpoint.position != head.position || checkpoint.chain != before {
                        return wrong("it is not the ledger of the checkpoint");
                    }
                    self.checkpoint = None;
                }
                self.committed = Committed { offset: end, next: self.next, chain: before };
            }
        }
        Ok(())
    }

    /// Decides whether what is wrong from `offset` on is a torn end or damage.
    fn torn(
        &mut self,
        path: &Path,
        id: &LedgerId,
        offset: u64,
        last: bool,
        what: &'static str,
    ) -> Result<(), OpenError> {
        let after = if last { rest(path, offset)? } else { Vec::new() };
        if !last || frame::has_mark(&after, id) {
            return Err(damage(path, offset, self.next, what));
        }
        self.next = self.committed.next;
        self.chain = Some(self.committed.chain);
        Ok(())
    }

    fn tell(&mut self, offset: u64) {
        let done = self.done.saturating_add(offset);
        if done.saturating_sub(self.told) >= TELL {
            self.told = done;
            (self.progress)(Progress { stage: Stage::Verify(self.kind), done, total: self.total });
        }
    }
}

/// The bytes of a file from an offset on.
fn rest(path: &Path, offset: u64) -> Result<Vec<u8>, OpenError> {
    let mut file = File::open(path).map_err(OpenError::io("open", path))?;
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(offset))
        .and_then(|_| file.read_to_end(&mut bytes))
        .map_err(OpenError::io("read", path))?;
    Ok(bytes)
}
