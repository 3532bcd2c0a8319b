//! A private PC/SC stack with sim-sim's card in it: see [`ReaderStack`].

mod outcome;
mod stack;

pub use outcome::{Stacked, no_reader_stack};
pub use stack::{ReaderStack, Signal};
