use super::{
    super::{CliResult, args::RulesArgs, packs},
    refused::refused,
};
use serde_json::{Value, json};
use simbind_rules::RuleBook;
use std::{
    io::{self, Write as _},
    process::ExitCode,
};

pub(super) fn run(args: &RulesArgs) -> CliResult {
    match RuleBook::compile(&packs::read(&args.paths)?) {
        Ok(book) => {
            print_packs(&book, args.json)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => refused(&problems, args.json),
    }
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
