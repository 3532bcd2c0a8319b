use super::{
    files::{Base64, Hex},
    moment::Moment,
};
use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use simbind_evidence::oid::Oid;
use std::path::PathBuf;

/// What every command says of how it ends.
const ENDS: &str = "\
Ends with 0 where the evidence is accepted, with 1 where it is refused, and with 2 where it cannot
be read: a file is missing or too large, an argument is wrong, or the bytes are none of the form
that is asked for. Certificates are read where each one is X.509 in DER to its last octet, so a file
that was cut short is unreadable; all that is wrong beyond that is a refusal, a signature that does
not verify and a description that cannot be decoded included. Objects of App Attest are read where they
begin as a map of CBOR, in raw bytes, in base64 or in a case; all that is wrong beyond that is a
refusal too, a map that ends early included.";

#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceCommand {
    /// A chain of Android Key Attestation: who vouches for which key, in what device.
    #[command(after_help = ENDS)]
    AndroidKey(AndroidKeyArgs),
    /// An attestation, an assertion or a receipt of Apple's App Attest.
    #[command(after_help = ENDS)]
    AppAttest(AppAttestArgs),
    /// A person's certificate: its path to a trusted root, and whether it still counts.
    #[command(after_help = ENDS)]
    Chain(ChainArgs),
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
pub(crate) struct ChainArgs {
    /// The certificates, that of the person first, the others in any order: PEM with one or several
    /// of them, or DER, in as many files.
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) common: Common,
    /// A certificate policy of which one is needed, like 1.2.392.200149.8.5.1.1.10; can be repeated.
    #[arg(long, value_name = "OID")]
    pub(super) policy_oid: Vec<Oid>,
    /// Takes any key usage. Without it, the key must be for digital signatures.
    #[arg(long)]
    pub(super) any_key_usage: bool,
    /// A revocation list, PEM or DER; can be repeated. Where one is given, every certificate of the
    /// path below the root must be spoken for by a list and be on none.
    #[arg(long, value_name = "FILE")]
    pub(super) crl: Vec<PathBuf>,
    /// An OCSP answer (DER) about the person's certificate, which must say that it is good. With
    /// lists, its responder must be spoken for too, unless its certificate says that nobody need ask.
    #[arg(long, value_name = "FILE")]
    pub(super) ocsp: Option<PathBuf>,
    /// Shows the name in the person's certificate.
    #[arg(long)]
    pub(super) names: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct AppAttestArgs {
    /// An object as raw CBOR or as base64, or a case as JSON with its arguments in it (`kind`,
    /// `attestation_base64`, `assertion_base64` or `receipt_base64`, `app_id`, `key_id_base64`,
    /// `client_data_hash_hex` or `client_data_base64`, `environment`, `public_key_spki_base64`,
    /// `previous_counter`, `verify_at`). What is said on the command line goes first.
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// When it is judged: 2026-10-01T09:00:00Z, or 2026-10-01 for that day's beginning in UTC. Now,
    /// where neither this nor the case says it.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<Moment>,
    /// The certificates of the roots to trust, PEM or DER; can be repeated. Attestations and receipts
    /// need one; none are built in.
    #[arg(long, value_name = "FILE")]
    pub(super) roots: Vec<PathBuf>,
    /// The app: the team's prefix, a dot and the bundle identifier.
    #[arg(long, value_name = "ID")]
    pub(super) app_id: Option<String>,
    /// The identifier of the attested key, base64.
    #[arg(long, value_name = "BASE64")]
    pub(super) key_id: Option<Base64>,
    /// The environment that is asked for; left out, either is taken.
    #[arg(long, value_enum)]
    pub(super) environment: Option<AskedEnvironment>,
    /// The challenge: what was hashed as client data.
    #[arg(long, value_name = "HEX", group = "client")]
    pub(super) challenge: Option<Hex>,
    /// The file that was hashed as client data.
    #[arg(long, value_name = "FILE", group = "client")]
    pub(super) client_data: Option<PathBuf>,
    /// The hash of the client data.
    #[arg(long, value_name = "HEX", group = "client")]
    pub(super) client_data_hash: Option<Hex>,
    /// The attested key, for an assertion: its `SubjectPublicKeyInfo` in base64.
    #[arg(long, value_name = "BASE64")]
    pub(super) public_key: Option<Base64>,
    /// The counter that was accepted last, for an assertion.
    #[arg(long)]
    pub(super) counter: Option<u32>,
    /// Prints one JSON object, {"accepted":…,"reason":…,"fields":{…}}, instead of a tree.
    #[arg(long)]
    pub(super) json: bool,
}

/// The environment that an attestation must be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AskedEnvironment {
    /// Apps that people install.
    Production,
    /// Apps under development.
    Development,
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
