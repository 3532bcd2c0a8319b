//! What is told of a support code, for people and as JSON.

use super::super::remote::{moment, since};
use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};
use serde_json::{Value, json};
use simbind_proto::v1::{
    AnalystView, BindingState, CheckKind, Checked, DeskView, Edge, InquireResponse, Inquiry,
    ListInquiriesResponse, RuleTrace, StepUpMethod,
};
use std::{
    fmt::Write as _,
    io::{self, Write as _},
};

pub(super) fn out(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{}", text.trim_end())
}

/// The word of an enum of the contract, without what all its words begin with.
fn word(name: &str, prefix: &str) -> String {
    let word = name.strip_prefix(prefix).unwrap_or(name).to_lowercase();
    if word == "unspecified" { String::new() } else { word }
}

fn state(inquiry: &Inquiry) -> String {
    let name = inquiry.binding_state();
    if name == BindingState::Unspecified {
        return "none".to_owned();
    }
    word(name.as_str_name(), "BINDING_STATE_")
}

fn methods(inquiry: &Inquiry) -> Vec<String> {
    let each = inquiry.methods();
    each.map(|method: StepUpMethod| word(method.as_str_name(), "STEP_UP_METHOD_")).collect()
}

fn edge(view: &DeskView) -> String {
    let edge: Edge = view.broken_edge();
    word(edge.as_str_name(), "EDGE_").replace('_', "-")
}

fn kind(view: &DeskView) -> String {
    let kind: CheckKind = view.kind();
    word(kind.as_str_name(), "CHECK_KIND_")
}

fn why(view: &DeskView) -> String {
    word(view.binding_reason().as_str_name(), "LIFECYCLE_REASON_")
}

fn table<const N: usize>(heads: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(heads);
    table
}

/// For people: in both languages, since a desk reads it out.
pub(super) fn text(found: &InquireResponse) -> String {
    let mut text = String::new();
    if found.inquiries.len() > 1 {
        line(&mut text, "several decisions have this code: ask what was tried, and when");
    }
    for inquiry in &found.inquiries {
        one(&mut text, inquiry);
    }
    text
}

fn one(text: &mut String, inquiry: &Inquiry) {
    let verdict = match inquiry.verdict.as_str() {
        "allow" => "許可 / allowed",
        "step_up" => "追加の本人確認が必要 / one more proof is needed",
        "deny" => "拒否 / refused",
        other => other,
    };
    line(text, verdict);
    for reason in &inquiry.reasons {
        line(text, &format!("  {}", reason.code));
        line(text, &format!("    {} {}", reason.text_ja, reason.next_ja));
        line(text, &format!("    {} {}", reason.text_en, reason.next_en));
    }
    let methods = methods(inquiry);
    if !methods.is_empty() {
        line(text, &format!("本人確認の方法 / proofs: {}", methods.join(", ")));
    }
    for place in &inquiry.places {
        line(text, &format!("次に / next: {} / {}", place.text_ja, place.text_en));
    }
    line(text, &format!("登録 / enrolment: {}", state(inquiry)));
    if let Some(view) = &inquiry.desk {
        desk(text, view);
    }
    if let Some(view) = &inquiry.analyst {
        analyst(text, view);
    }
}

fn desk(text: &mut String, view: &DeskView) {
    let when = since(view.decided_at.as_ref());
    line(text, &format!("{when}, {} at {}, {}", kind(view), view.audience, view.decision_id));
    let order = view.open_order.as_ref().map(|order| {
        format!("{}, {} since {}", order.action, order.stage, since(order.since.as_ref()))
    });
    let told = [
        ("binding", view.binding_id.clone()),
        ("why it stands so", why(view)),
        ("broken edge", edge(view)),
        ("cause", view.cause.clone()),
        ("expected", view.expected.clone()),
        ("open order", order.unwrap_or_default()),
        ("again after", since(view.retry_after.as_ref())),
    ];
    for (what, value) in told.into_iter().filter(|(_, value)| !value.is_empty()) {
        line(text, &format!("{what}: {value}"));
    }
    let mut rows = table(["確認 / checked", "結果 / result", "by", "as of"]);
    rows.add_rows(view.checked.iter().map(|checked: &Checked| {
        let matter = format!("{} / {}", checked.text_ja, checked.text_en);
        [matter, checked.value.clone(), checked.who.clone(), since(checked.at.as_ref())]
    }));
    line(text, &rows.to_string());
}

fn analyst(text: &mut String, view: &AnalystView) {
    let mut rows = table(["fact", "value"]);
    rows.add_rows(view.facts.iter().map(|fact| [fact.name.clone(), fact.value.clone()]));
    line(text, &rows.to_string());
    for rule in &view.rules {
        line(text, &spoke(rule));
    }
}

fn spoke(rule: &RuleTrace) -> String {
    let said = if rule.verdict.is_empty() { "silent" } else { &rule.verdict };
    format!("{}/{}: {said}", rule.pack_id, rule.rule_id)
}

fn line(text: &mut String, line: &str) {
    // Writing into a text cannot fail.
    let _ = writeln!(text, "{line}");
}

/// As JSON, what is told for people and nothing else.
pub(super) fn json(found: &InquireResponse) -> String {
    let inquiries: Vec<_> = found.inquiries.iter().map(value).collect();
    json!({ "inquiries": inquiries }).to_string()
}

fn value(inquiry: &Inquiry) -> Value {
    let reasons = inquiry.reasons.iter().map(|reason| {
        json!({
            "code": reason.code,
            "text_ja": reason.text_ja,
            "text_en": reason.text_en,
            "next_ja": reason.next_ja,
            "next_en": reason.next_en,
        })
    });
    let places = inquiry.places.iter().map(|next| {
        let place = word(next.place().as_str_name(), "PLACE_");
        json!({ "place": place, "text_ja": next.text_ja, "text_en": next.text_en })
    });
    json!({
        "verdict": inquiry.verdict,
        "reasons": reasons.collect::<Vec<_>>(),
        "methods": methods(inquiry),
        "places": places.collect::<Vec<_>>(),
        "binding_state": state(inquiry),
        "desk": inquiry.desk.as_ref().map(desk_value),
        "analyst": inquiry.analyst.as_ref().map(analyst_value),
    })
}

fn desk_value(view: &DeskView) -> Value {
    let checked = view.checked.iter().map(|checked| {
        json!({
            "fact": checked.fact,
            "text_ja": checked.text_ja,
            "text_en": checked.text_en,
            "value": checked.value,
            "who": checked.who,
            "at": moment(checked.at.as_ref()),
        })
    });
    json!({
        "decision_id": view.decision_id,
        "binding_id": view.binding_id,
        "binding_reason": why(view),
        "decided_at": moment(view.decided_at.as_ref()),
        "kind": kind(view),
        "audience": view.audience,
        "broken_edge": edge(view),
        "cause": view.cause,
        "expected": view.expected,
        "retry_after": moment(view.retry_after.as_ref()),
        "open_order": view.open_order.as_ref().map(|order| json!({
            "action": order.action,
            "stage": order.stage,
            "since": moment(order.since.as_ref()),
            "tries": order.tries,
            "heard_at": moment(order.heard_at.as_ref()),
        })),
        "checked": checked.collect::<Vec<_>>(),
    })
}

fn analyst_value(view: &AnalystView) -> Value {
    let facts = view.facts.iter().map(|fact| (fact.name.clone(), Value::from(fact.value.clone())));
    let rules = view.rules.iter().map(|rule| {
        json!({ "rule": format!("{}/{}", rule.pack_id, rule.rule_id), "verdict": rule.verdict })
    });
    json!({ "facts": Value::Object(facts.collect()), "rules": rules.collect::<Vec<_>>() })
}

/// Look-ups of codes, for people.
pub(super) fn look_ups(page: &ListInquiriesResponse) -> String {
    let mut rows = table(["when", "by", "decisions"]);
    rows.add_rows(page.look_ups.iter().map(|one| {
        let decisions = if one.decision_ids.is_empty() {
            "none".to_owned()
        } else {
            one.decision_ids.join(" ")
        };
        [since(one.at.as_ref()), one.caller.clone(), decisions]
    }));
    rows.to_string()
}

/// Look-ups of codes, as JSON.
pub(super) fn look_ups_json(page: &ListInquiriesResponse) -> String {
    let rows = page.look_ups.iter().map(|one| {
        json!({
            "at": moment(one.at.as_ref()),
            "by": one.caller,
            "decision_ids": one.decision_ids,
        })
    });
    json!({ "look_ups": rows.collect::<Vec<_>>() }).to_string()
}
