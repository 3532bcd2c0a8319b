//! Deciding entries again, one after the other: the hot loop.

use super::{
    names::Names,
    tally::{Shift, Shifts, Summary},
    tried::{Terms, Tried},
    view::DecisionView,
};
use crate::{
    decisions::{Again, decide_again, rules_of},
    ledger::{DecisionEntry, decode_decision},
};
use simbind_core::{check::Ruling, ids::DecisionId};
use simbind_rules::{ChainId, Facts, ReasonCode, RuleRef, Severity, Verdict};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// A decision whose verdict would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The decision.
    pub id: DecisionId,
    /// The carrier or MVNO whose packs decide; `None` where no line was known.
    pub carrier: Option<Arc<str>>,
    /// The relying party or the reader.
    pub audience: Arc<str>,
    /// The verdict that was given.
    pub was: Verdict,
    /// The verdict that the tried packs give.
    pub becomes: Verdict,
    /// Rules (`pack/rule`) that had a part before and have none now.
    pub rules_gone: Vec<Arc<str>>,
    /// Rules (`pack/rule`) that have a part now and had none before.
    pub rules_new: Vec<Arc<str>>,
}

/// A backtest under way: takes one entry of the decisions ledger after the other.
#[derive(Debug)]
pub struct Trial {
    tried: Tried,
    terms: Terms,
    lines: Lines,
    decisions: u64,
    changed: u64,
    other_methods: u64,
    unreadable: u64,
    named: u32,
    by_verdict: Shifts,
    rules: Names,
    carriers: Names,
    audiences: Names,
    new_rules: HashMap<RuleRef, (usize, Arc<str>)>,
}

impl Trial {
    /// A trial of packs that has taken nothing yet.
    pub fn new(tried: Tried, terms: Terms) -> Self {
        Self {
            tried,
            terms,
            lines: Lines::default(),
            decisions: 0,
            changed: 0,
            other_methods: 0,
            unreadable: 0,
            named: 0,
            by_verdict: Shifts::default(),
            rules: Names::default(),
            carriers: Names::default(),
            audiences: Names::default(),
            new_rules: HashMap::new(),
        }
    }

    /// Takes an entry of the decisions ledger. Gives it where its verdict changes and it is still
    /// to be named.
    pub fn take(&mut self, entry: &[u8]) -> Option<Changed> {
        let Ok(view) = DecisionView::read(entry) else {
            self.unreadable = self.unreadable.saturating_add(1);
            return None;
        };
        if !self.terms.covers(view.decided_at) {
            return None;
        }
        let Ok(facts) = Facts::from_bytes(view.facts) else {
            self.unreadable = self.unreadable.saturating_add(1);
            return None;
        };
        self.decisions = self.decisions.saturating_add(1);
        let book = self.tried.book();
        let again = Again {
            chain: self.lines.chain(&self.tried, view.carrier, view.host),
            kind: view.kind,
            facts: &facts,
            limit: view.limit.and_then(ReasonCode::from_name),
            proved: view.proved,
            snoozed: &rules_of(book, view.snoozed.iter().copied()),
        };
        let ruling = decide_again(book, &again);
        if ruling.answer.verdict() == view.verdict {
            return None;
        }
        self.change(entry, &view, &ruling)
    }

    /// Counts a decision that changes. Rare, so it may take its time.
    fn change(
        &mut self,
        entry: &[u8],
        view: &DecisionView<'_>,
        ruling: &Ruling,
    ) -> Option<Changed> {
        let (was, becomes) = (view.verdict, ruling.answer.verdict());
        let shift = Shift { was: was.severity(), becomes: becomes.severity() };
        self.changed = self.changed.saturating_add(1);
        self.by_verdict.add(shift);
        if shift.was == Severity::StepUp && shift.becomes == Severity::StepUp {
            self.other_methods = self.other_methods.saturating_add(1);
        }
        let (carrier, carrier_name) = self.carriers.number(view.carrier.unwrap_or_default());
        let (audience, audience_name) = self.audiences.number(view.audience);
        let (rules_gone, rules_new) = self.rules(entry, ruling, shift);
        self.carriers.count(carrier, shift);
        self.audiences.count(audience, shift);
        if self.named >= self.terms.most_changes {
            return None;
        }
        self.named = self.named.saturating_add(1);
        Some(Changed {
            id: DecisionId::from_bytes(view.id),
            carrier: view.carrier.map(|_| carrier_name),
            audience: audience_name,
            was,
            becomes,
            rules_gone,
            rules_new,
        })
    }

    /// The rules that went and those that came, each counted once.
    fn rules(
        &mut self,
        entry: &[u8],
        ruling: &Ruling,
        shift: Shift,
    ) -> (Vec<Arc<str>>, Vec<Arc<str>>) {
        let before: Vec<_> = match decode_decision(entry) {
            Ok(DecisionEntry { fired, .. }) => fired
                .iter()
                .map(|fired| self.rules.number(&format!("{}/{}", fired.pack, fired.rule)))
                .collect(),
            Err(_) => Vec::new(),
        };
        let book = self.tried.book();
        let mut now = Vec::with_capacity(ruling.fired.len());
        for fired in &ruling.fired {
            let name = self
                .new_rules
                .entry(fired.rule)
                .or_insert_with(|| self.rules.number(&book.rule_name(fired.rule)));
            now.push(name.clone());
        }
        let only = |these: &[(usize, Arc<str>)], those: &[(usize, Arc<str>)]| -> Vec<_> {
            let missing = these.iter().filter(|(_, name)| those.iter().all(|(_, n)| n != name));
            missing.cloned().collect()
        };
        let (gone, new) = (only(&before, &now), only(&now, &before));
        gone.iter().chain(&new).for_each(|(number, _)| self.rules.count(*number, shift));
        let names = |list: Vec<(usize, Arc<str>)>| list.into_iter().map(|(_, name)| name).collect();
        (names(gone), names(new))
    }

    /// What was found so far.
    pub fn summary(&self, took: Duration) -> Summary {
        Summary {
            decisions: self.decisions,
            changed: self.changed,
            other_methods: self.other_methods,
            unreadable: self.unreadable,
            by_verdict: self.by_verdict.counts(&"".into()).collect(),
            by_rule: self.rules.counts(),
            by_carrier: self.carriers.counts(),
            by_audience: self.audiences.counts(),
            took,
            packs: self.tried.book().hash(),
        }
    }
}

/// The chains of lines, by carrier and host. Names come from configuration; where there are more
/// than are kept, the book is asked each time.
#[derive(Debug, Default)]
struct Lines {
    root: Option<ChainId>,
    known: Vec<(Box<str>, Option<Box<str>>, ChainId)>,
}

impl Lines {
    const MOST: usize = 64;

    fn chain(&mut self, tried: &Tried, carrier: Option<&str>, host: Option<&str>) -> ChainId {
        let book = tried.book();
        let Some(carrier) = carrier else {
            return *self.root.get_or_insert_with(|| crate::decisions::chain_by(book, None, None));
        };
        let known = self.known.iter().find(|(c, h, _)| **c == *carrier && h.as_deref() == host);
        if let Some((_, _, chain)) = known {
            return *chain;
        }
        let chain = crate::decisions::chain_by(book, Some(carrier), host);
        if self.known.len() < Self::MOST {
            self.known.push((carrier.into(), host.map(Into::into), chain));
        }
        chain
    }
}
