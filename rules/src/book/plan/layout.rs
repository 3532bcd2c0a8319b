//! Rules laid out as columns of rows of bits.

use smallvec::{SmallVec, smallvec};

use super::super::{Armed, OnUnknown};
use super::scan::{Column, Read, Said, Speech, Table, Tables};
use super::set::Set;
use super::terms::{Fit, Key, Term, Terms};
use crate::facts::{Fact, FactType};

/// Terms of one condition, most first: what is tried until the rows fit.
const MOST_TERMS: [usize; 3] = [32, 4, 1];
/// Words in the rows of one segment.
const MOST_WORDS: usize = 1 << 18;
/// Columns of one segment: every fact, and so many pairs of facts.
pub(super) const MOST_COLUMNS: usize = 64;

const _: () = assert!(Fact::ALL.len() < MOST_COLUMNS);

/// A bit for each term that stands.
pub(super) type Live = SmallVec<[u64; 4]>;

/// Rules laid out together.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) columns: Box<[Column]>,
    /// Where the columns of numbers are cut.
    pub(super) cuts: Box<[i64]>,
    pub(super) tables: Tables,
    /// The rule of each term.
    pub(super) rule_of: Box<[u16]>,
    pub(super) rules: Box<[Said]>,
    /// The rules themselves, beside `rules`.
    pub(super) armed: Box<[Armed]>,
}

impl Segment {
    /// Lays out rules, each with its place in the chain, ascending.
    pub(super) fn new(rules: &[(u32, &Armed)]) -> Self {
        let tries = MOST_TERMS.iter().map(|most| Draft::new(rules, Some(*most)));
        let fitting = tries.into_iter().find(|draft| draft.words() <= MOST_WORDS);
        fitting.unwrap_or_else(|| Draft::new(rules, None)).finish(rules)
    }

    /// The mask of all terms.
    pub(super) fn all(&self) -> Live {
        let mut live: Live = smallvec![0; self.tables.words()];
        (0..self.rule_of.len()).for_each(|term| set_bit(&mut live, term));
        live
    }

    /// The terms of `live` whose rule stands unchanged among `rules`; their places are noted.
    pub(super) fn standing(&self, live: &[u64], rules: &[Armed], inherited: &mut [bool]) -> Live {
        let mut left: Live = live.into();
        for (term, rule) in self.rule_of.iter().enumerate() {
            if !has_bit(live, term) {
                continue;
            }
            let at = usize::from(*rule);
            let (Some(said), Some(armed)) = (self.rules.get(at), self.armed.get(at)) else {
                continue;
            };
            let place = usize::try_from(said.place).unwrap_or(usize::MAX);
            if rules.get(place).is_some_and(|rule| rule.is(armed)) {
                inherited.get_mut(place).into_iter().for_each(|mark| *mark = true);
            } else {
                clear_bit(&mut left, term);
            }
        }
        left
    }

    /// How many rules are left to their trees.
    #[cfg(test)]
    pub(super) fn walked(&self) -> u64 {
        self.rules.iter().map(|said| u64::from(matches!(said.speech, Speech::Walk))).sum()
    }
}

/// Terms and the columns that they need.
struct Draft {
    terms: Vec<(u16, Term)>,
    fits: Vec<Fit>,
    keys: Vec<Key>,
}

impl Draft {
    /// At most `most` terms for each rule; `None` leaves every rule to its tree.
    fn new(rules: &[(u32, &Armed)], most: Option<usize>) -> Self {
        let mut draft = Self { terms: Vec::new(), fits: Vec::new(), keys: Vec::new() };
        for ((_, armed), number) in rules.iter().zip(0_u16..) {
            let mut terms = most.map_or_else(Terms::nothing, |most| Terms::of(&armed.cond, most));
            for term in &mut terms.any {
                let before = term.len();
                term.retain(|(key, _)| draft.has(*key));
                if term.len() < before {
                    terms.fit = Fit::Wider;
                }
            }
            draft.fits.push(terms.fit);
            draft.terms.extend(terms.any.into_iter().map(|term| (number, term)));
        }
        // Alike beside alike: a processor then foresees how each is read.
        draft.keys.sort_unstable_by_key(|key| (key.is_number(), *key));
        draft
    }

    fn has(&mut self, key: Key) -> bool {
        if self.keys.contains(&key) {
            return true;
        }
        let room = match key {
            Key::One(_) => true,
            Key::Two(..) => {
                let pairs = self.keys.iter().filter(|key| matches!(key, Key::Two(..))).count();
                pairs < MOST_COLUMNS - Fact::ALL.len()
            }
        };
        if room {
            self.keys.push(key);
        }
        room
    }

    fn sets(&self, key: Key) -> impl Iterator<Item = (usize, &Set)> {
        self.terms.iter().enumerate().filter_map(move |(number, (_, term))| {
            let at = term.binary_search_by_key(&key, |(key, _)| *key).ok()?;
            Some((number, &term.get(at)?.1))
        })
    }

    /// Where a fact's numbers are cut.
    fn cuts(&self, key: Key) -> Vec<i64> {
        let sets = self.sets(key);
        let mut cuts: Vec<i64> = sets.flat_map(|(_, set)| set.changes().to_vec()).collect();
        cuts.sort_unstable();
        cuts.dedup();
        cuts
    }

    /// A number of each piece that a key's values are cut into.
    fn pieces(&self, key: Key) -> Vec<i64> {
        match key {
            Key::Two(..) => vec![0, 1, 2],
            Key::One(fact) => match fact.ty() {
                FactType::Enum(of) => (0..).take(of.variants.len()).collect(),
                FactType::Bool => vec![0, 1],
                FactType::Duration | FactType::Int => {
                    let cuts = self.cuts(key);
                    let least = cuts.first().map_or(0, |cut| cut.saturating_sub(1));
                    std::iter::once(least).chain(cuts).collect()
                }
            },
        }
    }

    /// Words that the rows will have, at least.
    fn words(&self) -> usize {
        let rows: usize = self.keys.iter().map(|key| self.pieces(*key).len() + 1).sum();
        rows.saturating_mul(self.terms.len().div_ceil(64))
    }

    /// The row of the terms that are silent where they are unknown.
    fn silent(&self, rules: &[(u32, &Armed)], words: usize) -> Vec<u64> {
        let mut silent = vec![0; words];
        for (term, (rule, _)) in self.terms.iter().enumerate() {
            let unknown = rules.get(usize::from(*rule)).map(|(_, armed)| &armed.unknown);
            if matches!(unknown, Some(OnUnknown::Silent)) {
                set_bit(&mut silent, term);
            }
        }
        silent
    }

    fn finish(self, rules: &[(u32, &Armed)]) -> Segment {
        let words = self.terms.len().div_ceil(64).max(1);
        let mut columns = Vec::new();
        let mut all_cuts = Vec::new();
        let mut rows: Vec<Vec<u64>> = vec![self.silent(rules, words)];
        for key in &self.keys {
            let pieces = self.pieces(*key);
            let first = rows.len();
            // A piece's row begins with every term and loses those that the piece makes false.
            rows.extend(pieces.iter().map(|_| vec![u64::MAX; words]));
            let mut reads = vec![0; words];
            for (term, set) in self.sets(*key) {
                set_bit(&mut reads, term);
                for (row, piece) in rows.iter_mut().skip(first).zip(&pieces) {
                    if !set.contains(*piece) {
                        clear_bit(row, term);
                    }
                }
            }
            rows.push(reads);
            let read = match key {
                Key::Two(left, right) => Read::Order(*left, *right),
                Key::One(fact) => match fact.ty() {
                    FactType::Enum(_) | FactType::Bool => Read::Name(*fact),
                    FactType::Duration | FactType::Int => Read::Number(*fact),
                },
            };
            let cuts = narrow(all_cuts.len());
            if matches!(read, Read::Number(_)) {
                all_cuts.extend(self.cuts(*key));
            }
            let pieces = narrow(pieces.len());
            columns.push(Column { read, first: narrow(first), pieces, cuts });
        }
        let said: Vec<Said> = rules
            .iter()
            .zip(&self.fits)
            .map(|((place, armed), fit)| Said::new(*place, armed, *fit))
            .collect();
        Segment {
            columns: columns.into(),
            cuts: all_cuts.into(),
            tables: Tables::new(words, &rows),
            rule_of: self.terms.iter().map(|(rule, _)| *rule).collect(),
            rules: said.into(),
            armed: rules.iter().map(|(_, armed)| (*armed).clone()).collect(),
        }
    }
}

impl Tables {
    /// Rows of `words` words, as wide as a pass takes at once.
    fn new(words: usize, rows: &[Vec<u64>]) -> Self {
        match words {
            0 | 1 => Self::One(Table::new(1, rows)),
            2 => Self::Two(Table::new(1, rows)),
            3 | 4 => Self::Four(Table::new(1, rows)),
            _ => Self::Eight(Table::new(words.div_ceil(8), rows)),
        }
    }
}

impl<const W: usize> Table<W> {
    fn new(blocks: usize, rows: &[Vec<u64>]) -> Self {
        let block = |row: &[u64], at: usize| -> [u64; W] {
            std::array::from_fn(|word| row.get(at * W + word).copied().unwrap_or_default())
        };
        let each = |row: &Vec<u64>| (0..blocks).map(|at| block(row, at)).collect::<Vec<_>>();
        Self { blocks, rows: rows.iter().flat_map(each).collect() }
    }
}

impl Said {
    fn new(place: u32, armed: &Armed, fit: Fit) -> Self {
        let speech = if fit == Fit::Exact { Speech::of(armed) } else { Speech::Walk };
        Self { place, speech }
    }
}

/// Rows and cuts are fewer than the words of a segment, which are bounded.
fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn set_bit(words: &mut [u64], bit: usize) {
    words.get_mut(bit / 64).into_iter().for_each(|word| *word |= 1 << (bit % 64));
}

fn clear_bit(words: &mut [u64], bit: usize) {
    words.get_mut(bit / 64).into_iter().for_each(|word| *word &= !(1 << (bit % 64)));
}

fn has_bit(words: &[u64], bit: usize) -> bool {
    words.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
}
