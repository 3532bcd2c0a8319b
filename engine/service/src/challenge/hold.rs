use super::{Progress, UsedChallenges};
use crate::{
    ledger::DecisionEntry,
    tokens::{TokenMark, UsedTokens},
};
use simbind_core::ids::{ChallengeId, DecisionId};
use std::sync::Arc;
use tokio::sync::watch;

/// A check's hold on its challenge. Dropped before a decision may be on disk it gives the challenge
/// back; after that the challenge stays used, whatever became of the check.
pub(crate) struct Hold<'a> {
    used: &'a UsedChallenges,
    id: ChallengeId,
    sender: watch::Sender<Progress>,
    before: Progress,
    token: Option<(&'a UsedTokens, TokenMark)>,
}

impl<'a> Hold<'a> {
    pub(crate) const fn new(
        used: &'a UsedChallenges,
        id: ChallengeId,
        sender: watch::Sender<Progress>,
    ) -> Self {
        Self { used, id, sender, before: Progress::Open, token: None }
    }

    pub(crate) const fn id(&self) -> ChallengeId {
        self.id
    }

    /// The check used this token too: it goes back with the challenge.
    pub(crate) const fn with_token(&mut self, used: &'a UsedTokens, mark: TokenMark) {
        self.token = Some((used, mark));
    }

    /// A decision is about to be given to the ledger.
    pub(crate) fn writing(&mut self, decision: DecisionId) {
        self.before = self.sender.send_replace(Progress::Written(decision));
    }

    /// The ledger refused it: nothing of it was written.
    pub(crate) fn not_written(&mut self) {
        self.sender.send_replace(self.before.clone());
    }

    pub(crate) fn decided(self, decision: &Arc<DecisionEntry>) {
        self.sender.send_replace(Progress::Decided(Arc::clone(decision)));
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        if matches!(*self.sender.borrow(), Progress::Open) {
            if let Some((used, mark)) = self.token {
                used.give_back(mark, self.id);
            }
            self.used.give_back(self.id);
        }
    }
}
