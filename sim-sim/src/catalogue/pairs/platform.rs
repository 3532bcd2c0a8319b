//! Twins of the carriers' platforms.

use super::Pair;

pub(super) const PAIRS: &[Pair] = &[];
