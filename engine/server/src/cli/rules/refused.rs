use super::super::CliResult;
use serde_json::{Value, json};
use simbind_rules::Diagnostic;
use std::{
    io::{self, Write as _},
    process::ExitCode,
};

/// Tells the problems of packs that do not compile: for people on standard error.
pub(super) fn refused(problems: &[Diagnostic], as_json: bool) -> CliResult {
    if as_json {
        let problems: Vec<Value> = problems
            .iter()
            .map(|p| {
                json!({
                    "name": p.pack,
                    "line": p.line,
                    "column": p.column,
                    "text": p.text,
                    "message": p.message,
                    "suggestion": p.suggestion,
                })
            })
            .collect();
        writeln!(io::stdout(), "{}", json!({ "ok": false, "diagnostics": problems }))?;
    } else {
        let mut err = io::stderr().lock();
        for problem in problems {
            writeln!(err, "{problem}")?;
        }
        writeln!(err, "problems: {}", problems.len())?;
    }
    Ok(ExitCode::FAILURE)
}
