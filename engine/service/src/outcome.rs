//! How step-ups end.

mod child;

use crate::{
    card::{CardFields, CardStanding, CardWord},
    check::{DECISIONS, decision_id},
    decisions::facts_of,
    engine::{Engine, TRIES, contended},
    error::ServiceError,
    ledger::{DecisionEntry, OutcomeText, StateEntry, decode_row, keys},
    ports::{
        store::{Expected, Store, StoreError},
        vault::Vault,
    },
};
use simbind_core::{
    ids::{CallerId, DecisionId, RequestId, StepUpId},
    transcript::step_up_message,
};
use simbind_evidence::signature::SignatureScheme;
use simbind_rules::{StepUpMethod, Verdict};
use std::sync::Arc;

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

/// The step-up of a decision.
pub const fn step_up_of(decision: DecisionId) -> StepUpId {
    StepUpId::from_bytes(*decision.as_bytes())
}

/// The decision that asked for a step-up.
pub const fn decision_of(step_up: StepUpId) -> DecisionId {
    DecisionId::from_bytes(*step_up.as_bytes())
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
        let parent = self.decision(decision_of(id)).await;
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
        let mut card = None;
        let method = match &proof {
            StepUpProof::Failed => {
                return self.end_without_proof(by, &parent, OutcomeText::Failed).await;
            }
            StepUpProof::Claimed => {
                return self.end_without_proof(by, &parent, OutcomeText::Claimed).await;
            }
            StepUpProof::Card { chain, scheme, signature } => {
                let word = CardWord { chain, scheme: *scheme, signature };
                card = Some(self.verify_card(&parent, id, word).await?);
                StepUpMethod::Card
            }
            StepUpProof::Counter => StepUpMethod::Counter,
        };
        if !methods.contains(method) {
            return Err(ServiceError::Refused("the method is not acceptable here".into()));
        }
        let child = self.prove(by, request, &parent, method).await?;
        // What its issuer said of the card while the child was written must not be answered against.
        if let Some(card) = card {
            self.card_stands(&card).await?;
        }
        Ok(Some(child))
    }

    /// Keeps what a step-up came to; the decision that proved it before, where one did. A relying
    /// party's word ends nothing: evidence may still come.
    async fn note(
        &self,
        by: &CallerId,
        parent: &DecisionEntry,
        outcome: OutcomeText,
    ) -> Result<Option<DecisionId>, ServiceError> {
        let key = keys::step_up(parent.id)?;
        let word = outcome == OutcomeText::Claimed;
        let entry = StateEntry::StepUpEnded { decision: parent.id, outcome, by: by.clone() };
        for _ in 0..TRIES {
            let snapshot = self.store.read(std::slice::from_ref(&key)).await?;
            let expected = match snapshot.values.first().and_then(Option::as_ref) {
                None => Expected::Absent,
                Some(row) => match decode_row(&row.value)? {
                    OutcomeText::Claimed if word => return Ok(None),
                    OutcomeText::Claimed => Expected::Version(row.version),
                    OutcomeText::Proved(child) => return Ok(Some(child)),
                    OutcomeText::Failed => return Err(already()),
                },
            };
            match self.append_state(&entry, vec![(key.clone(), expected)]).await {
                Ok(_) => return Ok(None),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    async fn end_without_proof(
        &self,
        by: &CallerId,
        parent: &DecisionEntry,
        outcome: OutcomeText,
    ) -> Result<Option<Arc<DecisionEntry>>, ServiceError> {
        match self.note(by, parent, outcome).await? {
            None => Ok(None),
            Some(_) => Err(already()),
        }
    }

    async fn verify_card(
        &self,
        parent: &DecisionEntry,
        id: StepUpId,
        word: CardWord<'_>,
    ) -> Result<CardStanding, ServiceError> {
        let fields = CardFields {
            chain: "step_up.card.certificate_chain",
            signature: "step_up.card.signature",
        };
        let binding = parent.binding.ok_or(ServiceError::NotFound("binding"))?;
        let binding = self.binding(binding).await?.binding;
        self.card_of(&binding, word, &step_up_message(&id.to_string()), fields).await
    }

    /// Uses the step-up and decides. The same request finds its own decision again, and makes it
    /// where a fault came between the use and the decision.
    async fn prove(
        &self,
        by: &CallerId,
        request: &RequestId,
        parent: &DecisionEntry,
        method: StepUpMethod,
    ) -> Result<Arc<DecisionEntry>, ServiceError> {
        let mut id = decision_id(self.now(), self.random()?);
        let mut prior = None;
        if let Some(proved) = self.note(by, parent, OutcomeText::Proved(id)).await? {
            match self.decision(proved).await {
                Ok(child) if child.caller == *by && child.request == *request => {
                    prior = Some(child);
                }
                Ok(_) => return Err(already()),
                Err(ServiceError::NotFound(_)) => id = proved,
                Err(error) => return Err(error),
            }
        }
        let binding = parent.binding.ok_or(ServiceError::NotFound("binding"))?;
        for _ in 0..DECISIONS {
            let certificate = self.binding(binding).await?.binding.certificate.id;
            let loaded = self.load(certificate).await?.ok_or(ServiceError::NotFound("binding"))?;
            // A certificate can be bound anew; what was asked, was asked of the binding before.
            if loaded.binding.id != binding {
                return Err(ServiceError::Refused("the binding of the check is over".into()));
            }
            let child = self.child(parent, &loaded, id, method)?;
            let (facts, decided_at) = (facts_of(&child)?, child.decided_at);
            let child = match &prior {
                // The same request is not answered more softly than before.
                Some(prior) if prior.verdict.join(child.verdict) == prior.verdict => {
                    Arc::clone(prior)
                }
                _ => {
                    let (caller, request) = (by.clone(), request.clone());
                    self.record_child(DecisionEntry { caller, request, ..child }).await?
                }
            };
            // What was acknowledged while this was written must not be answered against.
            let moved = self.moved(Some(&loaded)).await?
                || self.status_moved(Some(&loaded), None, &facts)
                || self.attestation_moved(Some(&loaded), &facts, decided_at);
            if !moved {
                return Ok(child);
            }
            id = decision_id(self.now(), self.random()?);
        }
        Err(contended())
    }

    async fn record_child(&self, child: DecisionEntry) -> Result<Arc<DecisionEntry>, ServiceError> {
        match self.record_once(child).await {
            // The same request is being answered beside this one.
            Err(StoreError::Conflict) => Err(contended()),
            other => Ok(other?),
        }
    }
}

fn already() -> ServiceError {
    ServiceError::Refused("the step-up has ended already".into())
}
