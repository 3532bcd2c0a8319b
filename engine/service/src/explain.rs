//! Why packs answer as they do: to a recorded check, or to facts that somebody brings.

use crate::{
    backtest::{Tried, TriedPacks},
    decisions::{chain_of, facts_of},
    engine::Engine,
    error::ServiceError,
    ledger::DecisionEntry,
    packs::PacksOf,
    ports::{store::Store, vault::Vault},
};
use simbind_core::ids::DecisionId;
use simbind_rules::{
    CheckKind, Diagnostic, Facts, Milder, Outcome, PacksHash, RuleBook, RuleTrace,
};
use std::sync::Arc;

/// Problems of packs that an error tells.
const PROBLEMS: usize = 5;
/// Packs that an error names.
const NAMED: usize = 20;

/// A decision explained.
#[derive(Debug)]
pub struct Explained {
    /// The decision.
    pub decision: Arc<DecisionEntry>,
    /// Each rule that was considered; empty where the packs are not here any more.
    pub rules: Vec<RuleTrace>,
    /// The facts that were recorded.
    pub facts: Facts,
    /// What would have to differ for a milder verdict; `None` where nothing was found, and where
    /// the rules did not have the last word.
    pub milder: Option<Milder>,
}

/// Facts that somebody brings, and the packs that are asked.
#[derive(Debug)]
pub struct Question {
    /// The packs.
    pub packs: TriedPacks,
    /// The pack whose chain is asked; the nation's where none is named.
    pub pack: Option<String>,
    /// Login or tap.
    pub kind: CheckKind,
    /// The facts.
    pub facts: Facts,
}

/// What packs answer to facts.
#[derive(Debug)]
pub struct Answer {
    /// What they answer.
    pub outcome: Outcome,
    /// Each rule that was considered.
    pub rules: Vec<RuleTrace>,
    /// What would have to differ for a milder verdict; `None` where nothing was found.
    pub milder: Option<Milder>,
    /// The packs.
    pub packs: PacksHash,
}

impl Answer {
    /// Asks a book; `None` where it has no pack of that id.
    pub fn of(book: &RuleBook, pack: Option<&str>, kind: CheckKind, facts: &Facts) -> Option<Self> {
        let chain = match pack {
            Some(id) => book.chain_of_pack(id)?,
            None => book.chain(None, None),
        };
        Some(Self {
            outcome: book.evaluate(chain, kind, facts),
            rules: book.explain(chain, kind, facts),
            milder: book.milder(chain, kind, facts),
            packs: book.hash(),
        })
    }
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Explains a decision by the packs that made it.
    ///
    /// # Errors
    /// Where there is none, the store cannot be read, or too many ask at once.
    pub async fn explain(&self, id: DecisionId) -> Result<Explained, ServiceError> {
        let decision = self.decision(id).await?;
        let facts = facts_of(&decision)?;
        let turn = self.explaining.take().await?;
        let PacksOf::Here(packs) = self.packs_of(decision.packs).await? else {
            return Ok(Explained { decision, rules: Vec::new(), facts, milder: None });
        };
        turn.work(move || {
            let chain = chain_of(&packs.book, &decision);
            let rules = packs.book.explain(chain, decision.kind, &facts);
            let by_rules = decision.limit.is_none()
                && decision.proved.is_none()
                && decision.snoozed.is_empty();
            let milder = by_rules.then(|| packs.book.milder(chain, decision.kind, &facts));
            let given = decision.verdict.severity();
            let milder = milder.flatten().filter(|milder| milder.verdict < given);
            Explained { decision, rules, facts, milder }
        })
        .await
    }

    /// Says what packs answer to facts, and why. Nothing is recorded.
    ///
    /// # Errors
    /// Where the packs are not known or do not compile, hold no pack of that id, or too many ask at
    /// once.
    pub async fn explain_facts(&self, question: Question) -> Result<Answer, ServiceError> {
        let Question { packs, pack, kind, facts } = question;
        let held = match packs {
            TriedPacks::InService => Ok(Tried::in_service(self.packs.in_service())),
            TriedPacks::Hash(hash) => match self.packs_of(hash).await? {
                PacksOf::Here(packs) => Ok(Tried::in_service(packs)),
                PacksOf::Missing => return Err(ServiceError::NotFound("packs")),
            },
            TriedPacks::Sources(sources) => Err(sources),
        };
        let turn = match &held {
            Ok(_) => self.explaining.take().await?,
            Err(_) => self.compiling.take().await?,
        };
        turn.work(move || {
            let tried = match held {
                Ok(tried) => tried,
                Err(sources) => {
                    RuleBook::compile_unchecked(&sources).map_err(|found| problems(&found))?.into()
                }
            };
            let answer = Answer::of(tried.book(), pack.as_deref(), kind, &facts);
            answer.ok_or_else(|| no_pack(tried.book()))
        })
        .await?
    }
}

fn problems(found: &[Diagnostic]) -> ServiceError {
    let first: Vec<_> = found.iter().take(PROBLEMS).map(ToString::to_string).collect();
    ServiceError::invalid("packs", format!("have {} problems\n{}", found.len(), first.join("\n")))
}

fn no_pack(book: &RuleBook) -> ServiceError {
    let ids: Vec<_> = book.packs().iter().take(NAMED).map(|pack| pack.id.as_str()).collect();
    let more = if book.packs().len() > NAMED { " and others" } else { "" };
    ServiceError::invalid("pack_id", format!("is none of {}{more}", ids.join(", ")))
}
