use super::{super::CliResult, told::refused};
use clap::Args as ClapArgs;
use serde_json::{Value, json};
use simbind_rules::RuleBook;
use simbind_service::{
    bundle::{Bundle, BundleKey, MOST_BYTES, TrustedKeys},
    packs::check,
};
use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};
use time::format_description::well_known::Rfc3339;

#[derive(Debug, ClapArgs)]
pub(crate) struct VerifyArgs {
    /// The bundle.
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// A public key, in base64, that is trusted; can be repeated.
    #[arg(long, value_name = "PUBLIC", required = true)]
    key: Vec<BundleKey>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &VerifyArgs) -> CliResult {
    let keys = TrustedKeys::new(args.key.iter().copied())?;
    let opened = Bundle::open(&read(&args.bundle)?, &keys);
    let bundle = opened.map_err(|error| format!("{}: {error}", args.bundle.display()))?;
    let sources = bundle.contents().packs();
    match check(sources) {
        Ok(book) => {
            print(&bundle, &book, args.json)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => refused(&problems, sources, args.json),
    }
}

/// Reads a bundle; of a larger file no more than shows that it is too large.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let shown = |error: io::Error| format!("{}: {error}", path.display());
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(shown)?;
    file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(shown)?;
    Ok(bytes)
}

fn print(bundle: &Bundle, book: &RuleBook, as_json: bool) -> io::Result<()> {
    let contents = bundle.contents();
    let (hash, signer) = (book.hash().to_string(), bundle.signer().to_string());
    let made_at = contents.made_at().format(&Rfc3339).unwrap_or_default();
    let mut out = io::stdout().lock();
    if as_json {
        let packs: Vec<Value> = book
            .packs()
            .iter()
            .map(|p| json!({ "id": p.id, "name": p.source, "rules": p.rules, "tests": p.tests }))
            .collect();
        let all = json!({
            "ok": true,
            "name": contents.name(),
            "version": contents.version().get(),
            "made_at": made_at,
            "key_id": signer,
            "packs": packs,
            "packs_hash": hash,
        });
        return writeln!(out, "{all}");
    }
    let (name, version) = (contents.name(), contents.version());
    writeln!(out, "{name} version {version}, made {made_at}, signed by key {signer}")?;
    for pack in book.packs() {
        let (id, file, rules, tests) = (&pack.id, &pack.source, pack.rules, pack.tests);
        writeln!(out, "{id} ({file}): rules {rules}, tests {tests}")?;
    }
    writeln!(out, "all packs compile and pass their tests; sha256 {hash}")
}
