use crate::cli::remote::RemoteArgs;
use clap::Args as ClapArgs;
use simbind_rules::PacksHash;
use std::path::PathBuf;

#[derive(Debug, ClapArgs)]
pub(crate) struct BacktestArgs {
    /// Pack files or folders to try, in the place of those of the same ids.
    #[arg(long, value_name = "PATH", num_args = 1.., required_unless_present = "hash")]
    pub(crate) packs: Vec<PathBuf>,
    /// Tries exactly the named packs, without those in service.
    #[arg(long, requires = "packs")]
    pub(crate) all: bool,
    /// Tries packs that the server knows by this hash, 64 hexadecimal digits.
    #[arg(long, value_name = "HEX", conflicts_with_all = ["packs", "data"], value_parser = packs_hash)]
    pub(crate) hash: Option<PacksHash>,
    /// From when: a time (RFC 3339), a date, or an age such as 30d. From the first if not given.
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// Until when, that moment not included. To the newest if not given.
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<String>,
    /// Which decisions were of owners and which of attackers: lines of JSON
    /// ({"decision_id": "dec_…", "label": "honest" or "attack"}) or CSV. Not sent to the server.
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: Option<PathBuf>,
    /// The most examples of each way in which verdicts change.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) examples: usize,
    #[command(flatten)]
    pub(crate) server: RemoteArgs,
    /// A data folder that no server serves, or a copy of one, in the place of a server. Named packs
    /// then take the place of those that ship, not of those in service.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

fn packs_hash(text: &str) -> Result<PacksHash, &'static str> {
    let wrong = "it has not 64 hexadecimal digits";
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(wrong);
    }
    let mut hash = [0; 32];
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(digits).map_err(|_| wrong)?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong)?;
    }
    Ok(PacksHash(hash))
}
