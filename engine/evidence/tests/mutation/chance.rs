//! Which changes are tried.

use std::hash::{BuildHasher as _, RandomState};

/// How many changes of each sample the test command tries.
const USUAL: usize = 200;

/// A share of the changes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Share {
    /// Every one.
    All,
    /// So many of each sample, drawn by a seed.
    Some {
        /// How many.
        count: usize,
        /// What they are drawn by.
        seed: u64,
    },
}

impl Share {
    /// As the environment says.
    pub(crate) fn of_environment() -> Self {
        let said = |name: &str| std::env::var(name).ok();
        let count = match said("SIMBIND_MUTATIONS").as_deref() {
            Some("all") => return Self::All,
            Some(count) => count.parse().expect("SIMBIND_MUTATIONS is a number or `all`"),
            None => USUAL,
        };
        let seed = match said("SIMBIND_SEED") {
            Some(seed) => seed.parse().expect("SIMBIND_SEED is a number"),
            None => RandomState::new().hash_one("mutations"),
        };
        Self::Some { count, seed }
    }

    /// Those of `total` changes that are tried.
    pub(crate) fn of(self, total: usize) -> Vec<usize> {
        match self {
            Self::Some { count, seed } if count < total => {
                let mut chance = Chance(seed | 1);
                (0..count).map(|_| chance.below(total)).collect()
            }
            _ => (0..total).collect(),
        }
    }
}

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit).unwrap()).unwrap()
    }
}
