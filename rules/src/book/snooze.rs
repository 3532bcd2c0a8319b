//! Snoozed rules: asked, and held down to their floor.

use super::evaluate::{ask, joined, no_chain};
use super::outcome::{FiredBy, FiredRule, Outcome, RuleRef};
use super::{Armed, ChainId, OnSnooze, RuleBook};
use crate::facts::Facts;
use crate::verdict::{CheckKind, Severity, Verdict};

impl RuleBook {
    /// What the rules of a chain say to a check while some of them are snoozed.
    ///
    /// Where the condition of a snoozed rule holds, the rule asks for its floor's verdict; a floor of
    /// allow is silence. What unknown means stays. A rule without a floor cannot be snoozed, and
    /// one that does not stand in the chain changes nothing.
    pub fn evaluate_snoozed(
        &self,
        chain: ChainId,
        kind: CheckKind,
        facts: &Facts,
        snoozed: &[RuleRef],
    ) -> Outcome {
        if snoozed.is_empty() {
            return self.evaluate(chain, kind, facts);
        }
        let Some(chain) = self.chains.get(usize::from(chain.0)) else { return no_chain() };
        let rules = chain.stands.of(kind).iter();
        joined(rules.filter_map(|rule| soften(rule, ask(rule, facts)?, snoozed)))
    }

    /// The mildest verdict that a rule may be held down to in a chain; `None` where the rule has no
    /// floor or does not stand in the chain.
    pub fn floor(&self, chain: ChainId, rule: RuleRef) -> Option<Severity> {
        let chain = self.chains.get(usize::from(chain.0))?;
        let kinds = [CheckKind::Login, CheckKind::Tap].into_iter();
        let armed =
            kinds.flat_map(|kind| chain.stands.of(kind)).find(|armed| armed.rule == rule)?;
        match armed.snooze {
            OnSnooze::Refused => None,
            OnSnooze::Softened(verdict) => Some(verdict.severity()),
        }
    }

    /// The rule of that name, `pack/rule`.
    pub fn rule_ref(&self, name: &str) -> Option<RuleRef> {
        let (pack, id) = name.split_once('/')?;
        let pack = self.packs.iter().position(|info| info.id == pack)?;
        let at = self.rules.iter().position(|info| info.pack == pack && info.id == id)?;
        u32::try_from(at).ok().map(RuleRef)
    }
}

/// What is left of what a rule said.
fn soften(rule: &Armed, spoke: FiredRule, snoozed: &[RuleRef]) -> Option<FiredRule> {
    if spoke.by != FiredBy::Condition || !snoozed.contains(&spoke.rule) {
        return Some(spoke);
    }
    match rule.snooze {
        OnSnooze::Refused => Some(spoke),
        OnSnooze::Softened(Verdict::Allow) => None,
        OnSnooze::Softened(verdict) => Some(FiredRule { verdict, ..spoke }),
    }
}
