//! Why somebody did something, in their words.

use serde::{Deserialize, Serialize};
use std::{str::FromStr, sync::Arc};
use thiserror::Error;

/// Why a change was made: 1 to 500 characters, each of which can be seen. `Debug` shows no text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Why(Arc<str>);

/// A reason that cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WhyError {
    /// Nothing is said.
    #[error("is empty: say why")]
    Empty,
    /// Too much is said.
    #[error("has {0} characters; at most 500 are kept")]
    Long(usize),
    /// A line break, or another character that cannot be seen.
    #[error("has a control character, or one that cannot be seen")]
    Hidden,
}

impl Why {
    /// The most characters.
    pub const MAX: usize = 500;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Why {
    type Err = WhyError;

    fn from_str(text: &str) -> Result<Self, WhyError> {
        if text.trim().is_empty() {
            return Err(WhyError::Empty);
        }
        // Four bytes a character at most: a huge text is not counted through.
        if text.len() > 4 * Self::MAX {
            return Err(WhyError::Long(text.len()));
        }
        let length = text.chars().count();
        if length > Self::MAX {
            return Err(WhyError::Long(length));
        }
        if text.chars().any(simbind_rules::is_hidden) {
            return Err(WhyError::Hidden);
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for Why {
    type Error = WhyError;

    fn try_from(text: String) -> Result<Self, WhyError> {
        text.parse()
    }
}

impl From<Why> for String {
    fn from(why: Why) -> Self {
        why.0.as_ref().to_owned()
    }
}

impl std::fmt::Debug for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Why({} bytes)", self.0.len())
    }
}
