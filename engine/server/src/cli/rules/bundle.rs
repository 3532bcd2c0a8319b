use super::{
    super::{
        CliResult,
        packs::{self, Set},
    },
    told::refused,
};
use clap::Args as ClapArgs;
use serde_json::json;
use simbind_service::{
    bundle::{Bundle, Contents, Draft, SigningKey},
    packs::check,
};
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};
use time::OffsetDateTime;
use zeroize::Zeroizing;

#[derive(Debug, ClapArgs)]
pub(crate) struct BundleArgs {
    /// Pack files or folders of them; the packs that ship where none are named.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The private key, as `simbind rules keygen` writes it.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What the bundle is called.
    #[arg(long, default_value = "packs")]
    name: String,
    /// The bundle's version: higher than that of any bundle before.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    version: u64,
    /// Where to write the bundle.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &BundleArgs) -> CliResult {
    let key = signing_key(&args.key)?;
    let Set { shown, sent, .. } = Set::exactly(packs::read(&args.paths)?);
    if let Err(problems) = check(&shown) {
        return refused(&problems, &shown, args.json);
    }
    // Names count in the hash: it is told as a server will have it.
    let hash = match check(&sent) {
        Ok(book) => book.hash().to_string(),
        Err(problems) => return refused(&problems, &sent, args.json),
    };
    let contents = Contents::new(Draft {
        name: args.name.clone(),
        version: args.version,
        made_at: OffsetDateTime::now_utc(),
        packs: sent,
    })?;
    let bytes = Bundle::seal(&contents, &key)?;
    let shown = args.out.display();
    fs::write(&args.out, &bytes).map_err(|error| format!("{shown}: {error}"))?;
    let id = key.public().id().to_string();
    let mut out = io::stdout().lock();
    if args.json {
        let all = json!({
            "ok": true,
            "file": args.out,
            "key_id": id,
            "version": args.version,
            "packs_hash": hash,
        });
        writeln!(out, "{all}")?;
    } else {
        let packs = contents.packs().len();
        writeln!(out, "{shown}: version {}, packs {packs}, signed by key {id}", args.version)?;
        writeln!(out, "all packs compile and pass their tests; sha256 {hash}")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn signing_key(path: &Path) -> Result<SigningKey, String> {
    let text = fs::read_to_string(path).map(Zeroizing::new);
    let text = text.map_err(|error| format!("{}: {error}", path.display()))?;
    SigningKey::from_pem(&text).map_err(|error| format!("{}: {error}", path.display()))
}
