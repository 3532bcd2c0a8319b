use super::Date;
use std::{fmt, str::FromStr};

/// How a model stands in the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Listing {
    /// It was certified.
    Certified,
    /// It is known, and not certified.
    Listed,
    /// It was certified or listed, and is not to be used any more.
    Withdrawn,
}

impl Listing {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Certified, Self::Listed, Self::Withdrawn];

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certified => "certified",
            Self::Listed => "listed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Listing {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|listing| listing.name() == text);
        named.ok_or("is none of certified, listed, withdrawn")
    }
}

/// A listing, and since when it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// How the model stands.
    pub listing: Listing,
    /// Since that day; never after the day of the import.
    pub since: Date,
}
