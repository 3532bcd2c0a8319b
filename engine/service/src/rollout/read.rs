//! How the rollout stands, and what was changed.

use crate::{
    engine::Engine,
    error::ServiceError,
    ledger::{decode_row, keys},
    packs::ShadowReport,
    ports::{
        store::{Direction, Position, Scan, Store},
        vault::Vault,
    },
};
use simbind_core::rollout::{ApprovalStanding, Change, Rollout, Stage};

/// How the rollout stands.
#[derive(Clone, Debug)]
pub struct RolloutView {
    /// What is in service and what is staged.
    pub rollout: Rollout,
    /// Whether a second person has to approve the staged packs.
    pub approval: ApprovalStanding,
    /// How the answers of the staged packs differ from those in service.
    pub shadow: Option<ShadowReport>,
}

/// How the staged packs stand, in figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StagedFigures {
    /// How far they are.
    pub stage: Stage,
    /// Checks that were answered by both since they were staged.
    pub checks: u64,
    /// Those whose verdicts differ.
    pub differ: u64,
}

/// Changes, newest first, and where the next page begins.
#[derive(Clone, Debug)]
pub struct ChangePage {
    /// The changes.
    pub changes: Vec<Change>,
    /// The position of the last, where there may be more.
    pub next: Option<Position>,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// How the rollout stands.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn rollout(&self) -> Result<RolloutView, ServiceError> {
        self.prepare().await?;
        let _one = self.packs.changing.lock().await;
        let standing = self.standing().await?;
        let trial = standing.force.staged.as_ref();
        let nation = trial.map(|trial| standing.force.live.nation_beside(&trial.packs));
        let required = self.settings.packs.approval;
        let approval = nation
            .map_or(ApprovalStanding::Enough, |nation| standing.rollout.approval(required, nation));
        let shadow = trial.map(|trial| trial.shadow.report());
        Ok(RolloutView { rollout: standing.rollout, approval, shadow })
    }

    /// How the staged packs stand, in figures; `None` where none are.
    pub fn staged_figures(&self) -> Option<StagedFigures> {
        let force = self.packs.current();
        let trial = force.staged.as_ref()?;
        let (checks, differ) = trial.shadow.totals();
        Some(StagedFigures { stage: trial.stage, checks, differ })
    }

    /// The changes of what is in service or staged, newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn pack_changes(
        &self,
        after: Option<Position>,
        rows: usize,
    ) -> Result<ChangePage, ServiceError> {
        let after = after.map(keys::pack_change).transpose()?;
        let direction = Direction::Descending;
        let scan = Scan { prefix: keys::pack_changes()?, after, rows, direction };
        let page = self.store.scan(scan).await?;
        let changes = page.rows.iter().map(|(_, row)| decode_row(&row.value));
        let changes = changes.collect::<Result<_, _>>()?;
        let last = page.rows.last().filter(|_| page.next.is_some());
        Ok(ChangePage { changes, next: last.map(|(_, row)| row.version) })
    }
}
