use super::{Date, FirmwareSet, Label};
use crate::ids::{HandsetModelId, ReaderModelId};
use std::{fmt, str::FromStr};

/// How a trial of a reader and a handset together ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It worked.
    Passed,
    /// It worked for some positions, cases or tries.
    Partial,
    /// It did not work.
    Failed,
}

impl Outcome {
    const ALL: [Self; 3] = [Self::Passed, Self::Partial, Self::Failed];

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Outcome {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|outcome| outcome.name() == text);
        named.ok_or("is none of passed, partial, failed")
    }
}

/// What is known of a reader and a handset together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compatibility {
    /// They were tried.
    Tried(Outcome),
    /// They were not.
    Untested,
}

impl Compatibility {
    /// Its name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tried(outcome) => outcome.name(),
            Self::Untested => "untested",
        }
    }
}

/// A combined trial of a reader with some firmware and a handset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    pub(super) reader: ReaderModelId,
    pub(super) firmware: FirmwareSet,
    pub(super) handset: HandsetModelId,
    pub(super) outcome: Outcome,
    pub(super) on: Date,
    pub(super) note: Option<Label>,
}

impl Trial {
    /// The reader.
    pub const fn reader(&self) -> &ReaderModelId {
        &self.reader
    }

    /// The reader's firmware versions for which it holds.
    pub const fn firmware(&self) -> &FirmwareSet {
        &self.firmware
    }

    /// The handset.
    pub const fn handset(&self) -> &HandsetModelId {
        &self.handset
    }

    /// How it ended.
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// When.
    pub const fn on(&self) -> Date {
        self.on
    }

    /// What else there is to say.
    pub const fn note(&self) -> Option<&Label> {
        self.note.as_ref()
    }
}
