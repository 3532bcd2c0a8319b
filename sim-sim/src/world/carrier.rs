//! The carriers of the virtual country.

use serde::{Deserialize, Serialize};
use simbind_proto::v1;

/// A carrier or MVNO.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Carrier {
    /// A host carrier.
    Docomo,
    /// A full MVNO with SIMs of its own, on the host's network.
    Iij,
    /// A light MVNO that sells its host's SIMs.
    AquaMobile,
}

impl Carrier {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Docomo, Self::Iij, Self::AquaMobile];

    /// The name by which configuration knows it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Docomo => "docomo",
            Self::Iij => "iij",
            Self::AquaMobile => "aqua-mobile",
        }
    }

    /// The first six digits of its SIMs.
    pub(crate) const fn issuer(self) -> &'static str {
        match self {
            Self::Docomo | Self::AquaMobile => "898110",
            Self::Iij => "898103",
        }
    }

    /// Another carrier that has no word over this one's lines.
    pub(crate) const fn stranger(self) -> Self {
        match self {
            Self::Docomo | Self::Iij => Self::AquaMobile,
            Self::AquaMobile => Self::Iij,
        }
    }

    /// Who serves its lines, on the wire.
    pub(crate) fn serving(self) -> v1::Serving {
        let host = match self {
            Self::Docomo => "",
            Self::Iij | Self::AquaMobile => "docomo",
        };
        v1::Serving { carrier_id: self.id().to_owned(), host_carrier_id: host.to_owned() }
    }
}
