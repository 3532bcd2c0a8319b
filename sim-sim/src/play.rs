//! Plays a scenario: enrols everybody, lets the days pass, and takes the day tick by tick.

mod actor;
mod calls;
mod check;
mod enrol;
mod event;
mod feed;
mod issuer;
mod pace;
mod runner;
#[cfg(test)]
mod tests;

pub(crate) use check::audience;
pub use runner::{PlayError, Progress, play};
