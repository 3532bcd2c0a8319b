//! Frames: how entries and commit marks stand in a segment file.
//!
//! A frame is, in little-endian order: CRC-32C of all that follows (4 bytes), length of the body
//! (4), tag (4), position (8), milliseconds (8), body. A commit mark has the position of the last
//! entry of its group, and for its body the ledger's id (16) and the chain's hash (32).

use ring::digest::{Context, SHA256};
use simbind_core::time::Timestamp;
use simbind_service::ports::store::{Append, Position};
use std::io::{self, Read};

/// Bytes before the body.
pub(crate) const HEAD: usize = 28;
const CHECKSUM: usize = 4;
const FIELDS: usize = HEAD - CHECKSUM;
/// The length of a commit mark's body.
pub(crate) const MARK_BODY: usize = 48;

/// A hash of the chain.
pub(crate) type Chain = [u8; 32];
/// What tells one ledger from another: random, made with the ledger.
pub(crate) type LedgerId = [u8; 16];

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Entry,
    Mark,
}

impl Tag {
    const fn code(self) -> u32 {
        match self {
            Self::Entry => 0x5952_544e,
            Self::Mark => 0x4b52_414d,
        }
    }

    fn from_code(code: u32) -> Option<Self> {
        [Self::Entry, Self::Mark].into_iter().find(|tag| tag.code() == code)
    }
}

/// What stands before the body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    crc: u32,
    fields: [u8; FIELDS],
    pub(crate) length: usize,
    pub(crate) tag: Tag,
    pub(crate) position: Position,
    pub(crate) at: Timestamp,
}

impl Head {
    /// A head for a body of this length. Callers bound the length by [`Append::MAX_ENTRY`].
    fn new(tag: Tag, position: Position, at: Timestamp, body: &[u8]) -> Self {
        let mut fields = Vec::with_capacity(FIELDS);
        fields.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
        fields.extend_from_slice(&tag.code().to_le_bytes());
        fields.extend_from_slice(&position.0.to_le_bytes());
        fields.extend_from_slice(&at.as_millis().to_le_bytes());
        let fields = fields.try_into().unwrap_or([0; FIELDS]);
        let crc = crc32c::crc32c_append(crc32c::crc32c(&fields), body);
        Self { crc, fields, length: body.len(), tag, position, at }
    }

    /// Reads a head; `None` where the tag or the length cannot be.
    pub(crate) fn parse(bytes: &[u8; HEAD]) -> Option<Self> {
        let (crc, fields) = bytes.split_first_chunk::<4>()?;
        let (length, rest) = fields.split_first_chunk::<4>()?;
        let (tag, rest) = rest.split_first_chunk::<4>()?;
        let (position, rest) = rest.split_first_chunk::<8>()?;
        let at = rest.first_chunk::<8>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let tag = Tag::from_code(u32::from_le_bytes(*tag))?;
        let fits = match tag {
            Tag::Entry => length <= Append::MAX_ENTRY,
            Tag::Mark => length == MARK_BODY,
        };
        fits.then_some(Self {
            crc: u32::from_le_bytes(*crc),
            fields: fields.try_into().ok()?,
            length,
            tag,
            position: Position(u64::from_le_bytes(*position)),
            at: Timestamp::from_millis(i64::from_le_bytes(*at)),
        })
    }

    /// Whether the body is the one that was written.
    pub(crate) fn fits(&self, body: &[u8]) -> bool {
        self.length == body.len()
            && crc32c::crc32c_append(crc32c::crc32c(&self.fields), body) == self.crc
    }

    /// The chain's hash after an entry with this head.
    pub(crate) fn chain(&self, before: &Chain, body: &[u8]) -> Chain {
        let mut context = Context::new(&SHA256);
        context.update(before);
        context.update(&self.fields);
        context.update(body);
        let mut chain = [0; 32];
        chain.copy_from_slice(context.finish().as_ref());
        chain
    }

    fn push(&self, to: &mut Vec<u8>, body: &[u8]) {
        to.extend_from_slice(&self.crc.to_le_bytes());
        to.extend_from_slice(&self.fields);
        to.extend_from_slice(body);
    }
}

/// Adds an entry's frame and gives the chain's hash after it.
pub(crate) fn push_entry(
    to: &mut Vec<u8>,
    position: Position,
    at: Timestamp,
    before: &Chain,
    entry: &[u8],
) -> Chain {
    let head = Head::new(Tag::Entry, position, at, entry);
    head.push(to, entry);
    head.chain(before, entry)
}

/// Adds a commit mark.
pub(crate) fn push_mark(
    to: &mut Vec<u8>,
    last: Position,
    at: Timestamp,
    id: &LedgerId,
    chain: &Chain,
) {
    let mut body = [0; MARK_BODY];
    for (to, from) in body.iter_mut().zip(id.iter().chain(chain)) {
        *to = *from;
    }
    Head::new(Tag::Mark, last, at, &body).push(to, &body);
}

/// Ledger id and chain's hash of a mark's body.
pub(crate) fn parse_mark(body: &[u8]) -> Option<(LedgerId, Chain)> {
    let (id, chain) = body.split_first_chunk::<16>()?;
    Some((*id, chain.try_into().ok()?))
}

/// Whether a whole commit mark of this ledger stands anywhere in the bytes.
pub(crate) fn has_mark(bytes: &[u8], id: &LedgerId) -> bool {
    bytes.windows(HEAD + MARK_BODY).any(|window| {
        let Some((head, body)) = window.split_first_chunk::<HEAD>() else { return false };
        body.starts_with(id)
            && Head::parse(head).is_some_and(|head| head.tag == Tag::Mark && head.fits(body))
    })
}

/// What stands next in a segment.
#[derive(Debug)]
pub(crate) enum Step {
    /// A frame whose checksum holds; its body is in [`Frames::body`].
    Frame(Head),
    /// The end, at a frame's border.
    End,
    /// The bytes from [`Frames::offset`] on are no whole frame.
    Broken(&'static str),
}

/// What stands first in bytes of a segment.
#[derive(Debug)]
pub(crate) enum Next {
    /// A frame whose checksum holds, and where it ends; its body is behind the head.
    Frame(Head, usize),
    /// A frame's beginning. The frame, or at least its head, takes so many bytes.
    Cut(usize),
    /// No frame.
    Broken(&'static str),
}

/// What stands first in these bytes.
pub(crate) fn next(bytes: &[u8]) -> Next {
    let Some((first, _)) = bytes.split_first_chunk::<HEAD>() else { return Next::Cut(HEAD) };
    let Some(head) = Head::parse(first) else { return Next::Broken("no frame begins here") };
    let end = HEAD.saturating_add(head.length);
    // All that follows the checksum stands in one piece.
    match bytes.get(CHECKSUM..end) {
        None => Next::Cut(end),
        Some(summed) if crc32c::crc32c(summed) == head.crc => Next::Frame(head, end),
        Some(_) => Next::Broken("the checksum of a frame is wrong"),
    }
}

/// Reads frames one after the other.
pub(crate) struct Frames<R> {
    from: R,
    /// Where the next frame begins.
    pub(crate) offset: u64,
    /// The body of the last frame that was read.
    pub(crate) body: Vec<u8>,
}

impl<R: Read> Frames<R> {
    pub(crate) fn new(from: R, offset: u64) -> Self {
        Self { from, offset, body: Vec::new() }
    }

    /// The next frame. After anything but a frame the place of reading is lost.
    pub(crate) fn next(&mut self) -> io::Result<Step> {
        let mut head = [0; HEAD];
        match fill(&mut self.from, &mut head)? {
            0 => return Ok(Step::End),
            HEAD => {}
            _ => return Ok(Step::Broken("it ends within a frame")),
        }
        let Some(head) = Head::parse(&head) else {
            return Ok(Step::Broken("no frame begins here"));
        };
        self.body.resize(head.length, 0);
        if fill(&mut self.from, &mut self.body)? < head.length {
            return Ok(Step::Broken("it ends within a frame"));
        }
        if !head.fits(&self.body) {
            return Ok(Step::Broken("the checksum of a frame is wrong"));
        }
        self.offset = self
            .offset
            .saturating_add(u64::try_from(HEAD.saturating_add(head.length)).unwrap_or(u64::MAX));
        Ok(Step::Frame(head))
    }
}

/// Reads until the buffer is full or the end has come; gives how much was read.
fn fill(from: &mut impl Read, to: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = to.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(read) => done += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}
