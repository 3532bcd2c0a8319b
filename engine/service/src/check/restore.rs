//! Challenges, and tokens of handsets, that were used before a restart.

use crate::{
    engine::Engine,
    error::ServiceError,
    ledger::decode_decision,
    ports::{
        store::{LedgerEntry, LedgerKind, Position, Scan, Store},
        vault::Vault,
    },
    tokens::TokenMark,
};
use simbind_core::{ids::ChallengeId, token::TokenLife};
use std::sync::Arc;

impl<S: Store, V: Vault> Engine<S, V> {
    /// Reads the newest decisions back until they are older than any challenge can be, and
    /// remembers the challenges and the tokens that they used. The decision's own time and the ledger's are both
    /// looked at, so that a clock that was set back does not cut the reading short.
    pub(crate) async fn restore_used(&self) -> Result<(), ServiceError> {
        let lifetime = self.challenges.lifetime();
        // A token that was just taken may have been made ahead of our clock.
        let token_life = TokenLife::LONGEST + self.settings.bounds.token_skew * 2;
        let now = self.now();
        let oldest = now.minus(lifetime.max(token_life) * 2);
        let mut end = self.store.tip(LedgerKind::Decisions);
        while end.0 > 0 {
            let page = u64::try_from(Scan::MAX_ROWS).unwrap_or(1000);
            let from = Position(end.0.saturating_sub(page - 1).max(1));
            let entries = self.decisions_between(from, end).await?;
            let mut newest = None;
            // The newest first: where a check was decided again, its last decision is the one.
            for entry in entries.iter().rev() {
                let decision = Arc::new(decode_decision(&entry.entry)?);
                newest = newest.max(Some(entry.recorded_at)).max(Some(decision.decided_at));
                if let Some(id) = decision.challenge {
                    let decided = entry.recorded_at.max(decision.decided_at);
                    let ends = decided.plus(token_life);
                    if let Some(mark) = decision.token.filter(|_| ends >= now) {
                        let owner = ChallengeId::from_bytes(id);
                        self.used_tokens.restore(TokenMark(mark), owner, ends);
                    }
                    let ends = decided.plus(lifetime);
                    if ends >= now {
                        self.used.restore(ChallengeId::from_bytes(id), ends, decision);
                    }
                }
            }
            if newest.is_none_or(|newest| newest < oldest) {
                break;
            }
            end = Position(from.0 - 1);
        }
        Ok(())
    }

    /// The entries of decisions from a position to another, that one included. A read can give
    /// fewer than it is asked for.
    async fn decisions_between(
        &self,
        from: Position,
        end: Position,
    ) -> Result<Vec<LedgerEntry>, ServiceError> {
        let mut all: Vec<LedgerEntry> = Vec::new();
        let mut next = from;
        while next <= end {
            let most = usize::try_from(end.0 - next.0 + 1).unwrap_or(Scan::MAX_ROWS);
            let page = self.store.entries(LedgerKind::Decisions, next, most).await?;
            let Some(last) = page.last() else { break };
            next = Position(last.position.0 + 1);
            all.extend(page);
        }
        Ok(all)
    }
}
