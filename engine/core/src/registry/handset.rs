use super::{Label, Listed, Tac};
use crate::{binding::Platform, ids::HandsetModelId};
use std::{fmt, str::FromStr};

/// The contactless technologies of a handset (ISO/IEC 14443 types A and B; JIS X 6319-4, called F).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nfc {
    /// It has none.
    None,
    /// Some of A, B and F, at least one.
    Types {
        /// Type A.
        a: bool,
        /// Type B.
        b: bool,
        /// Type F.
        f: bool,
    },
}

impl Nfc {
    const fn types(self) -> [(bool, &'static str); 3] {
        match self {
            Self::None => [(false, "A"), (false, "B"), (false, "F")],
            Self::Types { a, b, f } => [(a, "A"), (b, "B"), (f, "F")],
        }
    }
}

impl fmt::Display for Nfc {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types: Vec<&str> =
            self.types().into_iter().filter(|(has, _)| *has).map(|(_, name)| name).collect();
        out.write_str(if types.is_empty() { "none" } else { "" })?;
        out.write_str(&types.join(";"))
    }
}

impl FromStr for Nfc {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WHY: &str = "is none, or of A, B and F those that it has, like A;B";
        if text == "none" {
            return Ok(Self::None);
        }
        let (mut a, mut b, mut f) = (false, false, false);
        for part in text.split([';', ' ']).filter(|part| !part.is_empty()) {
            let place = match part {
                "A" => &mut a,
                "B" => &mut b,
                "F" => &mut f,
                _ => return Err(WHY),
            };
            if std::mem::replace(place, true) {
                return Err(WHY);
            }
        }
        if a || b || f { Ok(Self::Types { a, b, f }) } else { Err(WHY) }
    }
}

/// Where a handset can keep a key that the operating system cannot read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecureElement {
    /// Nowhere.
    None,
    /// In a chip of the handset.
    Embedded,
    /// In the SIM.
    Sim,
}

impl SecureElement {
    const ALL: [Self; 3] = [Self::None, Self::Embedded, Self::Sim];

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Embedded => "embedded",
            Self::Sim => "sim",
        }
    }
}

impl FromStr for SecureElement {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|element| element.name() == text);
        named.ok_or("is none of none, embedded, sim")
    }
}

/// A model of handsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandsetModel {
    pub(super) id: HandsetModelId,
    pub(super) maker: Label,
    pub(super) name: Label,
    pub(super) tacs: Vec<Tac>,
    pub(super) nfc: Nfc,
    pub(super) secure_element: SecureElement,
    pub(super) platform: Platform,
    pub(super) listed: Listed,
}

impl HandsetModel {
    /// The most TACs of one model.
    pub const MOST_TACS: usize = 64;

    /// Its id in the registry.
    pub const fn id(&self) -> &HandsetModelId {
        &self.id
    }

    /// Who makes it.
    pub const fn maker(&self) -> &Label {
        &self.maker
    }

    /// What its maker calls it.
    pub const fn name(&self) -> &Label {
        &self.name
    }

    /// Its TACs, in order: 1 to 64, each of one model only.
    pub fn tacs(&self) -> &[Tac] {
        &self.tacs
    }

    /// Its contactless technologies.
    pub const fn nfc(&self) -> Nfc {
        self.nfc
    }

    /// Where it can keep a key.
    pub const fn secure_element(&self) -> SecureElement {
        self.secure_element
    }

    /// Its operating system.
    pub const fn platform(&self) -> Platform {
        self.platform
    }

    /// How it stands, and since when.
    pub const fn listed(&self) -> Listed {
        self.listed
    }
}
