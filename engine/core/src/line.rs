//! Lines: what carriers say of a SIM, the history it makes, and how a feed stands.

mod announce;
mod change;
mod consequence;
mod event;
mod feed;
mod history;
mod view;

#[cfg(test)]
pub(crate) mod tests;

pub use announce::{Announcement, Announcements, AtCounter, Awaited, NotAnnounced};
pub use change::Change;
pub(crate) use change::gravity;
pub use consequence::{Consequence, Effect, Reopening, consequence, hears, reopening};
pub(crate) use consequence::{arrives, since};
pub use event::{EventKind, LineName, ReissueCause, SimEvent, SuspensionCause};
pub use feed::{Feed, FeedTerms};
pub use history::{LineHistory, Observed, Recorded, Told};
pub use view::{LineView, Loaner, Sighting};
