//! Reading `[life]`.

use toml_edit::Item;

use super::model::{LifeDoc, Spanned};
use super::section::{Section, span_of};
use crate::diagnostic::Problems;
use crate::life::Term;
use crate::time::parse_duration;

pub(super) fn read_life(item: &Item, problems: &mut Problems<'_>) -> LifeDoc {
    let keys = Term::ALL.map(Term::key);
    let Some(section) = Section::open(item, "life", &keys, problems) else {
        return LifeDoc::default();
    };
    let mut terms = Vec::new();
    for term in Term::ALL {
        let Some(item) = section.table.get(term.key()) else { continue };
        match read_value(term, item) {
            Some(value) => terms.push((term, Spanned { value, span: span_of(item) })),
            None => problems.add(&span_of(item), expected(term)),
        }
    }
    LifeDoc { terms }
}

fn read_value(term: Term, item: &Item) -> Option<i64> {
    let shape = term.shape();
    let value = if shape.is_count {
        item.as_integer()?
    } else {
        item.as_str().and_then(|text| parse_duration(text).ok())?
    };
    (shape.least..=shape.most).contains(&value).then_some(value)
}

fn expected(term: Term) -> String {
    let shape = term.shape();
    let what = if shape.is_count { "a whole number" } else { "a duration" };
    let (least, most) = (term.words(shape.least), term.words(shape.most));
    format!("`{}` is {what} from {least} to {most}", term.key())
}
