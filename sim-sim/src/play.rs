//! Plays a scenario: enrols everybody, lets the days pass, and takes the day tick by tick.

mod actor;
mod calls;
mod check;
mod counter;
mod enrol;
mod event;
mod events;
mod feed;
mod issuer;
mod life;
mod pace;
mod platform;
mod registry;
mod runner;
mod state;
mod succession;
#[cfg(test)]
mod tests;

pub(crate) use check::audience;
pub use counter::{CompareError, Compared, Walk, compare};
pub use runner::{PlayError, Progress, play};
