//! Twins of handsets and readers.

use super::Pair;

pub(super) const PAIRS: &[Pair] = &[];
