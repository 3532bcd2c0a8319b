//! The agent as a process of its own at a private pcscd, and what it says.

use super::scene::{DOOR, Scene};
use serde_json::Value;
use sim_sim::{
    card::{Algorithm, State, testing},
    vpcd::Folder,
};
use simbind_tests::{ReaderStack, Stacked, simbind_binary};
use std::{
    net::SocketAddr,
    path::Path,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// The longest that anything may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the agent's file says in tests: nothing is remembered, and a hung card is soon given up.
const FILE: &str = "cards = 0\nanswer_time = \"700ms\"\n";

/// A card that can be put into a reader.
pub(crate) struct CardFolder(TempDir);

impl CardFolder {
    pub(crate) fn new(state: &State) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Folder::open(dir.path()).unwrap().save(state).unwrap();
        Self(dir)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// A reader stack, where this machine can have one. With `SIMBIND_READERS` set it must: then a
/// test that would be skipped fails.
pub(crate) async fn stack() -> Option<ReaderStack> {
    let why = match ReaderStack::start().await.unwrap() {
        Stacked::Running(stack) if built_with_readers().await => return Some(*stack),
        Stacked::Running(_) => "simbind was built without --features simbind/pcsc".to_owned(),
        Stacked::Skipped(why) => why,
    };
    assert!(std::env::var_os("SIMBIND_READERS").is_none(), "{why}");
    eprintln!("skipped: {why}");
    None
}

async fn built_with_readers() -> bool {
    let mut agent = Command::new(simbind_binary().unwrap());
    let told = agent.args(["reader", "--config", "/dev/null", "--pin", "fd:999"]).output().await;
    !String::from_utf8_lossy(&told.unwrap().stderr).contains("built without card readers")
}

pub(crate) struct Agent {
    child: Child,
    pins: ChildStdin,
    says: Lines<BufReader<ChildStdout>>,
    /// All that it wrote, to both outputs.
    wrote: Arc<Mutex<String>>,
    log: tokio::task::JoinHandle<()>,
    _file: TempDir,
}

impl Agent {
    /// An agent that asks the engine at this address, and has its reader.
    pub(crate) async fn start(stack: &ReaderStack, engine: SocketAddr, args: &[&str]) -> Self {
        Self::told(stack, engine, args, "").await
    }

    /// One whose file says more.
    pub(crate) async fn told(
        stack: &ReaderStack,
        engine: SocketAddr,
        args: &[&str],
        more: &str,
    ) -> Self {
        Self::with(stack, engine, args, &format!("{FILE}{more}")).await
    }

    /// One with this file.
    pub(crate) async fn with(
        stack: &ReaderStack,
        engine: SocketAddr,
        args: &[&str],
        text: &str,
    ) -> Self {
        let file = tempfile::tempdir().unwrap();
        let config = file.path().join("reader.toml");
        std::fs::write(&config, text).unwrap();
        let mut command = stack.program(simbind_binary().unwrap());
        command.args(["reader", "--json", "--pin", "stdin", "--id", DOOR, "--engine"]);
        command.arg(engine.to_string()).arg("--config").arg(config).args(args);
        command.args(["--reader", ReaderStack::READER]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (pins, says) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let wrote = Arc::new(Mutex::new(String::new()));
        let mut log = child.stderr.take().unwrap();
        let kept = Arc::clone(&wrote);
        let log = tokio::spawn(async move {
            let mut text = String::new();
            let _ = log.read_to_string(&mut text).await;
            kept.lock().unwrap().push_str(&text);
        });
        let says = BufReader::new(says).lines();
        let mut agent = Self { child, pins, says, wrote, log, _file: file };
        agent.hears("ready").await;
        agent
    }

    async fn line(&mut self) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.says.next_line()).await;
        let line = line.expect("the agent is silent").unwrap().expect("the agent ended");
        self.wrote.lock().unwrap().push_str(&line);
        serde_json::from_str(&line).unwrap()
    }

    /// What it says of this; other events are passed over.
    pub(crate) async fn hears(&mut self, event: &str) -> Value {
        loop {
            let told = self.line().await;
            if told["event"] == event {
                return told;
            }
        }
    }

    /// Waits until it has a list of refusals, which may be before its reader is ready.
    pub(crate) async fn has_a_list(&mut self) {
        let there = r#""event":"refusals","missed":null"#;
        while !self.wrote.lock().unwrap().contains(there) {
            self.line().await;
        }
    }

    /// The next tap, in which this PIN is entered where one is asked for.
    pub(crate) async fn tap(&mut self, pin: &[u8]) -> Value {
        loop {
            let told = self.line().await;
            match told["event"].as_str() {
                Some("tap") => return told,
                Some("pin") => self.enter(&told, pin).await,
                _ => {}
            }
        }
    }

    pub(crate) async fn enter(&mut self, asked: &Value, pin: &[u8]) {
        let answer = [format!("{} ", asked["ask"]).as_bytes(), pin, b"\n"].concat();
        self.pins.write_all(&answer).await.unwrap();
    }

    /// Asks it to stop, and gives how it ended and all that it wrote.
    pub(crate) async fn stop(mut self) -> (ExitStatus, String) {
        let pid = self.child.id().unwrap();
        let kill = Command::new("sh").arg("-c").arg(format!("kill -TERM {pid}")).status().await;
        assert!(kill.unwrap().success());
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap();
        self.log.await.unwrap();
        (ended, self.wrote.lock().unwrap().clone())
    }
}

/// A scene with its card bound, seen at home, and a stack with an agent at it.
pub(crate) struct Door {
    pub(crate) scene: Scene,
    pub(crate) stack: ReaderStack,
    pub(crate) agent: Agent,
    pub(crate) card: CardFolder,
}

impl Door {
    pub(crate) async fn open() -> Option<Self> {
        Self::configured(None).await
    }

    /// At a server with a configuration.
    pub(crate) async fn configured(config: Option<&str>) -> Option<Self> {
        let stack = stack().await?;
        let mut scene = Scene::configured(Algorithm::Rsa2048, config).await;
        scene.bind().await;
        scene.seen_at_home().await;
        let agent = Agent::start(&stack, scene.server.address(), &[]).await;
        let card = CardFolder::new(&scene.card());
        Some(Self { scene, stack, agent, card })
    }

    /// Puts the card in, taps with this PIN, and takes it out again. On a machine that has too much to
    /// do, the card can be as slow as one far away: then it is held to the reader once more.
    pub(crate) async fn tap(&mut self, pin: &[u8]) -> Value {
        for _ in 0..5 {
            self.stack.insert(self.card.path(), &[]).await.unwrap();
            let told = self.agent.tap(pin).await;
            self.stack.remove(simbind_tests::Signal::Term).await.unwrap();
            if !told.to_string().contains("RELAY_SUSPECTED") {
                return told;
            }
        }
        panic!("five slow taps");
    }

    /// The card is let in.
    pub(crate) async fn works(&mut self) {
        let told = self.tap(testing::USER_PIN).await;
        assert_eq!(told["verdict"], "allow", "{told}");
    }
}
