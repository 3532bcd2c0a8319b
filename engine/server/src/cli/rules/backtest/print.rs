//! What was found, for people and as JSON.

use super::{
    found::{Found, Labelled, support_code},
    labels::Label,
};
use comfy_table::{Cell, CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use serde_json::{Value, json};
use simbind_proto::v1::{BacktestResult, ChangeCount, ChangedDecision};
use std::{
    fmt::Write as _,
    io::{self, Write as _},
};

/// Rows that are shown of one list; JSON has them all.
const ROWS: usize = 20;

pub(super) fn print(found: &Found, as_json: bool) -> io::Result<()> {
    let Some(result) = &found.result else {
        return Err(io::Error::other("the answer ended without a result"));
    };
    let mut out = io::stdout().lock();
    if as_json {
        return writeln!(out, "{}", to_json(found, result));
    }
    write!(out, "{}", to_text(found, result))
}

fn seconds(result: &BacktestResult) -> f64 {
    let took = result.took.unwrap_or_default();
    let part = f64::from(took.nanos) / 1e9;
    u32::try_from(took.seconds).map_or(part, |whole| f64::from(whole) + part)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn to_json(found: &Found, result: &BacktestResult) -> Value {
    let counts = |counts: &[ChangeCount]| -> Vec<Value> {
        let count = |c: &ChangeCount| json!({ "name": c.name, "was": c.was, "becomes": c.becomes, "decisions": c.decisions });
        counts.iter().map(count).collect()
    };
    let labelled = found.labelled().map(|[honest, attack]| {
        json!({
            "honest": labelled_json(&honest),
            "attack": labelled_json(&attack),
            "cut": found.is_cut(),
        })
    });
    json!({
        "packs_hash": hex(&result.packs_hash),
        "decisions": result.decisions,
        "same": result.same,
        "changed": result.changed,
        "other_methods": result.other_methods,
        "unreadable": result.unreadable,
        "seconds": seconds(result),
        "by_verdict": counts(&result.by_verdict),
        "by_rule": counts(&result.by_rule),
        "by_carrier": counts(&result.by_carrier),
        "by_audience": counts(&result.by_audience),
        "labelled": labelled,
        "examples": found.examples().map(example_json).collect::<Vec<_>>(),
    })
}

fn labelled_json(labelled: &Labelled) -> Value {
    let Labelled { total, newly_denied, newly_stepped_up, newly_allowed, softened, other_methods } =
        *labelled;
    json!({
        "labels": total,
        "newly_denied": newly_denied,
        "newly_stepped_up": newly_stepped_up,
        "newly_allowed": newly_allowed,
        "denied_now_stepped_up": softened,
        "other_methods": other_methods,
    })
}

fn example_json((label, changed): (Option<Label>, &ChangedDecision)) -> Value {
    json!({
        "decision_id": changed.decision_id,
        "support_code": support_code(&changed.decision_id),
        "label": label.map(word),
        "carrier": changed.carrier,
        "audience": changed.audience,
        "was": changed.was,
        "becomes": changed.becomes,
        "rules_gone": changed.rules_gone,
        "rules_new": changed.rules_new,
    })
}

const fn word(label: Label) -> &'static str {
    match label {
        Label::Honest => "honest",
        Label::Attack => "attack",
    }
}

fn to_text(found: &Found, result: &BacktestResult) -> String {
    let mut text = String::new();
    let BacktestResult { decisions, same, changed, unreadable, other_methods, .. } = result;
    let _ = writeln!(
        text,
        "Packs {} over {decisions} decisions, in {:.3} s: {same} stay the same, {changed} change.",
        hex(&result.packs_hash),
        seconds(result),
    );
    if *other_methods > 0 {
        let _ = writeln!(text, "Of these, {other_methods} stay a step-up with other methods.");
    }
    if *unreadable > 0 {
        let _ = writeln!(text, "{unreadable} entries cannot be read and were left out.");
    }
    for (title, counts) in [
        ("", &result.by_verdict),
        ("rule that came or went", &result.by_rule),
        ("carrier or MVNO", &result.by_carrier),
        ("relying party or reader", &result.by_audience),
    ] {
        if !counts.is_empty() {
            let _ = writeln!(text, "\n{}", list(title, counts));
        }
    }
    if let Some([honest, attack]) = found.labelled() {
        let _ = writeln!(text, "\n{}", labelled_table(&honest, &attack));
        if found.is_cut() {
            let _ = writeln!(
                text,
                "More decisions change than were named: labels of some are not counted."
            );
        }
    }
    let examples = examples(found);
    if examples.row_count() > 0 {
        let _ = writeln!(text, "\n{examples}");
    }
    text
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_header(header.iter().copied());
    table
}

fn number(number: u64) -> Cell {
    Cell::new(number).set_alignment(CellAlignment::Right)
}

fn way(was: &str, becomes: &str) -> String {
    format!("{} → {}", was.replace('_', " "), becomes.replace('_', " "))
}

/// Counts, the most first, each list cut where it is long.
fn list(title: &str, counts: &[ChangeCount]) -> Table {
    let named = !title.is_empty();
    let mut list = if named {
        table(&[title, "change", "decisions"])
    } else {
        table(&["change", "decisions"])
    };
    for count in counts.iter().take(ROWS) {
        let name = if count.name.is_empty() { "(none)" } else { &count.name };
        let cells = [Cell::new(way(&count.was, &count.becomes)), number(count.decisions)];
        list.add_row(named.then(|| Cell::new(name)).into_iter().chain(cells));
    }
    if let Some(more) = counts.len().checked_sub(ROWS).filter(|more| *more > 0) {
        list.add_row([format!("… and {more} more")]);
    }
    list
}

fn labelled_table(honest: &Labelled, attack: &Labelled) -> Table {
    let mut table = table(&["labelled", "honest", "attack"]);
    for (what, honest, attack) in [
        ("labels", honest.total, attack.total),
        ("newly denied", honest.newly_denied, attack.newly_denied),
        ("newly stepped up", honest.newly_stepped_up, attack.newly_stepped_up),
        ("newly allowed", honest.newly_allowed, attack.newly_allowed),
        ("denied, now stepped up", honest.softened, attack.softened),
        ("stepped up, other methods", honest.other_methods, attack.other_methods),
    ] {
        table.add_row([Cell::new(what), number(honest), number(attack)]);
    }
    table
}

fn examples(found: &Found) -> Table {
    let header = ["decision", "support code", "label", "change", "carrier", "for", "rules"];
    let mut table = table(&header);
    for (label, changed) in found.examples() {
        let gone = changed.rules_gone.iter().map(|rule| format!("− {rule}"));
        let rules: Vec<_> =
            gone.chain(changed.rules_new.iter().map(|rule| format!("+ {rule}"))).collect();
        table.add_row([
            changed.decision_id.clone(),
            support_code(&changed.decision_id),
            label.map(word).unwrap_or_default().to_owned(),
            way(&changed.was, &changed.becomes),
            changed.carrier.clone(),
            changed.audience.clone(),
            rules.join("\n"),
        ]);
    }
    table
}
