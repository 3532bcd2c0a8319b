//! What the server refuses to start with.

use simbind_tests::command;
use std::fs;

#[tokio::test]
async fn an_address_that_others_can_reach_needs_tls() {
    let dir = tempfile::tempdir().unwrap();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:50443"] {
        let exit = command(dir.path(), &["serve", "--listen", address]).await.unwrap();
        assert!(!exit.status.success(), "{address}");
        assert!(exit.stderr.contains("OPEN_WITHOUT_TLS"), "{address}: {}", exit.stderr);
        assert!(exit.stdout.is_empty(), "{}", exit.stdout);
    }
    let left = fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(left, 0, "a refused start leaves nothing behind");
}

#[tokio::test]
async fn a_wrong_configuration_names_every_line_and_field() {
    let dir = tempfile::tempdir().unwrap();
    let text = "[limits]\nmessage_bytes = 1\n\n[[carrier]]\nid = \"docomo\"\ncaller = \"docomo\"\n\
                lag = \"soon\"\n";
    fs::write(dir.path().join("simbind.toml"), text).unwrap();
    let exit = command(dir.path(), &["serve", "--config", "simbind.toml"]).await.unwrap();
    assert!(!exit.status.success());
    for part in ["simbind.toml:2: limits.message_bytes:", "simbind.toml:7: carrier[0].lag:"] {
        assert!(exit.stderr.contains(part), "{part} is not in {}", exit.stderr);
    }
}

#[tokio::test]
async fn an_unknown_setting_is_refused_by_its_name() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("simbind.toml"), "[listen]\n\nprot = 1\n").unwrap();
    let exit = command(dir.path(), &["serve", "--config", "simbind.toml"]).await.unwrap();
    assert!(!exit.status.success());
    assert!(exit.stderr.contains("simbind.toml:3: prot:"), "{}", exit.stderr);
}

#[tokio::test]
async fn check_tells_that_a_configuration_is_valid_and_starts_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let exit = command(dir.path(), &["serve", "--check"]).await.unwrap();
    assert!(exit.status.success(), "{}", exit.stderr);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn the_packs_that_ship_compile_and_pass_their_tests() {
    let dir = tempfile::tempdir().unwrap();
    for (args, part) in [(["rules", "check"], "all packs compile"), (["rules", "test"], "failed 0")]
    {
        let exit = command(dir.path(), &args).await.unwrap();
        assert!(exit.status.success(), "{}{}", exit.stdout, exit.stderr);
        assert!(exit.stdout.contains(part), "{}", exit.stdout);
    }
}

#[tokio::test]
async fn a_diff_ends_by_what_it_found() {
    let dir = tempfile::tempdir().unwrap();
    let same = command(dir.path(), &["rules", "diff", "shipped", "shipped"]).await.unwrap();
    assert_eq!(same.status.code(), Some(0), "{}", same.stderr);
    assert!(same.stdout.contains("proved, the same answers"), "{}", same.stdout);
    let sources = simbind_rules::RuleBook::shipped_sources();
    for source in &sources {
        let text = source.text.replace("carrier_lag = \"12h\"", "carrier_lag = \"18h\"");
        fs::write(dir.path().join(&source.name), text).unwrap();
    }
    let args = ["rules", "diff", "shipped", ".", "--json", "--pack", "docomo"];
    let differ = command(dir.path(), &args).await.unwrap();
    assert_eq!(differ.status.code(), Some(1), "{}", differ.stderr);
    assert!(differ.stdout.contains("\"handset.match_age\":\"18h\""), "{}", differ.stdout);
    let one = command(dir.path(), &["rules", "diff", "shipped", "docomo.toml"]).await.unwrap();
    assert_eq!(one.status.code(), Some(1), "{}", one.stderr);
    assert!(one.stdout.contains("proved, the same answers: "), "{}", one.stdout);
    assert!(!one.stdout.contains("only in OLD"), "{}", one.stdout);
    let none = command(dir.path(), &["rules", "diff", "shipped", "none.toml"]).await.unwrap();
    assert_eq!(none.status.code(), Some(2), "{}", none.stdout);
}

#[tokio::test]
async fn a_wrong_pack_is_refused_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("p.toml"),
        "[pack]\nid = \"x\"\nextends = \"jp-national\"\nrul = 1\n",
    )
    .unwrap();
    let exit = command(dir.path(), &["rules", "check", "p.toml"]).await.unwrap();
    assert!(!exit.status.success());
    assert!(exit.stderr.contains("p.toml:"), "{}", exit.stderr);
    let exit = command(dir.path(), &["rules", "test", "--json", "p.toml"]).await.unwrap();
    assert!(!exit.status.success());
    assert!(exit.stdout.starts_with("{\"diagnostics\":[{"), "{}", exit.stdout);
}
