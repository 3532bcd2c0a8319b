//! Reading `[base.NAME]` and `[[test]]`.

use toml_edit::{Item, TableLike};

use super::model::{BaseDoc, Expect, Given, SetDoc, Spanned, TestDoc};
use super::names::is_id;
use super::read::read_set;
use super::section::{Section, check_name, key_span, kind_of, span_of};
use crate::bounds::{NAMED, PARAMS};
use crate::diagnostic::Problems;
use crate::facts::Facts;
use crate::suggest::closest;
use crate::verdict::{CheckKind, Edge};

pub(super) fn read_base(
    name: Spanned<String>,
    item: &Item,
    problems: &mut Problems<'_>,
) -> Option<BaseDoc> {
    check_name(&name, is_id, problems);
    let Some(table) = item.as_table_like() else {
        problems.add(&span_of(item), "a base is a table of facts");
        return None;
    };
    Some(BaseDoc { name, given: read_given(table, problems) })
}

pub(super) fn read_test(item: &Item, problems: &mut Problems<'_>) -> Option<TestDoc> {
    let keys = ["name", "on", "base", "given", "params", "expect"];
    let section = Section::open(item, "test", &keys, problems)?;
    let name = section.need_text("name", problems);
    let on = section.word("on", &["login", "tap"], kind_of, problems);
    let base = section.text("base", problems);
    let given = match section.table.get("given").map(|item| (item, item.as_table_like())) {
        Some((_, Some(table))) => read_given(table, problems),
        Some((item, None)) => {
            problems.add(&span_of(item), "`given` is a table of facts");
            return None;
        }
        None => Vec::new(),
    };
    let params =
        section.table.get("params").map_or_else(Vec::new, |item| read_params(item, problems));
    if given.is_empty() && base.is_none() {
        problems.add(&section.span(), "a test gives at least one fact or names a base");
    }
    let Some(expect) = section.table.get("expect") else {
        section.missing("expect", problems);
        return None;
    };
    let expect = read_expect(expect, problems)?;
    if let (Some(_), Some(set)) = (expect.at_least, params.first()) {
        problems.add(&set.param.span, "`at_least` is checked at the loosest values of all");
    }
    let on = on.map_or(CheckKind::Login, |on| on.value);
    Some(TestDoc { name: name?, on, base, given, params, expect })
}

fn read_params(item: &Item, problems: &mut Problems<'_>) -> Vec<SetDoc> {
    let table = item.as_table_like().filter(|table| table.len() <= PARAMS);
    let Some(table) = table else {
        problems.add(&span_of(item), format!("`params` is a table of at most {PARAMS} values"));
        return Vec::new();
    };
    let mut params = Vec::new();
    for (name, item) in table.iter() {
        let name = Spanned { value: name.to_owned(), span: key_span(table, name, item) };
        params.extend(read_set(name, item, problems));
    }
    params
}

fn read_given(table: &dyn TableLike, problems: &mut Problems<'_>) -> Vec<Given> {
    let mut given = Vec::new();
    for (name, item) in table.iter() {
        let text = match item.as_value() {
            Some(toml_edit::Value::String(text)) => text.value().clone(),
            Some(toml_edit::Value::Integer(number)) => number.value().to_string(),
            Some(toml_edit::Value::Boolean(truth)) => truth.value().to_string(),
            _ => {
                problems.add(&span_of(item), "a fact's value is a text, a count, true or false");
                continue;
            }
        };
        if let Err(error) = Facts::default().set_by_name(name, &text) {
            let span = key_span(table, name, item);
            problems.add_meaning(&span, error.to_string(), error.suggestion());
            continue;
        }
        given.push(Given { name: name.to_owned(), text });
    }
    given
}

fn read_expect(item: &Item, problems: &mut Problems<'_>) -> Option<Expect> {
    let keys = ["verdict", "at_least", "reason", "edge", "step_up", "fired", "silent"];
    let rules = |key: &str, section: &Section<'_>, problems: &mut Problems<'_>| {
        section.texts(key, NAMED, problems).map_or_else(Vec::new, |rules| rules.value)
    };
    let section = Section::open(item, "expect", &keys, problems)?;
    let expect = Expect {
        verdict: section.severity("verdict", problems).map(|found| found.value),
        at_least: section.severity("at_least", problems).map(|found| found.value),
        reason: section.reason("reason", problems),
        edge: section.text("edge", problems).and_then(|text| {
            let found = Edge::from_name(&text.value);
            if found.is_none() {
                let near = closest(&text.value, Edge::ALL.into_iter().map(Edge::as_str));
                problems.add_meaning(&text.span, "there is no such edge", near);
            }
            found
        }),
        methods: section.methods("step_up", problems).map(|found| found.value),
        fired: rules("fired", &section, problems),
        silent: rules("silent", &section, problems),
    };
    let answers = usize::from(section.has("verdict")) + usize::from(section.has("at_least"));
    let names_rules = section.has("fired") || section.has("silent");
    if answers > 1 || (answers == 0 && !names_rules) {
        let message = "a test expects a `verdict`, or one that is `at_least` so severe, or rules \
                       that have `fired` or are `silent`";
        problems.add(&section.span(), message);
    }
    for rule in &expect.silent {
        if expect.fired.iter().any(|fired| fired.value == rule.value) {
            problems.add(&rule.span, "this rule cannot be both");
        }
    }
    Some(expect)
}
