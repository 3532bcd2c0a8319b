//! How step-ups end, and wrong PIN entries.

use crate::{
    check::decision_id,
    decisions::facts_of,
    engine::{Engine, TRIES, contended},
    error::ServiceError,
    ledger::{DecisionEntry, OutcomeText, StateEntry, keys},
    ports::{
        store::{Expected, LedgerKind, Store, StoreError},
        vault::Vault,
    },
};
use simbind_core::{
    check::after_step_up,
    ids::{BindingId, CallerId, CertificateId, DecisionId, RequestId, StepUpId},
    line::LineView,
    transcript::step_up_message,
};
use simbind_evidence::{
    certificate::verify_chain,
    signature::{self, SignatureScheme},
};
use simbind_rules::{Facts, StepUpMethod, Verdict};
use std::sync::Arc;

/// The most wrong PIN entries that are counted.
const MOST_FAILURES: u32 = 1000;
/// From here on the PIN is locked, and the right one does not unlock it.
const LOCKED: u32 = 3;

/// What is shown for a step-up.
#[derive(Clone, Debug)]
pub enum StepUpProof {
    /// The person gave up or failed.
    Failed,
    /// A relying party's word.
    Claimed,
    /// The person's card signed.
    Card {
        /// Its chain.
        chain: Vec<Vec<u8>>,
        /// How it signed.
        scheme: SignatureScheme,
        /// The signature over the step-up's message.
        signature: Vec<u8>,
    },
    /// A counter saw the person. The caller was found to be a counter.
    Counter,
}

/// What an app or a reader says of the PIN.
#[derive(Clone, Copy, Debug)]
pub enum PinReport {
    /// Wrong entries.
    Wrong(u32),
    /// The right one.
    Accepted,
}

/// The step-up of a decision.
pub const fn step_up_of(decision: DecisionId) -> StepUpId {
    StepUpId::from_bytes(*decision.as_bytes())
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Ends a step-up. Verified evidence makes a child decision; anything else is kept and changes
    /// nothing.
    ///
    /// # Errors
    /// Where there is no such step-up, it has ended, or the evidence does not hold.
    pub async fn end_step_up(
        &self,
        by: &CallerId,
        request: &RequestId,
        id: StepUpId,
        proof: StepUpProof,
    ) -> Result<Option<Arc<DecisionEntry>>, ServiceError> {
        let parent = self.decision(DecisionId::from_bytes(*id.as_bytes())).await;
        let parent = parent.map_err(|error| match error {
            ServiceError::NotFound(_) => ServiceError::NotFound("step-up"),
            other => other,
        })?;
        let Verdict::StepUp(methods) = parent.verdict else {
            return Err(ServiceError::NotFound("step-up"));
        };
        if self.now() > parent.decided_at.plus(self.settings.bounds.step_up_lifetime) {
            return Err(ServiceError::Refused("the step-up has ended".into()));
        }
        let method = match &proof {
            StepUpProof::Failed => return self.note(by, &parent, OutcomeText::Failed).await,
            StepUpProof::Claimed => return self.note(by, &parent, OutcomeText::Claimed).await,
            StepUpProof::Card { chain, scheme, signature } => {
                self.verify_card(&parent, id, chain, *scheme, signature).await?;
                StepUpMethod::Card
            }
            StepUpProof::Counter => StepUpMethod::Counter,
        };
        if !methods.contains(method) {
            return Err(ServiceError::Refused("the method is not acceptable here".into()));
        }
        self.decide_child(by, request, &parent, method).await.map(Some)
    }

    async fn note(
        &self,
        by: &CallerId,
        parent: &DecisionEntry,
        outcome: OutcomeText,
    ) -> Result<Option<Arc<DecisionEntry>>, ServiceError> {
        let entry = StateEntry::StepUpEnded { decision: parent.id, outcome, by: by.clone() };
        let expect = vec![(keys::step_up(parent.id)?, Expected::Absent)];
        match self.append_state(&entry, expect).await {
            Ok(_) => Ok(None),
            Err(StoreError::Conflict) => Err(already()),
            Err(error) => Err(error.into()),
        }
    }

    async fn verify_card(
        &self,
        parent: &DecisionEntry,
        id: StepUpId,
        chain: &[Vec<u8>],
        scheme: SignatureScheme,
        signature: &[u8],
    ) -> Result<(), ServiceError> {
        let trust = &self.settings.trust;
        let certificate = verify_chain(chain, &trust.anchors, &trust.policy, self.now())
            .map_err(|error| ServiceError::invalid("step_up.card.certificate_chain", error))?;
        let binding = parent.binding.ok_or(ServiceError::NotFound("binding"))?;
        let enrolled = self.binding(binding).await?.binding.card;
        if enrolled != Some(certificate.id()) {
            let why = "is not the card that was enrolled with the binding";
            return Err(ServiceError::invalid("step_up.card.certificate_chain", why));
        }
        let message = step_up_message(&id.to_string());
        signature::verify(certificate.public_key(), scheme, &message, signature)
            .map_err(|error| ServiceError::invalid("step_up.card.signature", error))
    }

    /// The child: the parent's facts with what is known now of the binding and its line, by the
    /// packs in service, and the method that was proved.
    async fn decide_child(
        &self,
        by: &CallerId,
        request: &RequestId,
        parent: &DecisionEntry,
        method: StepUpMethod,
    ) -> Result<Arc<DecisionEntry>, ServiceError> {
        let now = self.now();
        let mut facts = facts_of(parent)?;
        if let Some(binding) = parent.binding {
            self.refresh(&mut facts, binding).await?;
        }
        let packs = self.packs.in_service();
        let chain = crate::decisions::chain_of(&packs.book, parent);
        let ruling = simbind_core::check::rule(&packs.book, chain, parent.kind, &facts, None);
        let ruling = after_step_up(ruling, method);
        let child = DecisionEntry {
            id: decision_id(now, self.random()?),
            parent: Some(parent.id),
            caller: by.clone(),
            request: request.clone(),
            challenge: None,
            facts: facts.to_bytes(),
            limit: None,
            proved: Some(method),
            verdict: ruling.answer.verdict(),
            reasons: ruling.reasons.iter().map(|reason| reason.as_str().to_owned()).collect(),
            edge: ruling.edge,
            fired: crate::check::fired(&packs.book, &ruling),
            packs: packs.book.hash().0,
            decided_at: now,
            position: self.store.tip(LedgerKind::State).0,
            ..parent.clone()
        };
        self.note(by, parent, OutcomeText::Proved(child.id)).await?;
        self.record(child).await
    }

    async fn refresh(&self, facts: &mut Facts, binding: BindingId) -> Result<(), ServiceError> {
        let certificate = self.binding(binding).await?.binding.certificate.id;
        let loaded = self.load(certificate).await?.ok_or(ServiceError::NotFound("binding"))?;
        let now = self.now();
        let histories: Vec<_> = loaded.histories.iter().collect();
        let line = LineView::of(&loaded.binding, &histories, now);
        facts.set_binding_state(loaded.binding.state_at(now).fact());
        facts.set_handset_latch(line.handset_latch);
        facts.set_sim_latch(line.sim_latch);
        facts.set_line_latch(line.line_latch);
        facts.set_pin_failures(loaded.pin.failures);
        Ok(())
    }

    /// Counts wrong PIN entries, and answers how many count now. Once locked, the right PIN does
    /// not unlock: only a counter or the card does.
    ///
    /// # Errors
    /// Where the certificate is not bound, or the store cannot be written.
    pub async fn report_pin(
        &self,
        by: &CallerId,
        certificate: CertificateId,
        report: PinReport,
    ) -> Result<u32, ServiceError> {
        for _ in 0..TRIES {
            let loaded = self.load(certificate).await?;
            let loaded = loaded.ok_or(ServiceError::NotFound("binding"))?;
            let binding = loaded.binding.id;
            let key = keys::pin(binding)?;
            let snapshot = self.store.read(std::slice::from_ref(&key)).await?;
            let row = snapshot.values.first().and_then(Option::as_ref);
            let before = loaded.pin.failures;
            let failures = match report {
                PinReport::Wrong(more) => before.saturating_add(more).min(MOST_FAILURES),
                PinReport::Accepted if before < LOCKED => 0,
                PinReport::Accepted => before,
            };
            if failures == before {
                return Ok(failures);
            }
            let expected = row.map_or(Expected::Absent, |row| Expected::Version(row.version));
            if !self.is_current(&loaded).await? {
                continue;
            }
            let entry = StateEntry::PinReported { binding, failures, by: by.clone() };
            match self.append_state(&entry, vec![(key, expected)]).await {
                Ok(_) => return Ok(failures),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }
}

fn already() -> ServiceError {
    ServiceError::Refused("the step-up has ended already".into())
}
