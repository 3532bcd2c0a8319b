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
    /// Plays a scenario: against a server, in the time of the machine, or where none is named, in
    /// virtual time against a `simbind` of its own.
    Run(RunArgs),
    /// Writes anchors.pem, roots.pem and apple-roots.pem, which a server must trust to know the
    /// world of a seed, and authority.pem and authority-2.pem for its sources of status.
    World(WorldArgs),
    /// Holds each sort of handset to each sort of reader, and writes the registry's handsets.csv,
    /// readers.csv and trials.csv.
    Trials(TrialsArgs),
    /// Lists the pairs of twins, with the observation in which each two differ.
    Pairs(PairsArgs),
    /// Issues phones at the counter in each variant, and shows the variants side by side.
    Counter(CounterArgs),
    /// Is a SIM in a reader of vpcd, until it is ended.
    Card(CardArgs),
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
    /// A scenario's file, or `day.toml` or `year.toml` for those that ship.
    #[arg(value_name = "FILE", default_value = "day.toml")]
    pub(crate) scenario: PathBuf,
    /// The address of a server that runs already, like 127.0.0.1:50051. Where there is none, the
    /// `simbind` beside this program plays, or the one that SIMBIND_BIN names.
    #[arg(long)]
    pub(crate) target: Option<String>,
    /// A folder with ca.pem and a certificate and key for each caller. Without it there is no TLS.
    #[arg(long, requires = "target")]
    pub(crate) certs: Option<PathBuf>,
    /// How many people; 100 against a server that runs already, else as many as the scenario says.
    #[arg(long)]
    pub(crate) people: Option<u32>,
    /// The seed; the scenario's where none is given.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Prints one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Writes the decisions here, to be compared with another run's.
    #[arg(long, requires = "target")]
    pub(crate) decisions: Option<PathBuf>,
    /// Writes here which decisions were asked for by owners and which by attackers, as
    /// `simbind rules backtest --labels` reads it.
    #[arg(long, requires = "target")]
    pub(crate) labels: Option<PathBuf>,
    /// Makes this folder and keeps there what the server keeps, decisions.tsv and labels.jsonl.
    #[arg(long, value_name = "DIR", conflicts_with = "target")]
    pub(crate) keep: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CounterArgs {
    #[command(flatten)]
    pub(crate) server: Server,
    /// The seed of the world that the server trusts.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Prints one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct TrialsArgs {
    /// A file with sorts of readers and handsets; those that ship where it is left out.
    #[arg(value_name = "FILE")]
    pub(crate) sorts: Option<PathBuf>,
    /// The seed.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Where to write the files; they are not written where it is left out.
    #[arg(long)]
    pub(crate) dir: Option<PathBuf>,
    /// Prints one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PairsArgs {
    /// Prints one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CardArgs {
    /// Where vpcd listens, like 127.0.0.1:35963.
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) vpcd: String,
    /// The folder of the card's memory. Where it has no card, one is issued into it, with
    /// anchors.pem and certificate.pem beside it.
    #[arg(long, value_name = "DIR")]
    pub(crate) state: PathBuf,
    /// The PIN of the user-authentication key of a new card: 4 digits.
    #[arg(long, default_value = "1234")]
    pub(crate) pin: String,
    /// The PIN of the signature key of a new card: 6 to 16 digits and capital letters.
    #[arg(long, default_value = "ABC12345")]
    pub(crate) signature_pin: String,
    /// The number of the SIM; of a new card it is drawn where it is left out.
    #[arg(long)]
    pub(crate) iccid: Option<String>,
    /// The subscriber's number; of a new card it is drawn where it is left out.
    #[arg(long)]
    pub(crate) imsi: Option<String>,
    /// The world whose authority issues a new card's certificates; one that is drawn where it is left
    /// out.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// The card is pulled out when so many commands were answered and one more comes.
    #[arg(long, value_name = "COMMANDS", conflicts_with = "hang_after")]
    pub(crate) pull_after: Option<u64>,
    /// The card answers so many commands and then nothing more.
    #[arg(long, value_name = "COMMANDS")]
    pub(crate) hang_after: Option<u64>,
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
