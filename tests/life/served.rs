//! The server in a process of its own.

use crate::clock::FileClock;
use sim_sim::World;
use simbind::{
    config::{Config, Overrides},
    dev_certs, serve,
};
use simbind_core::ids::CallerId;
use std::{
    env, fs,
    io::{self, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    process::{Child, Command},
    sync::oneshot,
};

/// Where the process finds its folder.
const FOLDER: &str = "SIMBIND_LIFE_SERVES";
const READY: &str = "life ready ";
const PATIENCE: Duration = Duration::from_secs(120);

/// Writes what a server needs that trusts the world: certificates of all callers, and its
/// configuration.
pub(crate) fn prepare(folder: &Path, world: &World) {
    let callers: Vec<CallerId> =
        dev_certs::DEFAULT_CALLERS.iter().map(|name| name.parse().unwrap()).collect();
    let certs = dev_certs::make(&callers, time::OffsetDateTime::now_utc()).unwrap();
    dev_certs::write(folder, &certs).unwrap();
    let path = folder.join("simbind.toml");
    let mut text = fs::read_to_string(&path).unwrap();
    for (number, issuer) in world.issuers_pem().into_iter().enumerate() {
        let name = format!("authority-{number}.pem");
        fs::write(folder.join(&name), issuer).unwrap();
        let source = format!("issuer = \"{name}\"\nkind = \"crl\"\ncaller = \"issuer\"\n");
        text.push_str(&format!("\n[[status.source]]\n{source}"));
    }
    fs::write(&path, text).unwrap();
    fs::write(folder.join("anchors.pem"), world.anchors_pem()).unwrap();
    fs::write(folder.join("roots.pem"), world.attestation_roots_pem()).unwrap();
    fs::write(folder.join("apple-roots.pem"), world.apple_roots_pem()).unwrap();
}

pub(crate) fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// Serves until it is killed, where the environment says in which folder.
pub(crate) async fn serve_if_told() {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else { return };
    let overrides = Overrides {
        listen: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        data: Some(data(&folder)),
        trust: vec![folder.join("anchors.pem")],
        attestation_roots: vec![folder.join("roots.pem")],
        apple_roots: vec![folder.join("apple-roots.pem")],
    };
    let config = Config::load(Some(&folder.join("simbind.toml")), &overrides).unwrap();
    let clock = Arc::new(FileClock::of(&folder));
    let (ready, is_ready) = oneshot::channel();
    tokio::spawn(async move {
        let address = is_ready.await.unwrap();
        let mut out = io::stdout().lock();
        writeln!(out, "{READY}{address}").unwrap();
        out.flush().unwrap();
    });
    let served = serve::run_at(config, clock, std::future::pending(), ready).await;
    panic!("it ended by itself: {served:?}");
}

/// A process that serves. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    pub(crate) async fn start(folder: &Path) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "the_process_that_is_killed", "--nocapture"])
            .env(FOLDER, folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(folder.join("said.txt")).unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let waiting = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some((_, address)) = line.split_once(READY) {
                    return address.trim().parse().unwrap();
                }
            }
            panic!("it ended: {}", fs::read_to_string(folder.join("said.txt")).unwrap());
        };
        let address = tokio::time::timeout(PATIENCE, waiting).await.unwrap();
        // Its output is read to the end, so that it never waits for us.
        tokio::spawn(async move {
            let mut rest = Vec::new();
            let _ = lines.into_inner().read_to_end(&mut rest).await;
        });
        Self { child, address }
    }

    /// As `kill -9` does.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}
