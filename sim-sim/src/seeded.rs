//! Randomness that a seed decides.

use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;
use sha2::{Digest as _, Sha256};

/// A generator for one purpose: the same seed, purpose and number give the same values, and no
/// other purpose's values move when it draws more.
pub(crate) fn generator(seed: u64, purpose: &str, number: u64) -> ChaCha20Rng {
    let mut hash = Sha256::new();
    hash.update(b"sim-sim");
    hash.update(seed.to_be_bytes());
    hash.update(number.to_be_bytes());
    hash.update(purpose.as_bytes());
    ChaCha20Rng::from_seed(hash.finalize().into())
}
