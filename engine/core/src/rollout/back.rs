//! Where a rollback goes, and whether it was done already.

use super::{Refusal, Rollout};
use serde::{Deserialize, Serialize};
use simbind_rules::PacksHash;

/// The last rollback, while what it brought back is in service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Back {
    /// The packs that were left.
    left: PacksHash,
    /// Those that were in service before them.
    before: Option<PacksHash>,
}

impl Back {
    /// A rollback of what is in service now.
    pub(super) fn of(rollout: &Rollout) -> Option<Self> {
        let left = rollout.live.as_ref()?.packs;
        Some(Self { left, before: rollout.before() })
    }

    pub(super) fn packs(&mut self) -> impl Iterator<Item = &mut PacksHash> {
        std::iter::once(&mut self.left).chain(&mut self.before)
    }
}

/// What a rollback comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rollback {
    /// These packs are to be put in service.
    To(PacksHash),
    /// It was the last thing that was done: these packs are in service by it.
    Done(PacksHash),
}

impl Rollout {
    /// Where a rollback goes that leaves these packs: to the named ones, or to those before. One
    /// that was done already is told as done, so that a repeat goes back no further.
    ///
    /// # Errors
    /// Where the packs to leave are not in service, or none were before.
    pub fn rollback(
        &self,
        leaving: PacksHash,
        named: Option<PacksHash>,
    ) -> Result<Rollback, Refusal> {
        let live = self.live.as_ref().map(|live| live.packs);
        if live == Some(leaving) {
            return named.or(self.before()).map(Rollback::To).ok_or(Refusal::NothingBefore);
        }
        let back = self.back.filter(|back| back.left == leaving);
        let wanted = back.and_then(|back| named.or(back.before));
        match live.filter(|live| wanted == Some(*live)) {
            Some(live) => Ok(Rollback::Done(live)),
            None => Err(Refusal::NotLive),
        }
    }
}
