//! Segment files: their names and headers.

use super::{
    Damage,
    frame::{Chain, LedgerId},
};
use crate::{disk, error::OpenError};
use simbind_service::ports::store::{LedgerKind, Position};
use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

/// The length of a header, in bytes.
pub(crate) const HEADER: usize = 80;
/// The same as an offset: where the first frame begins.
pub(crate) const FIRST_FRAME: u64 = 80;
const MAGIC: [u8; 8] = *b"SIMBLDGR";
const VERSION: u16 = 1;
const SUFFIX: &str = ".seg";

/// What a segment begins with: magic (8), version (2), ledger (1), zeros (1), ledger id (16),
/// first position (8), chain's hash before it (32), zeros (8), CRC-32C of all before (4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) kind: LedgerKind,
    pub(crate) id: LedgerId,
    pub(crate) first: Position,
    pub(crate) seed: Chain,
}

const fn kind_code(kind: LedgerKind) -> u8 {
    match kind {
        LedgerKind::State => 1,
        LedgerKind::Decisions => 2,
    }
}

impl Header {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&[kind_code(self.kind), 0]);
        bytes.extend_from_slice(&self.id);
        bytes.extend_from_slice(&self.first.0.to_le_bytes());
        bytes.extend_from_slice(&self.seed);
        bytes.extend_from_slice(&[0; 8]);
        let crc = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&crc.to_le_bytes());
        bytes
    }

    fn parse(bytes: &[u8; HEADER]) -> Result<Self, &'static str> {
        const SHORT: &str = "the header is too short";
        let (rest, crc) = bytes.split_last_chunk::<4>().ok_or(SHORT)?;
        if crc32c::crc32c(rest) != u32::from_le_bytes(*crc) {
            return Err("the checksum of the header is wrong");
        }
        let (magic, rest) = rest.split_first_chunk::<8>().ok_or(SHORT)?;
        let (version, rest) = rest.split_first_chunk::<2>().ok_or(SHORT)?;
        let (kind, rest) = rest.split_first_chunk::<2>().ok_or(SHORT)?;
        let (id, rest) = rest.split_first_chunk::<16>().ok_or(SHORT)?;
        let (first, rest) = rest.split_first_chunk::<8>().ok_or(SHORT)?;
        let seed = rest.first_chunk::<32>().ok_or(SHORT)?;
        if *magic != MAGIC {
            return Err("it is not a ledger's segment");
        }
        if u16::from_le_bytes(*version) != VERSION {
            return Err("it is of another version of the format");
        }
        let kind = [LedgerKind::State, LedgerKind::Decisions]
            .into_iter()
            .find(|known| [kind_code(*known), 0] == *kind)
            .ok_or("it is of an unknown ledger")?;
        Ok(Self { kind, id: *id, first: Position(u64::from_le_bytes(*first)), seed: *seed })
    }

    /// Reads and checks the header of an open segment.
    pub(crate) fn read(file: &mut impl Read, path: &Path) -> Result<Self, OpenError> {
        let mut bytes = [0; HEADER];
        let damage = |what| Box::new(Damage { file: path.into(), offset: 0, position: None, what });
        match file.read_exact(&mut bytes) {
            Ok(()) => Ok(Self::parse(&bytes).map_err(damage)?),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Err(damage("the header is too short").into())
            }
            Err(error) => Err(OpenError::io("read", path)(error)),
        }
    }

    /// Makes a new segment that is on disk, name and all, when this returns. It comes into its
    /// place by a rename, so a segment with half a header is never of our making.
    pub(crate) fn create(&self, dir: &Path) -> std::io::Result<File> {
        let path = path_of(dir, self.first);
        disk::replace(&path, &self.encode())?;
        File::options().append(true).open(path)
    }
}

/// Where the segment that begins with a position is.
pub(crate) fn path_of(dir: &Path, first: Position) -> PathBuf {
    dir.join(format!("{:020}{SUFFIX}", first.0))
}

/// The first positions of the segments in a folder, in their order. Leftovers of segments that
/// were being made are removed.
pub(crate) fn list(dir: &Path) -> Result<Vec<Position>, OpenError> {
    walk(dir, |path| fs::remove_file(path).map_err(OpenError::io("remove", path)))
}

/// The same, and nothing is removed.
pub(crate) fn list_only(dir: &Path) -> Result<Vec<Position>, OpenError> {
    walk(dir, |_| Ok(()))
}

fn walk(
    dir: &Path,
    leftover: impl Fn(&Path) -> Result<(), OpenError>,
) -> Result<Vec<Position>, OpenError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(OpenError::io("list", dir))? {
        let path = entry.map_err(OpenError::io("list", dir))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(first) = name.strip_suffix(SUFFIX).and_then(|digits| digits.parse().ok()) {
            found.push(Position(first));
        } else if name.ends_with(".new") {
            leftover(&path)?;
        }
    }
    found.sort_unstable();
    Ok(found)
}
