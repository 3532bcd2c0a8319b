use super::{
    evidence::EvidenceCommand,
    inquiry::InquiryArgs,
    reader::ReaderArgs,
    registry::{CompatArgs, RegistryCommand},
    rollout::RolloutCommand,
    rules::{BacktestArgs, BundleArgs, DiffArgs, ExplainArgs, KeygenArgs, VerifyArgs},
};
use crate::telemetry::LogFormat;
use clap::{Args as ClapArgs, Parser, Subcommand};
use simbind_core::ids::CallerId;
use std::{net::SocketAddr, path::PathBuf};

/// Decides whether a certificate is being used by the person it was issued to.
#[derive(Debug, Parser)]
#[command(name = "simbind", version, about)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves the gRPC interface; without configuration on loopback, in ./simbind-data.
    Serve(ServeArgs),
    /// Plays a day of honest and hostile use, or a year of it, against a server of its own.
    Demo(DemoArgs),
    /// Rule packs: checked, tested, explained, tried, signed, and brought into service.
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Files of evidence: what they say, and whether they hold.
    #[command(subcommand)]
    Evidence(EvidenceCommand),
    /// What a support code stands for, and what the person can do next.
    Inquiry(InquiryArgs),
    /// Waits for cards at a PC/SC reader, and asks the engine whom to let in.
    Reader(ReaderArgs),
    /// What an operator needs now and then.
    #[command(subcommand)]
    Admin(AdminCommand),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ServeArgs {
    /// The configuration file.
    #[arg(long, value_name = "FILE", env = "SIMBIND_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Where to listen; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Checks the configuration and ends.
    #[arg(long)]
    pub(crate) check: bool,
    /// A PEM file with anchors of user certificates; can be repeated.
    #[arg(long, value_name = "PEM")]
    pub(crate) trust: Vec<PathBuf>,
    /// A PEM file with roots of handset attestation; can be repeated.
    #[arg(long, value_name = "PEM")]
    pub(crate) attestation_roots: Vec<PathBuf>,
    /// A PEM file with roots of App Attest; can be repeated.
    #[arg(long, value_name = "PEM")]
    pub(crate) apple_roots: Vec<PathBuf>,
    /// How log lines look.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) log_format: LogFormat,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DemoArgs {
    /// What is played: a file, or `day.toml` or `year.toml` for those that ship. A day where none is
    /// named.
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: Option<PathBuf>,
    /// How many people play; 1,000 a day, as many as the scenario says where one is named.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) people: Option<u32>,
    /// From which all chance is drawn; the scenario's where none is given.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Ends with one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Makes this folder and keeps the data in it, with labels.jsonl, which says who was behind
    /// which decision: `simbind rules backtest --data DIR/data --labels DIR/labels.jsonl`.
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Compiles packs and says all that is wrong with them.
    Check(RulesArgs),
    /// Runs the tests that the packs hold.
    Test(RulesTestArgs),
    /// Says what other packs would answer otherwise, with the smallest facts that show it.
    Diff(DiffArgs),
    /// Explains a decision, or what packs answer to facts: each rule with its values put in.
    Explain(ExplainArgs),
    /// Makes a key that signs bundles.
    Keygen(KeygenArgs),
    /// Signs packs that compile and pass their tests, as one file.
    Bundle(BundleArgs),
    /// Verifies a bundle and shows what is in it.
    Verify(VerifyArgs),
    /// Decides recorded decisions again by other packs and says what would change.
    Backtest(BacktestArgs),
    #[command(flatten)]
    Rollout(RolloutCommand),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RulesArgs {
    /// Pack files or folders of them; the packs that ship where none are named.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RulesTestArgs {
    #[command(flatten)]
    pub(crate) packs: RulesArgs,
    /// Tells how often each rule speaks and is silent; fails where one does not do both.
    #[arg(long)]
    pub(crate) coverage: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Makes an authority, a server certificate, and client certificates for trying things out.
    DevCerts(DevCertsArgs),
    /// The registry of handsets, readers and their combined trials.
    #[command(subcommand)]
    Registry(RegistryCommand),
    /// Shows which readers work with which handsets, and whom a criterion would leave out.
    Compat(CompatArgs),
    /// Prints the public half of the key that signs lists of refusals, for readers to pin.
    RefusalsKey(RefusalsKeyArgs),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RefusalsKeyArgs {
    /// The server's data folder, where it keeps the key.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DevCertsArgs {
    /// Where to write them.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// A caller to make a certificate for; can be repeated. Without it, the usual ones.
    #[arg(long, value_name = "NAME")]
    pub(crate) caller: Vec<CallerId>,
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
