//! The files, and what a selection says of each.

use super::{USIM_AID, Uicc};
use crate::card::tlv::object;
use simbind_core::ids::Imsi;

/// A file of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum File {
    /// The master file.
    Mf,
    /// 2F00: the applications.
    Dir,
    /// 2FE2: the SIM's number.
    Iccid,
    /// The USIM's folder.
    Usim,
    /// 6F07: the subscription's number.
    Imsi,
    /// 6FAD: administrative data, of which the length of the network's code is read.
    Ad,
}

/// What a file holds.
pub(super) enum Content {
    /// Others.
    Folder,
    /// Octets.
    Transparent(Vec<u8>),
    /// Records of one length.
    Records(Vec<Vec<u8>>),
}

impl File {
    const ALL: [Self; 6] = [Self::Mf, Self::Dir, Self::Iccid, Self::Usim, Self::Imsi, Self::Ad];

    /// The file identifier. The USIM's folder has the one that stands for whichever application is
    /// selected (TS 102 221 section 8.3).
    pub(super) const fn id(self) -> [u8; 2] {
        match self {
            Self::Mf => [0x3F, 0x00],
            Self::Dir => [0x2F, 0x00],
            Self::Iccid => [0x2F, 0xE2],
            Self::Usim => [0x7F, 0xFF],
            Self::Imsi => [0x6F, 0x07],
            Self::Ad => [0x6F, 0xAD],
        }
    }

    /// The short identifier, by which READ names a file without selecting it first.
    const fn short_id(self) -> Option<u8> {
        match self {
            Self::Mf | Self::Usim => None,
            Self::Dir => Some(0x1E),
            Self::Iccid => Some(0x02),
            Self::Imsi => Some(0x07),
            Self::Ad => Some(0x03),
        }
    }

    /// The folder that it lies in; the master file lies in itself.
    pub(super) const fn parent(self) -> Self {
        match self {
            Self::Mf | Self::Dir | Self::Iccid | Self::Usim => Self::Mf,
            Self::Imsi | Self::Ad => Self::Usim,
        }
    }

    /// Whether it is a folder.
    pub(super) const fn is_folder(self) -> bool {
        matches!(self, Self::Mf | Self::Usim)
    }

    /// What lies in a folder under a file identifier.
    pub(super) fn child(self, id: [u8; 2]) -> Option<Self> {
        let inside = |file: &Self| *file != Self::Mf && file.parent() == self;
        Self::ALL.into_iter().filter(inside).find(|file| file.id() == id)
    }

    /// What lies in a folder under a short identifier.
    pub(super) fn child_in_short(self, id: u8) -> Option<Self> {
        let inside = |file: &Self| file.parent() == self;
        Self::ALL.into_iter().filter(inside).find(|file| file.short_id() == Some(id))
    }

    /// What is in it.
    pub(super) fn content(self, uicc: &Uicc) -> Content {
        match self {
            Self::Mf | Self::Usim => Content::Folder,
            Self::Dir => Content::Records(vec![application(USIM_AID, b"USIM")]),
            Self::Iccid => Content::Transparent(uicc.iccid().to_ef().to_vec()),
            Self::Imsi => Content::Transparent(imsi(uicc.imsi())),
            // Normal operation, and how many digits of the IMSI name the network: three in 441.
            Self::Ad => Content::Transparent(vec![0, 0, 0, network_digits(uicc.imsi())]),
        }
    }

    /// The file control parameters (TS 102 221 section 11.1.1.3): how it is made, its identifier, its
    /// name where it has one, that it is active, where its access rules stand, and its size.
    pub(super) fn control_parameters(self, uicc: &Uicc) -> Vec<u8> {
        let content = self.content(uicc);
        let (descriptor, size) = match &content {
            Content::Folder => (vec![0x78, 0x21], None),
            Content::Transparent(octets) => (vec![0x41, 0x21], Some(octets.len())),
            Content::Records(records) => {
                let length = records.first().map_or(0, Vec::len);
                let octet = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
                let made = vec![0x42, 0x21, 0x00, octet(length), octet(records.len())];
                (made, Some(length * records.len()))
            }
        };
        let mut fields = object(0x82, &descriptor);
        fields.extend(object(0x83, &self.id()));
        if self == Self::Usim {
            fields.extend(object(0x84, USIM_AID));
        }
        fields.extend(object(0x8A, &[0x05]));
        fields.extend(object(0x8B, &[0x2F, 0x06, 0x01]));
        match size.map(u16::try_from) {
            Some(Ok(size)) => fields.extend(object(0x80, &size.to_be_bytes())),
            // A folder says how its PINs stand instead: PIN 1 is disabled.
            _ => fields.extend(object(0xC6, &[0x90, 0x01, 0x00, 0x83, 0x01, 0x01])),
        }
        object(0x62, &fields)
    }
}

/// An entry of EF_DIR, filled to its record.
fn application(aid: &[u8], label: &[u8]) -> Vec<u8> {
    const RECORD: usize = 0x26;
    let mut fields = object(0x4F, aid);
    fields.extend(object(0x50, label));
    let mut record = object(0x61, &fields);
    record.resize(RECORD, 0xFF);
    record
}

/// EF_IMSI (TS 31.102 section 4.2.2): the length, the parity of the number of digits with the first
/// digit, and the others in pairs, swapped.
fn imsi(imsi: Imsi) -> Vec<u8> {
    let digits = imsi.to_digits();
    let digits = digits.as_bytes();
    let parity = if digits.len() % 2 == 1 { 0x9 } else { 0x1 };
    let nibbles: Vec<u8> = std::iter::once(parity).chain(digits.iter().map(|b| b & 0xF)).collect();
    let pairs = nibbles.chunks(2).map(|pair| {
        let low = pair.first().copied().unwrap_or(0xF);
        pair.get(1).copied().unwrap_or(0xF) << 4 | low
    });
    let mut file = vec![u8::try_from(nibbles.len().div_ceil(2)).unwrap_or(8)];
    file.extend(pairs);
    file.resize(9, 0xFF);
    file
}

fn network_digits(imsi: Imsi) -> u8 {
    if imsi.to_digits().starts_with("441") { 3 } else { 2 }
}
