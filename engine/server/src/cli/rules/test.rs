use super::{
    super::{CliResult, args::RulesTestArgs, packs},
    coverage::{print_coverage, rule_values, side_values},
    told::refused,
};
use serde_json::{Value, json};
use simbind_rules::{RuleBook, TestReport, run_tests};
use std::{
    io::{self, Write as _},
    process::ExitCode,
};

pub(super) fn run(args: &RulesTestArgs) -> CliResult {
    let json = args.packs.json;
    let sources = packs::read(&args.packs.paths)?;
    let book = match RuleBook::compile(&sources) {
        Ok(book) => book,
        Err(problems) => return refused(&problems, &sources, json),
    };
    let report = run_tests(&book);
    let ok = report.is_ok() && (!args.coverage || report.coverage.is_full());
    if json {
        writeln!(io::stdout(), "{}", report_json(&report, ok, args.coverage))?;
    } else {
        let mut out = io::stdout().lock();
        print_report(&report, &mut out)?;
        if args.coverage {
            print_coverage(&report.coverage, &mut out)?;
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn report_json(report: &TestReport, ok: bool, coverage: bool) -> Value {
    let failures: Vec<Value> = report
        .failures
        .iter()
        .map(|f| json!({ "name": f.source, "line": f.line, "column": f.column, "test": f.test, "message": f.message }))
        .collect();
    let mut value = json!({
        "ok": ok,
        "passed": report.passed,
        "failures": failures,
        "never_fired": report.never_fired,
        "never_silent": report.never_silent,
    });
    if let (true, Some(fields)) = (coverage, value.as_object_mut()) {
        fields.insert("rules".to_owned(), rule_values(&report.coverage));
        fields.insert("params".to_owned(), side_values(&report.coverage));
    }
    value
}

fn print_report(report: &TestReport, out: &mut impl io::Write) -> io::Result<()> {
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
