//! A list's bytes: a header in the form of the transcript's fields, a signature over the header,
//! and the entries that the header names by their hash (`proto/TRANSCRIPT.md`).

use crate::{
    ids::{CertificateId, ReaderId},
    time::Timestamp,
};
use sha2::{Digest as _, Sha256};
use simbind_rules::facts::ReaderProfile;
use std::time::Duration;
use thiserror::Error;

const DOMAIN: &[u8] = b"simbind-refusals";
const VERSION: u8 = 1;
/// Says what is hashed, so that an entry is the hash of nothing else.
const ENTRY_DOMAIN: &[u8] = b"simbind-refusals-entry";
const ENTRY: usize = 8;
const SIGNATURE: usize = 64;
/// The longest header: all fields, and a reader's name of 128 characters.
const MOST_HEADER: usize = 512;

/// What a list is good for while the engine is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfflineUse {
    /// For nothing: nobody is answered.
    Closed,
    /// Who is listed is refused; of anybody else is said that nothing was checked.
    Refusals,
}

/// Whether a list has all that it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All are in it.
    Whole,
    /// There were too many: nobody may be told apart by it.
    Cut,
}

/// The position of the state as of which a list is true. It never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sequence(pub u64);

/// What the entries of one list are hashed with, drawn anew for each: the list alone names nobody.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HashKey([u8; 16]);

impl std::fmt::Debug for HashKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HashKey(…)")
    }
}

type Entry = [u8; ENTRY];

impl HashKey {
    /// From 16 random bytes.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    fn entry(&self, certificate: &CertificateId) -> Entry {
        let mut hash = Sha256::new();
        hash.update(ENTRY_DOMAIN);
        hash.update(self.0);
        hash.update(certificate.as_bytes());
        let hash: [u8; 32] = hash.finalize().into();
        hash.first_chunk().copied().unwrap_or_default()
    }
}

/// The certificates that are refused, as they stand in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entries {
    key: HashKey,
    extent: Extent,
    /// In order, none twice.
    sorted: Vec<Entry>,
    /// SHA-256 over them.
    digest: [u8; 32],
}

impl Entries {
    /// The most entries of a list.
    pub const MOST: usize = 1_000_000;

    /// The certificates, hashed with a key; more than `most`, or than [`Self::MOST`], leave a list
    /// that is cut, and empty.
    pub fn new<'a>(
        key: HashKey,
        certificates: impl IntoIterator<Item = &'a CertificateId>,
        most: usize,
    ) -> Self {
        let most = most.min(Self::MOST);
        let taken = certificates.into_iter().take(most.saturating_add(1));
        let mut sorted: Vec<Entry> = taken.map(|id| key.entry(id)).collect();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.len() > most {
            return Self::cut(key);
        }
        Self::of(key, Extent::Whole, sorted)
    }

    /// None of too many.
    pub fn cut(key: HashKey) -> Self {
        Self::of(key, Extent::Cut, Vec::new())
    }

    fn of(key: HashKey, extent: Extent, sorted: Vec<Entry>) -> Self {
        let mut hash = Sha256::new();
        sorted.iter().for_each(|entry| hash.update(entry));
        Self { key, extent, sorted, digest: hash.finalize().into() }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    fn have(&self, certificate: &CertificateId) -> bool {
        self.sorted.binary_search(&self.key.entry(certificate)).is_ok()
    }
}

/// What a list says beside its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// For which reader.
    pub reader: ReaderId,
    /// What kind of reader that is.
    pub profile: ReaderProfile,
    /// What it is good for.
    pub offline: OfflineUse,
    /// As of when it is true.
    pub issued_at: Timestamp,
    /// From then on it is good for nothing; at most [`RefusalList::LONGEST`] after.
    pub ends_at: Timestamp,
    /// As of which state.
    pub sequence: Sequence,
}

/// Why bytes are no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ListError {
    /// Too many bytes.
    #[error("the list has more bytes than a list can have")]
    TooLarge,
    /// They are not built as a list.
    #[error("the bytes are no list of refusals: {0}")]
    Malformed(&'static str),
    /// The signature is not the pinned key's.
    #[error("the list is not signed by the key that this reader trusts")]
    Signature,
    /// The entries are not those that were signed.
    #[error("the list's entries are not those that were signed")]
    Entries,
}

/// A list whose signature was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalList {
    draft: Draft,
    entries: Entries,
}

impl RefusalList {
    /// The longest that a list is good for.
    pub const LONGEST: Duration = Duration::from_secs(3600);
    /// The most bytes of a list.
    pub const MOST_BYTES: usize = MOST_HEADER + SIGNATURE + ENTRY * Entries::MOST;

    /// Signs a list: its bytes.
    ///
    /// # Errors
    /// Those of the signer.
    pub fn seal<E>(
        draft: &Draft,
        entries: &Entries,
        sign: impl FnOnce(&[u8]) -> Result<[u8; SIGNATURE], E>,
    ) -> Result<Vec<u8>, E> {
        let mut out = header(draft, entries);
        let signature = sign(&out)?;
        out.reserve_exact(SIGNATURE.saturating_add(entries.sorted.len().saturating_mul(ENTRY)));
        out.extend_from_slice(&signature);
        entries.sorted.iter().for_each(|entry| out.extend_from_slice(entry));
        Ok(out)
    }

    /// Reads a list. `verifies` says whether a signature over bytes is the trusted key's.
    ///
    /// # Errors
    /// [`ListError`]: what is wrong with it.
    pub fn read(
        bytes: &[u8],
        verifies: impl FnOnce(&[u8], &[u8; SIGNATURE]) -> bool,
    ) -> Result<Self, ListError> {
        if bytes.len() > Self::MOST_BYTES {
            return Err(ListError::TooLarge);
        }
        let mut at = Cursor(bytes);
        let Head { draft, key, extent, count, digest } = at.head()?;
        let length = bytes.len().saturating_sub(at.0.len());
        let signed = bytes.get(..length).ok_or(ListError::Malformed("it is cut short"))?;
        let (signature, rest) = at.0.split_first_chunk().ok_or(ListError::Malformed("no end"))?;
        if !verifies(signed, signature) {
            return Err(ListError::Signature);
        }
        let (sorted, over) = rest.as_chunks::<ENTRY>();
        let entries = Entries::of(key, extent, sorted.to_vec());
        let ordered = sorted.is_sorted_by(|one, next| one < next);
        if !over.is_empty() || sorted.len() != count || !ordered || entries.digest != digest {
            return Err(ListError::Entries);
        }
        Ok(Self { draft, entries })
    }

    /// What it says beside its entries.
    pub const fn draft(&self) -> &Draft {
        &self.draft
    }

    /// Whether it has all that it should.
    pub const fn extent(&self) -> Extent {
        self.entries.extent
    }

    /// How many entries it has.
    pub fn count(&self) -> usize {
        self.entries.count()
    }

    /// Whether a certificate is listed.
    pub(super) fn has(&self, certificate: &CertificateId) -> bool {
        self.entries.have(certificate)
    }
}

fn header(draft: &Draft, entries: &Entries) -> Vec<u8> {
    let profile = match draft.profile {
        ReaderProfile::Door => 1,
        ReaderProfile::Counter => 2,
        ReaderProfile::Terminal => 3,
    };
    let offline = match draft.offline {
        OfflineUse::Closed => 0,
        OfflineUse::Refusals => 1,
    };
    let extent = match entries.extent {
        Extent::Cut => 0,
        Extent::Whole => 1,
    };
    let count = u32::try_from(entries.count()).unwrap_or(u32::MAX);
    let mut out = Vec::with_capacity(MOST_HEADER);
    out.extend_from_slice(DOMAIN);
    out.push(VERSION);
    field(&mut out, 1, draft.reader.as_str().as_bytes());
    field(&mut out, 2, &[profile]);
    field(&mut out, 3, &[offline]);
    field(&mut out, 4, &draft.issued_at.as_millis().to_be_bytes());
    field(&mut out, 5, &draft.ends_at.as_millis().to_be_bytes());
    field(&mut out, 6, &draft.sequence.0.to_be_bytes());
    field(&mut out, 7, &[extent]);
    field(&mut out, 8, &entries.key.0);
    field(&mut out, 9, &count.to_be_bytes());
    field(&mut out, 10, &entries.digest);
    out
}

/// A field that is present, as in the transcript.
pub(super) fn field(out: &mut Vec<u8>, number: u8, value: &[u8]) {
    out.extend_from_slice(&[number, 1]);
    out.extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend_from_slice(value);
}

struct Head {
    draft: Draft,
    key: HashKey,
    extent: Extent,
    count: usize,
    digest: [u8; 32],
}

/// What is left to read.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ListError> {
        let (taken, rest) =
            self.0.split_at_checked(count).ok_or(ListError::Malformed("it is cut short"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn exactly<const N: usize>(&mut self, number: u8) -> Result<[u8; N], ListError> {
        let value = self.field(number)?;
        value.try_into().map_err(|_| ListError::Malformed("a field has another length"))
    }

    fn field(&mut self, number: u8) -> Result<&'a [u8], ListError> {
        let &[found, present, high, low] = self.take(4)? else {
            return Err(ListError::Malformed("it is cut short"));
        };
        if (found, present) != (number, 1) {
            return Err(ListError::Malformed("its fields are not those of a list, in their order"));
        }
        self.take(usize::from(u16::from_be_bytes([high, low])))
    }

    fn time(&mut self, number: u8) -> Result<Timestamp, ListError> {
        Ok(Timestamp::from_millis(i64::from_be_bytes(self.exactly(number)?)))
    }

    fn head(&mut self) -> Result<Head, ListError> {
        if self.take(DOMAIN.len())? != DOMAIN || self.take(1)? != [VERSION] {
            return Err(ListError::Malformed("it does not begin as one"));
        }
        let reader = std::str::from_utf8(self.field(1)?).ok().and_then(|name| name.parse().ok());
        let draft = Draft {
            reader: reader.ok_or(ListError::Malformed("its reader has no name"))?,
            profile: match self.exactly(2)? {
                [1] => ReaderProfile::Door,
                [2] => ReaderProfile::Counter,
                [3] => ReaderProfile::Terminal,
                _ => return Err(ListError::Malformed("its profile is none")),
            },
            offline: match self.exactly(3)? {
                [0] => OfflineUse::Closed,
                [1] => OfflineUse::Refusals,
                _ => return Err(ListError::Malformed("its use is none")),
            },
            issued_at: self.time(4)?,
            ends_at: self.time(5)?,
            sequence: Sequence(u64::from_be_bytes(self.exactly(6)?)),
        };
        let extent = match self.exactly(7)? {
            [0] => Extent::Cut,
            [1] => Extent::Whole,
            _ => return Err(ListError::Malformed("its extent is none")),
        };
        let key = HashKey(self.exactly(8)?);
        let count = usize::try_from(u32::from_be_bytes(self.exactly(9)?)).unwrap_or(usize::MAX);
        Ok(Head { draft, key, extent, count, digest: self.exactly(10)? })
    }
}
