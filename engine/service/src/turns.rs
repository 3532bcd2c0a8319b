//! How much long work of analysts and help desks is done at once, beside the checks.

use crate::error::ServiceError;
use std::{sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Pieces of one kind of work that are done at once.
const AT_ONCE: usize = 2;
/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// When to try again, where others were before.
const AFTER_OTHERS: Duration = Duration::from_secs(1);

/// The turns that there are.
pub(crate) struct Turns {
    free: Arc<Semaphore>,
    patience: Duration,
}

/// A turn. It is free again when this is dropped.
pub(crate) struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl Turns {
    pub(crate) fn new() -> Self {
        Self { free: Arc::new(Semaphore::new(AT_ONCE)), patience: PATIENCE }
    }

    /// Waits for a turn.
    pub(crate) async fn take(&self) -> Result<Turn, ServiceError> {
        let taken = tokio::time::timeout(self.patience, self.free.clone().acquire_owned()).await;
        let permit = taken.ok().and_then(Result::ok);
        let permit = permit.ok_or(ServiceError::Busy { retry_after: AFTER_OTHERS })?;
        Ok(Turn { _permit: permit })
    }
}

impl Turn {
    /// Works on a thread for that, so that checks keep theirs. The turn ends with the work, also
    /// where nobody waits for it any more.
    pub(crate) async fn work<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ServiceError> {
        let work = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(self);
            done
        });
        work.await.map_err(|_| ServiceError::unavailable("the work was given up"))
    }
}

#[cfg(test)]
mod tests {
    use super::{AT_ONCE, Turns};
    use crate::error::ServiceError;
    use std::time::Duration;

    #[tokio::test]
    async fn one_more_than_there_are_turns_is_told_to_come_again_until_a_turn_is_free() {
        let turns = Turns { patience: Duration::ZERO, ..Turns::new() };
        let mut taken = Vec::new();
        for _ in 0..AT_ONCE {
            taken.push(turns.take().await.unwrap());
        }
        assert!(matches!(turns.take().await, Err(ServiceError::Busy { .. })));
        taken.pop();
        assert!(turns.take().await.is_ok());
    }
}
