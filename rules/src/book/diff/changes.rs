//! Rules, parameters and limits that are not the same in two chains.

use crate::book::{Armed, Chain, Limit, OnUnknown, RuleBook};
use crate::pack::ParamType;
use crate::time::format_duration;
use crate::verdict::CheckKind;

/// What is different about a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleChange {
    /// Only the new book has it.
    Added,
    /// Only the old book has it.
    Removed,
    /// Both have it, and these parts differ: `condition`, `parameter`, `verdict`, `unknown`,
    /// `reason`.
    Changed(Vec<&'static str>),
}

/// A parameter with another value; `None` where a side has none of that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamChange {
    /// Its name.
    pub name: String,
    /// Its old value in words.
    pub old: Option<String>,
    /// Its new value in words.
    pub new: Option<String>,
}

/// A limit that differs; `None` where a side has none of that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitChange {
    /// Its id.
    pub id: String,
    /// The old limit in words.
    pub old: Option<String>,
    /// The new limit in words.
    pub new: Option<String>,
}

/// A rule that differs, on each side where it stands.
pub(super) struct Pair<'a> {
    pub(super) name: String,
    pub(super) change: RuleChange,
    pub(super) old: Option<&'a Armed>,
    pub(super) new: Option<&'a Armed>,
}

/// A rule as its own book names it, and what its text says.
struct Named<'a> {
    name: String,
    rule: &'a Armed,
    when: &'a str,
}

fn named<'a>(book: &'a RuleBook, chain: &'a Chain, kind: CheckKind) -> Vec<Named<'a>> {
    let when = |rule: &Armed| {
        let at = usize::try_from(rule.rule.0).ok()?;
        book.rules.get(at).map(|info| info.when.as_str())
    };
    let rules = chain.stands.of(kind).iter();
    rules
        .map(|rule| Named {
            name: book.rule_name(rule.rule),
            rule,
            when: when(rule).unwrap_or_default(),
        })
        .collect()
}

/// The rules that are not the same: those of the new chain first, in its order.
pub(super) fn rules<'a>(
    (old_book, old): (&'a RuleBook, &'a Chain),
    (new_book, new): (&'a RuleBook, &'a Chain),
    kind: CheckKind,
) -> Vec<Pair<'a>> {
    let (before, after) = (named(old_book, old, kind), named(new_book, new, kind));
    let mut pairs = Vec::new();
    for here in &after {
        let there = before.iter().find(|there| there.name == here.name);
        let change = match there {
            None => RuleChange::Added,
            Some(there) => match changed(there, here) {
                parts if parts.is_empty() => continue,
                parts => RuleChange::Changed(parts),
            },
        };
        let old = there.map(|there| there.rule);
        pairs.push(Pair { name: here.name.clone(), change, old, new: Some(here.rule) });
    }
    for there in &before {
        if !after.iter().any(|here| here.name == there.name) {
            let (name, change) = (there.name.clone(), RuleChange::Removed);
            pairs.push(Pair { name, change, old: Some(there.rule), new: None });
        }
    }
    pairs
}

fn changed(old: &Named<'_>, new: &Named<'_>) -> Vec<&'static str> {
    let spoken = |rule: &Armed| match rule.unknown {
        OnUnknown::Speak(verdict, reason) => Some((verdict, reason)),
        OnUnknown::Silent | OnUnknown::Fault => None,
    };
    let (a, b) = (old.rule, new.rule);
    let bound = a.cond != b.cond;
    let parts = [
        ("condition", bound && old.when != new.when),
        ("parameter", bound && old.when == new.when),
        ("verdict", a.holds != b.holds),
        ("unknown", spoken(a) != spoken(b)),
        ("reason", a.reason != b.reason),
    ];
    parts.into_iter().filter(|(_, differs)| *differs).map(|(part, _)| part).collect()
}

/// The parameters whose values are not the same.
pub(super) fn params(old: &Chain, new: &Chain) -> Vec<ParamChange> {
    let words = |chain: &Chain, name: &str| {
        let value = chain.params.get(name)?;
        Some(match chain.param_types.get(name)? {
            ParamType::Duration => format_duration(*value),
            ParamType::Int => value.to_string(),
        })
    };
    let mut names: Vec<_> = old.params.keys().chain(new.params.keys()).collect();
    names.sort();
    names.dedup();
    let sides = names.into_iter().map(|name| (name, words(old, name), words(new, name)));
    let differ = sides.filter(|(_, old, new)| old != new);
    differ.map(|(name, old, new)| ParamChange { name: name.clone(), old, new }).collect()
}

/// The limits that are not the same.
pub(super) fn limits(old: &Chain, new: &Chain) -> Vec<LimitChange> {
    let (old, new) = (limit_words(old), limit_words(new));
    let of = |side: &[(String, String)], id: &str| {
        side.iter().find(|(own, _)| own == id).map(|(_, words)| words.clone())
    };
    let mut ids: Vec<_> = old.iter().chain(&new).map(|(id, _)| id.clone()).collect();
    ids.sort();
    ids.dedup();
    let sides = ids.into_iter().map(|id| (of(&old, &id), of(&new, &id), id));
    let differ = sides.filter(|(old, new, _)| old != new);
    differ.map(|(old, new, id)| LimitChange { id, old, new }).collect()
}

/// Each limit's id and words; a limit stands in a list for each kind that it is on.
fn limit_words(chain: &Chain) -> Vec<(String, String)> {
    let lists = [
        ("login", &chain.login_limits),
        ("tap", &chain.tap_limits),
        ("event", &chain.event_limits),
    ];
    let mut found: Vec<(String, Vec<&str>, &Limit)> = Vec::new();
    for (on, list) in lists {
        for limit in list {
            match found.iter_mut().find(|(id, ..)| *id == limit.id) {
                Some((_, kinds, _)) => kinds.push(on),
                None => found.push((limit.id.clone(), vec![on], limit)),
            }
        }
    }
    let words = |kinds: &[&str], limit: &Limit| {
        let ms = i64::try_from(limit.period.as_millis()).unwrap_or(i64::MAX);
        format!(
            "{} in {}, {} at once, by {:?}, on {}, {}",
            limit.count,
            format_duration(ms),
            limit.burst,
            limit.per,
            kinds.join(" and "),
            limit.reason,
        )
    };
    found.into_iter().map(|(id, kinds, limit)| (id, words(&kinds, limit))).collect()
}
