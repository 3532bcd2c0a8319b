use serde_json::Value;
use simbind_tests::{Authority, Exit, Launch, Server, command, tls_channel};
use std::{fs, path::PathBuf};
use tempfile::TempDir;
use tonic::transport::Channel;

/// A rule that every login by browser notices.
const RULE: &str = r#"
[[rule]]
id = "no-browser"
on = ["login"]
when = "check.channel == 'browser_login'"
verdict = "step_up"
step_up = ["counter", "sms"]
reason = "BROWSER_NEEDS_APP"
"#;

/// A server with two analysts, and a folder with the packs in service.
pub(crate) struct World {
    pub(crate) server: Server,
    /// Whose certificates the server trusts.
    pub(crate) authority: Authority,
    dir: TempDir,
}

impl World {
    /// A server whose configuration says this of packs.
    pub(crate) async fn start(packs: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self::start_in(dir, packs).await
    }

    /// The same, in a folder where something is already.
    pub(crate) async fn start_in(dir: TempDir, packs: &str) -> Self {
        let made = ["analyst", "second", "docomo", "bank", "city-hall"];
        let made = made.into_iter().flat_map(|name| ["--caller", name]);
        let args: Vec<&str> =
            ["admin", "dev-certs", "--dir", "certs"].into_iter().chain(made).collect();
        let exit = command(dir.path(), &args).await.unwrap();
        assert!(exit.status.success(), "{}", exit.stderr);
        let file = dir.path().join("certs/simbind.toml");
        let text = fs::read_to_string(&file).unwrap();
        let analyst = "[[caller]]\nname = \"second\"\nroles = [\"analyst\"]\n";
        fs::write(&file, format!("{text}\n{analyst}\n[packs]\n{packs}")).unwrap();
        let authority = Authority::new().unwrap();
        let anchors = dir.path().join("anchors.pem");
        authority.write(&anchors).unwrap();
        let launch = Launch::new(dir.path().join("data")).config(&file).trust(&anchors);
        Self { server: launch.start().await.unwrap(), authority, dir }
    }

    /// The same world after the server was killed and started again.
    pub(crate) async fn restarted(self) -> Self {
        let Self { server, authority, dir } = self;
        Self { server: server.kill_and_restart().await.unwrap(), authority, dir }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A connection as a caller.
    pub(crate) fn channel(&self, caller: &str) -> Channel {
        tls_channel(&self.server, &self.path("certs"), Some(caller)).unwrap()
    }

    /// Runs `simbind rules` as an analyst.
    pub(crate) async fn rules(&self, caller: &str, line: &str) -> Exit {
        let target = self.server.address().to_string();
        let mut args = vec!["rules"];
        args.extend(line.split_whitespace());
        args.extend(["--target", &*target, "--certs", "certs", "--as", caller]);
        command(self.dir.path(), &args).await.unwrap()
    }

    /// Runs it, and it works.
    pub(crate) async fn done(&self, caller: &str, line: &str) -> String {
        let exit = self.rules(caller, line).await;
        assert!(exit.status.success(), "{line}: {}{}", exit.stdout, exit.stderr);
        exit.stdout
    }

    /// Runs it, and it is refused with these words and this exit code.
    pub(crate) async fn refused(&self, caller: &str, line: &str, words: &str, code: i32) {
        let exit = self.rules(caller, line).await;
        assert_eq!(exit.status.code(), Some(code), "{line}: {}{}", exit.stdout, exit.stderr);
        assert!(exit.stderr.contains(words), "{line}: {}", exit.stderr);
        assert!(!exit.stderr.trim_end().is_empty());
    }

    /// How the rollout stands.
    pub(crate) async fn status(&self) -> Value {
        serde_json::from_str(&self.done("analyst", "status --json").await).unwrap()
    }

    /// The hash of the packs in service.
    pub(crate) async fn live(&self) -> String {
        self.status().await["live"]["packs_hash"].as_str().unwrap().to_owned()
    }

    /// The hash of the staged packs.
    pub(crate) async fn staged(&self) -> String {
        self.status().await["staged"]["packs_hash"].as_str().unwrap().to_owned()
    }

    /// Fetches the packs in service into `packs`.
    pub(crate) async fn pull(&self) {
        self.done("analyst", "pull packs --force").await;
    }

    /// Adds a rule to a pack, whose own tests go.
    pub(crate) fn edit(&self, pack: &str) {
        self.edit_with(pack, RULE);
    }

    /// The same with rules of the caller's.
    pub(crate) fn edit_with(&self, pack: &str, rules: &str) {
        let file = self.path("packs").join(format!("{pack}.toml"));
        let text = fs::read_to_string(&file).unwrap();
        let text = text.split("\n[[test]]").next().unwrap();
        fs::write(file, format!("{text}{rules}")).unwrap();
    }
}
