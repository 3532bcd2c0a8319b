//! What two sets of packs answer otherwise.

mod json;
mod people;

use super::{
    super::{CliResult, packs},
    told::refused,
};
use clap::Args as ClapArgs;
use simbind_rules::{Diagnostic, Diff, PackSource, RuleBook};
use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Neither side has the pack that was asked for, or one side cannot be read or does not compile.
const TROUBLE: u8 = 2;
/// Something differs, or it is not proved that nothing does.
const DIFFER: u8 = 1;

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Exit status: 0 where it is proved that both answer the same, 1 where they \
                        differ or that is not proved, 2 in trouble."
)]
pub(crate) struct DiffArgs {
    /// A pack file, a folder of them, or the word `shipped`.
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// A pack file, a folder of them, or the word `shipped`.
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    /// Compares the lines alone that this pack answers or answered.
    #[arg(long, value_name = "ID")]
    pub(crate) pack: Option<String>,
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

pub(super) fn run(args: &DiffArgs) -> CliResult {
    let (old, new) = match (book(&args.old), book(&args.new)) {
        (Ok(old), Ok(new)) => (old, new),
        (old, new) => {
            for trouble in [old.err(), new.err()].into_iter().flatten() {
                trouble.print(args.json)?;
            }
            return Ok(ExitCode::from(TROUBLE));
        }
    };
    let mut diff = RuleBook::diff(&old, &new);
    if let Some(pack) = &args.pack {
        if [&old, &new].iter().all(|book| book.chain_of_pack(pack).is_none()) {
            let message = format!("neither side has a pack `{pack}`");
            return Trouble::Message(message).print(args.json);
        }
        keep_only(&mut diff, pack);
    }
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", json::of(&diff))?;
    } else {
        out.write_all(people::text(&diff).as_bytes())?;
    }
    Ok(if diff.is_same() { ExitCode::SUCCESS } else { ExitCode::from(DIFFER) })
}

fn keep_only(diff: &mut Diff, pack: &str) {
    diff.added.retain(|id| id == pack);
    diff.removed.retain(|id| id == pack);
    diff.chains.retain(|chain| chain.pack == pack || chain.pack_before == pack);
}

/// Why there is nothing to compare.
enum Trouble {
    Message(String),
    Refused(Vec<Diagnostic>, Vec<PackSource>),
}

impl Trouble {
    fn print(&self, as_json: bool) -> CliResult {
        match self {
            Self::Message(message) if as_json => {
                let told = serde_json::json!({ "ok": false, "error": message });
                writeln!(io::stdout(), "{told}")?;
            }
            Self::Message(message) => writeln!(io::stderr(), "simbind: {message}")?,
            Self::Refused(found, sources) => {
                refused(found, sources, as_json)?;
            }
        }
        Ok(ExitCode::from(TROUBLE))
    }
}

fn book(path: &Path) -> Result<RuleBook, Trouble> {
    let paths = if path.as_os_str() == "shipped" { vec![] } else { vec![path.to_owned()] };
    let sources = packs::read(&paths).map_err(|error| Trouble::Message(error.to_string()))?;
    RuleBook::compile(&sources).map_err(|found| Trouble::Refused(found, sources))
}
