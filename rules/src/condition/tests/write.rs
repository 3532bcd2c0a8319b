//! A condition written twice: as packs write it, in many spellings, and for the interpreter, with
//! every bracket and with durations as plain numbers.

use std::collections::BTreeSet;

use super::dice::Dice;
use super::expr::{Amount, Expr, Sign};
use crate::facts::{Fact, FactType};

/// What has been written so far, by name.
pub(crate) type Seen = BTreeSet<String>;

pub(crate) const fn type_of(fact: Fact) -> &'static str {
    match fact.ty() {
        FactType::Enum(_) => "enum",
        FactType::Duration => "duration",
        FactType::Int => "int",
        FactType::Bool => "bool",
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binds {
    Or,
    And,
    Tight,
}

/// The text of a pack.
pub(crate) fn ours(expr: &Expr, dice: &mut Dice, seen: &mut Seen) -> String {
    write(expr, Binds::Or, dice, seen)
}

fn write(expr: &Expr, around: Binds, dice: &mut Dice, seen: &mut Seen) -> String {
    let (text, binds) = match expr {
        Expr::Not(part) => {
            let what = match **part {
                Expr::Not(_) => "! over !",
                Expr::And(_) => "! over &&",
                Expr::Or(_) => "! over ||",
                _ => "! over a comparison",
            };
            seen.insert(what.to_owned());
            let part = write(part, Binds::Tight, dice, seen);
            let bare = part.starts_with(['(', '!']);
            (if bare { format!("!{part}") } else { format!("!({part})") }, Binds::Tight)
        }
        Expr::And(parts) => (joined(parts, "&&", Binds::And, dice, seen), Binds::And),
        Expr::Or(parts) => (joined(parts, "||", Binds::Or, dice, seen), Binds::Or),
        leaf => (comparison(leaf, dice, seen), Binds::Tight),
    };
    if binds < around || (binds < Binds::Tight && dice.one_in(4)) {
        return format!("({text})");
    }
    if binds > around && around == Binds::Or && binds == Binds::And {
        seen.insert("&& in || without brackets".to_owned());
    }
    text
}

fn joined(parts: &[Expr], word: &str, binds: Binds, dice: &mut Dice, seen: &mut Seen) -> String {
    seen.insert(format!("{word} of {}", if parts.len() == 2 { "two" } else { "many" }));
    for part in parts {
        match part {
            Expr::And(_) => seen.insert(format!("&& in {word}")),
            Expr::Or(_) => seen.insert(format!("|| in {word}")),
            Expr::Not(_) => seen.insert(format!("! in {word}")),
            _ => false,
        };
    }
    let space = *dice.pick(&[" ", "  ", "\n  "]);
    let parts: Vec<_> = parts.iter().map(|part| write(part, binds, dice, seen)).collect();
    parts.join(&format!("{space}{word} "))
}

fn comparison(leaf: &Expr, dice: &mut Dice, seen: &mut Seen) -> String {
    let space = if dice.one_in(8) { "" } else { " " };
    match leaf {
        Expr::Value { fact, sign, amount } => {
            seen.insert(format!("reads {}", fact.name()));
            let turned = dice.one_in(3);
            let what = if matches!(amount, Amount::Param(_)) { "param" } else { "literal" };
            let value = match amount {
                Amount::Literal(value) => literal(*fact, *value, dice, seen),
                Amount::Param(name) => format!("param.{name}"),
            };
            let name = fact.name();
            let (left, sign, right) = match turned {
                false => (name, *sign, value.as_str()),
                true => (value.as_str(), sign.turned(), name),
            };
            let text = sign.text();
            let ty = type_of(*fact);
            seen.insert(match turned {
                false => format!("{ty} {text} {what}"),
                true => format!("{what} {text} {ty}"),
            });
            format!("{left}{space}{text}{space}{right}")
        }
        Expr::In { fact, values } => {
            let many = if values.len() == 1 { "one" } else { "many" };
            seen.insert(format!("{} in {many}", type_of(*fact)));
            if values.iter().collect::<BTreeSet<_>>().len() < values.len() {
                seen.insert("a value twice in a list".to_owned());
            }
            let list: Vec<_> =
                values.iter().map(|value| literal(*fact, *value, dice, seen)).collect();
            format!("{} in [{}]", fact.name(), list.join(", "))
        }
        Expr::Facts { left, sign, right } => {
            seen.insert(format!("{} {} fact", type_of(*left), sign.text()));
            format!("{}{space}{}{space}{}", left.name(), sign.text(), right.name())
        }
        _ => unreachable!("a comparison"),
    }
}

fn literal(fact: Fact, value: i64, dice: &mut Dice, seen: &mut Seen) -> String {
    match fact.ty() {
        FactType::Enum(of) => {
            let name = of.name_at(value).unwrap();
            if dice.one_in(4) {
                seen.insert("double quotes".to_owned());
                return format!("\"{name}\"");
            }
            format!("'{name}'")
        }
        FactType::Duration => format!("duration('{}')", duration(value, dice, seen)),
        FactType::Int if dice.one_in(8) => {
            seen.insert("a hexadecimal number".to_owned());
            format!("0x{value:x}")
        }
        FactType::Int => value.to_string(),
        FactType::Bool => (value != 0).to_string(),
    }
}

/// One of the ways to write a duration: each unit takes what it likes, the last takes the rest.
pub(crate) fn duration(ms: i64, dice: &mut Dice, seen: &mut Seen) -> String {
    let mut rest = ms;
    let mut text = String::new();
    let mut units = 0;
    for (unit, scale) in
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)]
    {
        if unit == "ms" && rest > 0 || (rest >= scale && !dice.one_in(3)) {
            text.push_str(&format!("{}{unit}", rest / scale));
            rest %= scale;
            units += 1;
            seen.insert(format!("duration in {unit}"));
        }
    }
    if units > 1 {
        seen.insert("a duration of several units".to_owned());
    }
    if units == 0 { "0s".to_owned() } else { text }
}

/// The text for the interpreter.
pub(crate) fn cel(expr: &Expr) -> String {
    let number = |fact: Fact, value: i64| match fact.ty() {
        FactType::Enum(of) => format!("'{}'", of.name_at(value).unwrap()),
        FactType::Bool => (value != 0).to_string(),
        _ => value.to_string(),
    };
    let join = |parts: &[Expr], word: &str| {
        let parts: Vec<_> = parts.iter().map(|part| format!("({})", cel(part))).collect();
        parts.join(word)
    };
    match expr {
        Expr::Value { fact, sign, amount } => {
            let value = match amount {
                Amount::Literal(value) => number(*fact, *value),
                Amount::Param(name) => format!("param.{name}"),
            };
            format!("{} {} {value}", fact.name(), sign.text())
        }
        Expr::In { fact, values } => {
            let list: Vec<_> = values.iter().map(|value| number(*fact, *value)).collect();
            format!("{} in [{}]", fact.name(), list.join(", "))
        }
        Expr::Facts { left, sign, right } => {
            format!("{} {} {}", left.name(), sign.text(), right.name())
        }
        Expr::Not(part) => format!("!({})", cel(part)),
        Expr::And(parts) => join(parts, " && "),
        Expr::Or(parts) => join(parts, " || "),
    }
}

/// Everything that the language has and the schema makes possible.
pub(crate) fn constructs() -> Seen {
    let mut all = Seen::new();
    let orders = [Sign::Lt, Sign::Le, Sign::Gt, Sign::Ge];
    for fact in Fact::ALL {
        all.insert(format!("reads {}", fact.name()));
        let ty = type_of(*fact);
        let ordered = matches!(ty, "duration" | "int");
        let signs = if ordered { &Sign::ALL[..] } else { &Sign::ALL[..2] };
        for sign in signs.iter().map(|sign| sign.text()) {
            all.extend([format!("{ty} {sign} literal"), format!("literal {sign} {ty}")]);
            if Fact::ALL.iter().any(|other| other != fact && other.ty() == fact.ty()) {
                all.insert(format!("{ty} {sign} fact"));
            }
        }
        if ordered {
            for sign in orders.map(Sign::text) {
                all.extend([format!("{ty} {sign} param"), format!("param {sign} {ty}")]);
            }
        }
        if matches!(ty, "enum" | "int") {
            all.extend([format!("{ty} in one"), format!("{ty} in many")]);
        }
    }
    for word in ["&&", "||"] {
        for what in ["of two", "of many"] {
            all.insert(format!("{word} {what}"));
        }
        all.extend([format!("&& in {word}"), format!("|| in {word}"), format!("! in {word}")]);
        all.insert(format!("! over {word}"));
    }
    all.extend(["d", "h", "m", "s", "ms"].map(|unit| format!("duration in {unit}")));
    let rest = [
        "! over !",
        "! over a comparison",
        "&& in || without brackets",
        "a duration of several units",
        "a hexadecimal number",
        "a value twice in a list",
        "double quotes",
        "nested 20 deep",
    ];
    all.extend(rest.map(str::to_owned));
    all
}
