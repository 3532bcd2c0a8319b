//! Names of distribution points (RFC 5280 sections 4.2.1.13 and 5.2.5).

use crate::{
    certificate::{same_name, spelling},
    der::{DerError, Reader, SEQUENCE, Tag, write::element},
    signature::sha256,
};
use simbind_core::ids::PointId;

const FIELD: &str = "distributionPoint";
/// The most names that one point may have.
const MAX_NAMES: usize = 16;

pub(super) const fn context(number: u32, constructed: bool) -> Tag {
    Tag { class: 2, constructed, number }
}

/// A general name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PointName {
    /// A distinguished name, DER.
    Directory(Box<[u8]>),
    /// Another kind, by its tag's number, octet by octet.
    Other(u32, Box<[u8]>),
}

impl PointName {
    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Directory(one), Self::Directory(other)) => same_name(one, other),
            _ => self == other,
        }
    }

    /// The same for two names that are the same, and for no others.
    pub(super) fn id(&self) -> PointId {
        let bytes = match self {
            Self::Directory(name) => [&[0], &*spelling(name)].concat(),
            Self::Other(kind, octets) => [&[1], &kind.to_be_bytes()[..], octets].concat(),
        };
        PointId::from_sha256(sha256(&bytes))
    }
}

/// Reads a `DistributionPointName`; a name relative to the issuer is made whole.
pub(super) fn read_point(
    mut reader: Reader<'_>,
    issuer: &[u8],
) -> Result<Vec<PointName>, DerError> {
    const FULL: Tag = context(0, true);
    const RELATIVE: Tag = context(1, true);
    let (tag, content) = reader.any()?;
    reader.finish()?;
    match tag {
        FULL => read_names(Reader::new(FIELD, content)),
        RELATIVE => {
            let mut whole = Reader::new(FIELD, issuer).expect(FIELD, SEQUENCE)?.to_vec();
            whole.extend(element(&[0x31], content));
            Ok(vec![PointName::Directory(element(&[0x30], &whole).into())])
        }
        _ => Err(DerError::Type { field: FIELD }),
    }
}

/// Reads the content of a `GeneralNames`.
pub(super) fn read_names(mut names: Reader<'_>) -> Result<Vec<PointName>, DerError> {
    const DIRECTORY: Tag = context(4, true);
    let mut read = Vec::new();
    while !names.is_empty() {
        if read.len() == MAX_NAMES {
            return Err(DerError::TooLong { field: FIELD });
        }
        let (tag, content) = names.any()?;
        read.push(match tag {
            DIRECTORY => PointName::Directory(content.into()),
            Tag { class: 2, number, .. } => PointName::Other(number, content.into()),
            _ => return Err(DerError::Type { field: FIELD }),
        });
    }
    Ok(read)
}
