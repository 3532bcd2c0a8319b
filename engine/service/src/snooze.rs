//! Snoozes of rules for one binding.

use crate::{
    decisions::facts_of,
    engine::{Engine, Standing, TRIES, contended},
    error::ServiceError,
    ledger::{DecisionEntry, StateEntry, decode_row, keys},
    packs::texts::text_digest,
    ports::{
        store::{Expected, Position, Store, StoreError},
        vault::{Sealed, Vault},
    },
    rollout::Deed,
    sealing,
};
use simbind_core::{
    binding::{Refused, State},
    ids::{BindingId, DecisionId, SnoozeId},
    rollout::Why,
    snooze::{RuleName, Snooze, SnoozeRefused, Snoozes},
    time::Timestamp,
};
use simbind_rules::FiredBy;

impl From<SnoozeRefused> for ServiceError {
    fn from(refused: SnoozeRefused) -> Self {
        match refused {
            SnoozeRefused::Past | SnoozeRefused::Long => Self::invalid("until", refused),
            SnoozeRefused::NotOpen => Self::NotFound("open snooze"),
            SnoozeRefused::Reused => Self::invalid("decision_id", refused),
            SnoozeRefused::Snoozed | SnoozeRefused::Many => Self::Refused(refused.to_string()),
        }
    }
}

/// What is to be snoozed.
#[derive(Clone, Debug)]
pub struct SnoozeRequest {
    /// The binding.
    pub binding: BindingId,
    /// The rule.
    pub rule: RuleName,
    /// Until when.
    pub until: Timestamp,
    /// The decision that led to it.
    pub decision: DecisionId,
}

/// A snooze with its reason; `None` where the person was erased.
pub type Snoozed = Snooze<Option<Why>>;

/// The snoozes of a binding in the store.
struct Kept {
    snoozes: Snoozes<Sealed>,
    expected: Expected,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Holds a rule down to its floor for one binding, for a time.
    ///
    /// # Errors
    /// Where the binding has ended, the decision is not one of its own in which the rule spoke, is
    /// older than 7 days or led to a snooze of the rule before, the rule has no floor under what it says, it is snoozed already, or the time is out of bounds.
    pub async fn snooze_rule(
        &self,
        deed: Deed<'_>,
        request: SnoozeRequest,
    ) -> Result<Snoozed, ServiceError> {
        let SnoozeRequest { binding: id, rule, until, decision } = request;
        let led = self.decision(decision).await?;
        for _ in 0..TRIES {
            let standing = self.binding(id).await?;
            let now = self.now();
            if now > led.decided_at.plus(Snoozes::<Sealed>::OLDEST_DECISION) {
                return Err(ServiceError::invalid("decision_id", "is older than 7 days"));
            }
            if let State::Ended { .. } = standing.binding.state_at(now) {
                return Err(Refused::Ended.into());
            }
            let condition = self.may_be_snoozed(&standing, &rule, &led)?;
            let kept = self.kept_snoozes(id).await?;
            let why = sealing::seal(&*self.vault, standing.key, sealing::WHY, deed.why)?;
            let (snooze, rule) = (SnoozeId::from_bytes(self.random()?), rule.clone());
            let by = deed.by.clone();
            let snooze =
                Snooze { id: snooze, rule, condition, from: now, until, decision, by, why };
            kept.snoozes.permit(&snooze)?;
            let shown = with_why(&snooze, Some(deed.why.clone()));
            let entry = StateEntry::SnoozeSet { binding: id, snooze };
            let standing = (keys::binding(id)?, Expected::Version(standing.version));
            let expect = vec![(keys::snoozes(id)?, kept.expected), standing];
            match self.append_state(&entry, expect).await {
                Ok(_) => return Ok(shown),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    /// Whether the rule spoke in a decision of the binding, and by the packs of now would say less
    /// of the same facts if it were snoozed; SHA-256 of its condition.
    fn may_be_snoozed(
        &self,
        standing: &Standing,
        rule: &RuleName,
        led: &DecisionEntry,
    ) -> Result<[u8; 32], ServiceError> {
        let named = |fired: &crate::ledger::FiredEntry| {
            fired.held && rule.as_str().split_once('/') == Some((&fired.pack, &fired.rule))
        };
        if led.binding != Some(standing.binding.id) || !led.fired.iter().any(named) {
            let why = "is no decision of this binding in which the rule's condition held";
            return Err(ServiceError::invalid("decision_id", why));
        }
        let force = self.packs.current();
        let packs = force.deciding(&*self.vault, Some(standing.binding.certificate.id));
        let chain = packs.chain(Some(&standing.binding.sim.serving));
        let unknown = || ServiceError::invalid("rule", "is no rule of this binding's packs");
        let reference = packs.book.rule_ref(rule.as_str()).ok_or_else(unknown)?;
        let said = packs.book.evaluate(chain, led.kind, &facts_of(led)?).fired;
        let mut said = said.iter().filter(|fired| fired.by == FiredBy::Condition);
        let Some(said) = said.find(|fired| fired.rule == reference) else {
            let why = "by the packs of now the rule says nothing of that decision's facts";
            return Err(ServiceError::Refused(why.into()));
        };
        match packs.book.floor(chain, reference) {
            Some(floor) if floor < said.verdict.severity() => {
                let condition = packs.book.rule_condition(reference).ok_or_else(unknown)?;
                Ok(text_digest(condition))
            }
            _ => Err(ServiceError::Refused("the rule has no floor under what it says".into())),
        }
    }

    /// Ends a snooze before its time.
    ///
    /// # Errors
    /// Where there is no such snooze that is open, or the store cannot be written.
    pub async fn end_snooze(
        &self,
        deed: Deed<'_>,
        binding: BindingId,
        snooze: SnoozeId,
    ) -> Result<(), ServiceError> {
        for _ in 0..TRIES {
            let standing = self.binding(binding).await?;
            let kept = self.kept_snoozes(binding).await?;
            let at = self.now();
            kept.snoozes.permit_end(snooze, at)?;
            let why = sealing::seal(&*self.vault, standing.key, sealing::WHY, deed.why)?;
            let by = deed.by.clone();
            let entry = StateEntry::SnoozeEnded { binding, snooze, by, at, why };
            let expect = vec![(keys::snoozes(binding)?, kept.expected)];
            match self.append_state(&entry, expect).await {
                Ok(_) => return Ok(()),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    /// The snoozes of a binding, the newest first: all that are open, and some that are over.
    ///
    /// # Errors
    /// Where there is no such binding, or the store cannot be read.
    pub async fn snoozes(&self, binding: BindingId) -> Result<Vec<Snoozed>, ServiceError> {
        self.binding(binding).await?;
        let kept = self.kept_snoozes(binding).await?;
        let shown = |snooze: &Snooze<Sealed>| {
            let why = sealing::open(&*self.vault, sealing::WHY, &snooze.why)?;
            Ok(with_why(snooze, why))
        };
        kept.snoozes.iter().map(shown).collect()
    }

    async fn kept_snoozes(&self, binding: BindingId) -> Result<Kept, ServiceError> {
        let row = self.store.read(&[keys::snoozes(binding)?]).await?;
        let row = row.values.into_iter().next().flatten();
        let expected = |version: Position| Expected::Version(version);
        Ok(match row {
            Some(row) => Kept { snoozes: decode_row(&row.value)?, expected: expected(row.version) },
            None => Kept { snoozes: Snoozes::default(), expected: Expected::Absent },
        })
    }
}

fn with_why<W>(snooze: &Snooze<W>, why: Option<Why>) -> Snoozed {
    let Snooze { id, rule, condition, from, until, decision, by, .. } = snooze;
    let (rule, by) = (rule.clone(), by.clone());
    let (from, until) = (*from, *until);
    Snooze { id: *id, rule, condition: *condition, from, until, decision: *decision, by, why }
}
