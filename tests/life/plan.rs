//! In which waves of calls the server is killed.

use rand::{Rng as _, SeedableRng as _, seq::index};
use rand_chacha::ChaCha20Rng;
use std::collections::BTreeSet;

/// How often the server is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kills {
    /// After every wave.
    All,
    /// After so many, drawn by the seed.
    Some(usize),
}

/// What happens to a wave of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Its replies go back.
    Nothing,
    /// The server is killed while it works on them, after so many milliseconds.
    Within(u64),
    /// The server has done them all, and is killed before a reply is read.
    After,
}

/// The waves that are cut.
#[derive(Debug)]
pub(crate) struct Plan {
    /// `None`: all of them.
    waves: Option<BTreeSet<usize>>,
    rng: ChaCha20Rng,
}

impl Plan {
    pub(crate) fn of(kills: Kills, waves: usize, seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let waves = match kills {
            Kills::All => None,
            Kills::Some(most) => {
                Some(index::sample(&mut rng, waves, most.min(waves)).into_iter().collect())
            }
        };
        Self { waves, rng }
    }

    pub(crate) fn cut(&mut self, wave: usize) -> Cut {
        if self.waves.as_ref().is_some_and(|waves| !waves.contains(&wave)) {
            return Cut::Nothing;
        }
        match self.rng.random_range(0..3) {
            0 => Cut::Within(self.rng.random_range(0..12)),
            _ => Cut::After,
        }
    }
}
