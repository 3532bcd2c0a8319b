//! The terms of a binding's life, layer on layer.

use super::{ChainId, RuleBook};
use crate::diagnostic::Problems;
use crate::life::{LifeTerms, Term, Terms};
use crate::pack::{Applies, PackDoc};

/// A term of another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifeChange {
    /// Its key in `[life]`.
    pub term: &'static str,
    /// Its old value in words.
    pub old: String,
    /// Its new value in words.
    pub new: String,
}

/// Takes over what a pack says on the terms that stand above it: below the nation, only what is
/// stricter.
pub(super) fn apply(doc: &PackDoc, terms: &mut Terms, problems: &mut Problems<'_>) {
    let free = matches!(doc.applies, Applies::Country(_));
    for (term, value) in &doc.life.terms {
        let (above, own) = (terms.get(*term), value.value);
        let more_is_softer = term.shape().more_is_softer;
        let softer = if more_is_softer { own > above } else { own < above };
        if softer && !free {
            let bound = if more_is_softer { "at most" } else { "at least" };
            let message = format!(
                "a pack below the nation's only tightens: `{}` is {bound} {} here",
                term.key(),
                term.words(above)
            );
            problems.add(&value.span, message);
            continue;
        }
        if own == above && !free {
            problems.warn(&value.span, "this is the value that stands above already");
        }
        terms.set(*term, own);
    }
}

impl RuleBook {
    /// The terms of a binding's life in a chain.
    pub fn life(&self, chain: ChainId) -> LifeTerms {
        let chain = self.chains.get(usize::from(chain.0));
        chain.map_or_else(LifeTerms::default, |chain| chain.life.typed())
    }
}

/// The terms that are not the same.
pub(super) fn changes(old: &Terms, new: &Terms) -> Vec<LifeChange> {
    let differ = Term::ALL.into_iter().filter(|term| old.get(*term) != new.get(*term));
    differ
        .map(|term| LifeChange {
            term: term.key(),
            old: term.words(old.get(term)),
            new: term.words(new.get(term)),
        })
        .collect()
}
