use super::{Stacked, outcome::no_reader_stack};
use crate::harness::{HarnessError, sim_sim_binary, workspace_root};
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// The longest that anything of the stack may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a process of the stack is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Asked to end.
    Term,
    /// Killed, as a power cut does.
    Kill,
}

impl Signal {
    fn name(self) -> &'static str {
        match self {
            Self::Term => "TERM",
            Self::Kill => "KILL",
        }
    }
}

/// A pcscd of its own with vpcd's two reader slots, in namespaces of its own (mounts, network,
/// processes), so that any number of stacks run side by side and nothing of them is left behind:
/// all of it ends with this value, and also where the test process dies.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use simbind_tests::{ReaderStack, Signal, Stacked};
///
/// let mut stack = match ReaderStack::start().await? {
///     Stacked::Running(stack) => stack,
///     Stacked::Skipped(why) => {
///         eprintln!("skipped: {why}");
///         return Ok(());
///     }
/// };
/// let state = tempfile::tempdir()?;
/// stack.insert(state.path(), &["--pin", "1234"]).await?; // pcscd sees the card when this returns
/// let output = stack.program("opensc-tool").args(["--reader", "0", "--atr"]).output().await?;
/// stack.restart_pcscd(Signal::Term).await?; // with the card in it again when this returns
/// stack.remove(Signal::Kill).await?;
/// # Ok(())
/// # }
/// ```
///
/// Clients run in the namespaces of the test, where the engine's sockets are; [`Self::program`] gives
/// them the way to this pcscd. A client in the test's own process sets
/// `PCSCLITE_CSOCK_NAME` to [`Self::socket`] before it establishes a context.
#[derive(Debug)]
pub struct ReaderStack {
    child: Child,
    says: ChildStdin,
    hears: Lines<BufReader<ChildStdout>>,
    folder: TempDir,
}

impl ReaderStack {
    /// The name of the reader that a card is put into.
    pub const READER: &str = "Virtual PCD 00 00";

    /// Starts a pcscd without a card.
    ///
    /// # Errors
    /// [`HarnessError`] where the machine could, and it does not start.
    pub async fn start() -> Result<Stacked, HarnessError> {
        if let Some(why) = no_reader_stack() {
            return Ok(Stacked::Skipped(why));
        }
        let folder = TempDir::with_prefix("pcsc-")?;
        let mut command = Command::new("unshare");
        command.args(["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]);
        command.arg("bash").arg(script()).arg(folder.path());
        command.env("SIM_SIM_BIN", sim_sim_binary()?);
        // The shell ends at the end of its input, and all that it started with it.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        command.stderr(fs::File::create(folder.path().join("stack.log"))?);
        let mut child = command.spawn()?;
        let says = child.stdin.take().ok_or_else(|| HarnessError::Command("no stdin".into()))?;
        let hears = child.stdout.take().ok_or_else(|| HarnessError::Command("no stdout".into()))?;
        let mut stack = Self { child, says, hears: BufReader::new(hears).lines(), folder };
        stack.heard("namespaces").await?;
        stack.told("pcscd_up").await?;
        Ok(Stacked::Running(Box::new(stack)))
    }

    /// Where clients reach this pcscd.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("run/pcscd.comm")
    }

    /// A program that will find this pcscd. It is killed where it is dropped.
    pub fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("PCSCLITE_CSOCK_NAME", self.socket()).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Puts in the card of a state folder, with further arguments of `sim-sim card`. Back when pcscd
    /// sees it.
    ///
    /// # Errors
    /// [`HarnessError`] with what the card said, where it does not come up.
    pub async fn insert(&mut self, state: &Path, args: &[&str]) -> Result<(), HarnessError> {
        let state = state.to_string_lossy();
        let words = ["--state", &state].into_iter().chain(args.iter().copied());
        let words: Vec<_> = words.map(quoted).collect();
        self.told(&format!("card_up {}", words.join(" "))).await
    }

    /// Takes the card out by ending its process. Back when pcscd sees that it is gone.
    ///
    /// # Errors
    /// [`HarnessError`] where it does not go.
    pub async fn remove(&mut self, signal: Signal) -> Result<(), HarnessError> {
        self.told(&format!("card_down {}", signal.name())).await
    }

    /// Waits until a card that ends by itself is gone, for pcscd too.
    ///
    /// # Errors
    /// [`HarnessError`] where it does not go within 20 seconds.
    pub async fn gone(&mut self) -> Result<(), HarnessError> {
        self.told("card_gone").await
    }

    /// Ends pcscd; the card stays, and tries to come back.
    ///
    /// # Errors
    /// [`HarnessError`] where it does not end.
    pub async fn stop_pcscd(&mut self, signal: Signal) -> Result<(), HarnessError> {
        self.told(&format!("pcscd_down {}", signal.name())).await
    }

    /// Starts pcscd again.
    ///
    /// # Errors
    /// [`HarnessError`] where it does not start.
    pub async fn start_pcscd(&mut self) -> Result<(), HarnessError> {
        self.told("pcscd_up").await
    }

    /// Ends pcscd and starts it again. Back when it sees the card again, where one is in.
    ///
    /// # Errors
    /// [`HarnessError`] where it does not end or start.
    pub async fn restart_pcscd(&mut self, signal: Signal) -> Result<(), HarnessError> {
        self.stop_pcscd(signal).await?;
        self.start_pcscd().await?;
        self.told("stack_await 20 card_is_in_or_ended").await
    }

    /// What pcscd and the card wrote so far.
    pub fn said(&self) -> String {
        let read = |name: &str| fs::read_to_string(self.folder.path().join(name));
        let texts =
            ["stack.log", "pcscd.log", "card.log"].map(|name| read(name).unwrap_or_default());
        texts.concat()
    }

    async fn told(&mut self, line: &str) -> Result<(), HarnessError> {
        self.says.write_all(format!("{line}\n").as_bytes()).await?;
        self.heard(line).await
    }

    async fn heard(&mut self, line: &str) -> Result<(), HarnessError> {
        let heard = tokio::time::timeout(PATIENCE, self.hears.next_line()).await;
        match heard {
            Ok(Ok(Some(word))) if word == "ok" => Ok(()),
            Ok(Ok(Some(_))) => Err(HarnessError::Stack(line.to_owned(), self.said())),
            Ok(Ok(None)) => {
                let status = self.child.wait().await?;
                Err(HarnessError::Stack(format!("{line}: {status}"), self.said()))
            }
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(HarnessError::Stack(format!("{line}: too slow"), self.said())),
        }
    }
}

fn script() -> PathBuf {
    workspace_root().join("tests/pcsc/stack.sh")
}

/// A word that the shell takes as it is.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
