//! From the nearest facts to a witness that both books confirm.

use super::report::{Compared, Told, Witness};
use crate::book::Armed;
use crate::book::evaluate::judge;
use crate::book::verdicts::bits;
use crate::facts::{Fact, Facts, usual_facts_of};
use crate::verdict::CheckKind;

/// The rules of one kind on both sides.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub(super) kind: CheckKind,
    pub(super) old: &'a [Armed],
    pub(super) new: &'a [Armed],
}

/// Which difference is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Any,
    Milder,
    Stricter,
    Reasons,
}

impl Sides<'_> {
    /// Asks both sides and gives a witness if they differ as asked.
    pub(super) fn confirm(self, facts: Facts, asked: Asked, smallest: bool) -> Option<Witness> {
        let told = |rules| {
            let outcome = judge(rules, &facts);
            Told { verdict: outcome.verdict, reasons: outcome.reasons.to_vec() }
        };
        let (old, new) = (told(self.old), told(self.new));
        let (a, b) = (bits(old.verdict), bits(new.verdict));
        let right = match asked {
            Asked::Any => a != b,
            Asked::Milder => a != b && a & b == a,
            Asked::Stricter => a != b && a & b == b,
            Asked::Reasons => {
                old.reasons.iter().any(|reason| !new.reasons.contains(reason))
                    || new.reasons.iter().any(|reason| !old.reasons.contains(reason))
            }
        };
        let usual = usual_facts_of(self.kind);
        let given = Fact::ALL.iter().filter(|fact| facts.slot(**fact) != usual.slot(**fact));
        let given = given.filter_map(|fact| Some((*fact, facts.text(*fact)?))).collect();
        right.then_some(Witness { kind: self.kind, given, facts, old, new, smallest })
    }

    /// What a search came to: nothing found is a proof, and what does not confirm says nothing.
    pub(super) fn compared(
        self,
        found: Result<Option<Facts>, impl Sized>,
        asked: Asked,
        smallest: bool,
    ) -> Compared {
        match found {
            Ok(None) => Compared::Same,
            Ok(Some(facts)) => match self.confirm(facts, asked, smallest) {
                Some(witness) => Compared::Differ(Box::new(witness)),
                None => Compared::NotProved,
            },
            Err(_) => Compared::NotProved,
        }
    }
}
