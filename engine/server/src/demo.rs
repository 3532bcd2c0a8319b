//! `simbind demo`: honest and hostile use, a day or a year of it, played against a server of its own.

use crate::{
    config::{Config, LoadError, Overrides},
    dev_certs::{self, DevCerts, MakeError, WriteError},
    serve::{self, ServeError},
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sim_sim::{
    Carrier, Connections, Names, PlayError, Progress, Report, Scenario, World,
    clock::{SimClock as _, VirtualClock},
    platform::PlayedPlatform,
    scenario::ScenarioError,
    world::WorldError,
};
use simbind_core::{
    ids::{CallerId, IdError},
    time::Timestamp,
};
use simbind_service::ports::clock::Clock;
use std::{
    io::{self, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use thiserror::Error;
use time::OffsetDateTime;
use tokio::sync::oneshot;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

/// When the demo's people enrol: 2026-10-01T00:00:00Z.
const BEGINNING: Timestamp = Timestamp::from_secs(1_790_812_800);

/// What the demo is told.
#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// What is played.
    pub scenario: Scenario,
    /// How many people play.
    pub people: u32,
    /// From which all chance is drawn.
    pub seed: u64,
    /// Whether the last line is JSON, and nothing else is printed.
    pub json: bool,
    /// A folder to make and keep, with the data and with who was behind which decision; where unset
    /// all is thrown away.
    pub keep: Option<PathBuf>,
}

/// The file of a kept folder that says who was behind which decision.
const LABELS: &str = "labels.jsonl";

/// The file of a kept folder with one line for each check: person, step, kind, verdict, reasons and
/// edge.
const DECISIONS: &str = "decisions.tsv";

/// Why the demo ended early.
#[derive(Debug, Error)]
pub enum DemoError {
    /// A file or the terminal.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The certificates cannot be made.
    #[error(transparent)]
    Certificates(#[from] MakeError),
    /// They cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] LoadError),
    /// The people cannot be made.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The scenario is wrong.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The server ended.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The server ended before it was ready.
    #[error("the server ended before it was ready")]
    NotReady,
    /// A connection cannot be made.
    #[error("connection: {0}")]
    Connect(#[from] tonic::transport::Error),
    /// A name is none.
    #[error(transparent)]
    Name(#[from] IdError),
    /// There is no client certificate of that name.
    #[error("the set has no certificate of {0}")]
    NoCertificate(CallerId),
    /// The day cannot be played.
    #[error(transparent)]
    Play(#[from] PlayError),
}

/// The server's clock, moved by the players.
struct Shared(Arc<VirtualClock>);

impl Clock for Shared {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// Plays a scenario against a server of its own and prints what came of it.
///
/// # Errors
/// [`DemoError`].
pub async fn run(options: DemoOptions) -> Result<Report, DemoError> {
    let bar = bar();
    let progress = |progress| show(&bar, progress);
    let folder = options.keep.as_deref().map_or_else(Folder::new, Folder::keep)?;
    let DemoOptions { scenario, people, seed, .. } = &options;
    let played = play_in(&folder, scenario, *people, *seed, progress, async |_, _| ());
    let played = Box::pin(played).await;
    bar.finish_and_clear();
    let report = played?;
    if options.keep.is_some() {
        std::fs::write(folder.path().join(LABELS), report.labels())?;
        std::fs::write(folder.path().join(DECISIONS), report.decisions())?;
    }
    print(&report, options.json)?;
    Ok(report)
}

/// The callers that the demo's server knows, for who looks at it after the day.
#[derive(Debug)]
pub struct KnownCallers {
    address: SocketAddr,
    certs: DevCerts,
}

impl KnownCallers {
    /// A caller's connection, with its client certificate.
    ///
    /// # Errors
    /// Where there is no caller of that name.
    pub fn channel(&self, name: &str) -> Result<Channel, DemoError> {
        channel(self.address, &self.certs, name)
    }
}

/// Plays a day as [`run`] does and gives what came of it. Before the server stops, `after` gets
/// the report and the callers.
///
/// # Errors
/// [`DemoError`].
pub async fn play(
    people: u32,
    seed: u64,
    progress: impl FnMut(Progress),
    after: impl AsyncFnOnce(&Report, &KnownCallers),
) -> Result<Report, DemoError> {
    play_scenario(&Scenario::day()?, people, seed, progress, after).await
}

/// Plays a scenario as [`play`] plays the day.
///
/// # Errors
/// [`DemoError`].
pub async fn play_scenario(
    scenario: &Scenario,
    people: u32,
    seed: u64,
    progress: impl FnMut(Progress),
    after: impl AsyncFnOnce(&Report, &KnownCallers),
) -> Result<Report, DemoError> {
    play_in(&Folder::new()?, scenario, people, seed, progress, after).await
}

async fn play_in(
    folder: &Folder,
    scenario: &Scenario,
    people: u32,
    seed: u64,
    progress: impl FnMut(Progress),
    after: impl AsyncFnOnce(&Report, &KnownCallers),
) -> Result<Report, DemoError> {
    let certs = dev_certs::make(&usual_callers()?, OffsetDateTime::now_utc())?;
    dev_certs::write(folder.path(), &certs)?;
    let world = World::new(seed, usize::try_from(people).unwrap_or(usize::MAX))?;
    let platform = match scenario.plays_platforms() {
        true => Some(Arc::new(PlayedPlatform::start().await?)),
        false => None,
    };
    let mut config = config(folder, &world, platform.as_deref())?;
    config.platform_look = Duration::from_millis(20);
    promise(&mut config, scenario);
    let clock = Arc::new(VirtualClock::new(BEGINNING));
    let (stop, stopped) = oneshot::channel::<()>();
    let (ready, is_ready) = oneshot::channel();
    let stopped = async move {
        // A sender that is gone means that the demo is over.
        let _ = stopped.await;
    };
    let server_clock = Arc::new(Shared(Arc::clone(&clock)));
    let server = tokio::spawn(serve::run_at(config, server_clock, stopped, ready));
    let Ok(address) = is_ready.await else {
        return match server.await {
            Ok(Err(error)) => Err(error.into()),
            _ => Err(DemoError::NotReady),
        };
    };
    let connections = Connections { platform, ..connect(address, &certs)? };
    let report = sim_sim::play(&world, scenario, &connections, &*clock, progress).await;
    if let Ok(report) = &report {
        after(report, &KnownCallers { address, certs }).await;
    }
    drop(stop);
    match server.await {
        Ok(served) => served?,
        Err(_) => return Err(DemoError::NotReady),
    }
    Ok(report?)
}

/// The configuration of the set of certificates, with the world's authorities to trust and
/// to hear from.
fn config(
    folder: &Folder,
    world: &World,
    platform: Option<&PlayedPlatform>,
) -> Result<Config, DemoError> {
    let [anchors, roots, apple_roots] =
        ["anchors.pem", "roots.pem", "apple-roots.pem"].map(|name| folder.path().join(name));
    let path = folder.path().join("simbind.toml");
    let mut text = std::fs::read_to_string(&path)?;
    for (number, issuer) in world.issuers_pem().into_iter().enumerate() {
        let name = format!("authority-{}.pem", number + 1);
        std::fs::write(folder.path().join(&name), issuer)?;
        // Its lists are pushed.
        let source = format!("issuer = \"{name}\"\nkind = \"crl\"\ncaller = \"issuer\"\n");
        text.push_str(&format!("\n[[status.source]]\n{source}"));
    }
    for (platform, carrier) in platform.iter().flat_map(|p| Carrier::WITH_PLATFORM.map(|c| (p, c)))
    {
        let (carrier, address) = (carrier.id(), platform.address());
        text.push_str(&format!(
            "\n[[platform]]\ncarrier = \"{carrier}\"\nurl = \"http://{address}\"\n\
             timeout = \"10s\"\nretry = \"1h\"\nretry_longest = \"1d\"\n"
        ));
    }
    std::fs::write(&path, text)?;
    std::fs::write(&anchors, world.anchors_pem())?;
    std::fs::write(&roots, world.attestation_roots_pem())?;
    std::fs::write(&apple_roots, world.apple_roots_pem())?;
    let overrides = Overrides {
        listen: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        data: Some(folder.path().join("data")),
        trust: vec![anchors],
        attestation_roots: vec![roots],
        apple_roots: vec![apple_roots],
    };
    Ok(Config::load(Some(&path), &overrides)?)
}

/// Lets the carriers promise of their feeds what the scenario has them keep.
fn promise(config: &mut Config, scenario: &Scenario) {
    let Some(feed) = scenario.feed() else { return };
    let hours = |hours: u32| Duration::from_secs(u64::from(hours) * 3600);
    for carrier in &mut config.carriers {
        (carrier.lag, carrier.max_silence) = (hours(feed.lag_hours), hours(feed.max_silence_hours));
    }
}

fn usual_callers() -> Result<Vec<CallerId>, IdError> {
    dev_certs::DEFAULT_CALLERS.iter().map(|name| name.parse()).collect()
}

fn print(report: &Report, json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        writeln!(out, "{}", report.to_json())?;
    } else {
        writeln!(out, "{}", report.to_table())?;
        writeln!(out, "{}", report.summary())?;
    }
    out.flush()
}

/// One connection for each caller, each with its own client certificate.
fn connect(address: SocketAddr, certs: &DevCerts) -> Result<Connections, DemoError> {
    let of = |name: &str| channel(address, certs, name);
    let carriers = Carrier::ALL.into_iter().map(|carrier| Ok((carrier, of(carrier.id())?)));
    Ok(Connections {
        bank: of("bank")?,
        other_party: of("shop")?,
        doors: of("doors")?,
        counter: of("city-hall")?,
        other_counter: of("ward-office")?,
        enrolment_app: of("enrolment-app")?,
        analyst: of("analyst")?,
        issuer: Some(of("issuer")?),
        carriers: carriers.collect::<Result<_, DemoError>>()?,
        platform: None,
        told_apart: true,
        names: Names::usual(),
    })
}

/// A caller's connection, with its client certificate.
fn channel(address: SocketAddr, certs: &DevCerts, name: &str) -> Result<Channel, DemoError> {
    let name: CallerId = name.parse()?;
    let pair = certs.clients.get(&name).ok_or(DemoError::NoCertificate(name))?;
    let tls = ClientTlsConfig::new()
        .ca_certificate(Certificate::from_pem(&certs.ca))
        .identity(Identity::from_pem(&pair.certificate, &pair.key))
        .domain_name("localhost");
    let endpoint = Endpoint::from_shared(format!("https://{address}"))?;
    Ok(endpoint.tls_config(tls)?.tcp_nodelay(true).connect_lazy())
}

/// A progress bar on a terminal, nothing elsewhere.
fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{msg:10} {wide_bar} {pos}/{len} {elapsed}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

fn show(bar: &ProgressBar, progress: Progress) {
    let (word, done, all) = match progress {
        Progress::Enrolling(done, all) => ("enrolling", done, all),
        Progress::Playing(done, all) => ("playing", done, all),
    };
    bar.set_message(word);
    bar.set_length(u64::try_from(all).unwrap_or(u64::MAX));
    bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
}

/// A folder of the demo's own.
enum Folder {
    /// One that is removed with the value; what stays behind where that fails is in the system's
    /// folder for temporary files.
    Passing(tempfile::TempDir),
    Kept(PathBuf),
}

impl Folder {
    fn new() -> io::Result<Self> {
        tempfile::Builder::new().prefix("simbind-demo-").tempdir().map(Self::Passing)
    }

    /// Makes a folder that there is not yet.
    fn keep(path: &Path) -> io::Result<Self> {
        let named =
            |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        std::fs::create_dir(path).map_err(named)?;
        Ok(Self::Kept(path.to_owned()))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Passing(dir) => dir.path(),
            Self::Kept(path) => path,
        }
    }
}
