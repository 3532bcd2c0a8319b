//! A private PC/SC stack with sim-sim's card in it: see [`ReaderStack`].

mod outcome;
mod stack;

pub use outcome::Stacked;
pub use stack::{ReaderStack, Signal};
