//! Reading `[feed]`.

use toml_edit::Item;

use super::model::{FeedDoc, FeedSection, Spanned};
use super::section::{Section, key_span, span_of, text_of};
use crate::bounds::{SHORT, WHY};
use crate::diagnostic::Problems;
use crate::facts::Happening;
use crate::suggest::closest;
use crate::time::parse_duration;

pub(super) fn read_feed(item: &Item, problems: &mut Problems<'_>) -> FeedSection {
    read_parts(item, problems).map_or(FeedSection::Unread, FeedSection::Read)
}

fn read_parts(item: &Item, problems: &mut Problems<'_>) -> Option<FeedDoc> {
    let section = Section::open(item, "feed", &["history", "tells", "short"], problems)?;
    let history = read_history(&section, problems);
    if !section.has("tells") {
        section.missing("tells", problems);
    }
    let tells = read_tells(&section, problems);
    let short = section.table.get("short").map_or_else(Vec::new, |item| read_short(item, problems));
    Some(FeedDoc { span: section.span(), history: history?, tells: tells?, short })
}

fn read_history(section: &Section<'_>, problems: &mut Problems<'_>) -> Option<Spanned<i64>> {
    let text = section.need_text("history", problems)?;
    match parse_duration(&text.value) {
        Ok(ms) if ms > 0 => Some(Spanned { value: ms, span: text.span }),
        Ok(_) => {
            problems.add(&text.span, "a feed sees at least 1ms back");
            None
        }
        Err(error) => {
            problems.add(&text.span, error.to_string());
            None
        }
    }
}

fn read_tells(
    section: &Section<'_>,
    problems: &mut Problems<'_>,
) -> Option<Vec<Spanned<Happening>>> {
    let mut tells = Vec::new();
    for text in section.texts("tells", Happening::ALL.len(), problems)?.value {
        match Happening::from_name(&text.value) {
            Some(value) => tells.push(Spanned { value, span: text.span }),
            None => {
                let names = Happening::ALL.map(Happening::as_str);
                let message = format!("a feed tells of {}", names.join(", "));
                problems.add_meaning(&text.span, message, closest(&text.value, names));
            }
        }
    }
    Some(tells)
}

fn read_short(item: &Item, problems: &mut Problems<'_>) -> Vec<(Spanned<String>, String)> {
    let table = item.as_table_like().filter(|table| table.len() <= SHORT);
    let Some(table) = table else {
        let message = format!("`short` is a table of at most {SHORT} rules, each with why");
        problems.add(&span_of(item), message);
        return Vec::new();
    };
    let mut short = Vec::new();
    for (rule, item) in table.iter() {
        let why = text_of(item).map(|why| why.value);
        let why = why.filter(|why| !why.trim().is_empty() && why.chars().count() <= WHY);
        match why {
            Some(why) => {
                let span = key_span(table, rule, item);
                short.push((Spanned { value: rule.to_owned(), span }, why));
            }
            None => {
                problems.add(&span_of(item), format!("say why in a text of 1 to {WHY} characters"))
            }
        }
    }
    short
}
