//! Facts by name and in words, for packs' tests, fact files and explanations.

use thiserror::Error;

use super::enums::{AppIdentity, Channel, HandsetProof};
use super::schema::Fact;
use super::store::{Facts, Knowledge};
use super::value::FactType;
use crate::suggest::closest;
use crate::time::{format_duration, parse_duration};
use crate::verdict::CheckKind;

/// Why a fact could not be set by its name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SetFactError {
    /// No fact has that name.
    #[error("there is no fact `{name}`")]
    UnknownFact {
        /// The name that was given.
        name: String,
        /// The nearest name there is.
        suggestion: Option<&'static str>,
    },
    /// The text is no value of the fact's type.
    #[error("`{text}` is no value of `{fact}`, which is {expected}")]
    WrongValue {
        /// The fact's name.
        fact: &'static str,
        /// The text that was given.
        text: String,
        /// What the fact takes.
        expected: String,
        /// The nearest value there is.
        suggestion: Option<&'static str>,
    },
    /// `unknown` was given for a fact that never is.
    #[error("`{fact}` is never unknown")]
    NeverUnknown {
        /// The fact's name.
        fact: &'static str,
    },
}

impl SetFactError {
    /// The nearest right text, where one is near.
    pub fn suggestion(&self) -> Option<&'static str> {
        match self {
            Self::UnknownFact { suggestion, .. } | Self::WrongValue { suggestion, .. } => {
                *suggestion
            }
            Self::NeverUnknown { .. } => None,
        }
    }
}

impl Facts {
    /// Sets a fact from its name and the text of its value.
    ///
    /// An enum takes one of its names, a duration a text like `90s`, `72h`, `30d` or `never`, an
    /// int decimal digits, a bool `true` or `false`. `unknown` makes the fact unknown.
    ///
    /// # Errors
    /// [`SetFactError`] where there is no such fact, or the text is no value of its type.
    pub fn set_by_name(&mut self, name: &str, text: &str) -> Result<(), SetFactError> {
        let fact = Fact::from_name(name).ok_or_else(|| SetFactError::UnknownFact {
            name: name.to_owned(),
            suggestion: closest(name, Fact::ALL.iter().map(|fact| fact.name())),
        })?;
        if text == "unknown" {
            if matches!(fact.knowledge(), Knowledge::Always { .. }) {
                return Err(SetFactError::NeverUnknown { fact: fact.name() });
            }
            self.forget(fact);
            return Ok(());
        }
        let slot = parse_slot(fact.ty(), text).filter(|slot| fact.accepts(*slot));
        let slot = slot.ok_or_else(|| wrong_value(fact, text))?;
        self.put(fact, slot);
        Ok(())
    }

    /// What a pack's test of such a check starts from: what is never unknown has its usual value,
    /// and a tap is a bare one.
    pub fn usual(kind: CheckKind) -> Self {
        usual_facts_of(kind)
    }

    /// The value of a fact in words; `None` is unknown.
    pub fn text(&self, fact: Fact) -> Option<String> {
        let slot = self.slot(fact)?;
        Some(slot_text(fact.ty(), slot))
    }
}

/// The facts that a pack's test starts from: what is never unknown has its usual value.
pub(crate) fn usual_facts() -> Facts {
    let mut facts = Facts::default();
    for fact in Fact::ALL {
        if let Knowledge::Always { usual } = fact.knowledge()
            && let Some(slot) = parse_slot(fact.ty(), usual)
        {
            facts.put(*fact, slot);
        }
    }
    facts
}

/// The facts that a test of such a check starts from: a tap is a bare one.
pub(crate) fn usual_facts_of(kind: CheckKind) -> Facts {
    let mut facts = usual_facts();
    if kind == CheckKind::Tap {
        facts.set_check_channel(Channel::TapBare);
        facts.set_handset_proof(HandsetProof::NotCarried);
        facts.set_app_identity(AppIdentity::NotCarried);
        facts.set_app_ui(AppIdentity::NotCarried);
    }
    facts
}

/// What a fact of this type takes, in words.
fn type_words(ty: FactType) -> String {
    match ty {
        FactType::Enum(of) => format!("one of {}", of.variants.join(", ")),
        FactType::Duration => "a duration like 90s, 72h or 30d".to_owned(),
        FactType::Int => "a whole number".to_owned(),
        FactType::Bool => "true or false".to_owned(),
    }
}

/// A slot in words.
fn slot_text(ty: FactType, slot: i64) -> String {
    match ty {
        FactType::Enum(of) => of.name_at(slot).unwrap_or("?").to_owned(),
        FactType::Duration => format_duration(slot),
        FactType::Int => slot.to_string(),
        FactType::Bool => (slot != 0).to_string(),
    }
}

fn parse_slot(ty: FactType, text: &str) -> Option<i64> {
    match ty {
        FactType::Enum(of) => of.index_of(text),
        FactType::Duration if text == "never" => Some(i64::MAX),
        FactType::Duration => parse_duration(text).ok(),
        FactType::Int => text.parse::<u32>().ok().map(i64::from),
        FactType::Bool => text.parse::<bool>().ok().map(i64::from),
    }
}

fn wrong_value(fact: Fact, text: &str) -> SetFactError {
    let suggestion = match fact.ty() {
        FactType::Enum(of) => closest(text, of.variants.iter().copied()),
        _ => None,
    };
    SetFactError::WrongValue {
        fact: fact.name(),
        text: text.to_owned(),
        expected: type_words(fact.ty()),
        suggestion,
    }
}
