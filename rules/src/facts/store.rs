//! The values of one check: a bit for what is known and a slot for its value.

use std::fmt;

use super::schema::Fact;

/// Number of facts in the schema.
pub(crate) const COUNT: usize = Fact::ALL.len();

const _: () = assert!(COUNT <= 64, "one bit per fact");

/// Whether a fact can be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knowledge {
    /// The engine always knows it.
    Always {
        /// The value that a pack's test takes where it gives none.
        usual: &'static str,
    },
    /// It can be unknown: a rule that reads it must say what that means.
    Sometimes {
        /// When it is.
        unknown_when: &'static str,
    },
}

/// The facts of one check. Each is known, with a value of its type, or unknown.
///
/// The default has every fact unknown. Facts hold no identifier of a person, so they may be shown
/// and recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Facts {
    known: u64,
    slots: [i64; COUNT],
}

impl Default for Facts {
    #[inline]
    fn default() -> Self {
        Self { known: 0, slots: [0; COUNT] }
    }
}

impl Facts {
    /// Facts with nothing known.
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// The raw value of a fact; `None` is unknown.
    #[inline]
    pub(crate) fn slot(&self, fact: Fact) -> Option<i64> {
        let at = fact as usize;
        if self.known >> at & 1 == 0 {
            return None;
        }
        self.slots.get(at).copied()
    }

    /// Makes a fact known; the caller has checked that `value` is of its type.
    #[inline]
    pub(crate) fn put(&mut self, fact: Fact, value: i64) {
        let at = fact as usize;
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = value;
            self.known |= 1 << at;
        }
    }

    /// Makes a fact unknown again.
    pub fn forget(&mut self, fact: Fact) {
        let at = fact as usize;
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = 0;
            self.known &= !(1 << at);
        }
    }

    /// Whether a fact is known.
    pub fn is_known(&self, fact: Fact) -> bool {
        self.slot(fact).is_some()
    }

    /// The known facts, in the order of their numbers.
    pub fn known(&self) -> impl Iterator<Item = Fact> + '_ {
        Fact::ALL.iter().copied().filter(|fact| self.is_known(*fact))
    }

    /// Facts that can never be unknown and yet are: a fault of whoever gathered them.
    ///
    /// Evaluation fails closed on a rule that reads one of these.
    pub fn missing(&self) -> impl Iterator<Item = Fact> + '_ {
        Fact::ALL.iter().copied().filter(|fact| {
            matches!(fact.knowledge(), Knowledge::Always { .. }) && !self.is_known(*fact)
        })
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for fact in self.known() {
            map.entry(&fact.name(), &self.text(fact).unwrap_or_default());
        }
        map.finish()
    }
}
