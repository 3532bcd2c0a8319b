//! Random trees of packs: what each layer defines and changes.

use super::reference::{ParamNow, Standing};
use crate::condition::tests::dice::Dice;
use crate::condition::tests::expr::{Amount, Expr};
use crate::condition::tests::generate::{self, Palette, condition, with_param};
use crate::facts::{Fact, Knowledge};
use crate::verdict::CheckKind;

/// A verdict's rank: allow, step up, deny.
pub(crate) type Rank = u8;
pub(crate) const ALLOW: Rank = 0;
pub(crate) const STEP_UP: Rank = 1;
pub(crate) const DENY: Rank = 2;

/// Methods as bits, in this order.
pub(crate) const METHODS: [&str; 4] = ["card", "counter", "reattest", "sms"];

/// Reasons, and the methods that rest on the edge that each names.
pub(crate) const REASONS: [(&str, u8); 6] = [
    ("HANDSET_MISMATCH", 0b1100),
    ("SIM_REISSUED", 0b1100),
    ("LINE_PORTED_OUT", 0b1000),
    ("BOOT_UNVERIFIED", 0b0100),
    ("PATCH_OLD", 0),
    ("FEED_UNHEALTHY", 0),
];

#[derive(Clone, Debug)]
pub(crate) struct ParamSpec {
    pub(crate) name: &'static str,
    pub(crate) duration: bool,
    pub(crate) min: i64,
    pub(crate) default: i64,
    pub(crate) max: i64,
    /// Whether a smaller value is the softer one.
    pub(crate) less_is_softer: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct RuleSpec {
    pub(crate) id: String,
    pub(crate) login: bool,
    pub(crate) tap: bool,
    pub(crate) expr: Expr,
    pub(crate) verdict: Rank,
    /// What unknown means, where the condition can be unknown: 0 is to ignore it.
    pub(crate) unknown: Option<Rank>,
    pub(crate) floor: Option<Rank>,
    pub(crate) methods: u8,
    pub(crate) reason: &'static str,
    /// The methods that rest on the edge that the reason names.
    pub(crate) broken: u8,
}

impl RuleSpec {
    /// Whether a parameter could take the rule from this meaning of unknown to less.
    pub(crate) fn can_be_settled_down(&self, unknown: Option<Rank>) -> bool {
        let floor = self.floor.unwrap_or(self.verdict);
        unknown.is_some_and(|unknown| floor < unknown) && settles(&self.expr, true)
    }

    pub(crate) fn is_on(&self, kind: CheckKind) -> bool {
        match kind {
            CheckKind::Login => self.login,
            CheckKind::Tap => self.tap,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Adjust {
    pub(crate) rule: String,
    pub(crate) verdict: Option<Rank>,
    pub(crate) unknown: Option<Rank>,
    pub(crate) methods: Option<u8>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct LayerSpec {
    pub(crate) parent: Option<usize>,
    pub(crate) params: Vec<ParamSpec>,
    pub(crate) sets: Vec<(&'static str, i64)>,
    pub(crate) adjusts: Vec<Adjust>,
    pub(crate) rules: Vec<RuleSpec>,
}

/// The nation first, then carriers, then MVNOs: each after its parent.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) layers: Vec<LayerSpec>,
    /// Whether one of its changes was made without regard to what is allowed.
    pub(crate) wild: bool,
}

impl Tree {
    pub(crate) fn random(dice: &mut Dice) -> Self {
        let mut tree = Self { layers: Vec::new(), wild: false };
        let carriers = 1 + dice.below(2);
        let mvnos = 1 + dice.below(2);
        let wild = dice.one_in(2).then(|| dice.below(1 + carriers + mvnos));
        for at in 0..=carriers + mvnos {
            let parent = match at {
                0 => None,
                at if at <= carriers => Some(0),
                _ => Some(1 + dice.below(carriers)),
            };
            let mut layer = LayerSpec { parent, ..LayerSpec::default() };
            let mut above = Standing::of(&tree, parent);
            if parent.is_some() {
                change(&mut layer, &above, dice);
                if wild == Some(at) {
                    tree.wild = go_wild(&mut layer, &above, dice);
                }
            }
            layer.params = own_params(at, dice);
            above.apply(&layer);
            // The nation's rules may read parameters the wrong way round, or let them settle what
            // is unknown.
            tree.wild |= at == 0 && wild == Some(0);
            let turned = at == 0 && tree.wild && dice.one_in(2);
            let readable = |param: &ParamNow| readable(&param.spec, turned);
            let params: Vec<_> = above.params.iter().map(readable).collect();
            let rules = if at == 0 { 1 + dice.below(4) } else { dice.below(2) };
            while layer.rules.len() < rules {
                let rule = random_rule(format!("r{at}-{}", layer.rules.len()), &params, dice);
                if (at == 0 && tree.wild && !turned) || !rule.can_be_settled_down(rule.unknown) {
                    layer.rules.push(rule);
                }
            }
            tree.layers.push(layer);
        }
        tree
    }

    /// A layer and all above it, the layer first.
    pub(crate) fn up_from(&self, layer: usize) -> Vec<usize> {
        let mut line = vec![layer];
        while let Some(parent) = self.layers[*line.last().unwrap()].parent {
            line.push(parent);
        }
        line
    }
}

/// Whether a parameter can make the condition hold while a fact is unknown.
fn settles(expr: &Expr, positive: bool) -> bool {
    let param = |part: &Expr| {
        part.leaves()
            .iter()
            .any(|leaf| matches!(leaf, Expr::Value { amount: Amount::Param(_), .. }))
    };
    let open = |part: &Expr| part.facts().into_iter().any(can_be_unknown);
    let apart = |parts: &[Expr]| {
        (0..parts.len()).any(|one| {
            (0..parts.len()).any(|other| one != other && param(&parts[one]) && open(&parts[other]))
        })
    };
    match expr {
        Expr::Not(part) => settles(part, !positive),
        Expr::And(parts) => {
            !positive && apart(parts) || parts.iter().any(|part| settles(part, positive))
        }
        Expr::Or(parts) => {
            positive && apart(parts) || parts.iter().any(|part| settles(part, positive))
        }
        _ => false,
    }
}

pub(crate) fn can_be_unknown(fact: Fact) -> bool {
    matches!(fact.knowledge(), Knowledge::Sometimes { .. })
}

fn readable(spec: &ParamSpec, turned: bool) -> generate::Param {
    let grows = Some(spec.less_is_softer != turned);
    generate::Param { name: spec.name, duration: spec.duration, grows }
}

fn own_params(at: usize, dice: &mut Dice) -> Vec<ParamSpec> {
    let names: &[&str] = match at {
        0 => &["swap", "lag", "tries"],
        1 => &["one"],
        2 => &["two"],
        _ => &[],
    };
    let chosen = names.iter().filter(|_| !dice.one_in(3)).copied().collect::<Vec<_>>();
    chosen
        .into_iter()
        .map(|name| {
            let fact = if name == "tries" { Fact::PinFailures } else { Fact::SimChangedAge };
            let mut range = [0; 3].map(|_| generate::value(fact, dice));
            range.sort_unstable();
            let [min, default, max] = range;
            let less_is_softer = dice.one_in(2);
            ParamSpec { name, duration: name != "tries", min, default, max, less_is_softer }
        })
        .collect()
}

fn random_rule(id: String, params: &[generate::Param], dice: &mut Dice) -> RuleSpec {
    let leaves = 1 + dice.below(4);
    let palette = Palette::new(params, leaves, dice);
    let expr = condition(&palette, leaves, true, dice);
    let expr = if dice.one_in(2) { expr } else { with_param(&palette, expr, dice) };
    let verdict = *dice.pick(&[STEP_UP, DENY, DENY]);
    let unknown = expr
        .facts()
        .into_iter()
        .any(can_be_unknown)
        .then(|| *dice.pick(&[ALLOW, STEP_UP, STEP_UP, DENY]));
    let floor =
        (!dice.one_in(3)).then(|| u8::try_from(dice.below(usize::from(verdict) + 1)).unwrap());
    let (reason, broken) = *dice.pick(&REASONS);
    let asks = verdict == STEP_UP
        || floor.is_some_and(|floor| floor <= STEP_UP)
        || unknown == Some(STEP_UP);
    let kinds = *dice.pick(&[(true, true), (true, false), (false, true)]);
    RuleSpec {
        id,
        login: kinds.0,
        tap: kinds.1,
        expr,
        verdict,
        unknown,
        floor,
        methods: if asks { some_of(0b1111 & !broken, dice) } else { 0 },
        reason,
        broken,
    }
}

/// A set with at least one of these methods.
fn some_of(of: u8, dice: &mut Dice) -> u8 {
    loop {
        let methods = of & u8::try_from(dice.below(16)).unwrap();
        if methods != 0 || of == 0 {
            return methods;
        }
    }
}

/// Changes that the layers above allow: parameters at the corners of what is left of their ranges,
/// verdicts from the floor up, unknown only up, methods only fewer.
fn change(layer: &mut LayerSpec, above: &Standing, dice: &mut Dice) {
    for param in &above.params {
        if dice.one_in(3) {
            continue;
        }
        let (min, max) = param.range();
        let corners = [min, max, param.spec.default, param.value, min + 1, max - 1];
        let value = (*dice.pick(&corners)).clamp(min, max);
        layer.sets.push((param.spec.name, value));
    }
    for rule in &above.rules {
        if dice.one_in(3) {
            continue;
        }
        let mut adjust = Adjust { rule: rule.spec.id.clone(), ..Adjust::default() };
        let verdicts: Vec<_> = (rule.floor..=DENY)
            .filter(|to| rule.spec.floor.is_some() || *to >= rule.severity)
            .filter(|to| *to != STEP_UP || rule.methods != 0)
            .collect();
        if !verdicts.is_empty() && !dice.one_in(3) {
            adjust.verdict = Some(if dice.one_in(2) { verdicts[0] } else { *dice.pick(&verdicts) });
        }
        if let Some(unknown) = rule.unknown
            && dice.one_in(3)
        {
            let to: Vec<_> =
                (unknown..=DENY).filter(|to| *to != STEP_UP || rule.methods != 0).collect();
            let to = *dice.pick(&to);
            let below = RuleSpec { floor: Some(rule.floor), ..rule.spec.clone() };
            if !below.can_be_settled_down(Some(to)) {
                adjust.unknown = Some(to);
            }
        }
        if rule.methods != 0 && dice.one_in(3) {
            adjust.methods = Some(some_of(rule.methods, dice));
        }
        if adjust.verdict.is_some() || adjust.unknown.is_some() || adjust.methods.is_some() {
            layer.adjusts.push(adjust);
        }
    }
}

/// One change made without regard to what is allowed.
fn go_wild(layer: &mut LayerSpec, above: &Standing, dice: &mut Dice) -> bool {
    if dice.one_in(2) && !above.params.is_empty() {
        let param = dice.pick(&above.params);
        let (min, max) = param.range();
        let spec = &param.spec;
        let far = [0, min / 2, max.saturating_mul(2).min(i64::from(u32::MAX))];
        let near = [min - 1, max + 1, spec.min, spec.max, spec.default];
        let values = if dice.one_in(2) { &far[..] } else { &near[..] };
        let value = *dice.pick(values);
        layer.sets.retain(|(name, _)| *name != spec.name);
        layer.sets.push((spec.name, value.max(0)));
        return true;
    }
    if above.rules.is_empty() {
        return false;
    }
    let rule = dice.pick(&above.rules).spec.id.clone();
    layer.adjusts.retain(|adjust| adjust.rule != rule);
    let mut adjust = Adjust { rule, ..Adjust::default() };
    let any = |dice: &mut Dice| u8::try_from(dice.below(3)).unwrap();
    match dice.below(3) {
        0 => adjust.verdict = Some(any(dice)),
        1 => adjust.unknown = Some(any(dice)),
        _ => adjust.methods = Some(some_of(0b1111, dice)),
    }
    layer.adjusts.push(adjust);
    true
}
