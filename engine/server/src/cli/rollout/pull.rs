use super::{
    super::remote::{RemoteError, hex},
    ask::Asking,
    hash::PacksName,
};
use crate::cli::packs::id;
use clap::Args as ClapArgs;
use serde_json::json;
use simbind_rules::PackSource;
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(Debug, ClapArgs)]
pub(crate) struct PullArgs {
    /// Where to write them, each as ID.toml.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Other packs than those in service: the first digits of their hash, at least 8.
    #[arg(long, value_name = "HASH")]
    packs: Option<PacksName>,
    /// Replaces files that are there and say something else.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    asking: Asking,
}

pub(super) async fn run(args: PullArgs) -> Result<ExitCode, RemoteError> {
    let server = args.asking.connect().await?;
    let named = match &args.packs {
        Some(packs) => packs.known(&server).await?,
        None => Vec::new(),
    };
    let answer = server.packs(named).await?;
    let packs = answer.packs.into_iter().map(|p| PackSource { name: p.name, text: p.text });
    let files = files(&args.dir, packs)?;
    write(&args.dir, &files, args.force)?;
    let hash = hex(&answer.packs_hash);
    let mut out = io::stdout().lock();
    if args.asking.json {
        let all = json!({ "files": files.keys().collect::<Vec<_>>(), "packs_hash": hash });
        writeln!(out, "{all}")?;
    } else {
        files.keys().try_for_each(|path| writeln!(out, "{}", path.display()))?;
        writeln!(out, "packs {hash}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Each pack under its id, which is no path: the server's names are not used as file names.
fn files(
    dir: &Path,
    packs: impl Iterator<Item = PackSource>,
) -> Result<BTreeMap<PathBuf, String>, RemoteError> {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let mut files = BTreeMap::new();
    for pack in packs {
        let id = id(&pack).filter(|id| (1..=64).contains(&id.len()) && id.bytes().all(letter));
        let id = id.ok_or(RemoteError::Answer("a pack has no id"))?;
        files.insert(dir.join(format!("{id}.toml")), pack.text);
    }
    Ok(files)
}

fn write(dir: &Path, files: &BTreeMap<PathBuf, String>, force: bool) -> Result<(), RemoteError> {
    fs::create_dir_all(dir).map_err(|error| RemoteError::write(dir, error))?;
    let other = |(path, text): &(&PathBuf, &String)| {
        fs::read(path).is_ok_and(|there| there != text.as_bytes())
    };
    if let Some((path, _)) = files.iter().find(other).filter(|_| !force) {
        let why = format!("{} says something else; --force replaces it", path.display());
        return Err(RemoteError::Request(why));
    }
    for (path, text) in files {
        fs::write(path, text).map_err(|error| RemoteError::write(path, error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(id: &str) -> PackSource {
        PackSource { name: "../../x".to_owned(), text: format!("[pack]\nid = \"{id}\"\n") }
    }

    #[test]
    fn a_server_cannot_name_a_file_outside_the_folder() {
        let dir = Path::new("d");
        let good = files(dir, [pack("iij")].into_iter()).unwrap();
        assert_eq!(good.keys().collect::<Vec<_>>(), [Path::new("d/iij.toml")]);
        for id in ["", "../x", "a/b", ".", "A", &"a".repeat(65)] {
            assert!(files(dir, [pack(id)].into_iter()).is_err(), "{id}");
        }
    }

    #[test]
    fn what_was_changed_is_not_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let wanted = files(dir.path(), [pack("a"), pack("b")].into_iter()).unwrap();
        write(dir.path(), &wanted, false).unwrap();
        write(dir.path(), &wanted, false).unwrap();
        let mine = dir.path().join("b.toml");
        fs::write(&mine, "# mine\n").unwrap();
        fs::remove_file(dir.path().join("a.toml")).unwrap();
        assert!(write(dir.path(), &wanted, false).is_err());
        assert_eq!(fs::read_to_string(&mine).unwrap(), "# mine\n");
        assert!(!dir.path().join("a.toml").exists(), "nothing is written where one is refused");
        write(dir.path(), &wanted, true).unwrap();
        assert_ne!(fs::read_to_string(&mine).unwrap(), "# mine\n");
    }
}
