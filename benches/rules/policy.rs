//! One policy, and its text in each language.

use crate::facts::{ENUMS, SPANS, Sample};
use simbind_benches::Chance;
use simbind_rules::facts::{Fact, Knowledge};
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

/// A rule: comparisons, joined by `&&` or by `||`.
#[derive(Clone, Debug)]
pub struct Rule {
    pub atoms: Vec<Atom>,
    pub any: bool,
    pub ask: Ask,
}

/// So many rules, always the same ones.
pub fn rules(count: usize) -> Vec<Rule> {
    let mut chance = Chance::new(20);
    (0..count).map(|_| rule(&mut chance)).collect()
}

/// A rule by chance.
pub fn rule(chance: &mut Chance) -> Rule {
    let any = chance.percent(20);
    let more = if any { 1 } else { chance.below(3) };
    let mut atoms = vec![rare(chance)];
    atoms.extend((0..more).map(|_| if any { rare(chance) } else { common(chance) }));
    let ask = if chance.percent(50) { Ask::Deny } else { Ask::StepUp };
    Rule { atoms, any, ask }
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
    if chance.percent(50) { Atom::IsNot(fact, value) } else { Atom::Is(fact, 0) }
}

impl Rule {
    fn join(&self, part: impl Fn(&Atom) -> String) -> String {
        let parts: Vec<_> = self.atoms.iter().map(part).collect();
        parts.join(if self.any { " || " } else { " && " })
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
        if self.any { self.atoms.iter().any(holds) } else { self.atoms.iter().all(holds) }
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
            Atom::Longer(s, bound) => format!("{} > duration('{bound}ms')", SPANS[*s].1),
            Atom::Shorter(s, bound) => format!("{} <= duration('{bound}ms')", SPANS[*s].1),
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
        self.atoms.iter().any(|a| matches!(Self::fact(a).knowledge(), Knowledge::Sometimes { .. }))
    }
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
        Ask::StepUp => ("step_up", "step_up = [\"card\", \"counter\"]\n"),
        Ask::Deny | Ask::Allow => ("deny", ""),
    };
    let unknown = if rule.may_be_unknown() { "unknown = \"deny\"\n" } else { "" };
    let when = rule.ours();
    let _ = write!(
        text,
        "\n[[rule]]\nid = \"r{number}\"\non = [\"login\"]\nwhen = \"{when}\"\n\
         verdict = \"{verdict}\"\n{unknown}{methods}reason = \"HANDSET_RECENT\"\n"
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
        for body in bodies {
            let lines: Vec<_> = body.into_iter().map(one).collect();
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
