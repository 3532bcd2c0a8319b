//! Facts for a condition: at the values that it names, beside them, and aimed so that each of its
//! comparisons comes to decide the whole.

use std::collections::HashMap;

use super::dice::Dice;
use super::expr::{Amount, Expr, Values};
use crate::facts::{Fact, FactType, Facts};

/// The values that each fact may take in a sample.
#[derive(Clone)]
pub(crate) struct Domain(Vec<Vec<i64>>);

const fn most(ty: FactType) -> i64 {
    match ty {
        FactType::Int => 4_294_967_295,
        _ => i64::MAX,
    }
}

impl Domain {
    /// Every name of an enum; of numbers, what the conditions name and both neighbours.
    pub(crate) fn of(conditions: &[&Expr], values: &Values) -> Self {
        let mut named: Vec<(FactType, i64)> = Vec::new();
        for leaf in conditions.iter().flat_map(|condition| condition.leaves()) {
            match leaf {
                Expr::Value { fact, amount, .. } => {
                    named.extend(amount.all(values).map(|value| (fact.ty(), value)));
                }
                Expr::In { fact, values } => {
                    named.extend(values.iter().map(|value| (fact.ty(), *value)));
                }
                _ => {}
            }
        }
        Self(Fact::ALL.iter().map(|fact| candidates(fact.ty(), &named)).collect())
    }

    fn keep(&mut self, fact: Fact, fits: impl Fn(i64) -> bool) {
        let kept: Vec<_> = self.0[fact as usize].iter().copied().filter(|v| fits(*v)).collect();
        // What another comparison has already settled the other way stays settled.
        if !kept.is_empty() {
            self.0[fact as usize] = kept;
        }
    }

    fn settle(&mut self, fact: Fact, dice: &mut Dice) -> i64 {
        let value = *dice.pick(&self.0[fact as usize]);
        self.0[fact as usize] = vec![value];
        value
    }

    /// A value for every fact.
    pub(crate) fn draw(&self, dice: &mut Dice) -> Facts {
        let mut facts = Facts::default();
        for fact in Fact::ALL {
            facts.put(*fact, *dice.pick(&self.0[*fact as usize]));
        }
        facts
    }
}

fn around(ty: FactType, value: i64) -> impl Iterator<Item = i64> {
    let beside = [value.checked_sub(1), Some(value), value.checked_add(1)];
    beside.into_iter().flatten().filter(move |value| (0..=most(ty)).contains(value))
}

fn candidates(ty: FactType, named: &[(FactType, i64)]) -> Vec<i64> {
    match ty {
        FactType::Enum(of) => (0_i64..).take(of.variants.len()).collect(),
        FactType::Bool => vec![0, 1],
        FactType::Int | FactType::Duration => {
            let named = named.iter().filter(|(of, _)| *of == ty);
            let mut all: Vec<_> = named.flat_map(|(_, value)| around(ty, *value)).collect();
            all.extend([0, 1, most(ty)]);
            all.sort_unstable();
            all.dedup();
            all
        }
    }
}

/// Narrows the domain so that the condition comes to `want`, as far as that can be had.
pub(crate) fn aim(expr: &Expr, want: bool, domain: &mut Domain, values: &Values, dice: &mut Dice) {
    match expr {
        Expr::Value { fact, sign, amount } => {
            let right = amount.of(values);
            domain.keep(*fact, |left| sign.holds(left, right) == want);
        }
        Expr::In { fact, values } => domain.keep(*fact, |value| values.contains(&value) == want),
        Expr::Facts { left, sign, right } => {
            let right = domain.settle(*right, dice);
            domain.keep(*left, |left| sign.holds(left, right) == want);
        }
        Expr::Not(part) => aim(part, !want, domain, values, dice),
        Expr::And(parts) | Expr::Or(parts) => {
            let all = matches!(expr, Expr::And(_)) == want;
            let one = dice.below(parts.len());
            let mut chosen: Vec<_> =
                parts.iter().enumerate().filter(|(at, _)| all || *at == one).collect();
            dice.shuffle(&mut chosen);
            for (_, part) in chosen {
                aim(part, want, domain, values, dice);
            }
        }
    }
}

/// Narrows the domain so that the comparison at a place, counted from the left, decides.
fn expose(expr: &Expr, place: usize, domain: &mut Domain, values: &Values, dice: &mut Dice) {
    match expr {
        Expr::Not(part) => expose(part, place, domain, values, dice),
        Expr::And(parts) | Expr::Or(parts) => {
            let neutral = matches!(expr, Expr::And(_));
            let mut before = 0;
            let mut places = Vec::new();
            for part in parts {
                places.push((part, before));
                before += part.leaves().len();
            }
            dice.shuffle(&mut places);
            for (part, before) in places {
                if (before..before + part.leaves().len()).contains(&place) {
                    expose(part, place - before, domain, values, dice);
                } else {
                    aim(part, neutral, domain, values, dice);
                }
            }
        }
        _ => {}
    }
}

/// The values at which a comparison turns.
fn turning(
    leaf: &Expr,
    domain: &Domain,
    values: &Values,
    dice: &mut Dice,
) -> Vec<Vec<(Fact, i64)>> {
    match leaf {
        Expr::Value { fact, amount: Amount::Literal(_) | Amount::Param(_), .. }
        | Expr::In { fact, .. }
            if matches!(fact.ty(), FactType::Enum(_) | FactType::Bool) =>
        {
            domain.0[*fact as usize].iter().map(|value| vec![(*fact, *value)]).collect()
        }
        Expr::Value { fact, amount, .. } => {
            around(fact.ty(), amount.of(values)).map(|value| vec![(*fact, value)]).collect()
        }
        Expr::In { fact, values } => {
            let each = values.iter().flat_map(|value| around(fact.ty(), *value));
            each.map(|value| vec![(*fact, value)]).collect()
        }
        Expr::Facts { left, right, .. } => {
            let at = *dice.pick(&domain.0[*right as usize]);
            let beside = match left.ty() {
                FactType::Enum(_) | FactType::Bool => domain.0[*left as usize].clone(),
                ty => around(ty, at).collect(),
            };
            beside.into_iter().map(|value| vec![(*right, at), (*left, value)]).collect()
        }
        _ => Vec::new(),
    }
}

/// Samples for a condition: some at random, and for each comparison some at every value where it
/// turns, while the rest of the condition leaves the answer to it.
pub(crate) fn samples(expr: &Expr, values: &Values, rounds: usize, dice: &mut Dice) -> Vec<Facts> {
    let domain = Domain::of(&[expr], values);
    let mut drawn: Vec<_> = (0..4 * rounds).map(|_| domain.draw(dice)).collect();
    for (place, leaf) in expr.leaves().into_iter().enumerate() {
        for round in 0..rounds {
            for turn in turning(leaf, &domain, values, dice) {
                drawn.push(exposed(expr, place, &turn, domain.clone(), values, round, dice));
            }
        }
    }
    drawn
}

/// A comparison that reads what another reads cannot always have both its value and the last word:
/// its value goes first in even rounds, the rest of the condition in odd ones.
fn exposed(
    expr: &Expr,
    place: usize,
    turn: &[(Fact, i64)],
    mut domain: Domain,
    values: &Values,
    round: usize,
    dice: &mut Dice,
) -> Facts {
    if round.is_multiple_of(2) {
        for (fact, value) in turn {
            domain.0[*fact as usize] = vec![*value];
        }
    }
    expose(expr, place, &mut domain, values, dice);
    for (fact, value) in turn {
        domain.keep(*fact, |kept| kept == *value);
    }
    domain.draw(dice)
}

/// The facts that a condition reads, and its parameters, as the interpreter's variables.
pub(crate) fn variables(
    expr: &Expr,
    facts: &Facts,
    values: &Values,
) -> cel::Context<'static, 'static> {
    let mut groups: HashMap<&str, HashMap<String, cel::Value>> = HashMap::new();
    let mut add = |fact: Fact| {
        let (group, name) = fact.name().split_once('.').unwrap();
        let slot = facts.slot(fact).unwrap();
        let value = match fact.ty() {
            FactType::Enum(of) => cel::Value::from(of.name_at(slot).unwrap()),
            FactType::Bool => cel::Value::from(slot == 1),
            _ => cel::Value::from(slot),
        };
        groups.entry(group).or_default().insert(name.to_owned(), value);
    };
    for leaf in expr.leaves() {
        match leaf {
            Expr::Value { fact, .. } | Expr::In { fact, .. } => add(*fact),
            Expr::Facts { left, right, .. } => [*left, *right].into_iter().for_each(&mut add),
            _ => {}
        }
    }
    let params = values.iter().map(|(name, value)| ((*name).to_owned(), cel::Value::from(*value)));
    groups.insert("param", params.collect());
    let mut context = cel::Context::default();
    for (group, values) in groups {
        context.add_variable_from_value(group.to_owned(), values);
    }
    context
}

/// Makes some facts unknown.
pub(crate) fn forget(facts: &Facts, of: &[Fact], dice: &mut Dice) -> Facts {
    let mut less = facts.clone();
    for fact in of {
        if dice.one_in(3) {
            less.forget(*fact);
        }
    }
    less
}
