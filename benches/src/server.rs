//! The real server, in this process, on a runtime and a folder of its own.

use crate::{authority::Authority, connect::runtime};
use simbind::{
    config::{Config, Overrides},
    serve,
};
use simbind_rules::RuleBook;
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    thread::JoinHandle,
};
use tokio::sync::oneshot;

/// A server that serves until it is dropped.
pub struct Server {
    /// Where.
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    folder: tempfile::TempDir,
}

impl Server {
    /// Starts it on loopback, without TLS, with the packs that ship. Their limits are raised out
    /// of reach, so that few bindings can carry much load; they are counted all the same.
    pub fn start(authority: &Authority) -> Self {
        let folder = tempfile::Builder::new().prefix("simbind-bench-").tempdir();
        let folder = folder.expect("a folder");
        let config = config(folder.path(), authority);
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, is_ready) = oneshot::channel();
        let serving = move || {
            let stopped = async move {
                let _ = stopped.await;
            };
            let served = runtime("server").block_on(serve::run(config, stopped, ready));
            served.expect("the server served");
        };
        let thread = std::thread::spawn(serving);
        let address = is_ready.blocking_recv().expect("the server starts");
        Self { address, stop: Some(stop), thread: Some(thread), folder }
    }

    /// The bytes of the files whose path has this word in it.
    pub fn bytes_of(&self, word: &str) -> u64 {
        bytes_of(&self.folder.path().join("data"), word)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn config(folder: &Path, authority: &Authority) -> Config {
    let packs = folder.join("packs");
    fs::create_dir(&packs).expect("a folder");
    for source in RuleBook::shipped_sources() {
        let name = Path::new(&source.name).file_stem().unwrap_or_default().to_owned();
        let path = packs.join(name).with_extension("toml");
        fs::write(path, out_of_reach(&source.text)).expect("a pack is written");
    }
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).expect("a file is written");
        path
    };
    let overrides = Overrides {
        listen: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        data: Some(folder.join("data")),
        trust: vec![write("anchor.pem", authority.anchor_pem())],
        attestation_roots: vec![write("root.pem", authority.attestation_root_pem())],
        ..Overrides::default()
    };
    let text = "[packs]\ndir = \"packs\"\n[limits]\nchallenge_lifetime = \"10m\"\n";
    Config::parse(text, "bench", folder, &overrides).expect("the configuration is right")
}

fn out_of_reach(pack: &str) -> String {
    let line = |line: &str| match line.split_once(" = ") {
        Some(("rate", _)) => "rate = \"1000000/1s\"\n".to_owned(),
        Some(("burst", _)) => "burst = 1000000\n".to_owned(),
        _ => format!("{line}\n"),
    };
    pack.lines().map(line).collect()
}

fn bytes_of(folder: &Path, word: &str) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let of = |path: PathBuf| match fs::metadata(&path) {
        Ok(meta) if meta.is_dir() => bytes_of(&path, word),
        Ok(meta) if path.to_string_lossy().contains(word) => meta.len(),
        _ => 0,
    };
    entries.map(|entry| of(entry.path())).sum()
}
