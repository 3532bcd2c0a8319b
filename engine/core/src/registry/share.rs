//! How many people have which handset, and whom a criterion would leave out.

use super::{Criterion, Problems, Registry, Tac};
use std::collections::BTreeMap;

/// A number of people below this is not told exactly, and all others are rounded down to a multiple
/// of it: by the difference of two numbers nobody can be told.
pub const SMALLEST: u64 = 10;

/// A number of people, as it may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Count {
    /// Fewer than [`SMALLEST`], perhaps none.
    Few,
    /// About so many: a multiple of [`SMALLEST`], and at most `SMALLEST - 1` too low.
    About(u64),
}

impl Count {
    /// The number as it may be told.
    pub const fn of(people: u64) -> Self {
        if people < SMALLEST { Self::Few } else { Self::About(people - people % SMALLEST) }
    }

    /// The least that it can be.
    pub const fn at_least(self) -> u64 {
        match self {
            Self::Few => 0,
            Self::About(people) => people,
        }
    }
}

/// How many people there are, by the handset that their binding begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    by_tac: BTreeMap<Tac, u64>,
    unlisted: u64,
    nameless: u64,
}

/// Whom a criterion would leave out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// All that were counted.
    pub people: u64,
    /// Those whose handset meets the criterion.
    pub served: u64,
    /// Those whose model is in the registry and does not meet it.
    pub left_out: u64,
    /// Those whose model is not in the registry.
    pub unlisted: u64,
    /// Those whose handset shows no IMEI, as an iPhone: nobody can tell.
    pub nameless: u64,
}

impl People {
    /// Counts a person by a handset's TACs; the first that is listed stands for it.
    pub fn count(&mut self, registry: &Registry, tacs: impl IntoIterator<Item = Tac>) {
        let mut first = None;
        for tac in tacs {
            if registry.handset(tac).is_some() {
                first = Some(tac);
                break;
            }
            first = first.or(Some(tac));
        }
        match first {
            Some(tac) => self.add(tac, 1),
            None => self.nameless = self.nameless.saturating_add(1),
        }
    }

    /// Counts people with a handset of this TAC.
    pub fn add(&mut self, tac: Tac, people: u64) {
        let own = self.by_tac.entry(tac).or_default();
        *own = own.saturating_add(people);
    }

    /// Counts people whose model is not in the registry.
    pub fn add_unlisted(&mut self, people: u64) {
        self.unlisted = self.unlisted.saturating_add(people);
    }

    /// Reads how many people have which model from a file in CSV with the columns model and people.
    /// A model is one of the registry's, `unlisted` or `nameless`.
    ///
    /// # Errors
    /// All that is wrong, by line and column.
    pub fn read(file: &[u8], registry: &Registry) -> Result<Self, Problems> {
        super::read::read_people(file, registry)
    }

    /// Counts people whose handset shows no IMEI.
    pub fn add_nameless(&mut self, people: u64) {
        self.nameless = self.nameless.saturating_add(people);
    }

    /// Whom a criterion would leave out.
    pub fn left_out(&self, registry: &Registry, criterion: &Criterion) -> LeftOut {
        let mut found = LeftOut {
            people: self.nameless.saturating_add(self.unlisted),
            unlisted: self.unlisted,
            nameless: self.nameless,
            ..LeftOut::default()
        };
        for (tac, people) in &self.by_tac {
            let place = match registry.handset(*tac) {
                None => &mut found.unlisted,
                Some(model) if criterion.meets(registry, model) => &mut found.served,
                Some(_) => &mut found.left_out,
            };
            *place = place.saturating_add(*people);
            found.people = found.people.saturating_add(*people);
        }
        found
    }

    /// How many people have each model, by the place of the model in [`Registry::handsets`].
    pub fn by_model(&self, registry: &Registry) -> Vec<u64> {
        let of = |model: &super::HandsetModel| {
            let each = model.tacs().iter().map(|tac| self.by_tac.get(tac).copied().unwrap_or(0));
            each.fold(0, u64::saturating_add)
        };
        registry.handsets().iter().map(of).collect()
    }
}
