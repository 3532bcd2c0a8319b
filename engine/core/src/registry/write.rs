//! The registry as three files in one spelling, and its hash.

use super::{Registry, Tables};
use sha2::{Digest as _, Sha256};
use simbind_rules::facts::FactEnum;

/// The registry's files in one spelling: the same registry has the same bytes, whatever order and
/// quoting it was imported in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    /// Models of handsets.
    pub handsets: String,
    /// Models of readers.
    pub readers: String,
    /// Combined trials.
    pub trials: String,
}

impl Texts {
    /// The files, to be read again.
    pub const fn tables(&self) -> Tables<'_> {
        Tables {
            handsets: self.handsets.as_bytes(),
            readers: self.readers.as_bytes(),
            trials: self.trials.as_bytes(),
        }
    }

    /// SHA-256 over the three files, each behind its length.
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(b"simbind registry 1");
        for text in [&self.handsets, &self.readers, &self.trials] {
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text.as_bytes());
        }
        hash.finalize().into()
    }
}

/// One line of CSV, quoted where it has to be.
fn line(text: &mut String, fields: &[&str]) {
    for (place, field) in fields.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        if field.contains(['"', ',']) {
            text.push('"');
            text.push_str(&field.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(field);
        }
    }
    text.push('\n');
}

impl Registry {
    /// The registry as files.
    pub fn texts(&self) -> Texts {
        Texts {
            handsets: self.handsets_text(),
            readers: self.readers_text(),
            trials: self.trials_text(),
        }
    }

    fn handsets_text(&self) -> String {
        let mut text =
            String::from("model,maker,name,tacs,nfc,secure_element,platform,listing,since\n");
        for model in self.handsets() {
            let tacs: Vec<String> = model.tacs.iter().map(ToString::to_string).collect();
            line(
                &mut text,
                &[
                    model.id.as_str(),
                    model.maker.as_str(),
                    model.name.as_str(),
                    &tacs.join(";"),
                    &model.nfc.to_string(),
                    model.secure_element.name(),
                    model.platform.name(),
                    model.listed.listing.name(),
                    &model.listed.since.to_string(),
                ],
            );
        }
        text
    }

    fn readers_text(&self) -> String {
        let mut text = String::from("reader,maker,name,firmware,listing,since\n");
        for model in self.readers() {
            line(
                &mut text,
                &[
                    model.id.as_str(),
                    model.maker.as_str(),
                    model.name.as_str(),
                    &model.firmware.to_string(),
                    model.listed.listing.name(),
                    &model.listed.since.to_string(),
                ],
            );
        }
        text
    }

    fn trials_text(&self) -> String {
        let mut text = String::from("reader,firmware,handset,outcome,on,note\n");
        for trial in self.trials() {
            line(
                &mut text,
                &[
                    trial.reader.as_str(),
                    &trial.firmware.to_string(),
                    trial.handset.as_str(),
                    trial.outcome.name(),
                    &trial.on.to_string(),
                    trial.note.as_ref().map_or("", |note| note.as_str()),
                ],
            );
        }
        text
    }
}
