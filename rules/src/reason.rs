//! The catalogue of reasons.

mod catalogue;
mod engine;
mod place;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use place::Place;

use self::catalogue::{CatalogueError, Entry, read_catalogue};
use crate::verdict::Edge;

pub(crate) const CATALOGUE: &str = include_str!("../reasons.toml");

/// A language for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    /// Japanese.
    Ja,
    /// English.
    En,
}

/// Why a check was answered as it was: a place in the catalogue of reasons.
///
/// The place may change between builds; records keep the text of [`ReasonCode::as_str`], which is
/// also what it serializes to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReasonCode(u16);

fn catalogue() -> &'static Result<Vec<Entry>, CatalogueError> {
    static CATALOGUE_READ: OnceLock<Result<Vec<Entry>, CatalogueError>> = OnceLock::new();
    CATALOGUE_READ.get_or_init(|| read_catalogue(CATALOGUE))
}

/// Whether the catalogue of this build is whole; no pack compiles with one that is not.
pub(crate) fn check_catalogue() -> Result<(), &'static CatalogueError> {
    catalogue().as_ref().map(|_| ())
}

fn entries() -> &'static [Entry] {
    catalogue().as_deref().unwrap_or_default()
}

impl ReasonCode {
    /// The reason of that code.
    pub fn from_name(code: &str) -> Option<Self> {
        let at = entries().iter().position(|entry| entry.code == code)?;
        u16::try_from(at).ok().map(Self)
    }

    /// Every reason of the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..entries().len()).filter_map(|at| u16::try_from(at).ok().map(Self))
    }

    /// The code, like `HANDSET_MISMATCH`.
    pub fn as_str(self) -> &'static str {
        self.entry().map_or("UNDECIDED", |entry| &entry.code)
    }

    /// What is said to the person.
    pub fn text(self, lang: Lang) -> &'static str {
        self.entry().map_or("", |entry| match lang {
            Lang::Ja => &entry.ja,
            Lang::En => &entry.en,
        })
    }

    /// What the person can do next.
    pub fn next(self, lang: Lang) -> &'static str {
        self.entry().map_or("", |entry| match lang {
            Lang::Ja => &entry.ja_next,
            Lang::En => &entry.en_next,
        })
    }

    /// Where it can be put right, the nearest first; at least one place.
    pub fn places(self) -> &'static [Place] {
        self.entry().map_or(&[], |entry| &entry.at)
    }

    /// The edge of the binding that this reason says is broken.
    #[inline]
    pub fn edge(self) -> Option<Edge> {
        static EDGES: OnceLock<Box<[Option<Edge>]>> = OnceLock::new();
        let edges = EDGES.get_or_init(|| entries().iter().map(|entry| entry.edge).collect());
        edges.get(usize::from(self.0)).copied().flatten()
    }

    fn entry(self) -> Option<&'static Entry> {
        entries().get(usize::from(self.0))
    }
}

impl fmt::Debug for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ReasonCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ReasonCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_name(&code).ok_or_else(|| serde::de::Error::custom("no such reason"))
    }
}
