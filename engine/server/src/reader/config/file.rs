use super::{DEFAULT_READER, Offline, PinFrom, ReaderConfig};
use crate::{
    config::parse_duration,
    reader::{Patience, TokenUse},
};
use serde::Deserialize;
use simbind_core::ids::CallerId;
use simbind_service::bundle::KeyError;
use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use thiserror::Error;

/// A reader agent's file, as it was written. Each value may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReaderFile {
    /// The engine's address.
    pub engine: Option<String>,
    /// A folder with the files of mutual TLS.
    pub certs: Option<PathBuf>,
    /// The caller whose certificate in that folder is shown.
    #[serde(rename = "as")]
    pub caller: Option<CallerId>,
    /// The reader, as the engine names it.
    pub id: Option<String>,
    /// The PC/SC reader.
    pub reader: Option<String>,
    /// Where PINs come from.
    pub pin: Option<String>,
    token: Option<String>,
    pin_time: Option<String>,
    answer_time: Option<String>,
    card_time: Option<String>,
    engine_time: Option<String>,
    cards: Option<usize>,
    offline: Option<String>,
    refusals_key: Option<String>,
    #[serde(default)]
    anchors: Vec<PathBuf>,
}

/// What is wrong with a reader agent's file.
#[derive(Debug, Error)]
pub enum ReaderConfigError {
    /// It cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is no file of a reader agent.
    #[error("{path}: {source}")]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its place.
        source: Box<toml::de::Error>,
    },
    /// A value is none.
    #[error("{field}: {why}")]
    Value {
        /// The value's name.
        field: &'static str,
        /// What is wrong.
        why: String,
    },
}

impl ReaderFile {
    /// Reads a file. A folder in it is relative to the file's own.
    ///
    /// # Errors
    /// [`ReaderConfigError`].
    pub fn read(path: &Path) -> Result<Self, ReaderConfigError> {
        let read = std::fs::read_to_string(path);
        let text =
            read.map_err(|source| ReaderConfigError::Read { path: path.to_owned(), source })?;
        let mut file: Self = toml::from_str(&text).map_err(|source| ReaderConfigError::Form {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        let base = path.parent().unwrap_or(Path::new(""));
        file.certs = file.certs.map(|certs| base.join(certs));
        file.anchors.iter_mut().for_each(|anchors| *anchors = base.join(&*anchors));
        Ok(file)
    }

    /// What is told, with what was left out put in.
    ///
    /// # Errors
    /// [`ReaderConfigError::Value`].
    pub fn checked(&self) -> Result<ReaderConfig, ReaderConfigError> {
        let wrong = |field: &'static str| move |why| ReaderConfigError::Value { field, why };
        let id = self.id.as_deref().unwrap_or(DEFAULT_READER);
        let pin = self.pin.as_deref().map_or(Ok(PinFrom::default()), str::parse);
        let second = Duration::from_secs(1);
        let tenth = second / 10;
        let patience = Patience {
            answer: time(
                "answer_time",
                self.answer_time.as_deref(),
                5 * second,
                tenth,
                60 * second,
            )?,
            card: time("card_time", self.card_time.as_deref(), 20 * second, second, 300 * second)?,
        };
        let offline = self.offline()?;
        Ok(ReaderConfig {
            id: id.parse().map_err(|error| wrong("id")(format!("{error}")))?,
            reader: self.reader.clone(),
            pin: pin.map_err(wrong("pin"))?,
            token: match self.token.as_deref() {
                None | Some("never") => TokenUse::Never,
                Some("asked") => TokenUse::Asked,
                Some(_) => return Err(wrong("token")("it is `never` or `asked`".to_owned())),
            },
            pin_time: time(
                "pin_time",
                self.pin_time.as_deref(),
                60 * second,
                second,
                600 * second,
            )?,
            patience,
            engine_time: time(
                "engine_time",
                self.engine_time.as_deref(),
                3 * second,
                tenth,
                60 * second,
            )?,
            cards: match self.cards.unwrap_or(256) {
                cards @ ..=10_000 => cards,
                _ => return Err(wrong("cards")("is more than 10000".to_owned())),
            },
            offline,
        })
    }

    fn offline(&self) -> Result<Offline, ReaderConfigError> {
        let wrong = |field, why: &str| ReaderConfigError::Value { field, why: why.to_owned() };
        match self.offline.as_deref() {
            None | Some("closed") => Ok(Offline::Closed),
            Some("refusals") => {
                let key = self.refusals_key.as_deref();
                let key = key.ok_or_else(|| {
                    wrong("refusals_key", "is needed: `simbind admin refusals-key` prints it")
                })?;
                let key = key.parse();
                let key =
                    key.map_err(|error: KeyError| wrong("refusals_key", &error.to_string()))?;
                if self.anchors.is_empty() {
                    return Err(wrong("anchors", "are needed: who issues user certificates"));
                }
                Ok(Offline::Refusals { key, anchors: self.anchors.clone() })
            }
            Some(_) => Err(wrong("offline", "it is `closed` or `refusals`")),
        }
    }
}

fn time(
    field: &'static str,
    text: Option<&str>,
    default: Duration,
    least: Duration,
    most: Duration,
) -> Result<Duration, ReaderConfigError> {
    let time = text.map_or(Ok(default), parse_duration);
    let time = time.map_err(|why| ReaderConfigError::Value { field, why })?;
    if (least..=most).contains(&time) {
        return Ok(time);
    }
    let why = format!("is not within {least:?} and {most:?}");
    Err(ReaderConfigError::Value { field, why })
}
