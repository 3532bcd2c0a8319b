//! The decision that follows a step-up.

use crate::{
    attestation_status::keys_of,
    decisions::facts_of,
    engine::Engine,
    error::ServiceError,
    hot::Loaded,
    ledger::DecisionEntry,
    ports::{store::Store, vault::Vault},
};
use simbind_core::{
    check::{AttestationFinding, StatusFinding, after_step_up, change_after_step_up, tell_applet},
    ids::DecisionId,
    line::LineView,
    time::Timestamp,
};
use simbind_rules::{
    Facts, StepUpMethod,
    facts::{AppIdentity, HandsetProof, SimState},
};

impl<S: Store, V: Vault> Engine<S, V> {
    /// The child: the parent's facts with what is known now of the binding and its line, by the
    /// packs in service, and the method that was proved.
    pub(super) fn child(
        &self,
        parent: &DecisionEntry,
        loaded: &Loaded,
        id: DecisionId,
        method: StepUpMethod,
    ) -> Result<DecisionEntry, ServiceError> {
        let now = self.now();
        let mut facts = facts_of(parent)?;
        self.refresh_handset(&mut facts, parent, loaded, now)?;
        refresh(&mut facts, loaded, method, now);
        self.refresh_status(&mut facts, loaded, now);
        let force = self.packs.current();
        let packs = force.deciding(&*self.vault, Some(loaded.binding.certificate.id));
        let chain = crate::decisions::chain_of(&packs.book, parent);
        let (book, kind) = (&packs.book, parent.kind);
        let snoozes = loaded.snoozed(book, now);
        let ruling = simbind_core::check::rule_snoozed(book, chain, kind, &facts, None, &snoozes);
        let ruling = after_step_up(ruling, method);
        Ok(DecisionEntry {
            id,
            parent: Some(parent.id),
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
            position: loaded.as_of().0,
            snoozed: crate::check::snoozed(book, &ruling),
            token: None,
            ..parent.clone()
        })
    }

    /// What the issuer says now. Where nothing of it is kept, what the parent brought stands.
    fn refresh_status(&self, facts: &mut Facts, loaded: &Loaded, now: Timestamp) {
        let finding = self.status_finding(Some(loaded), None, now);
        let said = matches!(finding, StatusFinding::Said { .. });
        if said || facts.certificate_status().is_none() {
            finding.tell(facts);
        }
    }

    /// What is known now of the handset that the parent was about: what the maker's list says of
    /// it, and whether its key still speaks for an app that is listed. A proof by a key that is not
    /// the binding's any more is none.
    fn refresh_handset(
        &self,
        facts: &mut Facts,
        parent: &DecisionEntry,
        loaded: &Loaded,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let attestation = self.attestation_since(facts, parent.decided_at, loaded, now);
        if let AttestationFinding::Looked { status, age } = attestation {
            facts.set_handset_attestation_status(status);
            facts.set_handset_attestation_status_age(age);
        }
        let key = keys_of(&loaded.binding, facts, parent.decided_at).next();
        let proved =
            matches!(facts.handset_proof(), Some(HandsetProof::Valid | HandsetProof::Replayed));
        let Some((_, key)) = key else {
            let why = "the key that proved the handset is not the binding's any more";
            return if proved { Err(ServiceError::Refused(why.into())) } else { Ok(()) };
        };
        if let Some(at) = key.verified_at() {
            facts.set_handset_attestation_age(now.since(at));
        }
        if !self.settings.trust.apps.hears(key) {
            if facts.app_identity() == Some(AppIdentity::Listed) {
                facts.set_app_identity(AppIdentity::Unlisted);
            }
            if facts.app_ui() == Some(AppIdentity::Listed) {
                facts.set_app_ui(AppIdentity::Unlisted);
            }
        }
        Ok(())
    }
}

/// What may have changed since the parent was decided.
fn refresh(facts: &mut Facts, loaded: &Loaded, method: StepUpMethod, now: Timestamp) {
    let histories: Vec<_> = loaded.histories.iter().collect();
    let line = LineView::of(&loaded.binding, &histories, now);
    facts.set_binding_state(loaded.binding.state_at(now).fact());
    facts.set_handset_latch(line.handset_latch);
    facts.set_sim_latch(line.sim_latch);
    facts.set_line_latch(line.line_latch);
    change_after_step_up(facts, &line, method);
    facts.set_pin_failures(loaded.pin.failures);
    if let Some(at) = loaded.binding.released_at {
        facts.set_binding_released_age(now.since(at));
    }
    if let Some(at) = loaded.binding.pin_reset_at {
        facts.set_pin_reset_age(now.since(at));
    }
    tell_applet(facts, loaded.applet.as_ref(), now);
    if facts.sim_state().is_some() || line.sim_state != SimState::Active {
        facts.set_sim_state(line.sim_state);
    }
}
