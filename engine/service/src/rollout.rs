//! Staging packs, bringing them into service step by step, and going back.

mod back;
mod read;

pub use back::BackTo;
pub use read::{ChangePage, RolloutView, StagedFigures};

use crate::{
    bundle::Bundle,
    engine::{Engine, TRIES, contended},
    error::ServiceError,
    packs::{
        InForce, InService, OnTrial,
        shadow::Shadow,
        start::{append_change, read_rollout},
        texts,
    },
    ports::{
        store::{Position, Store, StoreError},
        vault::Vault,
    },
    settings::Signing,
};
use simbind_core::{
    ids::CallerId,
    rollout::{
        Act, ApprovalStanding, Change, Ground, Nation, Origin, Past, Refusal, Rollout, Share, Why,
    },
};
use simbind_rules::{Diagnostic, PackSource, PacksHash};
use std::sync::Arc;

impl From<Refusal> for ServiceError {
    fn from(refused: Refusal) -> Self {
        Self::Refused(refused.to_string())
    }
}

/// Packs to stage.
#[derive(Clone, Debug)]
pub enum Offer {
    /// Their texts.
    Texts(Vec<PackSource>),
    /// A signed bundle's bytes.
    Bundle(Vec<u8>),
}

/// What became of packs to stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StagingOutcome {
    /// They do not compile or fail their tests. Nothing has changed.
    NotGood(Vec<Diagnostic>),
    /// They are staged.
    Staged {
        /// Their hash.
        packs: PacksHash,
        /// Whether a second person has to approve them before they have any effect.
        approval: ApprovalStanding,
        /// What is doubtful about them.
        warnings: Vec<Diagnostic>,
    },
}

/// How far staged packs are brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advance {
    /// Evaluated without effect.
    Shadow,
    /// They decide for a share of the certificates.
    Share(Share),
    /// They decide for all.
    All,
}

/// Who does something, and why.
#[derive(Clone, Debug)]
pub struct Deed<'a> {
    /// Who.
    pub by: &'a CallerId,
    /// Why.
    pub why: &'a Why,
}

/// What is in service while it is being changed.
struct Standing {
    rollout: Rollout,
    version: Option<Position>,
    force: Arc<InForce>,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Stages packs in place of those that were staged: from now on they are evaluated beside those
    /// in service, without effect.
    ///
    /// # Errors
    /// Where they are in service, are not signed as they have to be, come in an older bundle than
    /// was in service, or the store cannot be written; where others are being checked or too much
    /// new text was staged in a day, when to try again.
    pub async fn stage_packs(
        &self,
        deed: Deed<'_>,
        offer: Offer,
    ) -> Result<StagingOutcome, ServiceError> {
        let (sources, origin) = self.taken(offer)?;
        let packs = match self.packs.workshop().check(sources).await? {
            Ok(packs) => packs,
            Err(found) => return Ok(StagingOutcome::NotGood(found)),
        };
        let hash = packs.book.hash();
        self.prepare().await?;
        let _one = self.packs.changing.lock().await;
        for _ in 0..TRIES {
            let standing = self.standing().await?;
            let change = self.change_of(&deed, Act::Staged { origin }, hash);
            // What would be refused leaves no texts behind.
            let nation = standing.force.live.nation_beside(&packs);
            let after = standing.rollout.step(&change, self.ground(nation, Past::NeverLive))?;
            let bytes = texts::new_bytes(&*self.store, &packs).await?;
            let taken = self.packs.quota.take(bytes, self.now());
            taken.map_err(|retry_after| ServiceError::Busy { retry_after })?;
            texts::record(&*self.store, &packs).await?;
            if self.take(standing, change, after.clone(), Some(&packs)).await? == Taken::Done {
                let approval = after.approval(self.settings.packs.approval, nation);
                let warnings = packs.book.warnings().to_vec();
                return Ok(StagingOutcome::Staged { packs: hash, approval, warnings });
            }
        }
        Err(contended())
    }

    /// The packs of an offer, where its signature verifies or none is needed.
    fn taken(&self, offer: Offer) -> Result<(Vec<PackSource>, Origin), ServiceError> {
        let terms = &self.settings.packs;
        match offer {
            Offer::Texts(sources) if terms.signing == Signing::Optional => {
                Ok((sources, Origin::Texts))
            }
            Offer::Texts(_) => {
                Err(ServiceError::Refused("only signed bundles are taken here".into()))
            }
            Offer::Bundle(bytes) => {
                let opened = Bundle::open(&bytes, &terms.keys);
                let opened = opened.map_err(|error| ServiceError::invalid("bundle", error))?;
                let contents = opened.into_contents();
                let origin = Origin::Bundle(contents.version().get());
                Ok((contents.into_packs(), origin))
            }
        }
    }

    /// Approves the staged packs.
    ///
    /// # Errors
    /// Where others are staged, or the caller staged them, or the store cannot be written.
    pub async fn approve_packs(
        &self,
        deed: Deed<'_>,
        packs: PacksHash,
    ) -> Result<(), ServiceError> {
        self.step_staged(&deed, Act::Approved, packs).await.map(|_| ())
    }

    /// Brings the staged packs further, or back to a smaller share; the packs in service after it.
    ///
    /// # Errors
    /// Where others are staged, or an approval is missing, or the store cannot be written.
    pub async fn advance_packs(
        &self,
        deed: Deed<'_>,
        packs: PacksHash,
        to: Advance,
    ) -> Result<PacksHash, ServiceError> {
        let act = match to {
            Advance::Shadow => Act::Shadowed,
            Advance::Share(share) => Act::Shared(share),
            Advance::All => Act::Activated,
        };
        self.step_staged(&deed, act, packs).await
    }

    /// Takes the staged packs away.
    ///
    /// # Errors
    /// Where others are staged, or the store cannot be written.
    pub async fn withdraw_packs(
        &self,
        deed: Deed<'_>,
        packs: PacksHash,
    ) -> Result<(), ServiceError> {
        self.step_staged(&deed, Act::Withdrawn, packs).await.map(|_| ())
    }

    async fn step_staged(
        &self,
        deed: &Deed<'_>,
        act: Act,
        packs: PacksHash,
    ) -> Result<PacksHash, ServiceError> {
        self.prepare().await?;
        let _one = self.packs.changing.lock().await;
        for _ in 0..TRIES {
            let standing = self.standing().await?;
            let staged = standing.force.staged.as_ref().map(|trial| Arc::clone(&trial.packs));
            let nation = staged.as_ref().map(|staged| standing.force.live.nation_beside(staged));
            let change = self.change_of(deed, act, packs);
            let ground = self.ground(nation.unwrap_or(Nation::Differs), Past::NeverLive);
            let after = standing.rollout.step(&change, ground)?;
            let live = after.live().map_or(packs, |live| live.packs);
            if self.take(standing, change, after, staged.as_ref()).await? == Taken::Done {
                return Ok(live);
            }
        }
        Err(contended())
    }

    fn change_of(&self, deed: &Deed<'_>, act: Act, packs: PacksHash) -> Change {
        let (by, why) = (deed.by.clone(), deed.why.clone());
        Change { act, packs, by, at: self.now(), why }
    }

    const fn ground(&self, nation: Nation, past: Past) -> Ground {
        Ground { approval: self.settings.packs.approval, nation, past }
    }

    /// Writes a change and puts what follows from it in force. Nothing is awaited in between.
    async fn take(
        &self,
        standing: Standing,
        change: Change,
        after: Rollout,
        candidate: Option<&Arc<InService>>,
    ) -> Result<Taken, ServiceError> {
        let act = change.act;
        let version = match append_change(&*self.store, change, standing.version).await {
            Ok(version) => version,
            Err(StoreError::Conflict) => return Ok(Taken::Not),
            Err(error) => return Err(error.into()),
        };
        let before = &standing.force;
        let held = |hash: PacksHash| {
            let staged = before.staged.as_ref().map(|trial| &trial.packs);
            let mut held = candidate.into_iter().chain(staged).chain([&before.live]);
            held.find(|packs| packs.book.hash() == hash).cloned()
        };
        let live = after.live().and_then(|live| held(live.packs));
        let live = live.unwrap_or_else(|| Arc::clone(&before.live));
        if let Some(back) = after.before()
            && let Some(packs) = held(back).or_else(|| self.packs.workshop().kept(back))
        {
            self.packs.workshop().pin(back, Some(packs));
        }
        let staged = after.staged().and_then(|staged| {
            let packs = held(staged.version.packs)?;
            // The counts go on while the same two are compared.
            let same = before.staged.as_ref().filter(|trial| {
                let restaged = matches!(act, Act::Staged { .. });
                let same_live = before.live.book.hash() == live.book.hash();
                !restaged && same_live && trial.packs.book.hash() == staged.version.packs
            });
            let shadow = same.map(|trial| Arc::clone(&trial.shadow));
            let shadow = shadow.unwrap_or_else(|| Arc::new(Shadow::new(self.now())));
            Some(OnTrial { packs, stage: staged.stage, at: staged.version.at, shadow })
        });
        self.packs.put(InForce { version, live, staged });
        Ok(Taken::Done)
    }

    /// What is in service by the ledger. Where this engine does not know of the last change (it
    /// was broken off while it was written, or another engine made it), it follows first.
    async fn standing(&self) -> Result<Standing, ServiceError> {
        let (rollout, version) = read_rollout(&*self.store).await?;
        let force = self.packs.current();
        if version.unwrap_or_default() == force.version {
            return Ok(Standing { rollout, version, force });
        }
        let live = match rollout.live() {
            Some(live) => self.compiled_again(live.packs).await?,
            None => Arc::clone(&force.live),
        };
        let mut staged = None;
        if let Some(there) = rollout.staged() {
            let packs = self.compiled_again(there.version.packs).await?;
            let shadow = Arc::new(Shadow::new(self.now()));
            let nation = live.nation_beside(&packs);
            let stage = rollout.stage_in_effect(self.settings.packs.approval, nation);
            let at = there.version.at;
            staged = stage.map(|stage| OnTrial { packs, stage, at, shadow });
        }
        self.packs.put(InForce { version: version.unwrap_or_default(), live, staged });
        Ok(Standing { rollout, version, force: self.packs.current() })
    }

    /// Puts in force what the ledger says, where a change was broken off after it was written, and
    /// compiles what a rollback would go to. To be called every few seconds, and not waited for by
    /// anything else: it may compile.
    ///
    /// # Errors
    /// Where the store cannot be read or the packs do not compile.
    pub async fn follow_packs(&self) -> Result<(), ServiceError> {
        self.prepare().await?;
        {
            let _one = self.packs.changing.lock().await;
            self.standing().await?;
        }
        self.ready_to_return().await
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    Done,
    /// Another change came first.
    Not,
}
