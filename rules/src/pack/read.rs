//! From a pack's text to its parts.

use toml_edit::{Document, Item, TableLike};

use super::feed::read_feed;
use super::life::read_life;
use super::model::{
    Applies, FeedSection, LifeDoc, PackDoc, PackSource, ParamDoc, ParamType, SetDoc, Softer, Span,
    Spanned,
};
use super::names::{is_id, is_param};
use super::rules::{ReadRule, read_adjust, read_limit, read_rule};
use super::section::{Section, check_name, key_span, span_of};
use super::tests_section::{read_base, read_test};
use crate::bounds::{BASES, LIMITS, PARAMS, RULES, SOURCE, TESTS};
use crate::condition::check_apart;
use crate::diagnostic::Problems;
use crate::suggest::closest;
use crate::time::parse_duration;

const SECTIONS: [&str; 10] =
    ["pack", "feed", "life", "param", "set", "adjust", "rule", "limit", "base", "test"];

/// Reads a pack. What cannot be read is noted, and the rest is read all the same.
pub(crate) fn read_pack(source: &PackSource, problems: &mut Problems<'_>) -> Option<PackDoc> {
    if source.text.len() > SOURCE {
        problems.add(&(0..0), format!("a pack has at most {SOURCE} bytes"));
        return None;
    }
    let document = match Document::parse(source.text.as_str()) {
        Ok(document) => document,
        Err(error) => {
            problems.add(&error.span().unwrap_or(0..0), error.message().to_owned());
            return None;
        }
    };
    let root = document.as_table();
    for (key, item) in root.iter() {
        if !SECTIONS.contains(&key) {
            let near = closest(key, SECTIONS);
            problems.add_meaning(
                &key_span(root, key, item),
                format!("a pack has no `{key}`"),
                near,
            );
        }
    }
    let (id, extends, applies) = match root.get("pack") {
        Some(item) => read_head(item, problems),
        None => {
            problems.add(&(0..0), "a pack begins with `[pack]`");
            (None, None, None)
        }
    };
    let feed = root.get("feed").map_or(FeedSection::Missing, |item| read_feed(item, problems));
    let life = root.get("life").map_or_else(LifeDoc::default, |item| read_life(item, problems));
    let params = named(root, "param", PARAMS, problems, read_param);
    let sets = named(root, "set", PARAMS, problems, read_set);
    let bases = named(root, "base", BASES, problems, read_base);
    let adjusts = listed(root, "adjust", RULES, problems, read_adjust);
    let mut rules = Vec::new();
    let mut broken = Vec::new();
    for rule in listed(root, "rule", RULES, problems, read_rule) {
        match rule {
            ReadRule::Whole(rule) => rules.push(rule),
            ReadRule::Broken(when) => broken.push(when),
        }
    }
    let limits = listed(root, "limit", LIMITS, problems, read_limit);
    let tests = listed(root, "test", TESTS, problems, read_test);
    let (Some(id), Some(applies)) = (id, applies) else {
        check_apart(&rules, &broken, &params, problems);
        return None;
    };
    Some(PackDoc {
        id,
        extends,
        applies,
        feed,
        life,
        params,
        sets,
        adjusts,
        rules,
        broken,
        limits,
        bases,
        tests,
    })
}

type Head = (Option<Spanned<String>>, Option<Spanned<String>>, Option<Applies>);

fn read_head(item: &Item, problems: &mut Problems<'_>) -> Head {
    let Some(head) = Section::open(item, "pack", &["id", "extends", "applies_to"], problems) else {
        return (None, None, None);
    };
    let id = head.need_name("id", is_id, problems);
    let extends = head.text("extends", problems);
    let applies = match head.table.get("applies_to") {
        Some(item) => read_applies(item, problems),
        None => {
            head.missing("applies_to", problems);
            None
        }
    };
    (id, extends, applies)
}

fn read_applies(item: &Item, problems: &mut Problems<'_>) -> Option<Applies> {
    let keys = ["country", "carrier", "mvno", "host", "own_core"];
    let section = Section::open(item, "applies_to", &keys, problems)?;
    let has = keys.map(|key| section.has(key));
    match has {
        [true, false, false, false, false] => {
            let country = section.need_text("country", problems)?;
            let right =
                country.value.len() == 2 && country.value.bytes().all(|b| b.is_ascii_uppercase());
            if !right {
                problems.add(&country.span, "a country is its two-letter code of ISO 3166-1");
            }
            Some(Applies::Country(country.value))
        }
        [false, true, false, false, false] => {
            Some(Applies::Carrier(section.need_name("carrier", is_id, problems)?.value))
        }
        [false, false, true, true, own] => {
            let mvno = section.need_name("mvno", is_id, problems)?.value;
            let host = section.need_name("host", is_id, problems)?.value;
            let own_core = own
                && section.table.get("own_core").and_then(Item::as_bool).unwrap_or_else(|| {
                    problems.add(&section.span(), "`own_core` is true or false");
                    false
                });
            Some(Applies::Mvno { mvno, host, own_core })
        }
        _ => {
            let message = "`applies_to` is { country } or { carrier } or { mvno, host, own_core? }";
            problems.add(&section.span(), message);
            None
        }
    }
}

/// A count or a duration out of TOML.
fn read_amount(item: &Item) -> Option<(ParamType, i64)> {
    if let Some(number) = item.as_integer() {
        return u32::try_from(number).ok().map(|number| (ParamType::Int, i64::from(number)));
    }
    parse_duration(item.as_str()?).ok().map(|ms| (ParamType::Duration, ms))
}

fn read_param(name: Spanned<String>, item: &Item, problems: &mut Problems<'_>) -> Option<ParamDoc> {
    check_name(&name, is_param, problems);
    let section = Section::open(item, "param", &["default", "min", "max", "softer"], problems)?;
    let mut amount = |key: &str| -> Option<(ParamType, i64, Span)> {
        let Some(item) = section.table.get(key) else {
            section.missing(key, problems);
            return None;
        };
        let found = read_amount(item);
        if found.is_none() {
            problems.add(&span_of(item), format!("`{key}` is a duration like \"72h\" or a count"));
        }
        found.map(|(ty, value)| (ty, value, span_of(item)))
    };
    let (default, min, max) = (amount("default"), amount("min"), amount("max"));
    let softer = read_softer(&section, problems);
    let ((ty, default, at), (min_ty, min, _), (max_ty, max, _)) = (default?, min?, max?);
    let (softer_ty, softer) = softer?;
    if [min_ty, max_ty, softer_ty] != [ty; 3] {
        problems.add(&at, "a parameter's values are all durations (softer = \"shorter\" or \"longer\") or all counts (softer = \"lower\" or \"higher\")");
        return None;
    }
    if !(min..=max).contains(&default) {
        problems.add(&at, "`default` lies between `min` and `max`");
    }
    Some(ParamDoc { name, ty, default, min, max, softer })
}

fn read_softer(section: &Section<'_>, problems: &mut Problems<'_>) -> Option<(ParamType, Softer)> {
    let words = ["shorter", "longer", "lower", "higher"];
    let read = |word: &str| match word {
        "shorter" => Some((ParamType::Duration, Softer::Less)),
        "longer" => Some((ParamType::Duration, Softer::More)),
        "lower" => Some((ParamType::Int, Softer::Less)),
        "higher" => Some((ParamType::Int, Softer::More)),
        _ => None,
    };
    if !section.has("softer") {
        section.missing("softer", problems);
    }
    section.word("softer", &words, read, problems).map(|softer| softer.value)
}

pub(super) fn read_set(
    param: Spanned<String>,
    item: &Item,
    problems: &mut Problems<'_>,
) -> Option<SetDoc> {
    let Some((ty, value)) = read_amount(item) else {
        problems.add(&span_of(item), "a parameter is set to a duration like \"72h\" or a count");
        return None;
    };
    Some(SetDoc { param, ty, value: Spanned { value, span: span_of(item) } })
}

/// The parts of a table whose keys are names.
fn named<T>(
    root: &dyn TableLike,
    key: &str,
    max: usize,
    problems: &mut Problems<'_>,
    read: fn(Spanned<String>, &Item, &mut Problems<'_>) -> Option<T>,
) -> Vec<T> {
    let Some(item) = root.get(key) else { return Vec::new() };
    let Some(table) = item.as_table_like() else {
        problems.add(&span_of(item), format!("`{key}` is a table"));
        return Vec::new();
    };
    if table.len() > max {
        problems.add(&span_of(item), format!("a pack has at most {max} of `{key}`"));
        return Vec::new();
    }
    let mut parts = Vec::new();
    for (name, value) in table.iter() {
        let name = Spanned { value: name.to_owned(), span: key_span(table, name, value) };
        parts.extend(read(name, value, problems));
    }
    parts
}

/// The parts of a list of tables.
fn listed<T>(
    root: &dyn TableLike,
    key: &str,
    max: usize,
    problems: &mut Problems<'_>,
    read: fn(&Item, &mut Problems<'_>) -> Option<T>,
) -> Vec<T> {
    let Some(item) = root.get(key) else { return Vec::new() };
    let Some(tables) = item.as_array_of_tables() else {
        problems.add(&span_of(item), format!("`{key}` is written as `[[{key}]]`"));
        return Vec::new();
    };
    if tables.len() > max {
        problems.add(&span_of(item), format!("a pack has at most {max} of `[[{key}]]`"));
        return Vec::new();
    }
    tables.iter().filter_map(|table| read(&Item::Table(table.clone()), problems)).collect()
}
