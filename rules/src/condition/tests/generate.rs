//! Random conditions.

use super::dice::Dice;
use super::expr::{Amount, Expr, Sign};
use crate::facts::{Fact, FactType};

/// A parameter that conditions may read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    pub(crate) duration: bool,
    /// Whether a condition may hold only for more, or only for fewer facts as it grows.
    pub(crate) grows: Option<bool>,
}

/// The parameters that conditions of these tests read.
pub(crate) const PARAMS: [Param; 2] = [
    Param { name: "wait", duration: true, grows: None },
    Param { name: "tries", duration: false, grows: None },
];

/// What one condition may read: so few facts that it often reads one twice, and enough that its
/// comparisons seldom contradict each other.
pub(crate) struct Palette<'p> {
    facts: Vec<Fact>,
    params: &'p [Param],
}

impl<'p> Palette<'p> {
    pub(crate) fn new(params: &'p [Param], leaves: usize, dice: &mut Dice) -> Self {
        let mut facts = Vec::new();
        for _ in 0..1 + leaves {
            // Few facts are counts, and they are compared in most ways.
            let rare = dice.one_in(10);
            let fact = if rare { Fact::PinFailures } else { *dice.pick(Fact::ALL) };
            facts.push(fact);
            let alike: Vec<_> = peers(fact).collect();
            if !alike.is_empty() && dice.one_in(2) {
                facts.push(*dice.pick(&alike));
            }
        }
        Self { facts, params }
    }
}

/// The other facts of a fact's type.
pub(crate) fn peers(fact: Fact) -> impl Iterator<Item = Fact> {
    Fact::ALL.iter().copied().filter(move |other| *other != fact && other.ty() == fact.ty())
}

/// A condition of about this many comparisons; a negative place turns round what a parameter does.
pub(crate) fn condition(
    palette: &Palette<'_>,
    leaves: usize,
    positive: bool,
    dice: &mut Dice,
) -> Expr {
    if leaves <= 1 {
        let leaf = comparison(palette, positive, dice);
        return if dice.one_in(8) {
            Expr::Not(Box::new(comparison(palette, !positive, dice)))
        } else {
            leaf
        };
    }
    if dice.one_in(6) {
        return Expr::Not(Box::new(condition(palette, leaves, !positive, dice)));
    }
    let parts = split(leaves, dice).into_iter();
    let parts = parts.map(|leaves| condition(palette, leaves, positive, dice)).collect();
    if dice.one_in(2) { Expr::And(parts) } else { Expr::Or(parts) }
}

/// A condition of this depth, with a comparison beside each level.
pub(crate) fn deep(palette: &Palette<'_>, depth: usize, positive: bool, dice: &mut Dice) -> Expr {
    if depth == 0 {
        return comparison(palette, positive, dice);
    }
    match dice.below(5) {
        0 => Expr::Not(Box::new(deep(palette, depth - 1, !positive, dice))),
        joins => {
            let mut parts =
                vec![comparison(palette, positive, dice), deep(palette, depth - 1, positive, dice)];
            dice.shuffle(&mut parts);
            if joins > 2 { Expr::And(parts) } else { Expr::Or(parts) }
        }
    }
}

/// The condition, and beside it a comparison with a parameter if there is any.
pub(crate) fn with_param(palette: &Palette<'_>, expr: Expr, dice: &mut Dice) -> Expr {
    let rare = dice.one_in(3);
    let facts = Fact::ALL.iter().copied();
    let ordered: Vec<_> = facts
        .filter(
            |fact| if rare { fact.ty() == FactType::Int } else { fact.ty() == FactType::Duration },
        )
        .collect();
    let Some(leaf) = against_param(palette, *dice.pick(&ordered), true, dice) else { return expr };
    let mut parts = vec![expr, leaf];
    dice.shuffle(&mut parts);
    if dice.one_in(2) { Expr::And(parts) } else { Expr::Or(parts) }
}

fn split(leaves: usize, dice: &mut Dice) -> Vec<usize> {
    let parts = 2 + dice.below(3.min(leaves - 1));
    let mut sizes = vec![1; parts.min(leaves)];
    for _ in sizes.len()..leaves {
        let at = dice.below(sizes.len());
        sizes[at] += 1;
    }
    sizes
}

fn comparison(palette: &Palette<'_>, positive: bool, dice: &mut Dice) -> Expr {
    let fact = *dice.pick(&palette.facts);
    let ordered = matches!(fact.ty(), FactType::Duration | FactType::Int);
    let signs = if ordered { &Sign::ALL[..] } else { &Sign::ALL[..2] };
    let alike: Vec<_> =
        palette.facts.iter().filter(|other| **other != fact && other.ty() == fact.ty()).collect();
    match dice.below(8) {
        0 | 1 if !alike.is_empty() => {
            Expr::Facts { left: fact, sign: *dice.pick(signs), right: **dice.pick(&alike) }
        }
        2 | 3 if fact.ty() != FactType::Duration && fact.ty() != FactType::Bool => {
            Expr::In { fact, values: list(fact, dice) }
        }
        4 | 5 if ordered => against_param(palette, fact, positive, dice)
            .unwrap_or_else(|| against_value(fact, *dice.pick(signs), dice)),
        _ => against_value(fact, *dice.pick(signs), dice),
    }
}

/// Some values of a fact, perhaps one twice, and not all of an enum's.
fn list(fact: Fact, dice: &mut Dice) -> Vec<i64> {
    loop {
        let values: Vec<_> = (0..1 + dice.below(4)).map(|_| value(fact, dice)).collect();
        let FactType::Enum(of) = fact.ty() else { return values };
        if !(0_i64..).take(of.variants.len()).all(|name| values.contains(&name)) {
            return values;
        }
    }
}

/// A comparison with a value; none that nothing is, or that everything is, below.
fn against_value(fact: Fact, sign: Sign, dice: &mut Dice) -> Expr {
    let value = value(fact, dice);
    let value = if matches!(sign, Sign::Lt | Sign::Ge) { value.max(1) } else { value };
    Expr::Value { fact, sign, amount: Amount::Literal(value) }
}

fn against_param(
    palette: &Palette<'_>,
    fact: Fact,
    positive: bool,
    dice: &mut Dice,
) -> Option<Expr> {
    let of_type = palette.params.iter().filter(|p| p.duration == (fact.ty() == FactType::Duration));
    let of_type: Vec<_> = of_type.collect();
    if of_type.is_empty() {
        return None;
    }
    let param = **dice.pick(&of_type);
    let grows = param.grows.unwrap_or_else(|| dice.one_in(2));
    let signs = if grows == positive { [Sign::Lt, Sign::Le] } else { [Sign::Gt, Sign::Ge] };
    Some(Expr::Value { fact, sign: *dice.pick(&signs), amount: Amount::Param(param.name) })
}

/// A value that a condition may name.
pub(crate) fn value(fact: Fact, dice: &mut Dice) -> i64 {
    match fact.ty() {
        FactType::Enum(of) => i64::try_from(dice.below(of.variants.len())).unwrap(),
        FactType::Bool => i64::try_from(dice.below(2)).unwrap(),
        FactType::Int => match dice.below(8) {
            0 => i64::from(u32::MAX),
            1 => 1_000,
            small => i64::try_from(small - 2).unwrap(),
        },
        FactType::Duration => {
            let usual = [0, 1, 999, 1_000, 90_000, 3_600_000, 86_400_000, 259_200_000];
            match dice.below(12) {
                0 => 100 * 365 * 86_400_000,
                1 | 2 => i64::try_from(dice.below(40 * 86_400_000)).unwrap(),
                _ => *dice.pick(&usual),
            }
        }
    }
}
