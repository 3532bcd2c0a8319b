//! What of the inputs is outside of all that is verified.

use super::change::Change;
use std::ops::Range;
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

/// Octets of inputs.
#[derive(Default)]
pub(crate) struct Places(Vec<(usize, Range<usize>)>);

impl Places {
    /// None: every octet counts.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// All of a certificate but its key: of a root's copy at the end of a chain, only the key
    /// counts, and that it is a certificate.
    pub(crate) fn all_but_key(input: usize, certificate: &[u8]) -> Self {
        let (_, parsed) = X509Certificate::from_der(certificate).unwrap();
        let key = parsed.public_key().raw;
        let at = certificate.windows(key.len()).position(|part| part == key).unwrap();
        Self(vec![(input, 0..at), (input, at + key.len()..certificate.len())])
    }

    /// The whole of these inputs.
    pub(crate) fn whole(inputs: impl IntoIterator<Item = usize>) -> Self {
        Self(inputs.into_iter().map(|input| (input, 0..usize::MAX)).collect())
    }

    /// A part of an input, which stands in it once.
    pub(crate) fn where_is(input: usize, bytes: &[u8], part: &[u8]) -> Self {
        let mut found = bytes.windows(part.len()).enumerate().filter(|(_, here)| *here == part);
        let (at, _) = found.next().unwrap();
        assert!(found.next().is_none(), "the part stands in the input twice");
        Self(vec![(input, at..at + part.len())])
    }

    /// Whether a change lies in these octets alone.
    pub(crate) fn hold(&self, change: Change, inputs: &[Vec<u8>]) -> bool {
        match change {
            Change::Flip { input, at, .. } => self.cover(input, at..at + 1),
            Change::Cut { input, left } => self.cover(input, left..inputs[input].len()),
            Change::Longer { input } => self.cover(input, inputs[input].len()..usize::MAX),
            // The key of a root's copy may be missing, but not be another.
            Change::Drop { left } => (left..inputs.len())
                .all(|input| self.0.iter().any(|(outside, _)| *outside == input)),
        }
    }

    fn cover(&self, input: usize, octets: Range<usize>) -> bool {
        self.0.iter().any(|(outside, range)| {
            *outside == input && range.start <= octets.start && octets.end <= range.end
        })
    }
}
