//! Twins of what carriers tell.

use super::Pair;

pub(super) const PAIRS: &[Pair] = &[];
