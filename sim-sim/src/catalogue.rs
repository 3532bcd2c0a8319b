//! The kinds of use and of attack that a run can play, what must come of each, and which of them
//! are twins. The engine never sees which is which.
//!
//! To add a flow of a part (`counter`, `events`, `life`, `platform`, `registry`, `state`, `succession`):
//!
//! 1. Its kinds: one honest and at least one hostile line in `catalogue/kinds.rs`, under the
//!    part's heading, and the first in `[honest]`, the second in `[attacks]` of
//!    `scenarios/day.toml`.
//! 2. The pair, with the observation in which the two differ: `catalogue/pairs/<part>.rs`. Where
//!    there is none, the honest kind is `Ambiguous`, and the pair stands in the table of
//!    `ARCHITECTURE.md`.
//! 3. What the kinds do: `story/<part>.rs`. Its `story` writes the steps and says whether the kind
//!    was one of its own. Steps of a new sort are variants of its `Act`, wrapped as
//!    `Action::<Part>(Act)`; the first one removes the `expect(dead_code)` there.
//! 4. How a step of the new sort is done, by which calls: `play/<part>.rs`. What a person has to
//!    remember between steps is a field of `Actor`; a new service is a client in `play/calls.rs`.

mod kinds;
pub mod pairs;

pub use kinds::Kind;

use simbind_proto::v1::Edge;

/// On whose side a kind stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The owner, in an ordinary way. Must be allowed.
    Honest,
    /// Someone else. Must be denied or stepped up.
    Attack,
    /// The owner, whose certificate the issuer stopped at the owner's word. Must be denied for that,
    /// and no harm is done.
    Barred,
    /// The owner, in a way that no observation tells from a thief's. Must be stepped up or denied
    /// like the thief's.
    Ambiguous,
}

/// What a kind needs of a run to be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing.
    Nothing,
    /// A clock that can be moved.
    Time,
    /// A clock that can be moved by weeks: longer than a day's scenario.
    Weeks,
    /// Callers that the engine can tell apart.
    Callers,
    /// A server that hears from the issuer how certificates stand.
    Status,
    /// A registry of models that stands for the rest of the run.
    Registry,
    /// Carriers whose platforms are played, and a clock that can be moved.
    Platform,
}

/// What is known of a kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Its name in scenarios and reports.
    pub(crate) name: &'static str,
    pub(crate) side: Side,
    /// Who does what, in words.
    pub(crate) words: &'static str,
    /// An attack must be stopped with one of these edges named,
    pub(crate) edges: &'static [Edge],
    /// or for one of these reasons.
    pub(crate) reasons: &'static [&'static str],
    pub(crate) needs: Needs,
}
