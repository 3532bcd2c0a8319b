//! Rules that say nothing: dead ones, and those that another rule always covers.

mod chain;
mod sketch;

#[cfg(test)]
pub(super) mod tests;

use super::{Layer, RuleBook};
use crate::diagnostic::Problems;
use crate::pack::PackDoc;
use crate::space::Steps;
use chain::Standing;

/// Steps for the checks of one book, about a second. The packs that ship take a fortieth, and 2,000
/// small rules half.
const STEPS: u64 = 80_000_000;

/// Rules of which the steps did not suffice to say anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Unproved {
    /// It is not known whether they can speak.
    alive: usize,
    /// It is not known whether another covers them.
    uncovered: usize,
}

impl Unproved {
    fn note(self, doc: &PackDoc, problems: &mut Problems<'_>) {
        let Self { alive, uncovered } = self;
        if alive + uncovered > 0 {
            let message = format!(
                "not all rules are proved: of {alive} it is not known whether they can ever speak, \
                 of {uncovered} whether others cover them; proofs about the rules of a book have \
                 a bound"
            );
            problems.warn(&doc.id.span, message);
        }
    }
}

/// Notes dead and covered rules along each chain of a book that is otherwise in order.
pub(super) fn check(book: &RuleBook, docs: &[Option<PackDoc>], problems: &mut [Problems<'_>]) {
    within(book, docs, &Steps::new(STEPS), problems);
}

fn within(book: &RuleBook, docs: &[Option<PackDoc>], steps: &Steps, problems: &mut [Problems<'_>]) {
    let mut done: Vec<Option<Standing<'_, '_>>> = book.packs.iter().map(|_| None).collect();
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
            let Ok(standing) = Standing::of(book, at, above, steps) else {
                let all = doc.rules.len();
                Unproved { alive: all, uncovered: all }.note(doc, problems);
                continue;
            };
            standing.check(doc, problems).note(doc, problems);
            // Only a chain that others stand on is looked at again.
            let parent = book.packs.iter().any(|lower| lower.extends.as_ref() == Some(&pack.id));
            if let Some(slot) = done.get_mut(at).filter(|_| parent) {
                *slot = Some(standing);
            }
        }
    }
}
