//! Which facts can stand together. Not every combination is a check that could happen.
//!
//! Each law holds of whatever `simbind-core` gathers; a test there asserts it of random checks. The
//! laws say what facts exclude, not what must be known: unknown also stands for what a test or a
//! file of facts does not give, so it is excluded only beside a fact that is known together with
//! it. Whoever reasons over facts leaves out what a law excludes, and may meet a combination that
//! never happens, but misses none that does.

mod laws;

use super::{Fact, Facts};
use crate::verdict::CheckKind;

use Part::{Is, Known, Unknown, Zero};

pub use laws::WORLDS;

/// Facts that say what was asked, by whom and of which binding, rather than what was found.
pub(crate) const GIVEN: [Fact; 6] = [
    Fact::BindingState,
    Fact::BindingKeyHome,
    Fact::BindingPlatform,
    Fact::CheckChannel,
    Fact::RelyingPartySensitivity,
    Fact::ReaderProfile,
];

/// What is said of one fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It is one of these values.
    Is(Fact, &'static [&'static str]),
    /// It is known.
    Known(Fact),
    /// It is unknown.
    Unknown(Fact),
    /// It is a number, and nought.
    Zero(Fact),
}

impl Part {
    /// The fact.
    pub const fn fact(&self) -> Fact {
        match self {
            Is(fact, _) | Known(fact) | Unknown(fact) | Zero(fact) => *fact,
        }
    }

    /// Whether it holds where the fact has this raw value; `None` is unknown.
    pub(crate) fn admits(&self, slot: Option<i64>) -> bool {
        match self {
            Is(fact, names) => match fact.ty() {
                super::FactType::Enum(of) => {
                    slot.and_then(|slot| of.name_at(slot)).is_some_and(|name| names.contains(&name))
                }
                _ => false,
            },
            Known(_) => slot.is_some(),
            Unknown(_) => slot.is_none(),
            Zero(_) => slot == Some(0),
        }
    }
}

/// What a law asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// Where every one of the first holds, every one of the second does.
    If(&'static [Part], &'static [Part]),
    /// These facts are all known or all unknown.
    Together(&'static [Fact]),
}

/// One law that facts keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorldLaw {
    /// The law in words.
    pub says: &'static str,
    /// The kind of check that it is of; both where none is named.
    pub on: Option<CheckKind>,
    /// The law.
    pub law: Law,
}

impl WorldLaw {
    /// Whether the facts of a check keep this law.
    pub fn holds(&self, kind: CheckKind, facts: &Facts) -> bool {
        let all = |parts: &[Part]| parts.iter().all(|part| part.admits(facts.slot(part.fact())));
        if self.on.is_some_and(|on| on != kind) {
            return true;
        }
        match self.law {
            Law::If(when, then) => !all(when) || all(then),
            Law::Together(of) => {
                let known = of.iter().filter(|fact| facts.is_known(**fact)).count();
                known == 0 || known == of.len()
            }
        }
    }
}
