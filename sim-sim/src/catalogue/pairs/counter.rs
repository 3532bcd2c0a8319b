//! Twins of the counter.

use super::Pair;

pub(super) const PAIRS: &[Pair] = &[];
