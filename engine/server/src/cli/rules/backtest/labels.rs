//! Which decisions are known to be of owners and which of attackers. Labels stay with the client.

use simbind_core::ids::DecisionId;
use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Who was behind a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Label {
    /// The owner.
    Honest,
    /// An attacker.
    Attack,
}

/// Labels cannot be read.
#[derive(Debug, Error)]
pub(super) enum LabelsError {
    /// The system refused.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line is none.
    #[error("{path}:{line}: {why}")]
    Line {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
}

/// The labels of decisions.
#[derive(Debug, Default)]
pub(super) struct Labels(HashMap<DecisionId, Label>);

#[derive(serde::Deserialize)]
struct Row {
    decision_id: String,
    label: Label,
}

impl Labels {
    /// Reads JSON lines (`{"decision_id": "dec_…", "label": "honest"}`) or CSV
    /// (`dec_…,attack`, with or without a line of names).
    pub(super) fn read(path: &Path) -> Result<Self, LabelsError> {
        let failed = |source| LabelsError::Read { path: path.to_owned(), source };
        let file = BufReader::new(File::open(path).map_err(failed)?);
        let mut labels = HashMap::new();
        for (line, text) in (1..).zip(file.lines()) {
            let text = text.map_err(failed)?;
            let row = row(&text, line);
            let wrong = |why| LabelsError::Line { path: path.to_owned(), line, why };
            if let Some((decision, label)) = row.map_err(wrong)?
                && labels.insert(decision, label).is_some_and(|before| before != label)
            {
                let why = format!("{decision} has another label above");
                return Err(LabelsError::Line { path: path.to_owned(), line, why });
            }
        }
        Ok(Self(labels))
    }

    /// The label of a decision.
    pub(super) fn of(&self, decision: &str) -> Option<Label> {
        self.0.get(&decision.parse().ok()?).copied()
    }

    /// How many decisions have a label.
    pub(super) fn count(&self, label: Label) -> u64 {
        let count = self.0.values().filter(|each| **each == label).count();
        u64::try_from(count).unwrap_or(u64::MAX)
    }
}

/// What a line says; nothing where it is empty or names the columns.
fn row(text: &str, line: usize) -> Result<Option<(DecisionId, Label)>, String> {
    let text = text.trim();
    if text.is_empty() || line == 1 && text == "decision_id,label" {
        return Ok(None);
    }
    let (id, label) = if text.starts_with('{') {
        let Row { decision_id, label } =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        (decision_id, label)
    } else {
        let (id, word) = text.split_once(',').ok_or("it is neither JSON nor `id,label`")?;
        let label = match word.trim() {
            "honest" => Label::Honest,
            "attack" => Label::Attack,
            other => return Err(format!("`{other}` is neither honest nor attack")),
        };
        (id.trim().to_owned(), label)
    };
    Ok(Some((id.parse().map_err(|error| format!("{error}"))?, label)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "dec_00000000000000000000000000000001";
    const B: &str = "dec_00000000000000000000000000000002";

    fn read(text: &str) -> Result<Labels, LabelsError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("labels");
        std::fs::write(&path, text).unwrap();
        Labels::read(&path)
    }

    #[test]
    fn labels_are_json_lines_or_csv() {
        let json = format!(
            "{{\"decision_id\":\"{A}\",\"label\":\"honest\"}}\n\n\
             {{\"decision_id\":\"{B}\",\"label\":\"attack\",\"kind\":\"replay\"}}\n"
        );
        for text in [json, format!("decision_id,label\n{A},honest\n{B} , attack\n{B},attack\n")] {
            let labels = read(&text).unwrap();
            assert_eq!(labels.of(A), Some(Label::Honest));
            assert_eq!(labels.of(B), Some(Label::Attack));
            assert_eq!(labels.of("dec_00000000000000000000000000000003"), None);
            assert_eq!((labels.count(Label::Honest), labels.count(Label::Attack)), (1, 1));
        }
    }

    #[test]
    fn a_wrong_line_is_named() {
        for (text, line) in [
            (format!("{A},honest\n{A},attack\n"), 2),
            (format!("{A},nobody\n"), 1),
            (format!("\n{A}\n"), 2),
            ("dec_1,honest\n".to_owned(), 1),
            ("{\"decision_id\":1}\n".to_owned(), 1),
            (format!("{A},honest\ndecision_id,label\n"), 2),
        ] {
            let error = read(&text).unwrap_err();
            assert!(
                matches!(error, LabelsError::Line { line: l, .. } if l == line),
                "{text}: {error}"
            );
        }
    }
}
