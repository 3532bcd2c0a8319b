use crate::expect::{Names, in_this_run, missing};
use simbind_tests::{Launch, Server, simbind_binary};
use std::{env, ffi::OsString, fmt::Write as _, process::Stdio, time::Duration};
use tempfile::TempDir;
use tokio::{process::Command, time::timeout};

/// The server's address on the page.
const ADDRESS: &str = "127.0.0.1:50443";

/// The simulator's exit says whether its day went as it must, which other tests look at.
const PEOPLE: &str = "sim-sim() { command sim-sim \"$@\" || true; }";

/// A folder in which the page's commands run, as a person types them.
pub(crate) struct Shell {
    dir: TempDir,
    exports: String,
    server: Option<Server>,
    names: Names,
}

impl Shell {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir, exports: String::new(), server: None, names: Names::new() }
    }

    /// Runs a block, in which the last command ends as the page says; all that it prints.
    pub(crate) async fn run(&mut self, commands: &str) -> String {
        if let Some(line) = commands.strip_prefix("simbind serve ") {
            self.serve(line.trim().trim_end_matches('&')).await;
            return String::new();
        }
        let address = self.server.as_ref().map_or(ADDRESS.to_owned(), |s| s.address().to_string());
        for line in commands.lines().filter(|line| line.starts_with("export ")) {
            let _ = writeln!(self.exports, "{line}");
        }
        let script = format!("set -e\n{PEOPLE}\n{}{commands}", self.exports);
        let script = in_this_run(&script, &self.names).replace(ADDRESS, &address);
        let mut bash = Command::new("bash");
        bash.args(["-c", "exec 2>&1; eval \"$0\"", &*script]).current_dir(self.dir.path());
        bash.env("PATH", path())
            .env_remove("SIMBIND_CONFIG")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let output = timeout(Duration::from_secs(300), bash.output()).await.unwrap().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let code =
            commands.rsplit_once("# exits with ").map_or(0, |(_, n)| n.trim().parse().unwrap());
        assert_eq!(output.status.code(), Some(code), "{commands}{printed}");
        printed
    }

    /// Starts the page's server, on a port of its own.
    async fn serve(&mut self, args: &str) {
        let mut launch = Launch::new(self.dir.path().join("simbind-data"));
        for arg in args.split_whitespace() {
            let file = self.dir.path().join(arg);
            launch = launch.arg(if file.exists() { file.into_os_string() } else { arg.into() });
        }
        self.server = Some(launch.start().await.unwrap());
    }

    /// What was printed has the lines of the page.
    pub(crate) fn expects(&mut self, expected: &str, printed: &str) {
        if let Some(line) = missing(expected, printed, &mut self.names) {
            panic!("the page says\n{line}\nand it printed\n{printed}");
        }
    }
}

/// The programs of this build before all others.
fn path() -> OsString {
    let own = simbind_binary().unwrap().parent().unwrap().to_owned();
    let others = env::var_os("PATH").unwrap_or_default();
    env::join_paths([own].into_iter().chain(env::split_paths(&others))).unwrap()
}
