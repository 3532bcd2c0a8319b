//! One layer on another: what a lower pack may change of the packs above it.
//!
//! A layer's state begins as a copy of the one above. From then on every change is checked against
//! what the layers above allow, so that no order of layers reaches what they forbid.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::condition::{Amount, ParamKinds, Typed, compile, compile_rule};
use crate::diagnostic::Problems;
use crate::facts::Fact;
use crate::life::Terms;
use crate::pack::{
    AdjustDoc, Kinds, LimitDoc, PackDoc, ParamDoc, ParamType, RuleDoc, SetDoc, Softer, Spanned,
    Unknown,
};
use crate::reason::ReasonCode;
use crate::suggest::closest;
use crate::time::format_duration;
use crate::verdict::{Methods, Severity, Verdict};

use super::feed::FeedState;
use super::outcome::RuleRef;
use super::{Armed, ArmedRule, OnSnooze, OnUnknown, RuleSet, Setting};

/// Why a rule is refused whose answer to the unknown a layer below could undercut.
const SETTLED_DOWN: &str = "a parameter can decide this condition while a fact is unknown, and \
                            then the rule could ask for less than `unknown` does: raise its floor \
                            or its verdict to that";

/// The rules, parameters and limits that stand in one layer.
#[derive(Clone, Default)]
pub(super) struct LayerState {
    pub(super) rules: Vec<Rc<RuleState>>,
    pub(super) params: BTreeMap<String, ParamState>,
    pub(super) limits: Vec<LimitDoc>,
    pub(super) feed: Option<FeedState>,
    pub(super) life: Terms,
}

#[derive(Clone)]
pub(super) struct RuleState {
    id: String,
    cond: Typed,
    pub(super) on: Kinds,
    severity: Severity,
    methods: Option<Methods>,
    unknown: Option<Unknown>,
    /// The mildest verdict that a layer below may give.
    floor: Severity,
    can_soften: bool,
    reason: ReasonCode,
    unknown_reason: ReasonCode,
    rule: RuleRef,
}

#[derive(Clone)]
pub(super) struct ParamState {
    pub(super) ty: ParamType,
    pub(super) value: i64,
    default: i64,
    min: i64,
    max: i64,
    softer: Softer,
}

impl ParamState {
    fn new(doc: &ParamDoc) -> Self {
        let (min, max) = (doc.min, doc.max);
        Self { ty: doc.ty, value: doc.default, default: doc.default, min, max, softer: doc.softer }
    }

    fn words(&self, value: i64) -> String {
        match self.ty {
            ParamType::Duration => format_duration(value),
            ParamType::Int => value.to_string(),
        }
    }

    /// The mildest value that a layer below may still set.
    pub(super) fn loosest(&self) -> i64 {
        match self.softer {
            Softer::Less => self.min,
            Softer::More => self.max,
        }
    }
}

impl LayerState {
    /// Applies a pack on the state of the pack it extends. `first_rule` numbers its rules.
    pub(super) fn apply(&mut self, doc: &PackDoc, first_rule: u32, problems: &mut Problems<'_>) {
        for set in &doc.sets {
            self.set(set, problems);
        }
        for adjust in &doc.adjusts {
            self.adjust(adjust, problems);
        }
        for param in &doc.params {
            if self.params.contains_key(&param.name.value) {
                let message = "a pack above has this parameter: change its value under `[set]`";
                problems.add(&param.name.span, message);
                continue;
            }
            self.params.insert(param.name.value.clone(), ParamState::new(param));
        }
        let kinds: ParamKinds =
            self.params.iter().map(|(name, state)| (name.clone(), state.ty)).collect();
        for (rule, number) in doc.rules.iter().zip(first_rule..) {
            self.add_rule(rule, RuleRef(number), &kinds, problems);
        }
        for when in &doc.broken {
            compile(when, &kinds, problems);
        }
        for limit in &doc.limits {
            if self.limits.iter().any(|above| above.id.value == limit.id.value) {
                problems.add(&limit.id.span, "a limit of this name stands already");
                continue;
            }
            self.limits.push(limit.clone());
        }
    }

    /// The value that a parameter is set to, if there is one of that name, type and range.
    fn settable(&self, set: &SetDoc, problems: &mut Problems<'_>) -> Option<i64> {
        let name = &set.param;
        let Some(param) = self.params.get(&name.value) else {
            let near = closest(&name.value, self.params.keys().map(String::as_str));
            let message = format!("there is no parameter `{}` to set", name.value);
            problems.add_meaning(&name.span, message, near);
            return None;
        };
        let value = set.value.value;
        if set.ty != param.ty {
            let like = match param.ty {
                ParamType::Duration => "a duration, like \"72h\"",
                ParamType::Int => "a count, like 3",
            };
            problems.add(&set.value.span, format!("`{}` is {like}", name.value));
            return None;
        }
        if !(param.min..=param.max).contains(&value) {
            let (min, max) = (param.words(param.min), param.words(param.max));
            let message = format!("outside the range that the layers above leave: {min} to {max}");
            problems.add(&set.value.span, message);
            return None;
        }
        Some(value)
    }

    fn set(&mut self, set: &SetDoc, problems: &mut Problems<'_>) {
        let Some(value) = self.settable(set, problems) else { return };
        let Some(param) = self.params.get_mut(&set.param.value) else { return };
        if value == param.value {
            problems.warn(&set.value.span, "this is the value that stands above already");
        }
        param.value = value;
        // Who tightens binds the layers below: they may not go back behind it.
        match param.softer {
            Softer::Less if value > param.default => param.min = value,
            Softer::More if value < param.default => param.max = value,
            _ => {}
        }
    }

    /// The rules under other values of parameters, each in the range that stands here.
    pub(super) fn under(&self, sets: &[SetDoc], problems: &mut Problems<'_>) -> Option<Setting> {
        let values = sets
            .iter()
            .map(|set| self.settable(set, problems).map(|value| (set.param.value.as_str(), value)));
        // Every value is looked at, so that all problems show at once.
        let values: Vec<_> = values.collect();
        let mut params = self.params.clone();
        for (name, value) in values.into_iter().collect::<Option<Vec<_>>>()? {
            params.get_mut(name)?.value = value;
        }
        let mut rules = RuleSet::default();
        for rule in &self.rules {
            let armed = rule.arm(&params, false)?;
            if rule.on.login {
                rules.login.push(armed.clone());
            }
            if rule.on.tap {
                rules.tap.push(armed);
            }
        }
        let params = params.into_iter().map(|(name, param)| (name, param.value)).collect();
        Some(Setting { params, rules })
    }

    fn adjust(&mut self, adjust: &AdjustDoc, problems: &mut Problems<'_>) {
        let Some(rule) = self.rules.iter_mut().find(|rule| rule.id == adjust.rule.value) else {
            let near = closest(&adjust.rule.value, self.rules.iter().map(|rule| rule.id.as_str()));
            let message = format!("no pack above has a rule `{}`", adjust.rule.value);
            problems.add_meaning(&adjust.rule.span, message, near);
            return;
        };
        // The layers above and beside keep theirs.
        let rule = Rc::make_mut(rule);
        if let Some(verdict) = &adjust.verdict {
            rule.adjust_verdict(verdict, problems);
        }
        if let Some(unknown) = &adjust.unknown {
            rule.adjust_unknown(unknown, problems);
        }
        if let Some(methods) = &adjust.methods {
            match rule.methods {
                Some(above) if methods.value.is_subset(above) => rule.methods = Some(methods.value),
                _ => {
                    problems.add(&methods.span, "a lower layer can only take step-up methods away")
                }
            }
        }
        if rule.asks_step_up() && rule.methods.is_none() {
            problems.add(&adjust.rule.span, "this rule names no step-up methods");
        }
        if rule.can_be_settled_down() {
            problems.add(&adjust.rule.span, SETTLED_DOWN);
        }
    }

    fn add_rule(
        &mut self,
        doc: &RuleDoc,
        rule: RuleRef,
        kinds: &ParamKinds,
        problems: &mut Problems<'_>,
    ) {
        if self.rules.iter().any(|above| above.id == doc.id.value) {
            problems.add(&doc.id.span, "a rule of this name stands already");
        }
        let Some(cond) = compile_rule(doc, kinds, problems) else { return };
        self.check_directions(&cond, problems);
        let state = RuleState {
            id: doc.id.value.clone(),
            cond,
            on: doc.on,
            severity: doc.verdict,
            methods: doc.methods.as_ref().map(|methods| methods.value),
            unknown: doc.unknown.as_ref().map(|unknown| unknown.value),
            floor: doc.floor.as_ref().map_or(doc.verdict, |floor| floor.value),
            can_soften: doc.floor.is_some(),
            reason: doc.reason,
            unknown_reason: doc.unknown_reason,
            rule,
        };
        if state.can_be_settled_down() {
            let at = doc.unknown.as_ref().map_or(&doc.id.span, |unknown| &unknown.span);
            problems.add(at, SETTLED_DOWN);
        }
        self.rules.push(Rc::new(state));
    }

    /// A parameter that loosens one rule and tightens another has no loosest value.
    fn check_directions(&self, cond: &Typed, problems: &mut Problems<'_>) {
        cond.param_uses(&mut |name, span, holds_for_more_as_it_grows| {
            let Some(param) = self.params.get(name) else { return };
            let right = match param.softer {
                Softer::Less => holds_for_more_as_it_grows,
                Softer::More => !holds_for_more_as_it_grows,
            };
            if !right {
                let message = format!(
                    "`param.{name}` would loosen this rule in the direction that it calls harder"
                );
                problems.add(span, message);
            }
        });
    }
}

impl RuleState {
    /// Whether a layer below, by a harder parameter, could get less than `unknown` asks for.
    fn can_be_settled_down(&self) -> bool {
        let unknown = match self.unknown {
            None | Some(Unknown::Ignore) => Severity::Allow,
            Some(Unknown::StepUp) => Severity::StepUp,
            Some(Unknown::Deny) => Severity::Deny,
        };
        self.floor < unknown && self.cond.param_can_settle()
    }

    fn asks_step_up(&self) -> bool {
        self.severity == Severity::StepUp || self.unknown == Some(Unknown::StepUp)
    }

    fn adjust_verdict(&mut self, verdict: &Spanned<Severity>, problems: &mut Problems<'_>) {
        let to = verdict.value;
        if to < self.severity && !self.can_soften {
            problems.add(&verdict.span, "this rule has no floor: it cannot be softened");
            return;
        }
        if to < self.floor {
            let message = format!("under the rule's floor, which is {}", self.floor);
            problems.add(&verdict.span, message);
            return;
        }
        // Who tightens binds the layers below.
        if to > self.severity {
            self.floor = to;
        }
        self.severity = to;
    }

    fn adjust_unknown(&mut self, unknown: &Spanned<Unknown>, problems: &mut Problems<'_>) {
        match self.unknown {
            None => problems.add(&unknown.span, "this rule's condition is never unknown"),
            Some(above) if unknown.value < above => {
                problems.add(&unknown.span, "a lower layer cannot soften what unknown means");
            }
            Some(_) => self.unknown = Some(unknown.value),
        }
    }

    fn verdict(&self, severity: Severity) -> Verdict {
        match (severity, self.methods) {
            (Severity::Allow, _) => Verdict::Allow,
            (Severity::StepUp, Some(methods)) => Verdict::StepUp(methods),
            (Severity::StepUp, None) | (Severity::Deny, _) => Verdict::Deny,
        }
    }

    /// The rule ready to evaluate, as it stands or as loose as layers below may make it.
    pub(super) fn arm(
        &self,
        params: &BTreeMap<String, ParamState>,
        loosest: bool,
    ) -> Option<Armed> {
        let value_of = |name: &str| {
            let param = params.get(name)?;
            Some(if loosest { param.loosest() } else { param.value })
        };
        let severity = if loosest { self.floor } else { self.severity };
        Some(Armed(Arc::new(ArmedRule {
            cond: self.cond.bind(&value_of)?,
            holds: self.verdict(severity),
            unknown: match self.unknown {
                None => OnUnknown::Fault,
                Some(Unknown::Ignore) => OnUnknown::Silent,
                Some(Unknown::StepUp) => {
                    OnUnknown::Speak(self.verdict(Severity::StepUp), self.unknown_reason)
                }
                Some(Unknown::Deny) => OnUnknown::Speak(Verdict::Deny, self.unknown_reason),
            },
            reason: self.reason,
            rule: self.rule,
            snooze: if self.can_soften {
                OnSnooze::Softened(self.verdict(self.floor))
            } else {
                OnSnooze::Refused
            },
        })))
    }

    /// Calls `found` for each parameter that the condition reads.
    pub(super) fn params(&self, found: &mut dyn FnMut(&str)) {
        self.cond.param_uses(&mut |name, _, _| found(name));
    }

    pub(super) fn facts(&self) -> Vec<crate::facts::Fact> {
        self.cond.facts()
    }

    /// The facts that the condition compares with parameters.
    pub(super) fn tuned(&self) -> Vec<(Fact, String)> {
        let mut tuned = Vec::new();
        self.cond.parts(&mut |part| {
            if let Typed::Number { fact, amount: Amount::Param { name, .. }, .. } = part {
                tuned.push((*fact, name.clone()));
            }
        });
        tuned
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn cond(&self) -> &Typed {
        &self.cond
    }

    pub(super) const fn rule(&self) -> RuleRef {
        self.rule
    }

    pub(super) fn reasons(&self) -> [ReasonCode; 2] {
        [self.reason, self.unknown_reason]
    }
}
