//! Reading `[[rule]]`, `[[adjust]]` and `[[limit]]`.

use toml_edit::Item;

use super::model::{AdjustDoc, LimitDoc, LimitKey, RuleDoc, Span, Spanned, Unknown};
use super::names::is_id;
use super::section::Section;
use crate::bounds::{BESIDE, COUNT};
use crate::diagnostic::Problems;
use crate::suggest::closest;
use crate::time::parse_duration;
use crate::verdict::{Methods, Severity};

const RULE_KEYS: [&str; 10] = [
    "id",
    "on",
    "when",
    "verdict",
    "unknown",
    "unknown_reason",
    "floor",
    "step_up",
    "reason",
    "beside",
];

/// A `[[rule]]` as far as it can be read.
pub(super) enum ReadRule {
    Whole(RuleDoc),
    /// It has mistakes, which are told; its condition is still to be checked.
    Broken(Spanned<String>),
}

pub(super) fn read_rule(item: &Item, problems: &mut Problems<'_>) -> Option<ReadRule> {
    let section = Section::open(item, "rule", &RULE_KEYS, problems)?;
    let when = section.need_text("when", problems);
    match whole_rule(&section, when.clone(), problems) {
        Some(rule) => Some(ReadRule::Whole(rule)),
        None => when.map(ReadRule::Broken),
    }
}

fn whole_rule(
    section: &Section<'_>,
    when: Option<Spanned<String>>,
    problems: &mut Problems<'_>,
) -> Option<RuleDoc> {
    let id = section.need_name("id", is_id, problems);
    let on = section.kinds(false, problems);
    let verdict = need_rule_verdict(section, problems);
    let unknown = section.word("unknown", &Unknown::WORDS, Unknown::from_name, problems);
    let floor = section.severity("floor", problems);
    let methods = section.methods("step_up", problems);
    if !section.has("reason") {
        section.missing("reason", problems);
    }
    let reason = section.reason("reason", problems);
    let unknown_reason = section.reason("unknown_reason", problems);
    let beside = section.texts("beside", BESIDE, problems);
    let (id, on, when, verdict, reason) = (id?, on?, when?, verdict?, reason?);
    if let Some(floor) = &floor
        && floor.value > verdict.value
    {
        problems.add(&floor.span, "a floor is not above the rule's own verdict");
    }
    if let Some(extra) = &unknown_reason
        && unknown.is_none()
    {
        problems.add(&extra.span, "`unknown_reason` stands beside `unknown`");
    }
    let asks = verdict.value == Severity::StepUp
        || floor.as_ref().is_some_and(|floor| floor.value <= Severity::StepUp)
        || unknown.as_ref().is_some_and(|unknown| unknown.value == Unknown::StepUp);
    check_methods(asks, methods.as_ref(), reason.value.edge(), &id.span, problems);
    Some(RuleDoc {
        id,
        on,
        when,
        verdict: verdict.value,
        unknown_reason: unknown_reason.map_or(reason.value, |extra| extra.value),
        unknown,
        floor,
        methods,
        reason: reason.value,
        beside: beside.map_or_else(Vec::new, |beside| beside.value),
    })
}

fn need_rule_verdict(
    section: &Section<'_>,
    problems: &mut Problems<'_>,
) -> Option<Spanned<Severity>> {
    if !section.has("verdict") {
        section.missing("verdict", problems);
    }
    let verdict = section.severity("verdict", problems)?;
    if verdict.value == Severity::Allow {
        problems.add(
            &verdict.span,
            "a rule steps up or denies; what no rule speaks against is allowed",
        );
        return None;
    }
    Some(verdict)
}

fn check_methods(
    asks: bool,
    methods: Option<&Spanned<Methods>>,
    edge: Option<crate::verdict::Edge>,
    id: &Span,
    problems: &mut Problems<'_>,
) {
    match methods {
        None if asks => problems.add(id, "a rule that can step up names its methods in `step_up`"),
        Some(methods) if !asks => {
            problems.add(&methods.span, "this rule never steps up: it needs no `step_up`");
        }
        Some(methods) => {
            if let Some(edge) = edge
                && let Some(bad) = edge.rests_on().iter().find(|m| methods.value.contains(**m))
            {
                let message = format!("`{bad}` rests on the edge that the reason names, {edge}");
                problems.add(&methods.span, message);
            }
        }
        None => {}
    }
}

pub(super) fn read_adjust(item: &Item, problems: &mut Problems<'_>) -> Option<AdjustDoc> {
    let keys = ["rule", "verdict", "unknown", "step_up"];
    let section = Section::open(item, "adjust", &keys, problems)?;
    let rule = section.need_text("rule", problems);
    let verdict = section.severity("verdict", problems);
    let unknown = section.word("unknown", &Unknown::WORDS, Unknown::from_name, problems);
    let methods = section.methods("step_up", problems);
    if !["verdict", "unknown", "step_up"].iter().any(|key| section.has(key)) {
        problems.add(&section.span(), "an adjustment changes `verdict`, `unknown` or `step_up`");
    }
    Some(AdjustDoc { rule: rule?, verdict, unknown, methods })
}

pub(super) fn read_limit(item: &Item, problems: &mut Problems<'_>) -> Option<LimitDoc> {
    let keys = ["id", "on", "per", "rate", "burst", "reason"];
    let section = Section::open(item, "limit", &keys, problems)?;
    let id = section.need_name("id", is_id, problems);
    let on = section.kinds(true, problems);
    let per = read_per(&section, problems);
    let rate = read_rate(&section, problems);
    let burst = section.count("burst", problems);
    for key in ["per", "burst", "reason"] {
        if !section.has(key) {
            section.missing(key, problems);
        }
    }
    let reason = section.reason("reason", problems);
    let (count, period_ms) = rate?;
    Some(LimitDoc {
        id: id?,
        on: on?,
        per: per?,
        count,
        period_ms,
        burst: burst?.value,
        reason: reason?.value,
    })
}

fn read_per(section: &Section<'_>, problems: &mut Problems<'_>) -> Option<Vec<LimitKey>> {
    let mut per = Vec::new();
    for text in section.texts("per", 3, problems)?.value {
        match LimitKey::ALL.iter().find(|(_, name)| *name == text.value) {
            Some((key, _)) => per.push(*key),
            None => {
                let names = LimitKey::ALL.map(|(_, name)| name);
                let message = format!("a limit counts by {}", names.join(", "));
                problems.add_meaning(&text.span, message, closest(&text.value, names));
            }
        }
    }
    Some(per)
}

fn read_rate(section: &Section<'_>, problems: &mut Problems<'_>) -> Option<(u32, i64)> {
    let rate = section.need_text("rate", problems)?;
    let parts = rate.value.split_once('/').and_then(|(count, period)| {
        let count = count.parse::<u32>().ok().filter(|count| (1..=COUNT).contains(count))?;
        let period = parse_duration(period).ok().filter(|ms| (1..=86_400_000).contains(ms))?;
        Some((count, period))
    });
    if parts.is_none() {
        problems.add(&rate.span, "a rate is a count and a period of at most a day, like 10/1m");
    }
    parts
}
