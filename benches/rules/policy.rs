//! One policy, and its text in each language.

use crate::facts::{ENUMS, SPANS, Sample};
use simbind_benches::Chance;
use simbind_rules::{
    Level, PackSource, RuleBook,
    facts::{Fact, Knowledge},
};
use std::fmt::Write as _;

/// What a rule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    Allow,
    StepUp,
    Deny,
}

/// One comparison.
#[derive(Clone, Debug)]
pub enum Atom {
    Is(usize, usize),
    IsNot(usize, usize),
    Among(usize, [usize; 2]),
    Longer(usize, i64),
    Shorter(usize, i64),
}

/// A rule: comparisons, joined by `&&` or by `||`, for bindings whose age is within bounds.
#[derive(Clone, Debug)]
pub struct Rule {
    pub atoms: Vec<Atom>,
    pub any: bool,
    pub within: [i64; 2],
    pub ask: Ask,
}

/// The span that each rule has bounds of its own for, in [`SPANS`].
const BOUNDED: usize = 0;
const MINUTE: i64 = 60_000;

/// So many rules, always the same ones; what our compiler refuses, since it can never speak, is
/// drawn again.
pub fn rules(count: usize) -> Vec<Rule> {
    let mut chance = Chance::new(20);
    let mut rules: Vec<_> = (0..count).map(|number| rule(&mut chance, number)).collect();
    loop {
        let text = pack(&rules);
        let source = PackSource { name: "bench".into(), text: text.clone() };
        let Err(found) = RuleBook::compile(&[source]) else { return rules };
        for error in found.iter().filter(|found| found.level == Level::Error) {
            let before = text.lines().take(error.line as usize);
            let number = before.filter(|line| *line == "[[rule]]").count();
            let number = number.checked_sub(1).unwrap_or_else(|| panic!("{error}"));
            rules[number] = rule(&mut chance, number);
        }
    }
}

/// A rule of a tenant's own, on facts that can have any value.
pub fn own_rule(chance: &mut Chance, number: usize) -> Rule {
    const FREE: [&str; 4] = ["handset_latch", "line_latch", "sensitivity", "platform"];
    let name = FREE[chance.below(FREE.len())];
    let fact = ENUMS.iter().position(|(flat, ..)| *flat == name).expect("the fact is there");
    let value = 1 + chance.below(ENUMS[fact].2.len() - 1);
    Rule { atoms: vec![Atom::Is(fact, value)], any: false, ..rule(chance, number) }
}

/// A rule by chance. No two of other numbers have bounds one within the other, so that none covers
/// another: packs with covered rules are refused.
fn rule(chance: &mut Chance, number: usize) -> Rule {
    let any = chance.percent(20);
    let more = if any { 1 } else { chance.below(3) };
    let mut atoms = vec![rare(chance)];
    atoms.extend((0..more).map(|_| if any { rare(chance) } else { common(chance) }));
    let ask = if chance.percent(50) { Ask::Deny } else { Ask::StepUp };
    let from = 20 * MINUTE * number as i64;
    Rule { atoms, any, within: [from, from + 45 * 24 * 60 * MINUTE], ask }
}

/// A fact and one of its values that is not the usual one.
fn unusual(chance: &mut Chance) -> (usize, usize) {
    let fact = chance.below(ENUMS.len());
    (fact, 1 + chance.below(ENUMS[fact].2.len() - 1))
}

fn rare(chance: &mut Chance) -> Atom {
    let (fact, value) = unusual(chance);
    if ENUMS[fact].2.len() > 3 && chance.percent(30) {
        let other = 1 + value % (ENUMS[fact].2.len() - 1);
        return Atom::Among(fact, [value, other]);
    }
    Atom::Is(fact, value)
}

fn common(chance: &mut Chance) -> Atom {
    if chance.percent(40) {
        let span = chance.below(SPANS.len());
        let hours = 24 * (1 + chance.below(60)) as i64;
        let bound = hours * 3_600_000;
        return if chance.percent(50) {
            Atom::Longer(span, bound)
        } else {
            Atom::Shorter(span, bound)
        };
    }
    let (fact, value) = unusual(chance);
    // The first fact is the binding's state, whose first value leaves others without one.
    if chance.percent(50) || fact == 0 { Atom::IsNot(fact, value) } else { Atom::Is(fact, 0) }
}

impl Rule {
    /// The comparisons of its bounds.
    fn bounds(&self) -> [Atom; 2] {
        let [from, to] = self.within;
        [Atom::Longer(BOUNDED, from), Atom::Shorter(BOUNDED, to)]
    }

    fn join(&self, part: impl Fn(&Atom) -> String) -> String {
        let [from, to] = self.bounds().map(|bound| part(&bound));
        let parts: Vec<_> = self.atoms.iter().map(part).collect();
        let parts = parts.join(if self.any { "||" } else { "&&" });
        format!("{from}&&{to}&&({parts})")
    }

    /// Whether it holds, by its comparisons one by one.
    pub fn holds(&self, sample: &Sample) -> bool {
        let (places, spans) = (sample.places().map(usize::from), sample.spans());
        let holds = |atom: &Atom| match atom {
            Atom::Is(f, v) => places[*f] == *v,
            Atom::IsNot(f, v) => places[*f] != *v,
            Atom::Among(f, v) => v.contains(&places[*f]),
            Atom::Longer(s, bound) => spans[*s] > *bound,
            Atom::Shorter(s, bound) => spans[*s] <= *bound,
        };
        let [from, to] = self.within;
        let within = spans[BOUNDED] > from && spans[BOUNDED] <= to;
        within && if self.any { self.atoms.iter().any(holds) } else { self.atoms.iter().all(holds) }
    }

    /// CEL over flat names, with milliseconds.
    pub fn cel(&self) -> String {
        self.join(|atom| match atom {
            Atom::Is(f, v) => format!("{} == '{}'", ENUMS[*f].0, ENUMS[*f].2[*v]),
            Atom::IsNot(f, v) => format!("{} != '{}'", ENUMS[*f].0, ENUMS[*f].2[*v]),
            Atom::Among(f, v) => {
                let [a, b] = v.map(|v| ENUMS[*f].2[v]);
                format!("{} in ['{a}', '{b}']", ENUMS[*f].0)
            }
            Atom::Longer(s, bound) => format!("{} > {bound}", SPANS[*s].0),
            Atom::Shorter(s, bound) => format!("{} <= {bound}", SPANS[*s].0),
        })
    }

    fn cedar(&self) -> String {
        self.join(|atom| match atom {
            Atom::Is(f, v) => format!("context.{} == \"{}\"", ENUMS[*f].0, ENUMS[*f].2[*v]),
            Atom::IsNot(f, v) => format!("context.{} != \"{}\"", ENUMS[*f].0, ENUMS[*f].2[*v]),
            Atom::Among(f, v) => {
                let [a, b] = v.map(|v| ENUMS[*f].2[v]);
                format!("[\"{a}\", \"{b}\"].contains(context.{})", ENUMS[*f].0)
            }
            Atom::Longer(s, bound) => format!("context.{} > {bound}", SPANS[*s].0),
            Atom::Shorter(s, bound) => format!("context.{} <= {bound}", SPANS[*s].0),
        })
    }

    fn ours(&self) -> String {
        self.join(|atom| match atom {
            Atom::Is(f, v) => format!("{} == '{}'", ENUMS[*f].1, ENUMS[*f].2[*v]),
            Atom::IsNot(f, v) => format!("{} != '{}'", ENUMS[*f].1, ENUMS[*f].2[*v]),
            Atom::Among(f, v) => {
                let [a, b] = v.map(|v| ENUMS[*f].2[v]);
                format!("{} in ['{a}', '{b}']", ENUMS[*f].1)
            }
            Atom::Longer(s, bound) => format!("{} > duration('{}')", SPANS[*s].1, span(*bound)),
            Atom::Shorter(s, bound) => format!("{} <= duration('{}')", SPANS[*s].1, span(*bound)),
        })
    }

    fn fact(atom: &Atom) -> Fact {
        let name = match atom {
            Atom::Is(f, _) | Atom::IsNot(f, _) | Atom::Among(f, _) => ENUMS[*f].1,
            Atom::Longer(s, _) | Atom::Shorter(s, _) => SPANS[*s].1,
        };
        Fact::from_name(name).expect("the fact exists")
    }

    fn may_be_unknown(&self) -> bool {
        let bounds = self.bounds();
        let mut atoms = self.atoms.iter().chain(&bounds);
        atoms.any(|a| matches!(Self::fact(a).knowledge(), Knowledge::Sometimes { .. }))
    }
}

/// A span as packs write it, shortly: a pack has a bound on its size.
fn span(ms: i64) -> String {
    let minutes = ms / MINUTE;
    if minutes % 60 == 0 { format!("{}h", minutes / 60) } else { format!("{minutes}m") }
}

/// A pack of ours.
pub fn pack(rules: &[Rule]) -> String {
    let mut text = String::from("[pack]\nid = \"bench\"\napplies_to = { country = \"JP\" }\n");
    rules.iter().enumerate().for_each(|(number, rule)| put(&mut text, number, rule));
    text
}

/// Writes a rule of ours.
pub fn put(text: &mut String, number: usize, rule: &Rule) {
    let (verdict, methods) = match rule.ask {
        Ask::StepUp => ("step_up", "step_up=[\"card\",\"counter\"]\n"),
        Ask::Deny | Ask::Allow => ("deny", ""),
    };
    let unknown = if rule.may_be_unknown() { "unknown=\"deny\"\n" } else { "" };
    let when = rule.ours();
    let _ = write!(
        text,
        "[[rule]]\nid=\"r{number}\"\non=[\"login\"]\nwhen=\"{when}\"\n\
         verdict=\"{verdict}\"\n{unknown}{methods}reason=\"HANDSET_RECENT\"\n"
    );
}

/// Rego: the set of the rules that hold.
pub fn rego(rules: &[Rule]) -> String {
    let mut text = String::from("package bench\n\nimport rego.v1\n\n");
    let one = |atom: &Atom| match atom {
        Atom::Is(f, v) => format!("input.{} == \"{}\"", ENUMS[*f].0, ENUMS[*f].2[*v]),
        Atom::IsNot(f, v) => format!("input.{} != \"{}\"", ENUMS[*f].0, ENUMS[*f].2[*v]),
        Atom::Among(f, v) => {
            let [a, b] = v.map(|v| ENUMS[*f].2[v]);
            format!("input.{} in {{\"{a}\", \"{b}\"}}", ENUMS[*f].0)
        }
        Atom::Longer(s, bound) => format!("input.{} > {bound}", SPANS[*s].0),
        Atom::Shorter(s, bound) => format!("input.{} <= {bound}", SPANS[*s].0),
    };
    for (number, rule) in rules.iter().enumerate() {
        let bodies: Vec<Vec<&Atom>> = if rule.any {
            rule.atoms.iter().map(|atom| vec![atom]).collect()
        } else {
            vec![rule.atoms.iter().collect()]
        };
        let bounds = rule.bounds();
        for body in bodies {
            let lines: Vec<_> = bounds.iter().chain(body).map(one).collect();
            let _ = writeln!(text, "fired contains {number} if {{\n\t{}\n}}\n", lines.join("\n\t"));
        }
    }
    text
}

/// Cedar: each rule permits, so that the answer names all that hold.
pub fn cedar(rules: &[Rule]) -> String {
    let mut text = String::new();
    for rule in rules {
        let when = rule.cedar();
        let _ = writeln!(text, "permit(principal, action, resource) when {{ {when} }};");
    }
    text
}
