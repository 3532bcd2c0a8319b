//! The plan of a chain: its conditions laid out so that one pass over the facts answers them all.
//!
//! A condition is put as an "or" of terms, and a term as an "and" of atoms, each of which says that
//! the value of one fact lies in a set. Kleene's logic is a distributive lattice with an involution,
//! so distribution and De Morgan's laws change nothing; the excluded middle does not hold and is
//! not used. Each fact's values are cut where some atom's answer changes, and each piece has a row
//! with a bit for every term that the piece does not make false. The rows of a check's facts,
//! "and"ed, leave the terms that hold or are unknown; the terms that read an unknown fact are the
//! unknown ones among them.
//!
//! A chain's plan is made of parts. A lower chain has the parts of the chain above, with the terms
//! of the rules that it changes masked out, and a part of its own for those and for its own rules.

mod layout;
mod scan;
mod set;
mod terms;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use smallvec::SmallVec;

use self::layout::Segment;
use super::Armed;
use super::evaluate::conclude;
use super::outcome::{FiredRule, Outcome};
use crate::facts::Facts;

/// The rules of one chain for one kind of check, ready for the hot path.
#[derive(Debug)]
pub(super) struct Plan {
    parts: Box<[Part]>,
    order: Order,
}

/// Rules laid out together, and which of them stand here.
#[derive(Clone, Debug)]
struct Part {
    segment: Arc<Segment>,
    /// A bit for each term that stands.
    live: Arc<[u64]>,
}

/// Whether the parts, one after the other, give the rules in the chain's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Parts,
    Mixed,
}

impl Plan {
    /// The plan of these rules; `above` is that of the chain which this one stands on.
    pub(super) fn new(rules: &[Armed], above: Option<&Self>) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        let mut inherited = vec![false; rules.len()];
        for part in above.map_or(&[][..], |above| &above.parts) {
            let live = part.segment.standing(&part.live, rules, &mut inherited);
            parts.push(Part { segment: Arc::clone(&part.segment), live });
        }
        let own: Vec<(u32, &Armed)> = (0..)
            .zip(rules)
            .zip(&inherited)
            .filter(|(_, inherited)| !**inherited)
            .map(|(numbered, _)| numbered)
            .collect();
        if !own.is_empty() {
            let segment = Segment::new(&own);
            let live = segment.all().into();
            parts.push(Part { segment: Arc::new(segment), live });
        }
        let mixed = parts.windows(2).any(|pair| match pair {
            [before, after] => before.segment.last() > after.segment.first(),
            _ => false,
        });
        Self { parts: parts.into(), order: if mixed { Order::Mixed } else { Order::Parts } }
    }

    /// What the rules say together; `None` where a slot holds no value of its fact's type, which
    /// only the tree can tell.
    #[inline]
    pub(super) fn judge(&self, facts: &Facts) -> Option<Outcome> {
        Some(conclude(self.fired(facts)?))
    }

    /// The rules that speak, in the chain's order.
    #[inline]
    pub(super) fn fired(&self, facts: &Facts) -> Option<SmallVec<[FiredRule; 4]>> {
        match self.order {
            Order::Parts => {
                let mut fired = SmallVec::new();
                for part in &self.parts {
                    part.segment.scan(&part.live, facts, &mut |_, spoke| fired.push(spoke))?;
                }
                Some(fired)
            }
            Order::Mixed => self.fired_mixed(facts),
        }
    }

    fn fired_mixed(&self, facts: &Facts) -> Option<SmallVec<[FiredRule; 4]>> {
        let mut placed: SmallVec<[(u32, FiredRule); 8]> = SmallVec::new();
        for part in &self.parts {
            part.segment
                .scan(&part.live, facts, &mut |place, spoke| placed.push((place, spoke)))?;
        }
        placed.sort_unstable_by_key(|(place, _)| *place);
        Some(placed.into_iter().map(|(_, spoke)| spoke).collect())
    }
}
