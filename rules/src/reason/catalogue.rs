//! Reading the catalogue of reasons.

use std::collections::HashSet;

use serde::Deserialize;
use thiserror::Error;

use super::{Lang, Place};
use crate::bounds::{REASON_TEXT, REASONS};
use crate::verdict::Edge;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) code: String,
    pub(super) edge: Option<Edge>,
    pub(super) ja: String,
    pub(super) ja_next: String,
    pub(super) en: String,
    pub(super) en_next: String,
    pub(super) at: Vec<Place>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    reason: Vec<Entry>,
}

/// Why a catalogue is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum CatalogueError {
    /// It is no catalogue, or a reason lacks a text.
    #[error("the catalogue of reasons: {0}")]
    Malformed(String),
    #[error("the catalogue of reasons has more than {REASONS}")]
    Size,
    #[error("`{0}` is no code of a reason: capitals, digits and underscores")]
    Code(String),
    #[error("reason {0} is there twice")]
    Twice(String),
    #[error("reason {code} has no {lang:?} text, or one that is no {lang:?} or is too long")]
    Text { code: String, lang: Lang },
    #[error("reason {0} names no place, or one twice")]
    Place(String),
}

/// Reads a catalogue in which every reason has its texts in both languages.
pub(super) fn read_catalogue(text: &str) -> Result<Vec<Entry>, CatalogueError> {
    let catalogue = toml::from_str::<Catalogue>(text);
    let catalogue = catalogue.map_err(|error| CatalogueError::Malformed(error.to_string()))?;
    if catalogue.reason.len() > REASONS {
        return Err(CatalogueError::Size);
    }
    let mut codes = HashSet::new();
    for entry in &catalogue.reason {
        let code = &entry.code;
        if !is_code(code) {
            return Err(CatalogueError::Code(code.clone()));
        }
        if !codes.insert(code) {
            return Err(CatalogueError::Twice(code.clone()));
        }
        let twice = |place: &Place| entry.at.iter().filter(|at| *at == place).count() > 1;
        if entry.at.is_empty() || entry.at.iter().any(twice) {
            return Err(CatalogueError::Place(code.clone()));
        }
        let right = |text: &String| !text.trim().is_empty() && text.chars().count() <= REASON_TEXT;
        let wrong = |lang| Err(CatalogueError::Text { code: code.clone(), lang });
        let ja = [&entry.ja, &entry.ja_next];
        if !ja.into_iter().all(|text| right(text) && !text.is_ascii()) {
            return wrong(Lang::Ja);
        }
        let en = [&entry.en, &entry.en_next];
        if !en.into_iter().all(|text| right(text) && text.is_ascii()) {
            return wrong(Lang::En);
        }
    }
    Ok(catalogue.reason)
}

fn is_code(code: &str) -> bool {
    code.len() <= 64
        && code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}
