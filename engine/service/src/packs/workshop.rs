//! Compiles packs beside the checks, and keeps what was compiled.

#[cfg(test)]
mod tests;

use super::{Found, InService, check};
use crate::{error::ServiceError, limits::LimitPool, ports::clock::Clock};
use parking_lot::Mutex;
use simbind_rules::{Diagnostic, PackSource, PacksHash, RuleBook};
use std::{sync::Arc, time::Duration};
use tokio::sync::OwnedMutexGuard;

/// The most versions of the packs that are kept compiled, beside those that are in use.
const MOST_COMPILED: usize = 8;
/// When to stage again where others are being checked.
const AFTER_ANOTHER: Duration = Duration::from_secs(5);

/// Packs that compiled, or all that is wrong with them.
pub(super) type Compiled = Result<Arc<InService>, Vec<Diagnostic>>;

/// Held while packs are compiled: one thread is busy with it at a time.
type Lane = Arc<tokio::sync::Mutex<()>>;

/// Compiles packs, and keeps what it compiled. Whoever goes back never waits for those who stage or
/// look at old decisions.
pub(crate) struct Workshop {
    limits: Arc<LimitPool>,
    /// By the hash that they are asked for under, which an earlier version of the program may have
    /// given them. The newest last.
    compiled: Mutex<Vec<(PacksHash, Arc<InService>)>>,
    /// The packs that a rollback goes to; without them, where they cannot be used.
    before: Mutex<Option<(PacksHash, Option<Arc<InService>>)>>,
    staging: Lane,
    recalling: Lane,
    returning: Lane,
}

impl Workshop {
    pub(super) fn new(clock: &Arc<dyn Clock>, most_keys: usize) -> Self {
        Self {
            limits: Arc::new(LimitPool::new(clock, most_keys)),
            compiled: Mutex::default(),
            before: Mutex::default(),
            staging: Lane::default(),
            recalling: Lane::default(),
            returning: Lane::default(),
        }
    }

    pub(super) fn forget_rested(&self) {
        self.limits.forget_rested();
    }

    pub(crate) fn kept(&self, hash: PacksHash) -> Option<Arc<InService>> {
        if let Some((before, Some(packs))) = &*self.before.lock()
            && *before == hash
        {
            return Some(Arc::clone(packs));
        }
        let mut compiled = self.compiled.lock();
        let at = compiled.iter().position(|(kept, _)| *kept == hash)?;
        let (_, found) = compiled.remove(at);
        compiled.push((hash, Arc::clone(&found)));
        Some(found)
    }

    pub(super) fn keep(&self, hash: PacksHash, packs: &Arc<InService>) {
        let mut compiled = self.compiled.lock();
        compiled.retain(|(kept, _)| *kept != hash);
        compiled.push((hash, Arc::clone(packs)));
        let over = compiled.len().saturating_sub(MOST_COMPILED);
        compiled.drain(..over);
    }

    /// Keeps the packs that a rollback goes to, however many others are compiled after them;
    /// `None` where they cannot be used.
    pub(crate) fn pin(&self, before: PacksHash, packs: Option<Arc<InService>>) {
        *self.before.lock() = Some((before, packs));
    }

    /// Whether it is known what a rollback goes to.
    pub(crate) fn is_pinned(&self, before: PacksHash) -> bool {
        self.before.lock().as_ref().is_some_and(|(pinned, _)| *pinned == before)
    }

    async fn compile(
        &self,
        sources: Vec<PackSource>,
        found: Found,
        lane: OwnedMutexGuard<()>,
    ) -> Result<Compiled, ServiceError> {
        let limits = Arc::clone(&self.limits);
        let compiling = tokio::task::spawn_blocking(move || {
            // Held to the end of the work, also where nobody waits for it any more.
            let _lane = lane;
            let book = match found {
                Found::Good => check(&sources)?,
                Found::GoodBefore => RuleBook::compile_unchecked(&sources)?,
            };
            Ok(Arc::new(InService::new(book, sources, found, &limits)))
        });
        let compiled = compiling
            .await
            .map_err(|_| ServiceError::unavailable("the compiler of packs panicked"))?;
        if let Ok(packs) = &compiled {
            self.keep(packs.hash(), packs);
        }
        Ok(compiled)
    }

    /// Compiles packs of old decisions.
    pub(crate) async fn compile_again(
        &self,
        sources: Vec<PackSource>,
    ) -> Result<Compiled, ServiceError> {
        let lane = Arc::clone(&self.recalling).lock_owned().await;
        self.compile(sources, Found::GoodBefore, lane).await
    }

    /// Compiles packs that are to be in service again.
    pub(crate) async fn compile_to_return(
        &self,
        hash: PacksHash,
        sources: Vec<PackSource>,
    ) -> Result<Compiled, ServiceError> {
        let lane = Arc::clone(&self.returning).lock_owned().await;
        // Another may have compiled them meanwhile.
        match self.kept(hash) {
            Some(kept) => Ok(Ok(kept)),
            None => self.compile(sources, Found::GoodBefore, lane).await,
        }
    }

    /// Compiles packs and runs their tests, where that was not done lately.
    ///
    /// # Errors
    /// Where others are being checked.
    pub(crate) async fn check(&self, sources: Vec<PackSource>) -> Result<Compiled, ServiceError> {
        let alike = |kept: &&Arc<InService>| kept.found == Found::Good && kept.sources == sources;
        let known = self.compiled.lock().iter().map(|(_, kept)| kept).find(alike).map(Arc::clone);
        if let Some(known) = known {
            return Ok(Ok(known));
        }
        let lane = Arc::clone(&self.staging).try_lock_owned();
        let lane = lane.map_err(|_| ServiceError::Busy { retry_after: AFTER_ANOTHER })?;
        self.compile(sources, Found::Good, lane).await
    }
}
