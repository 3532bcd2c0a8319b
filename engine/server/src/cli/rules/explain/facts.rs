//! Files of facts.

use simbind_rules::{CheckKind, Facts};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};
use thiserror::Error;
use toml::Value;

/// The largest file of facts, in bytes.
const LARGEST: u64 = 64 << 10;

/// A file of facts cannot be read.
#[derive(Debug, Error)]
pub(super) enum FactsError {
    /// The system refused.
    #[error("{file}: {source}")]
    Read { file: String, source: io::Error },
    /// There is too much of it.
    #[error("{0}: it is larger than 64 KiB")]
    Large(String),
    /// It is no table.
    #[error("{file}: it is neither TOML nor JSON: {why}")]
    Malformed { file: String, why: String },
    /// Some facts in it are none.
    #[error("{file}: {}", why.join("\n  "))]
    Wrong { file: String, why: Vec<String> },
}

/// The facts of a file, or of standard input; what it does not name is as in a test of a pack.
pub(super) fn read(path: &Path, kind: CheckKind) -> Result<Facts, FactsError> {
    let (file, text) = if path == Path::new("-") {
        ("standard input".to_owned(), take(io::stdin().lock()))
    } else {
        (path.display().to_string(), File::open(path).and_then(take))
    };
    let text = text.map_err(|source| FactsError::Read { file: file.clone(), source })?;
    let Some(text) = text else { return Err(FactsError::Large(file)) };
    parse(file, &text, kind)
}

/// The text; `None` where it is too long.
fn take(from: impl Read) -> io::Result<Option<String>> {
    let mut text = String::new();
    let read = from.take(LARGEST + 1).read_to_string(&mut text)?;
    Ok(u64::try_from(read).is_ok_and(|read| read <= LARGEST).then_some(text))
}

fn parse(file: String, text: &str, kind: CheckKind) -> Result<Facts, FactsError> {
    let parsed = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| error.to_string())
    } else {
        toml::from_str(text).map_err(|error| error.to_string())
    };
    let table: toml::Table = match parsed {
        Ok(table) => table,
        Err(why) => return Err(FactsError::Malformed { file, why }),
    };
    let mut facts = Facts::usual(kind);
    let mut wrong = Vec::new();
    put("", &table, &mut facts, &mut wrong);
    if wrong.is_empty() { Ok(facts) } else { Err(FactsError::Wrong { file, why: wrong }) }
}

/// Puts in what a table names; `handset.match` may stand in a table `handset` as well.
fn put(prefix: &str, table: &toml::Table, facts: &mut Facts, wrong: &mut Vec<String>) {
    for (key, value) in table {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            Value::Boolean(truth) => truth.to_string(),
            Value::Table(inner) => {
                put(&name, inner, facts, wrong);
                continue;
            }
            Value::Float(_) | Value::Datetime(_) | Value::Array(_) => {
                wrong.push(format!("`{name}` is no text, number or truth"));
                continue;
            }
        };
        if let Err(error) = facts.set_by_name(&name, &text) {
            let meant = error.suggestion().map(|meant| format!("; did you mean `{meant}`?"));
            wrong.push(format!("{error}{}", meant.unwrap_or_default()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FactsError, parse, read};
    use simbind_rules::{CheckKind, Fact, Facts};
    use std::{fs, path::Path};

    fn parsed(text: &str) -> Result<Facts, FactsError> {
        parse("f".to_owned(), text, CheckKind::Login)
    }

    #[test]
    fn toml_and_json_say_the_same_in_one_table_or_in_several() {
        let mut expected = Facts::usual(CheckKind::Login);
        expected.set_by_name("handset.match", "no").unwrap();
        expected.set_by_name("pin.failures", "2").unwrap();
        for text in [
            "\"handset.match\" = \"no\"\n\"pin.failures\" = 2",
            "handset.match = \"no\"\npin.failures = \"2\"",
            "[handset]\nmatch = \"no\"\n[pin]\nfailures = 2",
            "{ \"handset.match\": \"no\", \"pin\": { \"failures\": 2 } }",
        ] {
            assert_eq!(parsed(text).unwrap(), expected, "{text}");
        }
        assert!(!parsed("").unwrap().is_known(Fact::HandsetMatch));
    }

    #[test]
    fn every_wrong_fact_is_told_with_what_was_meant() {
        let text = "handset.mach = \"no\"\nsim.latch = \"reisued\"\npin.failures = 1.5";
        let error = parsed(text).unwrap_err().to_string();
        for part in ["`handset.match`?", "`reissued`?", "`pin.failures` is no text"] {
            assert!(error.contains(part), "{error}");
        }
        for text in ["{", "x", "[handset", "[]"] {
            assert!(matches!(parsed(text), Err(FactsError::Malformed { .. })), "{text}");
        }
    }

    #[test]
    fn a_huge_file_and_one_that_is_not_there_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("huge.toml");
        fs::write(&file, vec![b'#'; (64 << 10) + 1]).unwrap();
        assert!(matches!(read(&file, CheckKind::Tap), Err(FactsError::Large(_))));
        let nothing = read(Path::new("/nowhere/f.toml"), CheckKind::Tap);
        assert!(matches!(nothing, Err(FactsError::Read { .. })));
    }
}
