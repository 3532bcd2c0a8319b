//! From facts to a decision on disk.

use super::{request::CheckRequest, run::decision_id};
use crate::{
    challenge::Hold,
    engine::Engine,
    error::ServiceError,
    hot::Loaded,
    ledger::{DecisionEntry, FiredEntry, LimitEntry, encode_decision, keys},
    limits::Reached,
    packs::{InForce, InService, shadow::Compared},
    ports::{
        store::{Append, Expected, Key, LedgerKind, Store, StoreError},
        vault::Vault,
    },
    tokens::TokenMark,
};
use simbind_core::{check::Ruling, ids::ChallengeId, time::Timestamp};
use simbind_rules::{Facts, FiredBy, RuleBook, RuleRef};
use std::sync::Arc;

/// A check that is ready to be ruled on.
pub(super) struct Draft<'a> {
    pub(super) check: &'a CheckRequest,
    pub(super) digest: [u8; 32],
    pub(super) facts: &'a Facts,
    pub(super) limit: Option<Reached>,
    pub(super) loaded: Option<&'a Loaded>,
    pub(super) challenge: Option<ChallengeId>,
    /// The handset's token that it used.
    pub(super) token: Option<TokenMark>,
    pub(super) packs: &'a Arc<InService>,
    pub(super) now: Timestamp,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Rules on a check and writes the decision; on disk when this answers. Where the same request
    /// was answered before, that answer stands and nothing is written, unless the state of now
    /// asks for a more severe one.
    pub(super) async fn decide(
        &self,
        draft: &Draft<'_>,
        prior: Option<&Arc<DecisionEntry>>,
        mut hold: Option<&mut Hold<'_>>,
    ) -> Result<Arc<DecisionEntry>, ServiceError> {
        let Draft { check, facts, packs, loaded, now, .. } = *draft;
        let serving = loaded.map(|loaded| &loaded.binding.sim.serving);
        let chain = packs.chain(serving);
        let kind = check.kind();
        let limit = draft.limit.map(|limit| limit.reason);
        let snoozes = snoozes(loaded, &packs.book, now);
        let ruling =
            simbind_core::check::rule_snoozed(&packs.book, chain, kind, facts, limit, &snoozes);
        let verdict = ruling.answer.verdict();
        if let Some(prior) = prior.filter(|prior| prior.verdict.join(verdict) == prior.verdict) {
            return Ok(Arc::clone(prior));
        }
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
            limit: draft.limit.map(|limit| LimitEntry {
                reason: limit.reason.as_str().to_owned(),
                retry_at: now.plus(limit.retry_after),
            }),
            proved: None,
            verdict: ruling.answer.verdict(),
            reasons: ruling.reasons.iter().map(|reason| reason.as_str().to_owned()).collect(),
            edge: ruling.edge,
            fired: fired(&packs.book, &ruling),
            packs: packs.book.hash().0,
            decided_at: now,
            position: loaded.map_or_else(|| self.store.tip(LedgerKind::State), Loaded::as_of).0,
            snoozed: snoozed(&packs.book, &ruling),
            token: draft.token.map(|mark| mark.0),
        };
        if let Some(hold) = &mut hold {
            hold.writing(entry.id);
        }
        let written = self.record(entry).await;
        if let (Some(hold), Err(error)) = (hold, &written)
            && error.nothing_written()
        {
            hold.not_written();
        }
        Ok(written?)
    }

    /// Answers a check that was decided by the other packs too, those in service or those that are
    /// staged, and counts where they differ. It has no effect.
    pub(super) fn compare(&self, force: &InForce, draft: &Draft<'_>, decision: &DecisionEntry) {
        let Some(trial) = &force.staged else { return };
        // A limit answers for both alike, and hides how they differ.
        if draft.limit.is_some() {
            return;
        }
        let Draft { check, facts, loaded, .. } = *draft;
        let serving = loaded.map(|loaded| &loaded.binding.sim.serving);
        let ruled = |packs: &InService| {
            let chain = packs.chain(serving);
            let (book, kind) = (&packs.book, check.kind());
            let snoozes = snoozes(loaded, book, draft.now);
            simbind_core::check::rule_snoozed(book, chain, kind, facts, None, &snoozes)
        };
        trial.shadow.count(&Compared {
            decision: decision.id,
            carrier: serving.map(|serving| &serving.carrier),
            audience: &decision.audience,
            live: (&force.live.book, &ruled(&force.live)),
            staged: (&trial.packs.book, &ruled(&trial.packs)),
        });
    }

    /// Writes a decision under an id that was drawn for it; on disk when this answers.
    pub(crate) async fn record(
        &self,
        entry: DecisionEntry,
    ) -> Result<Arc<DecisionEntry>, StoreError> {
        self.record_if(entry, Vec::new()).await
    }

    /// Writes a decision unless there is one of its id.
    pub(crate) async fn record_once(
        &self,
        entry: DecisionEntry,
    ) -> Result<Arc<DecisionEntry>, StoreError> {
        let expect = vec![(keys::decision(entry.id)?, Expected::Absent)];
        self.record_if(entry, expect).await
    }

    async fn record_if(
        &self,
        entry: DecisionEntry,
        expect: Vec<(Key, Expected)>,
    ) -> Result<Arc<DecisionEntry>, StoreError> {
        let bytes = encode_decision(&entry)?.into();
        let append = Append { entry: bytes, expect };
        self.store.append(LedgerKind::Decisions, append).await?;
        let entry = Arc::new(entry);
        self.decisions.put(&entry);
        Ok(entry)
    }
}

fn snoozes(loaded: Option<&Loaded>, book: &RuleBook, now: Timestamp) -> Vec<RuleRef> {
    loaded.map_or_else(Vec::new, |loaded| loaded.snoozed(book, now))
}

/// The rules that were snoozed and would have said more, by their names.
pub(crate) fn snoozed(book: &RuleBook, ruling: &Ruling) -> Vec<String> {
    ruling.snoozed.iter().map(|rule| book.rule_name(*rule)).collect()
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
