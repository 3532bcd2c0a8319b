use super::{
    super::{CliResult, args::RulesArgs, packs},
    told::{as_values, counts, tell},
};
use serde_json::{Value, json};
use simbind_rules::{DeclaredFeed, Diagnostic, Level, LifeTerms, PackInfo, Persons, RuleBook};
use std::{
    io::{self, Write as _},
    process::ExitCode,
};

pub(super) fn run(args: &RulesArgs) -> CliResult {
    let packs::Gathered { sources, unread } = packs::gather(&args.paths);
    let mut found: Vec<Diagnostic> = unread.iter().map(unreadable).collect();
    // With no file that can be read there is nothing to compile, and nothing more to tell.
    let book = if sources.is_empty() { None } else { Some(RuleBook::compile(&sources)) };
    let book = book.and_then(|compiled| match compiled {
        Ok(book) => {
            found.extend_from_slice(book.warnings());
            Some(book)
        }
        Err(more) => {
            found.extend(more);
            None
        }
    });
    let book = book.filter(|_| unread.is_empty());
    if args.json {
        writeln!(io::stdout(), "{}", report(book.as_ref(), &found))?;
    } else {
        tell(&found, &sources)?;
        if let Some(book) = &book {
            print_packs(book)?;
        }
    }
    Ok(if book.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn unreadable(error: &packs::PacksError) -> Diagnostic {
    Diagnostic {
        level: Level::Error,
        pack: error.path().display().to_string(),
        span: 0..0,
        line: 1,
        column: 1,
        text: String::new(),
        message: error.to_string(),
        suggestion: None,
    }
}

fn report(book: Option<&RuleBook>, found: &[Diagnostic]) -> Value {
    let (errors, warnings) = counts(found);
    let mut report = json!({
        "ok": book.is_some(),
        "diagnostics": as_values(found),
        "errors": errors,
        "warnings": warnings,
    });
    if let (Some(book), Some(fields)) = (book, report.as_object_mut()) {
        fields.insert(
            "packs".to_owned(),
            book.packs().iter().map(|pack| pack_value(book, pack)).collect(),
        );
        fields.insert("packs_hash".to_owned(), Value::from(book.hash().to_string()));
    }
    report
}

fn pack_value(book: &RuleBook, pack: &PackInfo) -> Value {
    let life = book.chain_of_pack(&pack.id).map(|chain| life_value(&book.life(chain)));
    json!({
        "id": pack.id,
        "name": pack.source,
        "extends": pack.extends,
        "rules": pack.rules,
        "limits": pack.limits,
        "tests": pack.tests,
        "feed": pack.feed.as_ref().map(feed_value),
        "life": life,
    })
}

fn feed_value(feed: &DeclaredFeed) -> Value {
    let tells: Vec<_> = feed.tells.iter().map(|kind| kind.as_str()).collect();
    json!({ "of": feed.pack, "history_secs": feed.history.as_secs(), "tells": tells })
}

fn life_value(terms: &LifeTerms) -> Value {
    json!({
        "devices": terms.devices,
        "handsets": terms.handsets,
        "release_cooldown_secs": terms.release_cooldown.as_secs(),
        "release_persons": match terms.release_persons {
            Persons::One => 1,
            Persons::Two => 2,
        },
        "reminder_secs": terms.reminder.as_secs(),
        "overlap_secs": terms.overlap.as_secs(),
        "loaner_secs": terms.loaner.as_secs(),
    })
}

fn print_packs(book: &RuleBook) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for pack in book.packs() {
        let (rules, limits, tests) = (pack.rules, pack.limits, pack.tests);
        writeln!(out, "{}: rules {rules}, limits {limits}, tests {tests}", pack.id)?;
    }
    writeln!(out, "all packs compile; sha256 {}", book.hash())
}
