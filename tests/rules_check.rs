//! `simbind rules check` and `simbind rules test`, as a person or a script meets them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use simbind_tests::command;
use std::{fs, path::Path};

const HEAD: &str = "[pack]\nid = \"mine\"\nextends = \"jp-national\"\n\
                    applies_to = { carrier = \"mine\" }\n";
const FEED: &str = "[feed]\nhistory = \"90d\"\ntells = [\"reissue\", \"handset_change\"]\n";

fn rule(when: &str) -> String {
    format!(
        "[[rule]]\nid = \"own\"\non = [\"login\"]\nwhen = \"\"\"\npin.failures > 1\n  && {when}\"\"\"\n\
         verdict = \"deny\"\nreason = \"PIN_LOCKED\"\n"
    )
}

fn test(failures: u32, verdict: &str) -> String {
    format!(
        "[[test]]\nname = \"pins {failures}\"\nbase = \"android\"\n\
         given = {{ \"pin.failures\" = {failures}, \"sim.latch\" = \"clear\" }}\n\
         expect = {{ verdict = \"{verdict}\" }}\n"
    )
}

fn write(dir: &Path, name: &str, text: &str) {
    fs::write(dir.join(name), text).unwrap();
}

#[tokio::test]
async fn check_tells_every_problem_of_every_file_underlined_and_counts_them() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a.toml", "[pack\n");
    write(dir.path(), "b.toml", &format!("{HEAD}{FEED}{}", rule("sim.lach == 'clear'")));
    write(dir.path(), "c.toml", "[pack]\nid = \"x\"\nextends = \"mine\"\nrul = 1\n");
    let files = ["a.toml", "b.toml", "c.toml", "gone.toml"];
    let exit = command(dir.path(), &[&["rules", "check"], &files[..]].concat()).await.unwrap();
    assert!(!exit.status.success() && exit.stdout.is_empty(), "{}", exit.stdout);
    let underlined =
        "  --> b.toml:13:6\n   |\n13 |   && sim.lach == 'clear'\"\"\"\n   |      ^^^^^^^^\n";
    for part in ["--> a.toml:1:6", underlined, "did you mean `sim.latch`?", "--> c.toml:4:1"] {
        assert!(exit.stderr.contains(part), "{part} is not in\n{}", exit.stderr);
    }
    assert!(exit.stderr.contains("gone.toml"), "{}", exit.stderr);
    assert!(exit.stderr.ends_with("errors: 5, warnings: 0\n"), "{}", exit.stderr);
    assert!(!exit.stderr.contains('\u{1b}'), "no colours but on a terminal");

    let args = [&["rules", "check", "--json"], &files[..]].concat();
    let exit = command(dir.path(), &args).await.unwrap();
    assert!(!exit.status.success() && exit.stderr.is_empty(), "{}", exit.stderr);
    for part in ["\"errors\":5", "\"line\":13", "\"column\":6", "\"suggestion\":\"sim.latch\""] {
        assert!(exit.stdout.contains(part), "{part} is not in {}", exit.stdout);
    }
}

#[tokio::test]
async fn warnings_alone_are_told_and_do_not_fail() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "p.toml", HEAD);
    let exit = command(dir.path(), &["rules", "check", "p.toml"]).await.unwrap();
    assert!(exit.status.success(), "{}", exit.stderr);
    assert!(exit.stderr.starts_with("warning: nothing says what"), "{}", exit.stderr);
    assert!(exit.stderr.ends_with("errors: 0, warnings: 1\n"), "{}", exit.stderr);
    assert!(exit.stdout.contains("all packs compile"), "{}", exit.stdout);
}

#[tokio::test]
async fn a_failing_test_is_told_with_its_place_by_test_and_not_by_check() {
    let dir = tempfile::tempdir().unwrap();
    let text = format!("{HEAD}{FEED}{}{}", rule("sim.latch == 'clear'"), test(3, "allow"));
    write(dir.path(), "p.toml", &text);
    let exit = command(dir.path(), &["rules", "check", "p.toml"]).await.unwrap();
    assert!(exit.status.success(), "{}", exit.stderr);
    let exit = command(dir.path(), &["rules", "test", "p.toml"]).await.unwrap();
    assert!(!exit.status.success());
    assert!(exit.stdout.starts_with("p.toml:17:8: pins 3: expected allow"), "{}", exit.stdout);
}

#[tokio::test]
async fn coverage_fails_until_each_rule_speaks_and_is_silent_in_some_test() {
    let dir = tempfile::tempdir().unwrap();
    let half = format!("{HEAD}{FEED}{}{}", rule("sim.latch == 'clear'"), test(3, "deny"));
    write(dir.path(), "p.toml", &half);
    let exit = command(dir.path(), &["rules", "test", "p.toml"]).await.unwrap();
    assert!(exit.status.success(), "{}", exit.stdout);
    let exit = command(dir.path(), &["rules", "test", "--coverage", "p.toml"]).await.unwrap();
    assert!(!exit.status.success());
    assert!(exit.stdout.contains("p.toml:9: mine/own is not tested both ways"), "{}", exit.stdout);
    write(dir.path(), "p.toml", &format!("{half}{}", test(0, "allow")));
    let args = ["rules", "test", "--coverage", "--json", "p.toml"];
    let exit = command(dir.path(), &args).await.unwrap();
    assert!(exit.status.success(), "{}", exit.stdout);
    assert!(exit.stdout.contains("\"by_condition\":1"), "{}", exit.stdout);
}
