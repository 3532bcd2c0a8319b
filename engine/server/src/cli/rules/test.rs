use super::{
    super::{CliResult, args::RulesArgs, packs},
    told::refused,
};
use serde_json::{Value, json};
use simbind_rules::{RuleBook, TestReport, run_tests};
use std::{
    io::{self, Write as _},
    process::ExitCode,
};

pub(super) fn run(args: &RulesArgs) -> CliResult {
    let sources = packs::read(&args.paths)?;
    let book = match RuleBook::compile(&sources) {
        Ok(book) => book,
        Err(problems) => return refused(&problems, &sources, args.json),
    };
    let report = run_tests(&book);
    if args.json {
        writeln!(io::stdout(), "{}", report_json(&report))?;
    } else {
        print_report(&report)?;
    }
    Ok(if report.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn report_json(report: &TestReport) -> Value {
    let failures: Vec<Value> = report
        .failures
        .iter()
        .map(|f| json!({ "name": f.source, "line": f.line, "column": f.column, "test": f.test, "message": f.message }))
        .collect();
    json!({
        "ok": report.is_ok(),
        "passed": report.passed,
        "failures": failures,
        "never_fired": report.never_fired,
        "never_silent": report.never_silent,
    })
}

fn print_report(report: &TestReport) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for failure in &report.failures {
        writeln!(out, "{failure}")?;
    }
    for rule in &report.never_fired {
        writeln!(out, "no test makes {rule} speak")?;
    }
    for rule in &report.never_silent {
        writeln!(out, "no test lets {rule} be silent")?;
    }
    writeln!(out, "passed {}, failed {}", report.passed, report.failures.len())
}
