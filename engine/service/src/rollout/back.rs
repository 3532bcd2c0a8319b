//! Going back to packs that were in service before.

use super::{Deed, Standing, Taken};
use crate::{
    engine::{Engine, TRIES, contended},
    error::ServiceError,
    ledger::{OnceLiveRow, decode_row, keys},
    packs::{
        InService,
        start::{RENAMED, append_change, own_change, read_rollout},
        texts,
    },
    ports::{
        store::{Store, StoreError},
        vault::Vault,
    },
};
use simbind_core::rollout::{Act, Origin, Past, Refusal, Rollback};
use simbind_rules::PacksHash;
use std::sync::Arc;

/// Where a rollback goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackTo {
    /// The version before the one in service.
    Before,
    /// A version that was once in service.
    Packs(PacksHash),
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Leaves the packs in service, and puts earlier ones in service again, at once and for all;
    /// the packs in service after it. What is staged waits beside them without effect. The same
    /// once more is answered as done.
    ///
    /// # Errors
    /// Where the packs to leave are not in service any more, or the others were never, or two
    /// persons have to agree, or the store cannot be read or written.
    pub async fn roll_back_packs(
        &self,
        deed: Deed<'_>,
        leaving: PacksHash,
        to: BackTo,
    ) -> Result<PacksHash, ServiceError> {
        let target = match to {
            BackTo::Before => None,
            BackTo::Packs(packs) => Some(packs),
        };
        for _ in 0..TRIES {
            let (rollout, _) = read_rollout(&*self.store).await?;
            let named = match rollout.rollback(leaving, target)? {
                Rollback::To(packs) | Rollback::Done(packs) => packs,
            };
            let Some(origin) = self.once_live(named).await? else {
                return Err(Refusal::NeverLive.into());
            };
            // Nobody waits for the compiler but this caller.
            let packs = self.compiled_again(named).await?;
            self.prepare().await?;
            let _one = self.packs.changing.lock().await;
            let mut standing = self.standing().await?;
            match standing.rollout.rollback(leaving, target)? {
                Rollback::Done(live) => return Ok(live),
                Rollback::To(now) if now == named => {}
                Rollback::To(_) => continue,
            }
            let hash = packs.book.hash();
            if hash != named {
                if !self.rename(&standing, named, &packs).await? {
                    continue;
                }
                standing = self.standing().await?;
            }
            let nation = standing.force.live.nation_beside(&packs);
            let change = self.change_of(&deed, Act::RolledBack { origin }, hash);
            let after = standing.rollout.step(&change, self.ground(nation, Past::OnceLive))?;
            if self.take(standing, change, after, Some(&packs)).await? == Taken::Done {
                return Ok(hash);
            }
        }
        Err(contended())
    }

    /// How packs came that were once in service; `None` for those that never were.
    async fn once_live(&self, packs: PacksHash) -> Result<Option<Origin>, ServiceError> {
        // Before there were shares, the ledger held the texts of those alone that were in service.
        let wanted = [keys::once_live(&packs.0)?, keys::packs(&packs.0)?];
        let found = self.store.read(&wanted).await?;
        let [marked, whole] = &*found.values else { return Ok(None) };
        match (marked, whole) {
            (Some(row), _) => Ok(Some(decode_row::<OnceLiveRow>(&row.value)?.origin)),
            (None, Some(_)) => Ok(Some(Origin::Texts)),
            (None, None) => Ok(None),
        }
    }

    /// Compiles what the ledger names and this engine does not hold, before anybody has to wait.
    pub(super) async fn prepare(&self) -> Result<(), ServiceError> {
        let (rollout, version) = read_rollout(&*self.store).await?;
        if version.unwrap_or_default() == self.packs.current().version {
            return Ok(());
        }
        let live = rollout.live().map(|live| live.packs);
        let staged = rollout.staged().map(|staged| staged.version.packs);
        for packs in live.into_iter().chain(staged) {
            self.compiled_again(packs).await?;
        }
        Ok(())
    }

    /// Keeps at hand what a rollback goes to.
    pub(super) async fn ready_to_return(&self) -> Result<(), ServiceError> {
        let (rollout, _) = read_rollout(&*self.store).await?;
        let workshop = self.packs.workshop();
        let Some(before) = rollout.before().filter(|before| !workshop.is_pinned(*before)) else {
            return Ok(());
        };
        match self.compiled_again(before).await {
            Ok(packs) => workshop.pin(before, Some(packs)),
            Err(error @ (ServiceError::Refused(_) | ServiceError::NotFound(_))) => {
                tracing::error!(packs = %before, %error, "the packs before those in service cannot be gone back to");
                workshop.pin(before, None);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Earlier packs, compiled by this version of the program.
    pub(super) async fn compiled_again(
        &self,
        hash: PacksHash,
    ) -> Result<Arc<InService>, ServiceError> {
        if let Some(kept) = self.packs.workshop().kept(hash) {
            return Ok(kept);
        }
        let sources = texts::sources_of(&*self.store, hash).await?;
        let sources = sources.ok_or(ServiceError::NotFound("packs"))?;
        self.packs.workshop().compile_to_return(hash, sources).await?.map_err(|found| {
            let first = found.first().map(ToString::to_string).unwrap_or_default();
            ServiceError::Refused(format!(
                "these packs do not compile with this version of simbind: {first}"
            ))
        })
    }

    /// Tells the ledger that the same texts have another hash now; whether nothing came between.
    async fn rename(
        &self,
        standing: &Standing,
        was: PacksHash,
        packs: &Arc<InService>,
    ) -> Result<bool, ServiceError> {
        texts::record(&*self.store, packs).await?;
        let change = own_change(Act::Renamed { was }, packs.book.hash(), self.now(), RENAMED)?;
        match append_change(&*self.store, change, standing.version).await {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
