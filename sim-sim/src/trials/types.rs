use serde::Deserialize;
use std::{fs, path::Path};
use thiserror::Error;

const SHIPPED: &str = include_str!("../../scenarios/readers.toml");
/// The most sorts of either that are tried.
const MOST: usize = 1000;

/// Sorts of readers and of handsets, as a file tells them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sorts {
    /// The day that is written for the trials, like `2026-11-01`.
    pub on: String,
    /// How often each handset is held to each reader, 1 to 1000.
    pub taps: u32,
    /// The readers.
    pub reader: Vec<Reader>,
    /// The handsets.
    pub handset: Vec<Handset>,
}

/// Why there are no sorts.
#[derive(Debug, Error)]
pub enum SortsError {
    /// The file cannot be read.
    #[error("{0}: {1}")]
    File(String, #[source] std::io::Error),
    /// It is not TOML of the expected shape.
    #[error("the sorts do not read: {0}")]
    Shape(#[from] toml::de::Error),
    /// A number is outside its range.
    #[error("{0}")]
    Range(&'static str),
}

/// A contactless technology.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Technology {
    /// ISO/IEC 14443 type A.
    A,
    /// ISO/IEC 14443 type B.
    B,
    /// JIS X 6319-4, which carries no APDUs.
    F,
}

/// How commands and answers go over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Protocol {
    /// In blocks: a command and its answer.
    #[default]
    T1,
    /// By octets; an answer to a command with data waits (61xx) and is fetched.
    T0,
    /// The same, by a reader that does not fetch.
    T0WithoutFetching,
}

/// In which form a reader asks for more than a few octets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Lengths {
    /// Short forms only.
    #[default]
    Short,
    /// Extended ones first, short ones where the card refuses those.
    ExtendedThenShort,
    /// Extended ones only.
    Extended,
}

/// What a reader does where an answer did not fit into the handset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Blocks {
    /// It asks for the same again, and gives up.
    #[default]
    Fixed,
    /// It asks for less.
    Smaller,
}

/// A sort of readers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reader {
    pub(super) id: String,
    pub(super) maker: String,
    pub(super) name: String,
    pub(super) firmware: String,
    pub(super) listing: String,
    pub(super) since: String,
    pub(super) types: Vec<Technology>,
    #[serde(default)]
    pub(super) protocol: Protocol,
    #[serde(default)]
    pub(super) lengths: Lengths,
    #[serde(default)]
    pub(super) blocks: Blocks,
    /// The longest answer that it takes, the status word included.
    #[serde(default = "short_answer")]
    pub(super) answer: usize,
    /// What a command costs, in milliseconds.
    pub(super) command_ms: u64,
    /// How long it waits for a whole tap, in milliseconds.
    pub(super) patience_ms: u64,
    /// How much of its field has to reach the SIM, in percent.
    pub(super) needs_field: u32,
    /// How many of 1000 commands lose the contact.
    #[serde(default)]
    pub(super) drops: u32,
}

/// A sort of handsets.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handset {
    pub(super) id: String,
    pub(super) maker: String,
    pub(super) name: String,
    pub(super) tacs: Vec<String>,
    pub(super) types: Vec<Technology>,
    pub(super) secure_element: String,
    pub(super) platform: String,
    pub(super) listing: String,
    pub(super) since: String,
    /// Whether its contactless chip reaches the SIM.
    pub(super) swp: Wire,
    /// The longest answer that it lets through, the status word included.
    #[serde(default = "short_answer")]
    pub(super) answer: usize,
    /// What a command costs, in milliseconds.
    pub(super) command_ms: u64,
    /// How much of a reader's field comes through its back, in percent.
    pub(super) lets_through: u32,
    /// After how many milliseconds it ends the contact by itself.
    #[serde(default = "never")]
    pub(super) ends_after_ms: u64,
    /// How many of 1000 commands lose the contact.
    #[serde(default)]
    pub(super) drops: u32,
}

/// The single wire between a contactless chip and the SIM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Wire {
    /// It is there.
    There,
    /// It is missing.
    Missing,
}

const fn short_answer() -> usize {
    258
}

const fn never() -> u64 {
    u64::MAX
}

impl Sorts {
    /// Those that ship.
    ///
    /// # Errors
    /// None with a sound build.
    pub fn shipped() -> Result<Self, SortsError> {
        Self::parse(SHIPPED)
    }

    /// Those of a file.
    ///
    /// # Errors
    /// Where it cannot be read, or does not read.
    pub fn open(path: &Path) -> Result<Self, SortsError> {
        let text = fs::read_to_string(path);
        Self::parse(&text.map_err(|error| SortsError::File(path.display().to_string(), error))?)
    }

    /// Reads TOML.
    ///
    /// # Errors
    /// Where it is of another shape, or a number is outside its range.
    pub fn parse(text: &str) -> Result<Self, SortsError> {
        let sorts: Self = toml::from_str(text)?;
        if !(1..=1000).contains(&sorts.taps) {
            return Err(SortsError::Range("taps are 1 to 1000"));
        }
        if sorts.reader.len() > MOST || sorts.handset.len() > MOST {
            return Err(SortsError::Range("at most 1000 readers and 1000 handsets"));
        }
        let answers = sorts.reader.iter().map(|it| it.answer);
        let mut answers = answers.chain(sorts.handset.iter().map(|it| it.answer));
        if answers.any(|answer| !(16..=65_538).contains(&answer)) {
            return Err(SortsError::Range("answer is 16 to 65538 octets"));
        }
        Ok(sorts)
    }
}
