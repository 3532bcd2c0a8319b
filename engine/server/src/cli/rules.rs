use super::{
    CliResult,
    args::{RulesArgs, RulesCommand},
    packs,
};
use serde_json::{Value, json};
use simbind_rules::{Diagnostic, RuleBook, TestReport, run_tests};
use std::{
    io::{self, Write as _},
    process::ExitCode,
};

pub(super) fn run(command: RulesCommand) -> CliResult {
    match command {
        RulesCommand::Check(args) => check(&args),
        RulesCommand::Test(args) => test(&args),
    }
}

fn check(args: &RulesArgs) -> CliResult {
    match RuleBook::compile(&packs::read(&args.paths)?) {
        Ok(book) => {
            print_packs(&book, args.json)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => refused(&problems, args.json),
    }
}

fn test(args: &RulesArgs) -> CliResult {
    let book = match RuleBook::compile(&packs::read(&args.paths)?) {
        Ok(book) => book,
        Err(problems) => return refused(&problems, args.json),
    };
    let report = run_tests(&book);
    if args.json {
        writeln!(io::stdout(), "{}", report_json(&report))?;
    } else {
        print_report(&report)?;
    }
    Ok(if report.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tells the problems of packs that do not compile: for people on standard error.
fn refused(problems: &[Diagnostic], as_json: bool) -> CliResult {
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

fn print_packs(book: &RuleBook, as_json: bool) -> io::Result<()> {
    let hash = book.hash().to_string();
    let mut out = io::stdout().lock();
    if as_json {
        let packs: Vec<Value> = book
            .packs()
            .iter()
            .map(|p| {
                json!({
                    "id": p.id,
                    "name": p.source,
                    "extends": p.extends,
                    "rules": p.rules,
                    "limits": p.limits,
                    "tests": p.tests,
                })
            })
            .collect();
        let all = json!({ "ok": true, "diagnostics": [], "packs": packs, "packs_hash": hash });
        return writeln!(out, "{all}");
    }
    for pack in book.packs() {
        let (rules, limits, tests) = (pack.rules, pack.limits, pack.tests);
        writeln!(out, "{}: rules {rules}, limits {limits}, tests {tests}", pack.id)?;
    }
    writeln!(out, "all packs compile; sha256 {hash}")
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
