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
mod near;
mod scan;
mod set;
mod terms;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use smallvec::SmallVec;

use self::layout::{Live, Segment};
use self::near::Near;
use super::Armed;
use super::outcome::{Fired, FiredRule};
use crate::facts::Facts;

/// The rules of one chain for one kind of check, ready for the hot path.
///
/// It lies in few lines of memory, from the start of one: of many tenants, a check seldom meets
/// the one before.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Plan {
    /// The rows of the last part, if they are few.
    near: Option<Near>,
    parts: SmallVec<[Part; 2]>,
}

/// Rules laid out together, and which of them stand here.
#[derive(Clone, Debug)]
struct Part {
    segment: Arc<Segment>,
    /// A bit for each term that stands.
    live: Live,
}

impl Plan {
    /// The plan of these rules; `above` is that of the chain which this one stands on.
    pub(super) fn new(rules: &[Armed], above: Option<&Self>) -> Self {
        let mut parts: SmallVec<[Part; 2]> = SmallVec::new();
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
            let live = segment.all();
            parts.push(Part { segment: Arc::new(segment), live });
        }
        let last = parts.last();
        let near = last.and_then(|part| Near::of(&part.segment, &part.live));
        Self { near, parts }
    }

    /// Puts the rules that speak into `fired`, in the chain's order. `None` where a slot holds no
    /// value of its fact's type, which only the tree can tell; `fired` then says nothing.
    #[inline]
    pub(super) fn ask(&self, facts: &Facts, fired: &mut Fired) -> Option<()> {
        let Some((last, above)) = self.parts.split_last() else { return Some(()) };
        if above.is_empty() {
            return self.scan_last(last, facts, &mut |_, spoke| fired.push(spoke));
        }
        let mut merge = Merge { fired, places: SmallVec::new() };
        let mut sink = |place, spoke| merge.put(place, spoke);
        // Its memory comes while the rows above, which all tenants share, are read.
        self.scan_last(last, facts, &mut sink)?;
        above.iter().try_for_each(|part| part.segment.scan(&part.live, facts, &mut sink))
    }

    #[inline]
    fn scan_last(
        &self,
        last: &Part,
        facts: &Facts,
        said: &mut impl FnMut(u32, FiredRule),
    ) -> Option<()> {
        match &self.near {
            Some(near) => near.scan(&last.segment, facts, said),
            None => last.segment.scan(&last.live, facts, said),
        }
    }
}

/// Rules that speak, put in order by their places.
struct Merge<'f> {
    fired: &'f mut Fired,
    places: SmallVec<[u32; 16]>,
}

impl Merge<'_> {
    #[inline]
    fn put(&mut self, place: u32, spoke: FiredRule) {
        let after = self.places.iter().rev().take_while(|other| **other > place).count();
        if after == 0 {
            self.places.push(place);
            self.fired.push(spoke);
        } else {
            let at = self.places.len() - after;
            self.places.insert(at, place);
            self.fired.insert(at, spoke);
        }
    }
}
