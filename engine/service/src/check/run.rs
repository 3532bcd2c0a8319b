//! The walk of one check.

use super::{evidence::Proofs, record::Draft, request::CheckRequest};
use crate::{
    challenge::{Claim, Issued, Purpose, Returned, Used},
    engine::{Engine, contended, engine_caller},
    error::ServiceError,
    hot::Loaded,
    ledger::{DecisionEntry, StateEntry, keys},
    limits::Subjects,
    packs::InService,
    ports::{
        store::{Expected, Store, StoreError},
        vault::Vault,
    },
};
use simbind_core::{
    binding::{CounterPolicy, LifecycleReason},
    check::{self, CertificateFinding, CheckContext, Reader, Subject},
    ids::{ChallengeId, DecisionId},
    line::{LineHistory, LineView},
    time::Timestamp,
    transcript::Audience,
};
use simbind_rules::{
    Facts, ReasonCode,
    facts::{ChallengeState, Channel, CounterState, HandsetLatch, Match, SignatureState},
};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// How often a check is decided again because something changed under it.
const DECISIONS: usize = 4;

/// A check's hold on its challenge. Dropped without a decision it gives the challenge back.
struct Hold<'a> {
    used: &'a crate::challenge::UsedChallenges,
    id: ChallengeId,
    sender: Option<watch::Sender<Option<Arc<DecisionEntry>>>>,
}

impl Hold<'_> {
    fn decided(mut self, decision: &Arc<DecisionEntry>) {
        if let Some(sender) = self.sender.take() {
            sender.send_replace(Some(Arc::clone(decision)));
        }
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        if self.sender.is_some() {
            self.used.give_back(self.id);
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
        if let Returned::Good { id, .. } = returned
            && let Some(Used::Same(outcome)) = self.used.peek(id, &claim)
        {
            return recorded(outcome).await;
        }
        let id = check.certificate.id();
        let mut loaded = match id {
            Some(id) => self.load(id).await?,
            None => None,
        };
        let proofs = self.proofs(check, &transcript, loaded.as_deref(), now);
        let (state, hold) = match self.use_challenge(returned, claim, &proofs, now)? {
            Consumed::State(state) => (state, None),
            Consumed::Held(hold) => (ChallengeState::Fresh, Some(hold)),
            Consumed::Same(outcome) => return recorded(outcome).await,
        };
        let packs = self.packs.in_service();
        let limit = self.limit(check, loaded.as_deref(), &packs);
        for _ in 0..DECISIONS {
            let facts = self.facts(check, &proofs, state, loaded.as_deref(), now);
            if let Some(changed) = self.effects(loaded.as_deref(), check, &facts).await? {
                loaded = changed;
                continue;
            }
            let draft = Draft {
                check,
                digest,
                facts: &facts,
                limit,
                loaded: loaded.as_deref(),
                challenge: hold.as_ref().map(|hold| hold.id),
                packs: &packs,
                now,
            };
            let decision = self.decide(&draft).await?;
            // What was acknowledged while this was written must not be answered against.
            let again = match loaded.as_deref() {
                Some(read) => !self.is_current(read).await? && self.moved(read).await?,
                None => false,
            };
            if !again {
                if let Some(hold) = hold {
                    hold.decided(&decision);
                }
                return Ok(decision);
            }
            loaded = match id {
                Some(id) => self.load(id).await?,
                None => None,
            };
        }
        Err(contended())
    }

    /// Whether what a check read has truly changed, its own counter aside.
    async fn moved(&self, read: &Loaded) -> Result<bool, ServiceError> {
        let fresh = self.load(read.binding.certificate.id).await?;
        Ok(fresh.is_none_or(|fresh| {
            fresh.binding_version != read.binding_version
                || fresh.histories != read.histories
                || fresh.pin != read.pin
        }))
    }

    /// Uses the challenge, if the signature over it verifies: failures before that burn nothing.
    fn use_challenge(
        &self,
        returned: Returned,
        claim: Claim,
        proofs: &Proofs,
        now: Timestamp,
    ) -> Result<Consumed<'_>, ServiceError> {
        let (id, expires_at) = match returned {
            Returned::Bad(state) => return Ok(Consumed::State(state)),
            Returned::Good { id, expires_at } => (id, expires_at),
        };
        if proofs.signature != SignatureState::Valid {
            let used = matches!(self.used.peek(id, &claim), Some(Used::Other));
            let state = if used { ChallengeState::Used } else { ChallengeState::Fresh };
            return Ok(Consumed::State(state));
        }
        match self.used.consume(id, claim, expires_at, now) {
            Used::First(sender) => {
                Ok(Consumed::Held(Hold { used: &self.used, id, sender: Some(sender) }))
            }
            Used::Same(outcome) => Ok(Consumed::Same(outcome)),
            Used::Other => Ok(Consumed::State(ChallengeState::Used)),
            Used::Full => Err(ServiceError::Busy { retry_after: Duration::from_secs(1) }),
        }
    }

    fn limit(
        &self,
        check: &CheckRequest,
        loaded: Option<&Loaded>,
        packs: &InService,
    ) -> Option<ReasonCode> {
        let serving = loaded.map(|loaded| &loaded.binding.sim.serving);
        let declared = packs.book.limits(packs.chain(serving), check.kind());
        let id = check.certificate.id();
        let (relying_party, reader) = match &check.audience {
            Audience::RelyingParty(id) => (Some(id.as_str()), None),
            Audience::Reader(id) => (None, Some(id.as_str())),
        };
        let subjects = Subjects {
            certificate: id.as_ref().map_or(&[], |id| id.as_bytes().as_slice()),
            iccid: loaded.map(|l| l.binding.sim.iccid).or(check.iccid).map(String::from),
            imei: check.imei.or(check.toolkit_imei).map(String::from),
            relying_party,
            reader,
            carrier_feed: None,
        };
        packs.limits.count(declared, &subjects)
    }

    fn facts(
        &self,
        check: &CheckRequest,
        proofs: &Proofs,
        challenge: ChallengeState,
        loaded: Option<&Loaded>,
        now: Timestamp,
    ) -> Facts {
        let context = CheckContext {
            channel: check.channel,
            sensitivity: check.sensitivity,
            reader: check
                .reader
                .map(|reader| Reader { profile: reader.profile, round_trip: reader.round_trip }),
            now,
        };
        let finding = CertificateFinding {
            chain: proofs.chain,
            status: None,
            signature: proofs.signature,
            challenge,
        };
        let claims = self.claims(check, loaded);
        let Some(loaded) = loaded else {
            let pin = check::Pin::default();
            return check::gather(&context, &claims, &finding, proofs.handset, pin, None);
        };
        let histories: Vec<&LineHistory> = loaded.histories.iter().collect();
        let line = LineView::of(&loaded.binding, &histories, now);
        let feed = self.feeds.get(&loaded.binding.sim.serving.carrier);
        let subject = Subject {
            binding: &loaded.binding,
            line: &line,
            feed: feed.as_ref().map(|(feed, terms)| (feed, terms)),
            counter: loaded.counter,
        };
        check::gather(&context, &claims, &finding, proofs.handset, loaded.pin, Some(subject))
    }

    /// What a check proves beyond its own verdict, written before the decision: a SIM that signed
    /// in a foreign handset, a counter that went back, a counter that went on. Answers the state
    /// to decide by where that changed it.
    async fn effects(
        &self,
        loaded: Option<&Loaded>,
        check: &CheckRequest,
        facts: &Facts,
    ) -> Result<Option<Option<Arc<Loaded>>>, ServiceError> {
        let Some(loaded) = loaded else { return Ok(None) };
        let proved = facts.transcript_signature() == Some(SignatureState::Valid)
            && facts.challenge_state() == Some(ChallengeState::Fresh);
        if !proved {
            return Ok(None);
        }
        let binding = &loaded.binding;
        let foreign = facts.handset_match() == Some(Match::No)
            && facts.handset_latch() == Some(HandsetLatch::Clear)
            && binding.foreign_handset_at.is_none();
        if foreign {
            self.latch_foreign_handset(&engine_caller()?, binding.id).await?;
            return Ok(Some(self.load(binding.certificate.id).await?));
        }
        if facts.counter_state() == Some(CounterState::Regressed) {
            let why = LifecycleReason::CounterRegressed;
            match self.hold(&engine_caller()?, binding.id, why).await {
                // It is held or over already, or another check did it: the verdict is a deny.
                Ok(_) | Err(ServiceError::Refused(_)) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        self.count_signature(loaded, check, facts).await
    }

    /// Writes a counter that went on. Two checks with one counter cannot both be first.
    async fn count_signature(
        &self,
        loaded: &Loaded,
        check: &CheckRequest,
        facts: &Facts,
    ) -> Result<Option<Option<Arc<Loaded>>>, ServiceError> {
        let (CounterPolicy::Present, Some(counter), Some(CounterState::Advanced)) =
            (loaded.binding.counter, check.counter, facts.counter_state())
        else {
            return Ok(None);
        };
        let expected = loaded.counter_version.map_or(Expected::Absent, Expected::Version);
        let entry = StateEntry::CounterSeen { binding: loaded.binding.id, counter };
        let key = keys::counter(loaded.binding.id)?;
        match self.append_state(&entry, vec![(key, expected)]).await {
            Ok(_) => Ok(None),
            Err(StoreError::Conflict) => Ok(Some(self.load(loaded.binding.certificate.id).await?)),
            Err(error) => Err(error.into()),
        }
    }
}

/// What became of a check's challenge.
enum Consumed<'a> {
    State(ChallengeState),
    Held(Hold<'a>),
    Same(watch::Receiver<Option<Arc<DecisionEntry>>>),
}

/// The decision of the request that came first, or the same fault that it met.
async fn recorded(
    mut outcome: watch::Receiver<Option<Arc<DecisionEntry>>>,
) -> Result<Arc<DecisionEntry>, ServiceError> {
    match outcome.wait_for(Option::is_some).await {
        Ok(decision) => decision.clone().ok_or_else(contended),
        Err(_) => Err(contended()),
    }
}

/// The id of a decision: its time, then randomness.
pub(crate) fn decision_id(now: Timestamp, random: [u8; 10]) -> DecisionId {
    let [_, _, time @ ..] = now.as_millis().to_be_bytes();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(time.iter().chain(&random)).for_each(|(to, from)| *to = *from);
    DecisionId::from_bytes(bytes)
}
