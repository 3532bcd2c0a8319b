//! Twins of states of a binding, and the PIN.

use super::Pair;

pub(super) const PAIRS: &[Pair] = &[];
