//! What came of each pair of twins.

use super::{
    counts::{Counts, Totals},
    table::fresh,
};
use crate::catalogue::{
    Kind, Side,
    pairs::{Observation, Pair, pairs},
};
use serde::Serialize;

/// Whether a run shows of a pair what it must.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Showing {
    /// The verdicts differ and the thief is never allowed; or, where nothing tells the two apart,
    /// both get the same and neither is allowed.
    Holds,
    /// They do not.
    Fails,
    /// One of the two was not played.
    NotPlayed,
}

/// A pair and how its two ended.
#[derive(Clone, Copy, Debug)]
pub struct Twins {
    /// The pair.
    pub pair: &'static Pair,
    /// The owner's checks.
    pub honest: Counts,
    /// The thief's.
    pub fraud: Counts,
}

impl Twins {
    /// Whether the pair shows what it must.
    pub const fn showing(&self) -> Showing {
        let (honest, fraud) = (&self.honest, &self.fraud);
        if honest.total == 0 || fraud.total == 0 {
            return Showing::NotPlayed;
        }
        let stopped = fraud.stopped() == fraud.total;
        let holds = match self.pair.observation {
            // An owner may be asked for more now and then, by rules that mean somebody else.
            Observation::Differs(_) => {
                stopped && honest.denied == 0 && honest.allowed * 2 > honest.total
            }
            Observation::None => {
                let same = (honest.denied == 0) == (fraud.denied == 0)
                    && (honest.stepped_up == 0) == (fraud.stepped_up == 0);
                stopped && honest.stopped() == honest.total && same
            }
        };
        if holds { Showing::Holds } else { Showing::Fails }
    }
}

impl Totals {
    /// Each pair of the catalogue, and how its two ended.
    pub fn twins(&self) -> impl Iterator<Item = Twins> {
        let of = |kind: Kind| self.of_kind(kind);
        pairs().map(move |pair| Twins { pair, honest: of(pair.honest), fraud: of(pair.fraud) })
    }

    fn of_kind(&self, kind: Kind) -> Counts {
        let group = match kind.side() {
            Side::Honest => &self.honest,
            Side::Attack => &self.attacks,
            Side::Barred => &self.barred,
            Side::Ambiguous => &self.ambiguous,
        };
        group.by_kind.get(kind.name()).copied().unwrap_or_default()
    }
}

/// All pairs as a table for people.
pub fn pairs_table() -> String {
    let mut table = fresh(["both", "owner", "thief", "differ in that, of the owner,"]);
    for pair in pairs() {
        let words = match pair.observation {
            Observation::Differs(words) => words,
            Observation::None => "(nothing: same verdict, never an allow)",
        };
        table.add_row([pair.flow, pair.honest.name(), pair.fraud.name(), words]);
    }
    table.to_string()
}

/// All pairs as one line of JSON: `flow`, `honest`, `fraud`, and `observation` (null for none).
pub fn pairs_json() -> String {
    serde_json::to_string(&pairs().collect::<Vec<_>>()).unwrap_or_default()
}
