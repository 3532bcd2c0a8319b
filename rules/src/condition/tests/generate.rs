//! Random conditions and facts, each written twice: as packs write it, and for the interpreter,
//! which has durations as plain numbers.

use proptest::prelude::*;
use proptest::sample::select;

use crate::facts::{Fact, FactType, Facts};
use crate::time::format_duration;

#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) ours: String,
    pub(super) cel: String,
}

/// Facts of few names, so that one condition often reads one fact twice.
const FACTS: [Fact; 9] = [
    Fact::HandsetMatch,
    Fact::SimMatch,
    Fact::SimLatch,
    Fact::FeedHealth,
    Fact::HandsetMatchAge,
    Fact::SimChangedAge,
    Fact::PinFailures,
    Fact::HandsetProof,
    Fact::RelyingPartySensitivity,
];

/// Values of a fact: few, so that conditions and facts often meet at the same ones.
fn values(fact: Fact) -> Vec<i64> {
    match fact.ty() {
        FactType::Enum(of) => (0_i64..).take(of.variants.len()).collect(),
        FactType::Duration => vec![0, 1, 3_600_000, 3_600_001, 86_400_000],
        FactType::Int | FactType::Bool => vec![0, 1, 2, 3],
    }
}

fn literal(fact: Fact, value: i64) -> Written {
    match fact.ty() {
        FactType::Enum(of) => {
            let text = format!("'{}'", of.name_at(value).unwrap());
            Written { ours: text.clone(), cel: text }
        }
        FactType::Duration => Written {
            ours: format!("duration('{}')", format_duration(value)),
            cel: value.to_string(),
        },
        _ => Written { ours: value.to_string(), cel: value.to_string() },
    }
}

fn compare() -> impl Strategy<Value = Written> {
    select(&FACTS[..]).prop_flat_map(|fact| {
        let ordered = matches!(fact.ty(), FactType::Duration | FactType::Int);
        let ops = if ordered { &["==", "!=", "<", "<=", ">", ">="][..] } else { &["==", "!="][..] };
        (select(values(fact)), select(ops), any::<bool>()).prop_map(move |(value, op, left)| {
            let (name, value) = (fact.name(), literal(fact, value));
            let write = |value: &str| {
                if left { format!("{name} {op} {value}") } else { format!("{value} {op} {name}") }
            };
            Written { ours: write(&value.ours), cel: write(&value.cel) }
        })
    })
}

fn among() -> impl Strategy<Value = Written> {
    let listable: Vec<Fact> =
        FACTS.into_iter().filter(|fact| fact.ty() != FactType::Duration).collect();
    select(listable).prop_flat_map(|fact| {
        prop::collection::vec(select(values(fact)), 1..4).prop_map(move |list| {
            let list: Vec<_> = list.into_iter().map(|value| literal(fact, value).ours).collect();
            let text = format!("{} in [{}]", fact.name(), list.join(", "));
            Written { ours: text.clone(), cel: text }
        })
    })
}

fn facts_compared() -> impl Strategy<Value = Written> {
    let ages = ("handset.match_age", "sim.changed_age", vec!["==", "!=", "<", "<=", ">", ">="]);
    let matches = ("handset.match", "sim.match", vec!["==", "!="]);
    select(vec![ages, matches]).prop_flat_map(|(a, b, ops)| {
        select(ops).prop_map(move |op| {
            let text = format!("{a} {op} {b}");
            Written { ours: text.clone(), cel: text }
        })
    })
}

pub(super) fn condition() -> impl Strategy<Value = Written> {
    let leaf = prop_oneof![4 => compare(), 2 => among(), 1 => facts_compared()];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let join = |op: &'static str| {
            move |parts: Vec<Written>| {
                let text = |pick: fn(&Written) -> &String| {
                    let parts: Vec<_> =
                        parts.iter().map(|part| format!("({})", pick(part))).collect();
                    parts.join(op)
                };
                Written { ours: text(|part| &part.ours), cel: text(|part| &part.cel) }
            }
        };
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(join(" && ")),
            prop::collection::vec(inner.clone(), 2..4).prop_map(join(" || ")),
            inner.prop_map(|part| Written {
                ours: format!("!({})", part.ours),
                cel: format!("!({})", part.cel)
            }),
        ]
    })
}

/// Facts in which every fact that conditions read is known.
pub(super) fn facts() -> impl Strategy<Value = Facts> {
    let picks: Vec<_> = FACTS.into_iter().map(|fact| select(values(fact))).collect();
    picks.prop_map(|picked| {
        let mut facts = Facts::default();
        for (fact, value) in FACTS.into_iter().zip(picked) {
            facts.put(fact, value);
        }
        facts
    })
}

/// Facts of which some are unknown.
pub(super) fn forgotten() -> impl Strategy<Value = Vec<Fact>> {
    prop::sample::subsequence(FACTS.to_vec(), 0..=FACTS.len())
}

/// The facts as the interpreter's variables.
pub(super) fn variables(facts: &Facts) -> cel::Context<'static, 'static> {
    use std::collections::HashMap;
    let mut groups: HashMap<&str, HashMap<String, cel::Value>> = HashMap::new();
    for fact in facts.known() {
        let (group, name) = fact.name().split_once('.').unwrap();
        let value = match fact.ty() {
            FactType::Enum(_) => cel::Value::from(facts.text(fact).unwrap()),
            FactType::Bool => cel::Value::from(facts.slot(fact) == Some(1)),
            _ => cel::Value::from(facts.slot(fact).unwrap()),
        };
        groups.entry(group).or_default().insert(name.to_owned(), value);
    }
    let mut context = cel::Context::default();
    for (group, values) in groups {
        context.add_variable_from_value(group.to_owned(), values);
    }
    context
}
