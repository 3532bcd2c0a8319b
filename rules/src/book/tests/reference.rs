//! The reference of facts and reasons in the README is what the schema and the catalogue say.

use crate::facts::{Fact, FactType, Knowledge};
use crate::reason::{Lang, ReasonCode};

const README: &str = include_str!("../../../README.md");

fn facts_table() -> String {
    let mut table =
        String::from("| no. | fact | type | says | unknown when |\n|---|---|---|---|---|\n");
    for fact in Fact::ALL {
        let ty = match fact.ty() {
            FactType::Enum(of) => of.variants.join(", "),
            other => other.name().to_owned(),
        };
        let unknown = match fact.knowledge() {
            Knowledge::Always { usual } => format!("never (usually `{usual}`)"),
            Knowledge::Sometimes { unknown_when } => unknown_when.to_owned(),
        };
        let (number, name, doc) = (fact.number(), fact.name(), fact.doc());
        table.push_str(&format!("| {number} | `{name}` | {ty} | {doc} | {unknown} |\n"));
    }
    table
}

fn reasons_table() -> String {
    let mut table = String::from("| code | broken edge | said to the person |\n|---|---|---|\n");
    for reason in ReasonCode::all() {
        let edge = reason.edge().map_or("", crate::Edge::as_str);
        table.push_str(&format!("| {reason} | {edge} | {} |\n", reason.text(Lang::En)));
    }
    table
}

fn between<'a>(name: &str) -> &'a str {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let rest = README.split_once(&begin).unwrap().1;
    rest.split_once(&end).unwrap().0
}

#[test]
fn the_readme_lists_the_facts_of_the_schema() {
    let table = facts_table();
    assert!(between("facts") == table, "put this between the marks:\n{table}");
}

#[test]
fn the_readme_lists_the_reasons_of_the_catalogue() {
    let table = reasons_table();
    assert!(between("reasons") == table, "put this between the marks:\n{table}");
}
