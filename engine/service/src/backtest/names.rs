//! Names as small numbers, and what is counted under each.

use super::tally::{Count, Shift, Shifts};
use std::{collections::HashMap, sync::Arc};

/// The most names of one list. What goes beyond is counted together.
const MOST: usize = 4096;
/// What stands for all that go beyond.
const OTHERS: &str = "(others)";

/// Changed decisions by a name.
#[derive(Debug, Default)]
pub(super) struct Names {
    numbers: HashMap<Arc<str>, usize>,
    counted: Vec<(Arc<str>, Shifts)>,
}

impl Names {
    /// The number of a name, and the name.
    pub(super) fn number(&mut self, name: &str) -> (usize, Arc<str>) {
        if let Some((known, number)) = self.numbers.get_key_value(name) {
            return (*number, Arc::clone(known));
        }
        let text: Arc<str> = name.into();
        if self.counted.len() >= MOST {
            return (self.others(), text);
        }
        let number = self.counted.len();
        self.numbers.insert(Arc::clone(&text), number);
        self.counted.push((Arc::clone(&text), Shifts::default()));
        (number, text)
    }

    fn others(&mut self) -> usize {
        if self.counted.len() == MOST {
            self.counted.push((OTHERS.into(), Shifts::default()));
        }
        MOST
    }

    /// Counts a decision under a number.
    pub(super) fn count(&mut self, number: usize, shift: Shift) {
        if let Some((_, shifts)) = self.counted.get_mut(number) {
            shifts.add(shift);
        }
    }

    /// All that was counted, the most first.
    pub(super) fn counts(&self) -> Vec<Count> {
        let each = |(name, shifts): &(Arc<str>, Shifts)| shifts.counts(name).collect::<Vec<_>>();
        let mut counts: Vec<Count> = self.counted.iter().flat_map(each).collect();
        counts.sort_by(|a, b| b.decisions.cmp(&a.decisions).then_with(|| a.name.cmp(&b.name)));
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use simbind_rules::Severity;

    #[test]
    fn names_beyond_the_bound_are_counted_together() {
        let mut names = Names::default();
        let shift = Shift { was: Severity::Allow, becomes: Severity::Deny };
        for name in 0..MOST + 10 {
            let (number, text) = names.number(&format!("reader:{name}"));
            assert_eq!(&*text, format!("reader:{name}"));
            names.count(number, shift);
        }
        let counts = names.counts();
        assert_eq!(counts.len(), MOST + 1);
        assert_eq!((&*counts[0].name, counts[0].decisions), (OTHERS, 10));
    }
}
