use super::{HarnessError, Server, simbind_binary};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::process::Command;

/// How a server is started. The same value starts it again on the same folder.
#[derive(Clone, Debug)]
pub struct Launch {
    pub(super) data: PathBuf,
    pub(super) args: Vec<OsString>,
    pub(super) environment: Vec<(OsString, OsString)>,
    pub(super) patience: Duration,
    largest_file: Option<u64>,
}

impl Launch {
    /// `simbind serve` on a free port of loopback, with this data folder.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        let patience = Duration::from_secs(60);
        Self {
            data: data.into(),
            args: Vec::new(),
            environment: Vec::new(),
            patience,
            largest_file: None,
        }
    }

    /// With a configuration file.
    #[must_use]
    pub fn config(self, file: &Path) -> Self {
        self.arg("--config").arg(file)
    }

    /// With a PEM file of anchors for user certificates.
    #[must_use]
    pub fn trust(self, file: &Path) -> Self {
        self.arg("--trust").arg(file)
    }

    /// With a PEM file of attestation roots.
    #[must_use]
    pub fn attestation_roots(self, file: &Path) -> Self {
        self.arg("--attestation-roots").arg(file)
    }

    /// With a PEM file of roots of App Attest.
    #[must_use]
    pub fn apple_roots(self, file: &Path) -> Self {
        self.arg("--apple-roots").arg(file)
    }

    /// With one more argument.
    #[must_use]
    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// With an environment variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// How long the ready line may take; a minute where nothing is said.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Lets the server write no file larger than this, in kibibytes: a disk that is full, for a
    /// process that is told so and not killed.
    #[must_use]
    pub fn largest_file(mut self, kibibytes: u64) -> Self {
        self.largest_file = Some(kibibytes);
        self
    }

    fn program(&self) -> Result<Command, HarnessError> {
        let binary = simbind_binary()?;
        let Some(kibibytes) = self.largest_file else { return Ok(Command::new(binary)) };
        let mut command = Command::new("bash");
        let script = format!(r#"trap "" XFSZ; ulimit -f {kibibytes}; exec "$0" "$@""#);
        command.arg("-c").arg(script).arg(binary);
        Ok(command)
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Starts the server and waits until it is ready.
    ///
    /// # Errors
    /// [`HarnessError`] with what the server said, where it does not get ready.
    pub async fn start(&self) -> Result<Server, HarnessError> {
        Server::start(self.clone()).await
    }

    /// Starts the server and does not wait: for tests that kill it on its way.
    ///
    /// # Errors
    /// [`HarnessError`] where there is no binary or the system refuses.
    pub fn spawn(&self) -> Result<tokio::process::Child, HarnessError> {
        let mut command = self.program()?;
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&self.data);
        command.args(&self.args).envs(self.environment.iter().map(|(n, v)| (n, v)));
        command.env_remove("SIMBIND_CONFIG");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command.kill_on_drop(true).spawn()?)
    }
}

/// How a command ended, and what it printed.
#[derive(Clone, Debug)]
pub struct Exit {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

/// Runs `simbind` with these arguments to its end, in a folder, for at most a minute.
///
/// # Errors
/// [`HarnessError`] where it cannot be run or does not end.
pub async fn command(folder: &Path, args: &[&str]) -> Result<Exit, HarnessError> {
    let mut command = Command::new(simbind_binary()?);
    command.args(args).current_dir(folder).env_remove("SIMBIND_CONFIG");
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(Duration::from_secs(60), command.output()).await;
    let output = output.map_err(|_| HarnessError::NotEnded(args.join(" ")))??;
    Ok(Exit {
        status: output.status,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}
