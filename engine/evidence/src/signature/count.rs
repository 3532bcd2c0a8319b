//! How many signatures were verified, for tests that say what is verified and what is not.

use std::cell::Cell;

thread_local! {
    static VERIFIED: Cell<u64> = const { Cell::new(0) };
}

pub(super) fn one() {
    VERIFIED.with(|verified| verified.set(verified.get().wrapping_add(1)));
}

/// How many signatures this thread has verified so far, good or not.
pub fn so_far() -> u64 {
    VERIFIED.with(Cell::get)
}
