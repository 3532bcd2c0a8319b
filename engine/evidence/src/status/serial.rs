use crate::der::DerError;
use std::fmt;

const FIELD: &str = "serialNumber";

/// A certificate's serial number, with its sign: the octets of its shortest DER INTEGER. Ones that
/// are longer than RFC 5280 wants, zero and negative ones are serials too, and compare exactly.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(Box<[u8]>);

impl Serial {
    /// The most octets that a serial may have. RFC 5280 section 4.1.2.2 has 20.
    pub const MAX_OCTETS: usize = 64;

    /// A serial that is not negative: big-endian, leading zeros do not count. `None` where it is
    /// longer than [`Self::MAX_OCTETS`].
    pub fn of_unsigned(octets: &[u8]) -> Option<Self> {
        let zeros = octets.iter().take_while(|octet| **octet == 0).count();
        let octets = octets.get(zeros..).unwrap_or_default();
        let sign = octets.first().is_none_or(|first| *first >= 0x80).then_some(0);
        let content = sign.into_iter().chain(octets.iter().copied()).collect::<Box<[u8]>>();
        (content.len() <= Self::MAX_OCTETS).then_some(Self(content))
    }

    /// The content octets of a DER INTEGER (ITU-T X.690 clause 8.3). `None` where it is empty or
    /// longer than [`Self::MAX_OCTETS`]. Octets beyond the shortest form do not count.
    pub fn of_der(content: &[u8]) -> Option<Self> {
        shortest(content).map(|octets| Self(octets.into()))
    }

    /// Whether it is below zero, which RFC 5280 section 4.1.2.2 forbids and some issuers write.
    pub fn is_negative(&self) -> bool {
        self.0.first().is_some_and(|first| *first >= 0x80)
    }

    /// The content octets of the DER INTEGER.
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }

    /// The negative serial with the same octets, where a reader without signs could mean it.
    pub(super) fn negative_twin(&self) -> Option<Self> {
        match self.0.split_first() {
            Some((0, rest)) if !rest.is_empty() => Some(Self(rest.into())),
            _ => None,
        }
    }
}

/// A serial names a person's certificate.
impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Serial(…)")
    }
}

/// The content octets of an INTEGER without those beyond its shortest form.
pub(super) fn shortest(content: &[u8]) -> Option<&[u8]> {
    let mut octets = content;
    while let [first, rest @ ..] = octets {
        match (first, rest.first()) {
            (0, Some(next)) if *next < 0x80 => octets = rest,
            (0xFF, Some(next)) if *next >= 0x80 => octets = rest,
            _ => break,
        }
    }
    (1..=Serial::MAX_OCTETS).contains(&octets.len()).then_some(octets)
}

pub(super) fn read(content: &[u8]) -> Result<&[u8], DerError> {
    shortest(content).ok_or(DerError::Range { field: FIELD })
}
