//! What came of evidence, told as a tree or as JSON.

use super::{super::CliResult, tree::Node};
use serde_json::{Map, Value, json};
use std::{
    fmt,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

/// The status of a process whose evidence cannot be read.
const UNREADABLE: u8 = 2;

/// Why evidence cannot be judged at all.
#[derive(Debug)]
pub(super) struct Unreadable(String);

impl Unreadable {
    pub(super) fn new(path: &Path, why: &dyn fmt::Display) -> Self {
        Self(format!("{}: {why}", path.display()))
    }

    pub(super) fn because(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// What was decided.
#[derive(Debug)]
pub(super) enum Verdict {
    Accepted,
    Refused {
        /// The word of the weakest link.
        word: &'static str,
        /// The same as a sentence without a period.
        why: String,
    },
}

impl Verdict {
    pub(super) fn refused(word: &'static str, why: impl fmt::Display) -> Self {
        Self::Refused { word, why: why.to_string() }
    }
}

/// What was found, and what was decided.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    pub(super) fields: Map<String, Value>,
    pub(super) tree: Vec<Node>,
}

/// Tells as JSON that nothing could be judged.
pub(super) fn tell_unreadable(why: &str) -> ExitCode {
    let fields = json!({ "explanation": why });
    let all = json!({ "accepted": false, "reason": "unreadable", "fields": fields });
    // The status tells it where nobody reads.
    let _ = writeln!(io::stdout().lock(), "{all}");
    ExitCode::from(UNREADABLE)
}

/// Tells an outcome, and ends with the status that it has.
pub(super) fn tell(kind: &str, as_json: bool, outcome: Result<Outcome, Unreadable>) -> CliResult {
    let Outcome { verdict, mut fields, tree } = match outcome {
        Ok(outcome) => outcome,
        Err(Unreadable(why)) if as_json => return Ok(tell_unreadable(&why)),
        Err(Unreadable(why)) => {
            eprintln!("simbind: {why}");
            return Ok(ExitCode::from(UNREADABLE));
        }
    };
    let mut out = io::stdout().lock();
    let (accepted, reason, code) = match &verdict {
        Verdict::Accepted => (true, Value::Null, ExitCode::SUCCESS),
        Verdict::Refused { word, .. } => (false, json!(word), ExitCode::FAILURE),
    };
    if as_json {
        if let Verdict::Refused { why, .. } = verdict {
            fields.insert("explanation".to_owned(), json!(why));
        }
        let all = json!({ "accepted": accepted, "reason": reason, "fields": fields });
        writeln!(out, "{all}")?;
    } else {
        match verdict {
            Verdict::Accepted => writeln!(out, "{kind}: accepted")?,
            Verdict::Refused { word, why } => writeln!(out, "{kind}: refused, {word}: {why}")?,
        }
        for (place, node) in tree.iter().enumerate() {
            node.write(&mut out, "", place + 1 == tree.len())?;
        }
    }
    Ok(code)
}
