//! The walk of one check.

use super::{
    effects::Effects,
    evidence::{HandsetProof, Proofs},
    record::Draft,
    request::CheckRequest,
};
use crate::{
    challenge::{Claim, Hold, Issued, Progress, Purpose, Returned, Used},
    decisions::facts_of,
    engine::{Engine, contended},
    error::ServiceError,
    hot::Loaded,
    ledger::DecisionEntry,
    ports::{
        store::{Position, Store},
        vault::Vault,
    },
};
use simbind_core::{
    check::Counter,
    ids::{ChallengeId, DecisionId},
    status::Answer,
    time::Timestamp,
    transcript::Audience,
};
use simbind_rules::{
    Facts, PacksHash, Verdict,
    facts::{ChallengeState, Channel, CounterState, SignatureState},
};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// How often a check is decided again because something changed under it.
pub(crate) const DECISIONS: usize = 6;

/// The challenge of a check.
pub(super) enum Taken<'a> {
    /// It cannot be used, or nothing that would use it was proved.
    Not(ChallengeState),
    /// It is used by this check.
    Held(Hold<'a>),
    /// This request used it before and was answered with this.
    Before(ChallengeId, Arc<DecisionEntry>),
}

impl Taken<'_> {
    const fn state(&self) -> ChallengeState {
        match self {
            Self::Not(state) => *state,
            Self::Held(_) | Self::Before(..) => ChallengeState::Fresh,
        }
    }

    pub(super) const fn id(&self) -> Option<ChallengeId> {
        match self {
            Self::Not(_) => None,
            Self::Held(hold) => Some(hold.id()),
            Self::Before(id, _) => Some(*id),
        }
    }
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Draws a challenge for a check of this audience over this channel.
    ///
    /// # Errors
    /// Where no randomness can be had.
    pub fn issue_challenge(
        &self,
        audience: Audience,
        channel: Channel,
    ) -> Result<Issued, ServiceError> {
        let purpose = Purpose::Check(audience, channel);
        Ok(self.challenges.issue(self.random()?, &purpose, self.now()))
    }

    /// Decides a check. The answer is on disk when this answers.
    ///
    /// # Errors
    /// Where the store cannot read or write, or too much is asked at once. Never in place of a
    /// verdict.
    pub async fn check(&self, check: &CheckRequest) -> Result<Arc<DecisionEntry>, ServiceError> {
        let busy = || ServiceError::Busy { retry_after: Duration::from_millis(50) };
        let _permit = self.in_flight.try_acquire().map_err(|_| busy())?;
        let now = self.now();
        let transcript = check.transcript();
        let digest = check.digest(&transcript)?;
        let claim = Claim { caller: check.caller.clone(), request: check.request.clone(), digest };
        let purpose = Purpose::Check(check.audience.clone(), check.channel);
        let returned = self.challenges.recognise(&check.challenge, &purpose, now);
        let mut before = None;
        if let Returned::Good { id, .. } = returned
            && let Some(Used::Same(outcome)) = self.used.peek(id, &claim)
        {
            let decision = self.recorded(outcome).await?;
            if self.still_stands(&decision, check).await? {
                return Ok(decision);
            }
            before = Some(Taken::Before(id, decision));
        }
        let mut loaded = self.load_claimed(check).await?;
        let proofs = self.proofs(check, &transcript, loaded.as_deref(), now);
        if let Some(loaded) = loaded.as_deref().filter(|_| proofs.signed()) {
            self.watch_status(loaded, now);
        }
        let taken = match before {
            Some(before) => before,
            None => match self.use_challenge(returned, claim, &proofs, now)? {
                Consumed::Taken(taken) => taken,
                // The same request came in between; what it was answered may have been overtaken.
                Consumed::Same(id, outcome) => {
                    let decision = self.recorded(outcome).await?;
                    if self.still_stands(&decision, check).await? {
                        return Ok(decision);
                    }
                    Taken::Before(id, decision)
                }
            },
        };
        // Nothing else used its challenge, so that this signature is a new one.
        if let (Taken::Held(hold), Some(of)) = (&taken, &loaded) {
            loaded = self.tries_given_back(check, hold.id(), Arc::clone(of)).await?;
        }
        let walk = Walk { check, transcript: &transcript, digest, proofs, loaded, now };
        self.decide_until_it_stands(walk, taken).await
    }

    /// Decides, and again where something that was read had changed by the time that the decision
    /// was on disk: what was acknowledged meanwhile must not be answered against.
    async fn decide_until_it_stands(
        &self,
        walk: Walk<'_>,
        mut taken: Taken<'_>,
    ) -> Result<Arc<DecisionEntry>, ServiceError> {
        let Walk { check, transcript, digest, mut proofs, mut loaded, now } = walk;
        let mut proved_of = loaded.clone();
        let certificate = check.certificate.id();
        let mut force = self.packs.current();
        let state = taken.state();
        let limit = match &taken {
            // It was counted when it came first.
            Taken::Before(..) => None,
            _ => {
                let packs = force.deciding(&*self.vault, certificate);
                self.limit(check, &proofs, state, loaded.as_deref(), packs)
            }
        };
        // Once this check's counters have been accepted, later ones do not make them a step back.
        let mut counted = matches!(taken, Taken::Before(..));
        let mut asserted = counted;
        for again in (0..DECISIONS).rev() {
            // A key that is not the binding's any more proves nothing.
            if let (Some(bound), Some(before)) = (&loaded, &proved_of)
                && bound.binding.handsets != before.binding.handsets
            {
                proofs.handset = self.handset_proof(check, bound, transcript, now);
                proved_of = loaded.clone();
            }
            let packs = force.deciding(&*self.vault, certificate);
            let challenge = taken.id();
            let counter = match loaded.as_deref() {
                Some(_) if counted => Counter::SeenInThisCheck,
                Some(loaded) => loaded.counter_for(challenge, check.counter),
                None => Counter::Unseen,
            };
            let last = match (proofs.handset, loaded.as_deref()) {
                _ if asserted => Counter::SeenInThisCheck,
                (HandsetProof::Asserted(asserted), Some(loaded)) => {
                    loaded.last_assertion(challenge, asserted)
                }
                _ => Counter::Unseen,
            };
            let handset = proofs.handset.against(last);
            let (handset, token) = self.use_token(check, handset, &mut taken, now)?;
            let found = (state, counter, handset);
            let facts = self.facts(check, &proofs, found, loaded.as_deref(), now);
            let raised = proofs.handset.raised(last);
            let brought = proofs.brought;
            let effects = Effects { check, challenge, counter, raised, facts: &facts, brought };
            if let Some(changed) = self.effects(loaded.as_deref(), &effects).await? {
                loaded = changed;
                continue;
            }
            counted |= challenge.is_some() && facts.counter_state() == Some(CounterState::Advanced);
            asserted |= challenge.is_some() && raised.is_some();
            let draft = Draft {
                check,
                digest,
                facts: &facts,
                limit,
                loaded: loaded.as_deref(),
                challenge,
                token,
                packs,
                now,
            };
            let decision = match &mut taken {
                Taken::Not(_) => self.decide(&draft, None, None).await?,
                Taken::Held(hold) => self.decide(&draft, None, Some(hold)).await?,
                Taken::Before(_, prior) => self.decide(&draft, Some(prior), None).await?,
            };
            let moved = self.moved(loaded.as_deref()).await?
                || self.status_moved(loaded.as_deref(), brought, &facts)
                || self.attestation_moved(loaded.as_deref(), &facts, now);
            if !moved {
                // Packs that change without a pause fail no check: the newest seen have decided.
                if again > 0 && decision.verdict != Verdict::Deny {
                    let newest = self.packs.current();
                    let changed = !newest.decides_by(&*self.vault, certificate, packs.hash());
                    if changed {
                        force = newest;
                        continue;
                    }
                }
                if !matches!(taken, Taken::Before(..)) {
                    self.compare(&force, &draft, &decision);
                }
                match taken {
                    Taken::Not(_) => {}
                    Taken::Held(hold) => hold.decided(&decision),
                    Taken::Before(id, _) => self.used.decided_again(id, &decision),
                }
                return Ok(decision);
            }
            loaded = self.load_claimed(check).await?;
        }
        Err(contended())
    }

    async fn load_claimed(
        &self,
        check: &CheckRequest,
    ) -> Result<Option<Arc<Loaded>>, ServiceError> {
        match check.certificate.id() {
            Some(id) => self.load(id).await,
            None => Ok(None),
        }
    }

    /// Whether what a check read has truly changed, its own counter aside.
    pub(crate) async fn moved(&self, read: Option<&Loaded>) -> Result<bool, ServiceError> {
        let Some(read) = read else { return Ok(false) };
        if self.is_current(read).await? {
            return Ok(false);
        }
        let fresh = self.load(read.binding.certificate.id).await?;
        Ok(fresh.is_none_or(|fresh| fresh.changed_after(read.as_of())))
    }

    /// Whether the issuer's word on a certificate is more severe than the facts of a check have it.
    pub(crate) fn status_moved(
        &self,
        read: Option<&Loaded>,
        brought: Option<Answer>,
        facts: &Facts,
    ) -> bool {
        let now = read.and_then(|read| self.issuer_word(read, brought, self.now()));
        let before = facts.certificate_status().map_or(0, |status| status as u8);
        now.is_some_and(|answer| answer.standing.severity() > before)
    }

    /// Whether a recorded decision may be answered once more as it is: a refusal always, anything
    /// else while nothing has changed since it was decided, and the same packs would decide now.
    async fn still_stands(
        &self,
        decision: &DecisionEntry,
        check: &CheckRequest,
    ) -> Result<bool, ServiceError> {
        if decision.verdict == Verdict::Deny {
            return Ok(true);
        }
        let packs = PacksHash(decision.packs);
        if !self.packs.current().decides_by(&*self.vault, check.certificate.id(), packs) {
            return Ok(false);
        }
        let Some(loaded) = self.load_claimed(check).await? else { return Ok(false) };
        if loaded.changed_after(Position(decision.position)) {
            return Ok(false);
        }
        // A list speaks of all its certificates, or handsets, without writing any of their rows.
        let facts = facts_of(decision)?;
        Ok(!self.status_moved(Some(&loaded), None, &facts)
            && !self.attestation_moved(Some(&loaded), &facts, decision.decided_at))
    }

    /// Uses the challenge, if the signature over it verifies: failures before that burn nothing.
    fn use_challenge(
        &self,
        returned: Returned,
        claim: Claim,
        proofs: &Proofs,
        now: Timestamp,
    ) -> Result<Consumed<'_>, ServiceError> {
        let not = |state| Ok(Consumed::Taken(Taken::Not(state)));
        let (id, expires_at) = match returned {
            Returned::Bad(state) => return not(state),
            Returned::Good { id, expires_at } => (id, expires_at),
        };
        if proofs.signature != SignatureState::Valid {
            let used = self.used.peek(id, &claim).is_some();
            return not(if used { ChallengeState::Used } else { ChallengeState::Fresh });
        }
        match self.used.consume(id, claim, expires_at, now) {
            Used::First(sender) => {
                Ok(Consumed::Taken(Taken::Held(Hold::new(&self.used, id, sender))))
            }
            Used::Same(outcome) => Ok(Consumed::Same(id, outcome)),
            Used::Other => not(ChallengeState::Used),
            Used::Full => Err(ServiceError::Busy { retry_after: Duration::from_secs(1) }),
        }
    }

    /// The decision of the request that came first. Where that was broken off with its decision on
    /// the way to disk, the ledger tells; where nothing is there, the fault is answered once more.
    async fn recorded(
        &self,
        mut outcome: watch::Receiver<Progress>,
    ) -> Result<Arc<DecisionEntry>, ServiceError> {
        let decided = |progress: &Progress| matches!(progress, Progress::Decided(_));
        let ended = outcome.wait_for(decided).await.is_err();
        let last = outcome.borrow().clone();
        match last {
            Progress::Decided(decision) => Ok(decision),
            Progress::Written(id) if ended => match self.decision(id).await {
                Err(ServiceError::NotFound(_)) => Err(contended()),
                other => other,
            },
            Progress::Written(_) | Progress::Open => Err(contended()),
        }
    }
}

/// What a check has come to before it is ruled on.
struct Walk<'a> {
    check: &'a CheckRequest,
    transcript: &'a [u8],
    digest: [u8; 32],
    proofs: Proofs,
    loaded: Option<Arc<Loaded>>,
    now: Timestamp,
}

/// What became of a check's challenge.
enum Consumed<'a> {
    Taken(Taken<'a>),
    Same(ChallengeId, watch::Receiver<Progress>),
}

/// The id of a decision: its time, then randomness.
pub(crate) fn decision_id(now: Timestamp, random: [u8; 10]) -> DecisionId {
    let [_, _, time @ ..] = now.as_millis().to_be_bytes();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(time.iter().chain(&random)).for_each(|(to, from)| *to = *from);
    DecisionId::from_bytes(bytes)
}
