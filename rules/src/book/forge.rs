//! From the state of a layer to its chain: rules bound to their parameters, and the plan.
//!
//! A rule that a layer leaves as it is, and that reads no parameter which the layer sets, is the
//! very rule of the chain above. So a thousand packs under one nation hold its rules once.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use super::layers::{LayerState, ParamState, RuleState};
use super::plan::Plan;
use super::{Armed, Chain, Limit, RuleSet};
use crate::pack::{Kinds, LimitDoc};

/// The chain of a layer; `above` is the layer that it stands on. `None` if a condition names a
/// parameter that is not there, which typing has excluded.
pub(super) fn forge(state: &LayerState, above: Option<(&LayerState, &Chain)>) -> Option<Chain> {
    let stands = Source {
        state,
        above: above.map(|(state, chain)| (state, &chain.stands)),
        value: |param| param.value,
        arm: |rule, params| rule.arm(params, false),
    };
    let stands = stands.rules()?;
    let loosest = Source {
        state,
        above: above.map(|(state, chain)| (state, &chain.loosest)),
        value: ParamState::loosest,
        arm: |rule, params| rule.arm(params, true),
    };
    let limits = |pick: fn(Kinds) -> bool| {
        state.limits.iter().filter(|limit| pick(limit.on)).map(limit).collect()
    };
    Some(Chain {
        login: Plan::new(&stands.login, above.map(|(_, chain)| &chain.login)),
        tap: Plan::new(&stands.tap, above.map(|(_, chain)| &chain.tap)),
        stands,
        loosest: loosest.rules()?,
        params: state.params.iter().map(|(name, param)| (name.clone(), param.value)).collect(),
        param_types: state.params.iter().map(|(name, param)| (name.clone(), param.ty)).collect(),
        login_limits: limits(|on| on.login),
        tap_limits: limits(|on| on.tap),
        event_limits: limits(|on| on.event),
        life: state.life.clone(),
        drawn: super::milder::Drawn::default(),
    })
}

/// Where a chain's rules come from: armed anew, or the ones of the chain above.
struct Source<'s> {
    state: &'s LayerState,
    above: Option<(&'s LayerState, &'s RuleSet)>,
    value: fn(&ParamState) -> i64,
    arm: fn(&RuleState, &BTreeMap<String, ParamState>) -> Option<Armed>,
}

impl Source<'_> {
    fn rules(&self) -> Option<RuleSet> {
        let moved = self.moved_params();
        let mut set = RuleSet::default();
        for (at, rule) in self.state.rules.iter().enumerate() {
            let armed = match self.same_above(at, rule, &moved, &set) {
                Some(armed) => armed,
                None => (self.arm)(rule, &self.state.params)?,
            };
            if rule.on.login {
                set.login.push(armed.clone());
            }
            if rule.on.tap {
                set.tap.push(armed);
            }
        }
        Some(set)
    }

    /// The parameters whose value is not the one of the layer above.
    fn moved_params(&self) -> Vec<&str> {
        let Some((above, _)) = self.above else { return Vec::new() };
        let params = self.state.params.iter();
        let moved = params.filter(|(name, param)| {
            above.params.get(*name).map(self.value) != Some((self.value)(param))
        });
        moved.map(|(name, _)| name.as_str()).collect()
    }

    /// The rule as the chain above has it, if it is the same here. `so_far` has the rules before
    /// it: a layer adds its own after those of the layer above, so places are the same in both.
    fn same_above(
        &self,
        at: usize,
        rule: &Rc<RuleState>,
        moved: &[&str],
        so_far: &RuleSet,
    ) -> Option<Armed> {
        let (state, set) = self.above?;
        if !Rc::ptr_eq(state.rules.get(at)?, rule) {
            return None;
        }
        if !moved.is_empty() {
            let mut reads = false;
            rule.params(&mut |name| reads |= moved.contains(&name));
            if reads {
                return None;
            }
        }
        let same = if rule.on.login {
            set.login.get(so_far.login.len())
        } else {
            set.tap.get(so_far.tap.len())
        };
        same.cloned()
    }
}

fn limit(doc: &LimitDoc) -> Limit {
    Limit {
        id: doc.id.value.clone(),
        per: doc.per.clone(),
        count: doc.count,
        period: Duration::from_millis(u64::try_from(doc.period_ms).unwrap_or_default()),
        burst: doc.burst,
        reason: doc.reason,
    }
}
