//! The packs that are tried.

use crate::packs::InService;
use simbind_core::time::Timestamp;
use simbind_rules::{PackSource, RuleBook};
use std::sync::Arc;

/// Which packs are tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TriedPacks {
    /// Those in service.
    InService,
    /// Those that the ledger knows by this hash.
    Hash([u8; 32]),
    /// These.
    Sources(Vec<PackSource>),
}

/// Which decisions a backtest is about, and how many it names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// From when, by the time of the decision; from the first where unset.
    pub from: Option<Timestamp>,
    /// Until when, that moment not included; to the newest where unset.
    pub to: Option<Timestamp>,
    /// The most changed decisions that are named; all are counted.
    pub most_changes: u32,
}

impl Terms {
    /// The largest [`Self::most_changes`].
    pub const MOST_CHANGES: u32 = 10_000_000;

    /// Whether a decision of this time is one of them.
    pub fn covers(&self, decided_at: Timestamp) -> bool {
        self.from.is_none_or(|from| decided_at >= from) && self.to.is_none_or(|to| decided_at < to)
    }
}

/// Packs that are tried, compiled.
#[derive(Clone)]
pub struct Tried(Book);

#[derive(Clone)]
enum Book {
    InService(Arc<InService>),
    Own(Arc<RuleBook>),
}

impl Tried {
    pub(crate) fn in_service(packs: Arc<InService>) -> Self {
        Self(Book::InService(packs))
    }

    /// The book.
    pub fn book(&self) -> &RuleBook {
        match &self.0 {
            Book::InService(packs) => &packs.book,
            Book::Own(book) => book,
        }
    }
}

impl From<RuleBook> for Tried {
    fn from(book: RuleBook) -> Self {
        Self(Book::Own(Arc::new(book)))
    }
}

impl std::fmt::Debug for Tried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tried({})", self.book().hash())
    }
}
