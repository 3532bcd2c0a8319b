//! The kinds of use and of attack that a run can play, and what must come of each. The engine
//! never sees which is which.

mod kinds;

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
    /// Callers that the engine can tell apart.
    Callers,
    /// A server that hears from the issuer how certificates stand.
    Status,
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
