use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// A distribution point of revocation lists (RFC 5280 section 4.2.1.13), known by the SHA-256 of
/// its name in one spelling: two that compare equal have one id. `Debug` shows the first two bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PointId([u8; 32]);

impl PointId {
    /// From a SHA-256 that was computed before.
    pub const fn from_sha256(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }

    /// The SHA-256.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for PointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, ..] = self.0;
        write!(f, "PointId({first:02x}{second:02x}…)")
    }
}

/// Which of its issuer's certificates a revocation list is about: all, or those of some
/// distribution points. `Debug` shows the first two bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ListScope([u8; 32]);

impl ListScope {
    /// Those of every point.
    pub const WHOLE: Self = Self([0; 32]);

    /// Those of these points; all where there are none. Their order makes no difference.
    pub fn of_points(points: &[PointId]) -> Self {
        if points.is_empty() {
            return Self::WHOLE;
        }
        let mut sorted = points.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let digest = sorted.iter().fold(Sha256::new(), |digest, id| digest.chain_update(id.0));
        Self(digest.finalize().into())
    }

    /// Whether it is all of them.
    pub fn is_whole(&self) -> bool {
        *self == Self::WHOLE
    }

    /// Its bytes: zeros for all.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// From its bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for ListScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, ..] = self.0;
        write!(f, "ListScope({first:02x}{second:02x}…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_its_points_in_any_order() {
        let [one, other] = [1, 2].map(|byte| PointId::from_sha256([byte; 32]));
        assert_eq!(ListScope::of_points(&[one, other]), ListScope::of_points(&[other, one, one]));
        assert_ne!(ListScope::of_points(&[one]), ListScope::of_points(&[one, other]));
        assert!(ListScope::of_points(&[]).is_whole());
        assert!(!ListScope::of_points(&[one]).is_whole());
    }
}
