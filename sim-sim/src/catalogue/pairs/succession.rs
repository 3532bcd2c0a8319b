//! Twins of renewals and changes.

use super::Pair;

pub(super) const PAIRS: &[Pair] = &[];
