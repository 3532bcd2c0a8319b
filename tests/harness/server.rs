use super::{HarnessError, Launch};
use std::{
    net::SocketAddr,
    process::ExitStatus,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, BufReader},
    process::{Child, Command},
    sync::oneshot,
    task::JoinHandle,
};
use tonic::transport::{Channel, Endpoint};

const READY: &str = "simbind ready grpc=";
/// How much of the server's output is kept.
const KEPT: usize = 256 * 1024;

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub struct Server {
    launch: Launch,
    child: Child,
    address: SocketAddr,
    said: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Server {
    pub(super) async fn start(launch: Launch) -> Result<Self, HarnessError> {
        let mut child = launch.spawn()?;
        let said = Arc::new(Mutex::new(String::new()));
        let (ready, is_ready) = oneshot::channel();
        let mut readers = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            readers.push(tokio::spawn(keep(stdout, Arc::clone(&said), Some(ready))));
        }
        if let Some(stderr) = child.stderr.take() {
            readers.push(tokio::spawn(keep(stderr, Arc::clone(&said), None)));
        }
        let waited = tokio::time::timeout(launch.patience, is_ready).await;
        let text =
            |said: &Mutex<String>| said.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match waited {
            Err(_) => Err(HarnessError::NotReady(text(&said))),
            // Its output ended without the line: so did it.
            Ok(Err(_)) => {
                let status = child.wait().await?;
                for reader in readers {
                    let _ = reader.await;
                }
                Err(HarnessError::Ended { status, stderr: text(&said) })
            }
            Ok(Ok(line)) => {
                let address = line.trim().parse().map_err(|_| HarnessError::NoAddress(line))?;
                Ok(Self { launch, child, address, said, readers })
            }
        }
    }

    /// Where it serves.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How it was started.
    pub fn launch(&self) -> &Launch {
        &self.launch
    }

    /// What it printed so far, both outputs, at most 256 KiB.
    pub fn said(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A plaintext connection to it.
    ///
    /// # Errors
    /// [`HarnessError`] where it cannot be reached.
    pub async fn channel(&self) -> Result<Channel, HarnessError> {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address))?;
        Ok(endpoint.connect_timeout(Duration::from_secs(10)).connect().await?)
    }

    /// The process, for tests that look at its memory.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Kills it as `kill -9` does, and waits until it is gone.
    ///
    /// # Errors
    /// [`HarnessError`] where the system refuses.
    pub async fn kill(mut self) -> Result<(), HarnessError> {
        self.child.kill().await?;
        Ok(())
    }

    /// Asks it to stop with SIGTERM, and waits until it has, for at most a minute.
    ///
    /// # Errors
    /// [`HarnessError`] where it does not stop.
    pub async fn terminate(mut self) -> Result<(ExitStatus, String), HarnessError> {
        if let Some(pid) = self.child.id() {
            let sent = Command::new("sh").arg("-c").arg(format!("kill -TERM {pid}")).status();
            if !sent.await?.success() {
                return Err(HarnessError::Command(format!("kill -TERM {pid}")));
            }
        }
        let ended = tokio::time::timeout(Duration::from_secs(60), self.child.wait()).await;
        let status = ended.map_err(|_| HarnessError::NotEnded(self.said()))??;
        for reader in std::mem::take(&mut self.readers) {
            let _ = reader.await;
        }
        Ok((status, self.said()))
    }

    /// Kills it and starts it again on the same folder.
    ///
    /// # Errors
    /// [`HarnessError`] where it does not get ready again.
    pub async fn kill_and_restart(self) -> Result<Self, HarnessError> {
        let launch = self.launch.clone();
        self.kill().await?;
        Self::start(launch).await
    }
}

/// Reads an output to its end, so that the server never waits for us, and tells the ready line.
async fn keep(
    output: impl AsyncRead + Unpin,
    said: Arc<Mutex<String>>,
    mut ready: Option<oneshot::Sender<String>>,
) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let address = line.strip_prefix(READY);
        if let Some((address, ready)) = address.and_then(|a| Some((a, ready.take()?))) {
            let _ = ready.send(address.to_owned());
        }
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.len() + line.len() < KEPT {
            said.push_str(&line);
            said.push('\n');
        }
    }
}
