use super::{Compatibility, HandsetModel, Listing, Nfc, Outcome, Registry, SecureElement};
use crate::{binding::Platform, ids::ReaderModelId};
use simbind_rules::facts::FactEnum;
use std::str::FromStr;
use thiserror::Error;

/// What a handset has to be for its people to be served: conditions of which all must hold. No
/// model that is withdrawn meets any, and none that is not in the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion(Vec<Term>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    Certified,
    Listed,
    Nfc(Type),
    SecureElement(Option<SecureElement>),
    Platform(Platform),
    Trial { at_least: Outcome, reader: Option<ReaderModelId> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Any,
    A,
    B,
    F,
}

/// Why a text is no criterion.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CriterionError {
    /// A condition is none.
    #[error(
        "a condition is one of certified, listed, nfc=any|type_a|type_b|type_f, \
         secure-element=any|none|embedded|sim, platform=android|ios|other, \
         trial=passed|partial, or trial=passed@READER for one reader"
    )]
    Condition,
    /// There are too many.
    #[error("has more than 16 conditions")]
    Many,
    /// A reader is not in the registry.
    #[error("there is no reader `{0}` in the registry")]
    Reader(ReaderModelId),
}

impl Criterion {
    const MOST: usize = 16;

    /// Whether a model meets all conditions.
    pub fn meets(&self, registry: &Registry, model: &HandsetModel) -> bool {
        model.listed.listing != Listing::Withdrawn
            && self.0.iter().all(|term| term.meets(registry, model))
    }

    /// Asks that every reader it names is in the registry: a name that was mistyped would leave
    /// everybody out.
    ///
    /// # Errors
    /// The first that is not.
    pub fn names_known(&self, registry: &Registry) -> Result<(), CriterionError> {
        let readers = self.0.iter().filter_map(|term| match term {
            Term::Trial { reader, .. } => reader.as_ref(),
            _ => None,
        });
        for reader in readers {
            if registry.reader_lines(reader).is_empty() {
                return Err(CriterionError::Reader(reader.clone()));
            }
        }
        Ok(())
    }
}

impl Term {
    fn meets(&self, registry: &Registry, model: &HandsetModel) -> bool {
        match self {
            Self::Certified => model.listed.listing == Listing::Certified,
            Self::Listed => true,
            Self::Nfc(wanted) => match (model.nfc, wanted) {
                (Nfc::None, _) => false,
                (Nfc::Types { .. }, Type::Any) => true,
                (Nfc::Types { a, .. }, Type::A) => a,
                (Nfc::Types { b, .. }, Type::B) => b,
                (Nfc::Types { f, .. }, Type::F) => f,
            },
            Self::SecureElement(None) => model.secure_element != SecureElement::None,
            Self::SecureElement(Some(wanted)) => model.secure_element == *wanted,
            Self::Platform(wanted) => model.platform == *wanted,
            Self::Trial { at_least, reader } => {
                let enough = |id: &ReaderModelId| match registry.compatibility(id, &model.id) {
                    Compatibility::Tried(outcome) => outcome <= *at_least,
                    Compatibility::Untested => false,
                };
                match reader {
                    Some(reader) => enough(reader),
                    None => registry.reader_ids().all(enough),
                }
            }
        }
    }
}

impl FromStr for Term {
    type Err = CriterionError;

    fn from_str(text: &str) -> Result<Self, CriterionError> {
        let wrong = CriterionError::Condition;
        let Some((name, value)) = text.split_once('=') else {
            return match text {
                "certified" => Ok(Self::Certified),
                "listed" => Ok(Self::Listed),
                _ => Err(wrong),
            };
        };
        match (name, value) {
            ("nfc", "any") => Ok(Self::Nfc(Type::Any)),
            ("nfc", "type_a") => Ok(Self::Nfc(Type::A)),
            ("nfc", "type_b") => Ok(Self::Nfc(Type::B)),
            ("nfc", "type_f") => Ok(Self::Nfc(Type::F)),
            ("secure-element", "any") => Ok(Self::SecureElement(None)),
            ("secure-element", value) => {
                value.parse().map(|element| Self::SecureElement(Some(element))).map_err(|_| wrong)
            }
            ("platform", value) => Platform::from_name(value).map(Self::Platform).ok_or(wrong),
            ("trial", value) => {
                let (outcome, reader) = match value.split_once('@') {
                    Some((outcome, reader)) => (outcome, Some(reader)),
                    None => (value, None),
                };
                let at_least = match outcome {
                    "passed" => Outcome::Passed,
                    "partial" => Outcome::Partial,
                    _ => return Err(wrong),
                };
                let reader = reader.map(str::parse).transpose().map_err(|_| wrong)?;
                Ok(Self::Trial { at_least, reader })
            }
            _ => Err(wrong),
        }
    }
}

impl FromStr for Criterion {
    type Err = CriterionError;

    /// Takes conditions with commas between.
    fn from_str(text: &str) -> Result<Self, CriterionError> {
        let mut terms = Vec::new();
        for part in text.split(',').map(str::trim) {
            if terms.len() >= Self::MOST {
                return Err(CriterionError::Many);
            }
            terms.push(part.parse()?);
        }
        Ok(Self(terms))
    }
}
