//! From facts to a decision on disk.

use super::{request::CheckRequest, run::decision_id};
use crate::{
    engine::Engine,
    error::ServiceError,
    hot::Loaded,
    ledger::{DecisionEntry, FiredEntry, encode_decision},
    packs::InService,
    ports::{
        store::{Append, LedgerKind, Store},
        vault::Vault,
    },
};
use simbind_core::{check::Ruling, ids::ChallengeId, time::Timestamp};
use simbind_rules::{Facts, FiredBy, ReasonCode, RuleBook};
use std::sync::Arc;

/// A check that is ready to be ruled on.
pub(super) struct Draft<'a> {
    pub(super) check: &'a CheckRequest,
    pub(super) digest: [u8; 32],
    pub(super) facts: &'a Facts,
    pub(super) limit: Option<ReasonCode>,
    pub(super) loaded: Option<&'a Loaded>,
    pub(super) challenge: Option<ChallengeId>,
    pub(super) packs: &'a Arc<InService>,
    pub(super) now: Timestamp,
}

impl<S: Store, V: Vault> Engine<S, V> {
    pub(super) async fn decide(
        &self,
        draft: &Draft<'_>,
    ) -> Result<Arc<DecisionEntry>, ServiceError> {
        let Draft { check, facts, packs, loaded, now, .. } = *draft;
        let serving = loaded.map(|loaded| &loaded.binding.sim.serving);
        let chain = packs.chain(serving);
        let kind = check.kind();
        let ruling = simbind_core::check::rule(&packs.book, chain, kind, facts, draft.limit);
        let entry = DecisionEntry {
            id: decision_id(now, self.random()?),
            parent: None,
            kind,
            caller: check.caller.clone(),
            audience: check.audience.to_text(),
            request: check.request.clone(),
            digest: draft.digest,
            challenge: draft.challenge.map(|id| *id.as_bytes()),
            binding: loaded.map(|loaded| loaded.binding.id),
            carrier: serving.map(|serving| serving.carrier.clone()),
            host: serving.and_then(|serving| serving.host.clone()),
            facts: facts.to_bytes(),
            limit: draft.limit.map(|reason| reason.as_str().to_owned()),
            proved: None,
            verdict: ruling.answer.verdict(),
            reasons: ruling.reasons.iter().map(|reason| reason.as_str().to_owned()).collect(),
            edge: ruling.edge,
            fired: fired(&packs.book, &ruling),
            packs: packs.book.hash().0,
            decided_at: now,
            position: loaded.map_or(self.store.tip(LedgerKind::State), |l| l.position).0,
        };
        self.record(entry).await
    }

    /// Writes a decision; on disk when this answers.
    pub(crate) async fn record(
        &self,
        entry: DecisionEntry,
    ) -> Result<Arc<DecisionEntry>, ServiceError> {
        let bytes = encode_decision(&entry)?.into();
        let append = Append { entry: bytes, expect: Vec::new() };
        self.store.append(LedgerKind::Decisions, append).await?;
        let entry = Arc::new(entry);
        self.decisions.put(&entry);
        Ok(entry)
    }
}

/// The rules that had a part, by their names.
pub(crate) fn fired(book: &RuleBook, ruling: &Ruling) -> Vec<FiredEntry> {
    let entry = |fired: &simbind_rules::FiredRule| {
        let name = book.rule_name(fired.rule);
        let (pack, rule) = name.split_once('/').unwrap_or(("?", &name));
        FiredEntry {
            pack: pack.to_owned(),
            rule: rule.to_owned(),
            held: fired.by == FiredBy::Condition,
        }
    };
    ruling.fired.iter().map(entry).collect()
}
