use std::{fmt, str::FromStr, sync::Arc};
use thiserror::Error;

/// A name for people: 1 to 80 characters, each of which can be seen, without white space at its
/// ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label(Arc<str>);

/// Why a text is no name for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LabelError {
    /// Nothing is said.
    #[error("is empty")]
    Empty,
    /// Too much is said.
    #[error("has more than 80 characters")]
    Long,
    /// A line break, or another character that cannot be seen.
    #[error("has a control character, or one that cannot be seen")]
    Hidden,
}

impl Label {
    /// The most characters.
    pub const MAX: usize = 80;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Label {
    type Err = LabelError;

    fn from_str(text: &str) -> Result<Self, LabelError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(LabelError::Empty);
        }
        if text.chars().nth(Self::MAX).is_some() {
            return Err(LabelError::Long);
        }
        if text.chars().any(simbind_rules::is_hidden) {
            return Err(LabelError::Hidden);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
