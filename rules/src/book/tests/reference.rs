//! The tables of the README are what the schema, the catalogue and the shipped packs say.
//!
//! With `SIMBIND_BLESS=1` in the environment the test writes them anew.

use std::path::Path;

use crate::book::RuleBook;
use crate::facts::{Fact, FactType, Happening, Knowledge, Source};
use crate::reason::{Lang, ReasonCode};
use crate::time::format_duration;

const README: &str = include_str!("../../../README.md");

fn facts_table() -> String {
    let mut table = String::from(
        "| no. | fact | type | says | supplied by | unknown when |\n|---|---|---|---|---|---|\n",
    );
    for fact in Fact::ALL {
        let ty = match fact.ty() {
            FactType::Enum(of) => of.variants.join(", "),
            FactType::Duration => "duration, in ms".to_owned(),
            FactType::Int => "int, a count".to_owned(),
            FactType::Bool => "bool".to_owned(),
        };
        let unknown = match fact.knowledge() {
            Knowledge::Always { usual } => format!("never (usually `{usual}`)"),
            Knowledge::Sometimes { unknown_when } => unknown_when.to_owned(),
        };
        let sources: Vec<_> = fact.sources().iter().map(supplier).collect();
        let (number, name, doc) = (fact.number(), fact.name(), fact.doc());
        let sources = sources.join(", ");
        table
            .push_str(&format!("| {number} | `{name}` | {ty} | {doc} | {sources} | {unknown} |\n"));
    }
    table
}

fn supplier(source: &Source) -> String {
    match source {
        Source::Feed([]) => "feed".to_owned(),
        Source::Feed(kinds) if kinds.len() == Happening::ALL.len() => "feed (any event)".to_owned(),
        Source::Feed(kinds) => format!("feed ({})", words(kinds)),
        other => other.name().to_owned(),
    }
}

fn words(kinds: &[Happening]) -> String {
    kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
}

/// Which shipped pack's feed supplies what, and how far back.
fn feeds_table() -> String {
    let mut table = String::from(
        "| pack | feed of | sees back | supplies | never tells of |\n|---|---|---|---|---|\n",
    );
    for pack in RuleBook::shipped().unwrap().packs() {
        let id = &pack.id;
        let Some(feed) = &pack.feed else {
            table.push_str(&format!("| {id} | | not declared | | |\n"));
            continue;
        };
        let back = format_duration(i64::try_from(feed.history.as_millis()).unwrap());
        let facts = Fact::ALL.iter().filter_map(|fact| supplied(*fact, &feed.tells));
        let all = Happening::ALL.iter().all(|kind| feed.tells.contains(kind));
        let supplied = if all {
            "every fact that a feed supplies".to_owned()
        } else {
            facts.collect::<Vec<_>>().join(", ")
        };
        let lacks = Happening::ALL.into_iter().filter(|kind| !feed.tells.contains(kind));
        let lacks = words(&lacks.collect::<Vec<_>>());
        let of = &feed.pack;
        table.push_str(&format!("| {id} | {of} | {back} | {supplied} | {lacks} |\n"));
    }
    table
}

/// A fact that such a feed supplies: with the kinds that it comes from, where some are missing.
fn supplied(fact: Fact, tells: &[Happening]) -> Option<String> {
    let by_feed = fact.sources().iter().any(|source| matches!(source, Source::Feed(_)));
    let told: Vec<_> = fact.told_by().iter().copied().filter(|kind| tells.contains(kind)).collect();
    let name = fact.name();
    if !by_feed || (told.is_empty() && !fact.told_by().is_empty()) {
        None
    } else if told.len() == fact.told_by().len() || fact.told_by().len() == Happening::ALL.len() {
        Some(format!("`{name}`"))
    } else {
        Some(format!("`{name}` ({} only)", words(&told)))
    }
}

fn bounds_table() -> String {
    let rows = crate::bounds::ALL.iter().map(|(what, most)| format!("| {what} | {most} |\n"));
    format!("| | at most |\n|---|---|\n{}", rows.collect::<String>())
}

fn reasons_table() -> String {
    let mut table = String::from(
        "| code | broken edge | said to the person | where next |\n|---|---|---|---|\n",
    );
    for reason in ReasonCode::all() {
        let edge = reason.edge().map_or("", crate::Edge::as_str);
        let places: Vec<_> = reason.places().iter().map(|place| place.as_str()).collect();
        let (text, places) = (reason.text(Lang::En), places.join(", "));
        table.push_str(&format!("| {reason} | {edge} | {text} | {places} |\n"));
    }
    table
}

/// The text with what stands between the marks of this name exchanged.
fn exchanged(text: &str, name: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = text.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}{begin}{table}{end}{after}")
}

#[test]
fn the_readme_s_tables_are_those_of_the_schema_the_packs_and_the_catalogue() {
    let tables = [
        ("messages", super::audit::messages_table()),
        ("bounds", bounds_table()),
        ("facts", facts_table()),
        ("feeds", feeds_table()),
        ("reasons", reasons_table()),
    ];
    let fresh =
        tables.iter().fold(README.to_owned(), |text, (name, table)| exchanged(&text, name, table));
    if std::env::var_os("SIMBIND_BLESS").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"), &fresh).unwrap();
        return;
    }
    for (old, new) in README.lines().zip(fresh.lines()) {
        assert_eq!(
            old, new,
            "write it anew: SIMBIND_BLESS=1 cargo test -p simbind-rules reference"
        );
    }
    assert!(
        README == fresh,
        "write it anew: SIMBIND_BLESS=1 cargo test -p simbind-rules reference"
    );
}
