//! Challenges that were used, until they would have ended anyway.

use crate::ledger::DecisionEntry;
use parking_lot::Mutex;
use simbind_core::{
    ids::{CallerId, ChallengeId, DecisionId, RequestId},
    time::Timestamp,
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use tokio::sync::watch;

/// Who used a challenge, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The caller.
    pub caller: CallerId,
    /// The caller's number of the request.
    pub request: RequestId,
    /// SHA-256 of the request.
    pub digest: [u8; 32],
}

/// How far the check that used a challenge has come.
#[derive(Clone, Debug)]
pub enum Progress {
    /// Nothing has been written.
    Open,
    /// This decision was given to the ledger, and may be on disk.
    Written(DecisionId),
    /// Decided.
    Decided(Arc<DecisionEntry>),
}

struct Use {
    claim: Claim,
    expires_at: Timestamp,
    outcome: watch::Receiver<Progress>,
}

#[derive(Default)]
struct Table {
    uses: HashMap<ChallengeId, Use>,
    ends: BTreeMap<(Timestamp, ChallengeId), ()>,
    /// The latest end of a use that was forgotten.
    forgotten_until: Option<Timestamp>,
}

/// What using a challenge came to.
pub enum Used {
    /// It is this check's now: the decision goes into the sender.
    First(watch::Sender<Progress>),
    /// The same request used it before; its decision is here, or comes. A sender that is dropped
    /// without one means that the check was broken off.
    Same(watch::Receiver<Progress>),
    /// Another request used it.
    Other,
    /// No more can be remembered.
    Full,
}

/// The challenges that were used and have not ended, bounded in number.
pub struct UsedChallenges {
    table: Mutex<Table>,
    most: usize,
}

impl UsedChallenges {
    /// Remembers at most this many.
    pub fn new(most: usize) -> Self {
        Self { table: Mutex::default(), most }
    }

    /// Looks whether a challenge was used, without using it.
    pub fn peek(&self, id: ChallengeId, claim: &Claim) -> Option<Used> {
        let table = self.table.lock();
        table.uses.get(&id).map(|used| used.against(claim))
    }

    /// Uses a challenge.
    pub fn consume(
        &self,
        id: ChallengeId,
        claim: Claim,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Used {
        let mut table = self.table.lock();
        if let Some(used) = table.uses.get(&id) {
            return used.against(&claim);
        }
        // A clock that went ahead and back: what ended then may be among what was forgotten.
        if table.forgotten_until.is_some_and(|until| expires_at <= until) {
            return Used::Other;
        }
        table.forget_ended(now);
        if table.uses.len() >= self.most {
            return Used::Full;
        }
        let (sender, outcome) = watch::channel(Progress::Open);
        table.ends.insert((expires_at, id), ());
        table.uses.insert(id, Use { claim, expires_at, outcome });
        Used::First(sender)
    }

    /// Gives a challenge back: nothing was decided, and the caller was told so.
    pub fn give_back(&self, id: ChallengeId) {
        let mut table = self.table.lock();
        if let Some(used) = table.uses.remove(&id) {
            table.ends.remove(&(used.expires_at, id));
        }
    }

    /// Puts a newer decision of the request that used a challenge in the place of the earlier one.
    pub fn decided_again(&self, id: ChallengeId, decision: &Arc<DecisionEntry>) {
        let mut table = self.table.lock();
        if let Some(used) = table.uses.get_mut(&id) {
            let (_, outcome) = watch::channel(Progress::Decided(Arc::clone(decision)));
            used.outcome = outcome;
        }
    }

    /// Puts a use back that was read from the ledger, the newest first: what is here already stays.
    pub fn restore(&self, id: ChallengeId, expires_at: Timestamp, decision: Arc<DecisionEntry>) {
        let claim = Claim {
            caller: decision.caller.clone(),
            request: decision.request.clone(),
            digest: decision.digest,
        };
        let (_, outcome) = watch::channel(Progress::Decided(decision));
        let mut table = self.table.lock();
        if !table.uses.contains_key(&id) {
            table.ends.insert((expires_at, id), ());
            table.uses.insert(id, Use { claim, expires_at, outcome });
        }
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.table.lock().uses.len()
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Use {
    fn against(&self, claim: &Claim) -> Used {
        if self.claim == *claim { Used::Same(self.outcome.clone()) } else { Used::Other }
    }
}

impl Table {
    fn forget_ended(&mut self, now: Timestamp) {
        while let Some(entry) = self.ends.first_entry() {
            let (expires_at, id) = *entry.key();
            if expires_at >= now {
                break;
            }
            entry.remove();
            self.uses.remove(&id);
            self.forgotten_until = self.forgotten_until.max(Some(expires_at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(request: &str) -> Claim {
        let caller = "bank".parse().unwrap();
        Claim { caller, request: request.parse().unwrap(), digest: [0; 32] }
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    #[test]
    fn a_challenge_is_used_once_and_the_same_request_finds_its_own() {
        let used = UsedChallenges::new(10);
        let id = ChallengeId::from_bytes([1; 16]);
        assert!(matches!(used.consume(id, claim("a"), at(10), at(0)), Used::First(_)));
        assert!(matches!(used.consume(id, claim("a"), at(10), at(0)), Used::Same(_)));
        assert!(matches!(used.consume(id, claim("b"), at(10), at(0)), Used::Other));
    }

    fn decision(id: u8) -> Arc<DecisionEntry> {
        Arc::new(DecisionEntry {
            id: DecisionId::from_bytes([id; 16]),
            parent: None,
            kind: simbind_rules::CheckKind::Login,
            caller: "bank".parse().unwrap(),
            audience: "rp:bank".into(),
            request: "a".parse().unwrap(),
            digest: [0; 32],
            challenge: Some([1; 16]),
            binding: None,
            carrier: None,
            host: None,
            facts: Vec::new(),
            limit: None,
            proved: None,
            verdict: simbind_rules::Verdict::Deny,
            reasons: Vec::new(),
            edge: None,
            fired: Vec::new(),
            packs: [0; 32],
            decided_at: at(0),
            position: 0,
            snoozed: Vec::new(),
            token: None,
        })
    }

    #[test]
    fn of_two_decisions_under_one_challenge_the_newest_is_restored_and_forgotten_once() {
        let used = UsedChallenges::new(10);
        let id = ChallengeId::from_bytes([1; 16]);
        used.restore(id, at(20), decision(2));
        used.restore(id, at(10), decision(1));
        let Used::Same(outcome) = used.peek(id, &claim("a")).unwrap() else { panic!() };
        let found = outcome.borrow().clone();
        assert!(matches!(found, Progress::Decided(found) if found.id == decision(2).id));
        // The earlier end of the older decision does not free the challenge.
        let other = ChallengeId::from_bytes([2; 16]);
        used.consume(other, claim("b"), at(60), at(15));
        assert!(matches!(used.consume(id, claim("b"), at(20), at(15)), Used::Other));
    }

    #[test]
    fn a_hold_that_wrote_nothing_gives_the_challenge_back_and_any_other_keeps_it() {
        use crate::challenge::Hold;
        let used = UsedChallenges::new(10);
        let id = ChallengeId::from_bytes([1; 16]);
        let hold = || match used.consume(id, claim("a"), at(10), at(0)) {
            Used::First(sender) => Hold::new(&used, id, sender),
            _ => panic!("it is used"),
        };
        drop(hold());
        let mut refused = hold();
        refused.writing(decision(1).id);
        refused.not_written();
        drop(refused);
        let mut second = hold();
        second.writing(decision(1).id);
        second.writing(decision(2).id);
        second.not_written();
        drop(second);
        let Used::Same(outcome) = used.peek(id, &claim("a")).unwrap() else { panic!() };
        let found = outcome.borrow().clone();
        assert!(matches!(found, Progress::Written(found) if found == decision(1).id));
    }

    #[test]
    fn a_clock_that_went_ahead_and_back_frees_no_challenge() {
        let used = UsedChallenges::new(10);
        let id = |n| ChallengeId::from_bytes([n; 16]);
        assert!(matches!(used.consume(id(1), claim("a"), at(100), at(0)), Used::First(_)));
        assert!(matches!(used.consume(id(2), claim("a"), at(800), at(700)), Used::First(_)));
        assert!(matches!(used.consume(id(1), claim("b"), at(100), at(1)), Used::Other));
        assert!(matches!(used.consume(id(3), claim("a"), at(120), at(1)), Used::First(_)));
    }

    #[test]
    fn no_more_are_remembered_than_allowed_and_ended_ones_make_room() {
        let used = UsedChallenges::new(2);
        let id = |n| ChallengeId::from_bytes([n; 16]);
        for n in 0..2 {
            assert!(matches!(used.consume(id(n), claim("a"), at(10), at(0)), Used::First(_)));
        }
        assert!(matches!(used.consume(id(2), claim("a"), at(10), at(10)), Used::Full));
        assert!(matches!(used.consume(id(2), claim("a"), at(20), at(11)), Used::First(_)));
        assert_eq!(used.len(), 1);
    }
}
