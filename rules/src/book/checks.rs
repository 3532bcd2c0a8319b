//! Rules that say nothing: dead ones, and those that another rule always covers.

mod chain;
mod sketch;

#[cfg(test)]
mod tests;

use super::{Layer, RuleBook};
use crate::diagnostic::Problems;
use crate::pack::PackDoc;
use chain::Standing;

/// Rules that are asked about the facts of another, in one book: tens of nanoseconds each.
const MOST_ASKED: usize = 16_000_000;
/// Pairs of rules for which covering is proved or refuted by diagrams, in one book.
const MOST_PROOFS: usize = 4_096;

/// Rules that are looked at, in one book; one that a chain has otherwise than the chain above
/// counts anew. A rule costs some hundred microseconds.
const MOST_SKETCHED: usize = 16_384;

/// What the checks of one book may still cost. What is not looked at is not found.
struct Budget {
    sketched: usize,
    asked: usize,
    proofs: usize,
}

impl Budget {
    const fn of_a_book() -> Self {
        Self { sketched: MOST_SKETCHED, asked: MOST_ASKED, proofs: MOST_PROOFS }
    }
}

/// Notes dead and covered rules along each chain of a book that is otherwise in order.
pub(super) fn check(book: &RuleBook, docs: &[Option<PackDoc>], problems: &mut [Problems<'_>]) {
    within(book, docs, Budget::of_a_book(), problems);
}

fn within(
    book: &RuleBook,
    docs: &[Option<PackDoc>],
    mut budget: Budget,
    problems: &mut [Problems<'_>],
) {
    let mut done: Vec<Option<Standing<'_>>> = book.packs.iter().map(|_| None).collect();
    // A chain looks at what it changes of the chain above, so that one comes first.
    for layer in [Layer::Nation, Layer::Carrier, Layer::Mvno] {
        for (at, pack) in book.packs.iter().enumerate().filter(|(_, pack)| pack.layer == layer) {
            let above = pack.extends.as_ref().and_then(|id| {
                let above = book.packs.iter().position(|pack| pack.id == *id)?;
                done.get(above)?.as_ref()
            });
            let (Some(Some(doc)), Some(problems)) = (docs.get(at), problems.get_mut(at)) else {
                continue;
            };
            let Some(standing) = Standing::of(book, at, above, &mut budget) else { continue };
            standing.check(doc, &mut budget, problems);
            // Only a chain that others stand on is looked at again.
            let parent = book.packs.iter().any(|lower| lower.extends.as_ref() == Some(&pack.id));
            if let Some(slot) = done.get_mut(at).filter(|_| parent) {
                *slot = Some(standing);
            }
        }
    }
}
