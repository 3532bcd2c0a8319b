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
    /// A pack file, a folder of them, or the word `shipped`. A file takes the place of its pack in
    /// OLD, where OLD is more than one file.
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
    let (old, new) = match (book(read(&args.old)), book(read_beside(&args.old, &args.new))) {
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

type Sources = Result<Vec<PackSource>, packs::PacksError>;

fn read(path: &Path) -> Sources {
    if is_shipped(path) { packs::read(&[]) } else { packs::read(&[path.to_owned()]) }
}

/// One file changes one pack of many: the others stay what they are.
fn read_beside(old: &Path, new: &Path) -> Sources {
    let many = is_shipped(old) || old.is_dir();
    if !many || is_shipped(new) || !new.is_file() {
        return read(new);
    }
    let file = packs::exactly(&[new.to_owned()])?;
    Ok(packs::Set::over(read(old)?, file).shown)
}

fn is_shipped(path: &Path) -> bool {
    path.as_os_str() == "shipped"
}

fn book(sources: Sources) -> Result<RuleBook, Trouble> {
    let sources = sources.map_err(|error| Trouble::Message(error.to_string()))?;
    RuleBook::compile(&sources).map_err(|found| Trouble::Refused(found, sources))
}
