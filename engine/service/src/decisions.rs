//! Reading, explaining and replaying decisions.

use crate::{
    engine::Engine,
    error::ServiceError,
    ledger::{DecisionEntry, decode_decision, decode_row, keys},
    ports::{
        store::{Direction, Key, LedgerKind, Position, Scan, Store},
        vault::Vault,
    },
};
use simbind_core::{
    check::Ruling,
    ids::{BindingId, CarrierId, DecisionId},
};
use simbind_rules::{ChainId, CheckKind, Facts, ReasonCode, RuleBook, RuleRef, StepUpMethod};
use std::sync::Arc;

/// How a replay compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// The same verdict, reasons, edge and rules.
    Same,
    /// Another.
    Different,
    /// The packs are not here any more.
    PacksMissing,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// A decision by its id.
    ///
    /// # Errors
    /// Where there is none or the store cannot be read.
    pub async fn decision(&self, id: DecisionId) -> Result<Arc<DecisionEntry>, ServiceError> {
        if let Some(decision) = self.decisions.get(id) {
            return Ok(decision);
        }
        let snapshot = self.store.read(&[keys::decision(id)?]).await?;
        let missing = ServiceError::NotFound("decision");
        let Some(Some(row)) = snapshot.values.first() else { return Err(missing) };
        let position: u64 = decode_row(&row.value)?;
        let entry = self.store.entry(LedgerKind::Decisions, Position(position)).await?;
        let entry = entry.ok_or(missing)?;
        Ok(Arc::new(decode_decision(&entry.entry)?))
    }

    /// Decisions of a binding, or of all, newest first, and where the next page begins.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn decisions(
        &self,
        binding: Option<BindingId>,
        after: Option<DecisionId>,
        rows: usize,
    ) -> Result<(Vec<Arc<DecisionEntry>>, Option<DecisionId>), ServiceError> {
        let (prefix, after) = match binding {
            Some(binding) => (
                keys::binding_decisions(binding)?,
                after.map(|id| keys::binding_decision(binding, id)).transpose()?,
            ),
            None => (keys::decisions()?, after.map(keys::decision).transpose()?),
        };
        let (ids, more) = self.decision_ids(prefix, after, rows).await?;
        let mut found = Vec::with_capacity(ids.len());
        for id in &ids {
            found.push(self.decision(*id).await?);
        }
        Ok((found, ids.last().copied().filter(|_| more)))
    }

    pub(crate) async fn decision_ids(
        &self,
        prefix: Key,
        after: Option<Key>,
        rows: usize,
    ) -> Result<(Vec<DecisionId>, bool), ServiceError> {
        let scan = Scan { prefix, after, rows, direction: Direction::Descending };
        let page = self.store.scan(scan).await?;
        let id = |key: &Key| {
            let bytes = key.as_bytes();
            let tail = bytes.get(bytes.len().checked_sub(16)?..)?;
            Some(DecisionId::from_bytes(tail.try_into().ok()?))
        };
        let ids = page.rows.iter().filter_map(|(key, _)| id(key)).collect();
        Ok((ids, page.next.is_some()))
    }

    /// Decides again from what was recorded, and compares.
    ///
    /// # Errors
    /// Where there is none, or the store cannot be read.
    pub async fn replay(
        &self,
        id: DecisionId,
    ) -> Result<(Replayed, simbind_rules::Verdict), ServiceError> {
        let decision = self.decision(id).await?;
        let facts = facts_of(&decision)?;
        let packs = self.packs_of(decision.packs).await?;
        let Some(book) = packs.book() else {
            return Ok((Replayed::PacksMissing, decision.verdict));
        };
        Ok(replay(book, &decision, &facts))
    }
}

fn replay(
    book: &RuleBook,
    decision: &DecisionEntry,
    facts: &Facts,
) -> (Replayed, simbind_rules::Verdict) {
    let again = Again {
        chain: chain_of(book, decision),
        kind: decision.kind,
        facts,
        limit: decision.limit.as_ref().and_then(|limit| ReasonCode::from_name(&limit.reason)),
        proved: decision.proved,
        snoozed: &rules_of(book, decision.snoozed.iter().map(String::as_str)),
    };
    let ruling = decide_again(book, &again);
    let reasons: Vec<&str> = ruling.reasons.iter().map(|reason| reason.as_str()).collect();
    let same = ruling.answer.verdict() == decision.verdict
        && reasons == decision.reasons
        && ruling.edge == decision.edge
        && crate::check::fired(book, &ruling) == decision.fired
        && crate::check::snoozed(book, &ruling) == decision.snoozed;
    (if same { Replayed::Same } else { Replayed::Different }, ruling.answer.verdict())
}

pub(crate) fn facts_of(decision: &DecisionEntry) -> Result<Facts, ServiceError> {
    Facts::from_bytes(&decision.facts)
        .map_err(|_| ServiceError::unavailable("the facts of a decision cannot be read"))
}

pub(crate) fn chain_of(book: &RuleBook, decision: &DecisionEntry) -> ChainId {
    let carrier = decision.carrier.as_ref().map(CarrierId::as_str);
    chain_by(book, carrier, decision.host.as_ref().map(CarrierId::as_str))
}

/// The chain of a line by its carrier and that one's host; the nation's where no line is known.
pub(crate) fn chain_by(book: &RuleBook, carrier: Option<&str>, host: Option<&str>) -> ChainId {
    let Some(carrier) = carrier else { return book.chain(None, None) };
    book.chain(Some(host.unwrap_or(carrier)), Some(carrier))
}

/// What is decided again: what was recorded of a check, and the chain that it is now under.
pub(crate) struct Again<'a> {
    pub(crate) chain: ChainId,
    pub(crate) kind: CheckKind,
    pub(crate) facts: &'a Facts,
    /// The limit that was reached then. Limits are not counted again.
    pub(crate) limit: Option<ReasonCode>,
    pub(crate) proved: Option<StepUpMethod>,
    /// The rules that were snoozed then and would have said more.
    pub(crate) snoozed: &'a [RuleRef],
}

/// The rules of these names in a book; a name that is not there any more is left out.
pub(crate) fn rules_of<'a>(book: &RuleBook, names: impl Iterator<Item = &'a str>) -> Vec<RuleRef> {
    names.filter_map(|name| book.rule_ref(name)).collect()
}

/// Decides again: walls, limit, rules, and the step-up that was proved.
pub(crate) fn decide_again(book: &RuleBook, again: &Again<'_>) -> Ruling {
    let Again { chain, kind, facts, limit, proved, snoozed } = *again;
    let ruling = simbind_core::check::rule_snoozed(book, chain, kind, facts, limit, snoozed);
    match proved {
        Some(method) => simbind_core::check::after_step_up(ruling, method),
        None => ruling,
    }
}
