//! How packs come into service and go: one version is live, at most one is staged, and every change
//! is a step that is permitted or refused.

mod back;
mod change;
mod refusal;
mod text;

#[cfg(test)]
mod tests;

pub use back::Rollback;
pub use change::{Act, Change, Origin, Share, ShareError, Stage};
pub use refusal::Refusal;
pub use text::{Why, WhyError};

use crate::{ids::CallerId, time::Timestamp};
use back::Back;
use serde::{Deserialize, Serialize};
use simbind_rules::PacksHash;

/// How many versions one can go back step by step; earlier ones are named by their hash.
const MOST_EARLIER: usize = 32;
/// The most approvals that are kept of one staging.
const MOST_APPROVALS: usize = 16;

/// A version of the packs, and who brought it where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The packs.
    pub packs: PacksHash,
    /// How they came here.
    pub origin: Origin,
    /// Who staged them, or put them in service.
    pub by: CallerId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: Why,
}

/// A staged version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staged {
    /// The version.
    pub version: Version,
    /// How far it is.
    pub stage: Stage,
    /// Who approved it, the stager never among them.
    pub approved_by: Vec<CallerId>,
}

/// Who decides which packs are in service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Guided {
    /// Nobody has changed them yet: those of the configuration are.
    #[default]
    ByConfiguration,
    /// The last that was done was to put new ones in service.
    ByActivation,
    /// The last that was done was to take earlier ones back.
    ByRollback,
}

/// Which packs are in service, which are staged, and which were in service before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollout {
    live: Option<Version>,
    staged: Option<Staged>,
    earlier: Vec<PacksHash>,
    guided: Guided,
    highest: Option<(u64, PacksHash)>,
    back: Option<Back>,
}

/// Who has to agree to a change of the nation's pack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NationalApproval {
    /// Whoever makes it is enough.
    #[default]
    OnePerson,
    /// A second person approves it before it has any effect.
    TwoPersons,
}

/// Whether a change touches the nation's pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nation {
    /// The nation's pack stays as it is.
    Same,
    /// The nation's pack becomes another.
    Differs,
}

/// Whether packs were ever in service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Past {
    /// They were in service for all.
    OnceLive,
    /// They never were.
    NeverLive,
}

/// What a step is judged by, beside the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ground {
    /// Who has to agree to a change of the nation's pack.
    pub approval: NationalApproval,
    /// What the step's packs are beside those in service.
    pub nation: Nation,
    /// Whether the step's packs were ever in service.
    pub past: Past,
}

/// Whether a second person has to approve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalStanding {
    /// None is needed, or it is there.
    Enough,
    /// It is needed, and nobody has approved.
    Missing,
}

impl Rollout {
    /// The version in service; `None` before the first start is recorded.
    pub const fn live(&self) -> Option<&Version> {
        self.live.as_ref()
    }

    /// The staged version.
    pub const fn staged(&self) -> Option<&Staged> {
        self.staged.as_ref()
    }

    /// The version that a rollback without a name goes to.
    pub fn before(&self) -> Option<PacksHash> {
        self.earlier.last().copied()
    }

    /// Who decides which packs are in service.
    pub const fn guided(&self) -> Guided {
        self.guided
    }

    /// The highest version of a bundle that was ever put in service, and its packs.
    pub const fn highest_bundle(&self) -> Option<(u64, PacksHash)> {
        self.highest
    }

    /// Whether the staged packs lack an approval.
    pub fn approval(&self, approval: NationalApproval, nation: Nation) -> ApprovalStanding {
        let approved = self.staged.as_ref().is_some_and(|staged| !staged.approved_by.is_empty());
        match (approval, nation) {
            (NationalApproval::TwoPersons, Nation::Differs) if !approved => {
                ApprovalStanding::Missing
            }
            _ => ApprovalStanding::Enough,
        }
    }

    /// How far the staged packs are in effect: a share that nobody has approved, where somebody has
    /// to, has none.
    pub fn stage_in_effect(&self, approval: NationalApproval, nation: Nation) -> Option<Stage> {
        let staged = self.staged.as_ref()?;
        Some(match self.approval(approval, nation) {
            ApprovalStanding::Enough => staged.stage,
            ApprovalStanding::Missing => Stage::Shadow,
        })
    }

    /// The state after a change, where that is permitted.
    ///
    /// # Errors
    /// Why it is not.
    pub fn step(&self, change: &Change, ground: Ground) -> Result<Self, Refusal> {
        self.permit(change, ground)?;
        Ok(self.after(change))
    }

    fn permit(&self, change: &Change, ground: Ground) -> Result<(), Refusal> {
        match change.act {
            Act::Configured { .. } => match self.guided {
                Guided::ByConfiguration => Ok(()),
                Guided::ByActivation | Guided::ByRollback => Err(Refusal::NotByConfiguration),
            },
            Act::Recovered { .. } | Act::Renamed { .. } => Ok(()),
            Act::Staged { origin } => self.permit_staging(change, origin),
            Act::Approved => self.permit_approval(change),
            Act::Shadowed | Act::Withdrawn => self.named(change).map(|_| ()),
            Act::Shared(_) | Act::Activated => {
                self.named(change)?;
                match self.approval(ground.approval, ground.nation) {
                    ApprovalStanding::Enough => Ok(()),
                    ApprovalStanding::Missing => Err(Refusal::ApprovalMissing),
                }
            }
            Act::RolledBack { .. } => self.permit_rollback(change.packs, ground),
        }
    }

    fn permit_staging(&self, change: &Change, origin: Origin) -> Result<(), Refusal> {
        if self.live.as_ref().is_some_and(|live| live.packs == change.packs) {
            return Err(Refusal::AlreadyLive);
        }
        match (origin, self.highest) {
            (Origin::Bundle(version), Some((highest, packs)))
                if version < highest || (version == highest && packs != change.packs) =>
            {
                Err(Refusal::OldBundle { version, highest })
            }
            _ => Ok(()),
        }
    }

    fn permit_approval(&self, change: &Change) -> Result<(), Refusal> {
        let staged = self.named(change)?;
        if staged.version.by == change.by {
            return Err(Refusal::OwnStaging);
        }
        if staged.approved_by.contains(&change.by) || staged.approved_by.len() >= MOST_APPROVALS {
            return Err(Refusal::AlreadyApproved);
        }
        Ok(())
    }

    /// Going back by one step right after an activation is the emergency, and one person's. Any
    /// other way to another pack of the nation is a change like any.
    fn permit_rollback(&self, to: PacksHash, ground: Ground) -> Result<(), Refusal> {
        if self.live.as_ref().is_some_and(|live| live.packs == to) {
            return Err(Refusal::AlreadyLive);
        }
        if ground.past == Past::NeverLive {
            return Err(Refusal::NeverLive);
        }
        let one_step = self.before() == Some(to) && self.guided == Guided::ByActivation;
        match (ground.approval, ground.nation) {
            (NationalApproval::TwoPersons, Nation::Differs) if !one_step => {
                Err(Refusal::StageInstead)
            }
            _ => Ok(()),
        }
    }

    /// The staged version, where the change names it.
    fn named(&self, change: &Change) -> Result<&Staged, Refusal> {
        let staged = self.staged.as_ref().ok_or(Refusal::NothingStaged)?;
        if staged.version.packs == change.packs { Ok(staged) } else { Err(Refusal::OtherStaged) }
    }

    /// The state after a change that was permitted. A change that names what is not staged changes
    /// nothing.
    #[must_use]
    pub fn after(&self, change: &Change) -> Self {
        let mut next = self.clone();
        let named = self.named(change).is_ok();
        match change.act {
            Act::Configured { origin } | Act::Recovered { origin } => {
                next.put_in_service(change.version(origin), Guided::ByConfiguration);
                next.begin_again();
            }
            Act::Renamed { was } => next.rename(was, change.packs),
            Act::Staged { origin } => {
                let version = change.version(origin);
                let (stage, approved_by) = (Stage::Shadow, Vec::new());
                next.staged = Some(Staged { version, stage, approved_by });
            }
            Act::Approved if named => {
                if let Some(staged) = &mut next.staged {
                    staged.approved_by.push(change.by.clone());
                }
            }
            Act::Shadowed if named => next.set_stage(Stage::Shadow),
            Act::Shared(share) if named => next.set_stage(Stage::Share(share)),
            Act::Withdrawn if named => next.staged = None,
            Act::Activated if named => {
                let origin = self.staged.as_ref().map_or(Origin::Texts, |s| s.version.origin);
                next.put_in_service(change.version(origin), Guided::ByActivation);
            }
            Act::RolledBack { origin } => next.take_back(change.version(origin)),
            Act::Approved | Act::Shadowed | Act::Shared(_) | Act::Withdrawn | Act::Activated => {}
        }
        next
    }

    /// What is staged was tried and approved beside packs that are not in service any more: it
    /// waits without effect, and nobody has approved it.
    fn begin_again(&mut self) {
        if let Some(staged) = &mut self.staged {
            staged.stage = Stage::Shadow;
            staged.approved_by.clear();
        }
    }

    fn set_stage(&mut self, stage: Stage) {
        if let Some(staged) = &mut self.staged {
            staged.stage = stage;
        }
    }

    fn put_in_service(&mut self, version: Version, guided: Guided) {
        if let Origin::Bundle(number) = version.origin
            && self.highest.is_none_or(|(highest, _)| number > highest)
        {
            self.highest = Some((number, version.packs));
        }
        let before = self.live.as_ref().map(|live| live.packs);
        if let Some(before) = before.filter(|before| *before != version.packs) {
            self.earlier.push(before);
        }
        let over = self.earlier.len().saturating_sub(MOST_EARLIER);
        self.earlier.drain(..over);
        self.unstage(version.packs);
        self.live = Some(version);
        self.guided = guided;
        self.back = None;
    }

    /// Earlier packs decide for all: those staged wait beside them again.
    fn take_back(&mut self, version: Version) {
        let packs = version.packs;
        let back = Back::of(self);
        match self.earlier.iter().rposition(|earlier| *earlier == packs) {
            Some(at) => {
                self.earlier.truncate(at);
                self.unstage(packs);
                self.live = Some(version);
            }
            None => self.put_in_service(version, Guided::ByRollback),
        }
        self.guided = Guided::ByRollback;
        self.back = back;
        self.begin_again();
    }

    fn unstage(&mut self, packs: PacksHash) {
        if self.staged.as_ref().is_some_and(|staged| staged.version.packs == packs) {
            self.staged = None;
        }
    }

    fn rename(&mut self, was: PacksHash, is: PacksHash) {
        let staged = self.staged.as_mut().map(|staged| &mut staged.version.packs);
        let live = self.live.as_mut().map(|live| &mut live.packs);
        let highest = self.highest.as_mut().map(|(_, packs)| packs);
        let back = self.back.iter_mut().flat_map(Back::packs);
        let named = self.earlier.iter_mut().chain(staged).chain(live).chain(highest).chain(back);
        named.filter(|packs| **packs == was).for_each(|packs| *packs = is);
    }
}
