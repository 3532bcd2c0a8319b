//! What the layers above leave to the layers below, worked out from the packs' descriptions alone.

use super::spec::{ALLOW, DENY, LayerSpec, ParamSpec, Rank, RuleSpec, STEP_UP, Tree};
use crate::condition::tests::expr::Values;
use crate::condition::tests::table::{Table, Truth};
use crate::facts::Facts;
use crate::verdict::CheckKind;

#[derive(Clone, Debug)]
pub(crate) struct ParamNow {
    pub(crate) spec: ParamSpec,
    pub(crate) value: i64,
    /// The softest value that a layer below may set.
    pub(crate) softest: i64,
}

impl ParamNow {
    /// What is left of the range.
    pub(crate) const fn range(&self) -> (i64, i64) {
        match self.spec.less_is_softer {
            true => (self.softest, self.spec.max),
            false => (self.spec.min, self.softest),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct RuleNow {
    pub(crate) spec: RuleSpec,
    pub(crate) severity: Rank,
    /// The mildest verdict that a layer below may give.
    pub(crate) floor: Rank,
    pub(crate) unknown: Option<Rank>,
    pub(crate) methods: u8,
}

/// How the rules and parameters stand in a layer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    pub(crate) params: Vec<ParamNow>,
    pub(crate) rules: Vec<RuleNow>,
}

impl Standing {
    pub(crate) fn of(tree: &Tree, layer: Option<usize>) -> Self {
        let mut standing = Self::default();
        let Some(layer) = layer else { return standing };
        for at in tree.up_from(layer).into_iter().rev() {
            standing.apply(&tree.layers[at]);
        }
        standing
    }

    /// Whatever a layer asks for, a floor never sinks, unknown never means less, and no method
    /// comes back.
    pub(crate) fn apply(&mut self, layer: &LayerSpec) {
        for (name, value) in &layer.sets {
            let param = self.params.iter_mut().find(|param| param.spec.name == *name).unwrap();
            param.value = *value;
            let ParamSpec { min, default, max, less_is_softer, .. } = param.spec;
            let within = (*value).clamp(min, max);
            if less_is_softer && within > default {
                param.softest = param.softest.max(within);
            }
            if !less_is_softer && within < default {
                param.softest = param.softest.min(within);
            }
        }
        for adjust in &layer.adjusts {
            let rule = self.rules.iter_mut().find(|rule| rule.spec.id == adjust.rule).unwrap();
            if let Some(to) = adjust.verdict {
                if to > rule.severity {
                    rule.floor = rule.floor.max(to);
                }
                rule.severity = to;
            }
            rule.unknown = rule.unknown.map(|before| before.max(adjust.unknown.unwrap_or(ALLOW)));
            rule.methods &= adjust.methods.unwrap_or(0b1111);
        }
        self.params.extend(layer.params.iter().map(|spec| ParamNow {
            spec: spec.clone(),
            value: spec.default,
            softest: if spec.less_is_softer { spec.min } else { spec.max },
        }));
        self.rules.extend(layer.rules.iter().map(|spec| RuleNow {
            spec: spec.clone(),
            severity: spec.verdict,
            floor: spec.floor.unwrap_or(spec.verdict),
            unknown: spec.unknown,
            methods: spec.methods,
        }));
    }

    pub(crate) fn softest(&self) -> Vec<(&'static str, i64)> {
        self.params.iter().map(|param| (param.spec.name, param.softest)).collect()
    }

    pub(crate) fn values(&self) -> Vec<(&'static str, i64)> {
        self.params.iter().map(|param| (param.spec.name, param.value)).collect()
    }

    /// The mildest answer that a layer below may reach, and the methods that it may offer.
    pub(crate) fn least(&self, kind: CheckKind, facts: &Facts, table: &Table) -> (Rank, u8) {
        self.join(kind, facts, table, &self.softest(), |rule| rule.floor)
    }

    /// What the layer itself answers.
    pub(crate) fn answer(&self, kind: CheckKind, facts: &Facts, table: &Table) -> (Rank, u8) {
        self.join(kind, facts, table, &self.values(), |rule| rule.severity)
    }

    fn join(
        &self,
        kind: CheckKind,
        facts: &Facts,
        table: &Table,
        values: &Values,
        held: impl Fn(&RuleNow) -> Rank,
    ) -> (Rank, u8) {
        let (mut rank, mut methods, mut broken) = (ALLOW, 0b1111, 0);
        for rule in self.rules.iter().filter(|rule| rule.spec.is_on(kind)) {
            let truth = rule.spec.expr.truth(facts, values, table);
            let asks = match truth {
                Truth::False => continue,
                Truth::True => held(rule),
                Truth::Unknown => rule.unknown.unwrap_or(DENY),
            };
            rank = rank.max(asks);
            if asks == STEP_UP {
                methods &= rule.methods;
            }
            if truth == Truth::True && asks >= STEP_UP {
                broken |= rule.spec.broken;
            }
        }
        methods &= !broken;
        match rank {
            STEP_UP if methods == 0 => (DENY, 0),
            STEP_UP => (STEP_UP, methods),
            // Who is asked for nothing, or refused, is offered nothing.
            rank => (rank, 0),
        }
    }
}
