use clap::{Args as ClapArgs, Parser, Subcommand};
use std::path::PathBuf;

/// Virtual people, SIMs, handsets, carriers, readers and attackers.
#[derive(Debug, Parser)]
#[command(name = "sim-sim", version, about)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Plays a scenario against a server, in the time of the machine.
    Run(RunArgs),
    /// Writes anchors.pem, roots.pem and apple-roots.pem, which a server must trust to know the
    /// world of a seed, and authority.pem and authority-2.pem for its sources of status.
    World(WorldArgs),
    /// Lists the pairs of twins, with the observation in which each two differ.
    Pairs(PairsArgs),
    /// Makes load: logins, as many at once as told.
    Load(LoadArgs),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Server {
    /// The server's address, like 127.0.0.1:50051.
    #[arg(long)]
    pub(crate) target: String,
    /// A folder with ca.pem and a certificate and key for each caller. Without it there is no TLS.
    #[arg(long)]
    pub(crate) certs: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) server: Server,
    /// How many people.
    #[arg(long, default_value_t = 100)]
    pub(crate) people: usize,
    /// The seed; the scenario's where none is given.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// A scenario file; one day where none is given.
    #[arg(long)]
    pub(crate) scenario: Option<PathBuf>,
    /// Prints one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Writes the decisions here, to be compared with another run's.
    #[arg(long)]
    pub(crate) decisions: Option<PathBuf>,
    /// Writes here which decisions were asked for by owners and which by attackers, as
    /// `simbind rules backtest --labels` reads it.
    #[arg(long)]
    pub(crate) labels: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PairsArgs {
    /// Prints one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct WorldArgs {
    /// The seed.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Where to write.
    #[arg(long)]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct LoadArgs {
    #[command(flatten)]
    pub(crate) server: Server,
    /// For how long.
    #[arg(long, default_value_t = 10)]
    pub(crate) seconds: u64,
    /// Connections.
    #[arg(long, default_value_t = 4)]
    pub(crate) connections: usize,
    /// Checks under way at once, over all connections.
    #[arg(long, default_value_t = 256)]
    pub(crate) in_flight: usize,
    /// Asks over streams.
    #[arg(long)]
    pub(crate) stream: bool,
    /// How many bindings take turns. Limits for each certificate count: too few are refused.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) bindings: usize,
    /// Takes the bindings of an earlier load with the same seed.
    #[arg(long)]
    pub(crate) reuse: bool,
    /// Has an attested handset key sign too.
    #[arg(long)]
    pub(crate) handset_proof: bool,
    /// The operation to ask for; one with sensitivity view where none is given.
    #[arg(long)]
    pub(crate) operation: Option<String>,
    /// The seed.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Prints one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
