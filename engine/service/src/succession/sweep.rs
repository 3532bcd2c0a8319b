//! What is over by time is written so, that lists show it. Nothing waits for it: a check looks at
//! the time.

use crate::{
    engine::{Engine, engine_caller},
    error::ServiceError,
    ledger::{BindingChange, keys},
    ports::{
        store::{Direction, Key, Scan, Store},
        vault::Vault,
    },
};
use simbind_core::{
    binding::{Act, LifecycleReason, Refused, Source},
    ids::BindingId,
};

/// The most rows that one sweep looks at, of each kind.
const MOST: usize = 500;

impl<S: Store, V: Vault> Engine<S, V> {
    /// Writes down which bindings have been superseded or have expired by time, at most 500 of
    /// each; how many it wrote.
    ///
    /// # Errors
    /// Where the store cannot be read or written.
    pub async fn sweep(&self) -> Result<usize, ServiceError> {
        let mut swept = 0;
        for id in self.past(keys::overlaps()?).await? {
            swept += usize::from(self.sweep_one(id, Act::Supersede).await?);
        }
        for id in self.past(keys::ends()?).await? {
            swept += usize::from(self.sweep_one(id, Act::Expire).await?);
        }
        Ok(swept)
    }

    async fn past(&self, prefix: Key) -> Result<Vec<BindingId>, ServiceError> {
        let now = self.now();
        let scan = Scan { prefix, after: None, rows: MOST, direction: Direction::Ascending };
        let page = self.store.scan(scan).await?;
        let timed = page.rows.iter().filter_map(|(key, _)| keys::past(key));
        Ok(timed.take_while(|(at, _)| *at <= now).map(|(_, id)| id).collect())
    }

    async fn sweep_one(&self, id: BindingId, act: Act) -> Result<bool, ServiceError> {
        let change = match act {
            Act::Supersede => BindingChange::Superseded,
            _ => BindingChange::Expired,
        };
        let written = self
            .change(&engine_caller()?, id, change, |binding, now| {
                let why = match (act, binding.succeeded) {
                    (Act::Supersede, Some(by)) if now >= by.until => by.why,
                    (Act::Supersede, _) => return Err(Refused::NotExpired.into()),
                    _ => LifecycleReason::Time,
                };
                Ok(binding.apply(act, why, &Source::Engine, now)?)
            })
            .await;
        match written {
            Ok(_) => Ok(true),
            // Somebody else ended it meanwhile, or its person was erased.
            Err(ServiceError::Refused(_) | ServiceError::NotFound(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
