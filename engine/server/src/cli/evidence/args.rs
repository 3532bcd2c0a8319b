use super::{files::Hex, moment::Moment};
use clap::{Args as ClapArgs, Subcommand};
use std::path::PathBuf;

/// What every command says of how it ends.
const ENDS: &str = "\
Ends with 0 where the evidence is accepted, with 1 where it is refused, and with 2 where it cannot
be read: a file is missing or too large, an argument is wrong, or the bytes are none of the form
that is asked for. Certificates are read where each one is X.509 in DER to its last octet, so a file
that was cut short is unreadable; all that is wrong beyond that is a refusal, a signature that does
not verify and a description that cannot be decoded included.";

#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceCommand {
    /// A chain of Android Key Attestation: who vouches for which key, in what device.
    #[command(after_help = ENDS)]
    AndroidKey(AndroidKeyArgs),
}

/// What each of them takes.
#[derive(Debug, ClapArgs)]
pub(crate) struct Common {
    /// When it is judged: 2026-10-01T09:00:00Z, or 2026-10-01 for that day's beginning in UTC. Now,
    /// where it is left out.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<Moment>,
    /// The certificates of the roots to trust, PEM or DER; can be repeated. None are built in.
    #[arg(long, value_name = "FILE", required = true)]
    pub(super) roots: Vec<PathBuf>,
    /// Prints one JSON object, {"accepted":…,"reason":…,"fields":{…}}, instead of a tree. It shows
    /// personal numbers in full.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct AndroidKeyArgs {
    /// The chain, leaf first: PEM with one or several certificates, or DER, in as many files.
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) common: Common,
    /// The challenge that was issued. Left out: any is taken.
    #[arg(long, value_name = "HEX")]
    pub(super) challenge: Option<Hex>,
    /// The status list, JSON as Google publishes it. Suspended counts as revoked.
    #[arg(long, value_name = "FILE")]
    pub(super) status: Option<PathBuf>,
    /// What is asked for beyond the strict policy, TOML: least_level ("tee", "strongbox"),
    /// oldest_os_patch, oldest_vendor_patch and oldest_boot_patch (YYYYMM), and
    /// [[apps]] with package and signers (SHA-256 in hexadecimal). The strict policy holds in any
    /// case: both levels in hardware, a key that was generated there, a locked boot loader, verified
    /// boot, one key description and that in the leaf, nothing on the status list.
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
}
