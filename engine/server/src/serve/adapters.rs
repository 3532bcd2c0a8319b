//! The adapters behind the engine's ports: clock, randomness, store and vault.

use super::ServeError;
use crate::config::Config;
use ring::rand::{SecureRandom, SystemRandom};
use simbind_core::time::Timestamp;
use simbind_service::{
    ledger::IndexProjection,
    ports::clock::{Clock, Entropy, NoEntropy},
};
use simbind_store::{
    EmbeddedStore, FileVault, MasterKey, OnProgress, Progress, Stage, StoreConfig, VaultConfig,
};
use std::{
    io::IsTerminal as _,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};
use zeroize::Zeroizing;

/// The system's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock adapter")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The system's randomness.
#[derive(Debug)]
pub struct SystemEntropy(SystemRandom);

impl Default for SystemEntropy {
    fn default() -> Self {
        Self(SystemRandom::new())
    }
}

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        self.0.fill(bytes).map_err(|_| NoEntropy)
    }
}

pub(super) struct Opened {
    pub(super) store: Arc<EmbeddedStore>,
    pub(super) vault: Arc<FileVault>,
    pub(super) challenge_key: Zeroizing<[u8; 32]>,
}

/// Opens vault and store in the data folder. Blocks a thread of its own while it rebuilds.
pub(super) async fn open(config: &Config, clock: Arc<dyn Clock>) -> Result<Opened, ServeError> {
    let data = config.data.clone();
    let store = StoreConfig {
        queue: config.limits.ledger_queue,
        segment_bytes: config.store.segment_bytes,
        cache_bytes: config.store.cache_bytes,
        ..StoreConfig::new(data.join("store"))
    };
    let opening = tokio::task::spawn_blocking(move || {
        let made = std::fs::create_dir_all(&data);
        made.map_err(|source| ServeError::File {
            path: data.display().to_string(),
            why: source.to_string(),
        })?;
        let mut fresh = Zeroizing::new([0; 32]);
        let filled = SystemEntropy::default().fill(&mut *fresh);
        filled.map_err(simbind_service::ServiceError::from)?;
        let master = MasterKey::load_or_create(&data.join("master.key"), fresh)?;
        let challenge_key = master.challenge_key();
        let vault = FileVault::open(VaultConfig::new(data.join("keys")), master)?;
        let vault = Arc::new(vault);
        let projection = Arc::new(IndexProjection::new(Arc::clone(&vault)));
        let now = move || clock.now();
        let store = EmbeddedStore::open(store, projection, Arc::new(now), progress())?;
        report(&store);
        Ok(Opened { store: Arc::new(store), vault, challenge_key })
    });
    opening.await.unwrap_or_else(|_| {
        let what =
            simbind_service::ServiceError::Unavailable { why: "opening the store panicked".into() };
        Err(what.into())
    })
}

fn report(store: &EmbeddedStore) {
    let found = store.opening();
    if found.state_torn + found.decisions_torn > 0 {
        tracing::warn!(
            state = found.state_torn,
            decisions = found.decisions_torn,
            "bytes after the last commit were cut: what they held was never acknowledged"
        );
    }
    if let Some(why) = &found.rebuilt {
        tracing::warn!(?why, "the index was made anew from the ledgers");
    }
}

/// Shows how far a long start has come: a line that is written over on a terminal, a log line a
/// tenth elsewhere.
fn progress() -> OnProgress {
    let bar = indicatif::ProgressBar::hidden();
    if std::io::stderr().is_terminal() {
        bar.set_draw_target(indicatif::ProgressDrawTarget::stderr_with_hz(5));
    }
    Arc::new(move |progress: Progress| {
        let Progress { stage, done, total } = progress;
        bar.set_length(total.max(done));
        bar.set_message(words(stage));
        bar.set_position(done);
        if total > 0 && done >= total {
            bar.reset();
        }
        let tenth = total / 10;
        if tenth > 100_000 && done % tenth == 0 {
            tracing::info!(stage = words(stage), done, total, "opening the store");
        }
    })
}

const fn words(stage: Stage) -> &'static str {
    match stage {
        Stage::Verify(_) => "verifying a ledger",
        Stage::Check => "checking the index",
        Stage::Load => "loading a snapshot",
        Stage::Apply(_) => "applying a ledger",
    }
}
