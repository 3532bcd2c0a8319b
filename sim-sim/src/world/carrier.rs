//! The carriers of the virtual country.

use serde::{Deserialize, Serialize};
use simbind_proto::v1;

/// A carrier or MVNO.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Carrier {
    /// A host carrier with MVNOs of both kinds.
    Docomo,
    /// A host carrier.
    Kddi,
    /// A host carrier.
    Softbank,
    /// A host carrier.
    Rakuten,
    /// A full MVNO with SIMs of its own, on docomo's network.
    Iij,
    /// A light MVNO that sells docomo's SIMs.
    AquaMobile,
    /// A light MVNO that sells SoftBank's SIMs.
    TsubameMobile,
    /// A light MVNO that sells KDDI's SIMs, to people who change handsets at will.
    Kawasemi,
}

impl Carrier {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Docomo,
        Self::Kddi,
        Self::Softbank,
        Self::Rakuten,
        Self::Iij,
        Self::AquaMobile,
        Self::TsubameMobile,
        Self::Kawasemi,
    ];

    /// The name by which configuration knows it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Docomo => "docomo",
            Self::Kddi => "kddi",
            Self::Softbank => "softbank",
            Self::Rakuten => "rakuten",
            Self::Iij => "iij",
            Self::AquaMobile => "aqua-mobile",
            Self::TsubameMobile => "tsubame-mobile",
            Self::Kawasemi => "kawasemi",
        }
    }

    /// The carrier whose network it rents.
    pub(crate) const fn host(self) -> Option<Self> {
        match self {
            Self::Docomo | Self::Kddi | Self::Softbank | Self::Rakuten => None,
            Self::Iij | Self::AquaMobile => Some(Self::Docomo),
            Self::TsubameMobile => Some(Self::Softbank),
            Self::Kawasemi => Some(Self::Kddi),
        }
    }

    /// The first six digits of its SIMs: a light MVNO's are its host's.
    pub(crate) const fn issuer(self) -> &'static str {
        match self {
            Self::Docomo | Self::AquaMobile => "898110",
            Self::Kddi | Self::Kawasemi => "898130",
            Self::Softbank | Self::TsubameMobile => "898120",
            Self::Rakuten => "898109",
            Self::Iij => "898103",
        }
    }

    /// Who lends its customers a phone during a repair: itself, or one that does.
    pub(crate) const fn lender(self) -> Self {
        match self {
            Self::Rakuten | Self::Iij | Self::AquaMobile => Self::Docomo,
            Self::TsubameMobile => Self::Softbank,
            Self::Kawasemi => Self::Kddi,
            Self::Docomo | Self::Kddi | Self::Softbank => self,
        }
    }

    /// Where its customers go who keep their number.
    pub(crate) const fn rival(self) -> Self {
        match self {
            Self::Docomo => Self::Kddi,
            _ => Self::Docomo,
        }
    }

    /// Those whose platform is played, where one is.
    pub const WITH_PLATFORM: [Self; 2] = [Self::Kddi, Self::Rakuten];

    /// Itself, or another that has a platform.
    pub(crate) const fn with_platform(self) -> Self {
        match self {
            Self::Kddi | Self::Kawasemi | Self::Docomo | Self::Iij => Self::Kddi,
            Self::Rakuten | Self::Softbank | Self::AquaMobile | Self::TsubameMobile => {
                Self::Rakuten
            }
        }
    }

    /// Itself, or another that has no platform.
    pub(crate) const fn without_platform(self) -> Self {
        match self {
            Self::Kddi | Self::Kawasemi => Self::Docomo,
            Self::Rakuten => Self::Softbank,
            _ => self,
        }
    }

    /// Another carrier that has no word over this one's lines.
    pub(crate) const fn stranger(self) -> Self {
        match self {
            Self::AquaMobile => Self::Iij,
            _ => Self::AquaMobile,
        }
    }

    /// Who serves its lines, on the wire.
    pub(crate) fn serving(self) -> v1::Serving {
        let host = self.host().map_or("", Self::id);
        v1::Serving { carrier_id: self.id().to_owned(), host_carrier_id: host.to_owned() }
    }
}
