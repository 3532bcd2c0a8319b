use crate::world::World;
use serde_json::Value;
use simbind_rules::{PackSource, RuleBook};
use simbind_service::bundle::{Bundle, Contents, Draft, SigningKey};
use simbind_tests::{Exit, command};
use std::{fs, os::unix::fs::PermissionsExt as _};
use tempfile::TempDir;
use time::OffsetDateTime;

/// A folder with a key in `key.pem` and another in `other.pem`; the configuration that trusts the
/// first.
async fn keyed() -> (TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let mut publics = Vec::new();
    for name in ["key.pem", "other.pem"] {
        let exit = rules(&dir, &format!("keygen --json --out {name}")).await;
        let made: Value = serde_json::from_str(&exit.stdout).unwrap();
        publics.push(made["public"].as_str().unwrap().to_owned());
    }
    let trusted = format!("keys = [{{ public = \"{}\" }}]\n", publics[0]);
    (dir, trusted)
}

async fn rules(dir: &TempDir, line: &str) -> Exit {
    let args: Vec<&str> = ["rules"].into_iter().chain(line.split_whitespace()).collect();
    command(dir.path(), &args).await.unwrap()
}

/// The nation's pack with a remark, so that each number is another content.
fn nation(number: u64) -> PackSource {
    let shipped = RuleBook::shipped_sources();
    let mut nation = shipped.into_iter().find(|s| s.text.contains("id = \"jp-national\"")).unwrap();
    nation.text.push_str(&format!("\n# {number}\n"));
    nation
}

/// Signs whatever it is given, as a key in wrong hands would.
fn seal(world: &World, version: u64, packs: Vec<PackSource>) {
    let key = SigningKey::from_pem(&fs::read_to_string(world.path("key.pem")).unwrap()).unwrap();
    let (name, made_at) = ("jp".to_owned(), OffsetDateTime::UNIX_EPOCH);
    let contents = Contents::new(Draft { name, version, made_at, packs }).unwrap();
    fs::write(world.path("sealed.bundle"), Bundle::seal(&contents, &key).unwrap()).unwrap();
}

#[tokio::test]
async fn a_key_is_private_and_never_written_over() {
    let (dir, _) = keyed().await;
    let file = dir.path().join("key.pem");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&file).unwrap();
    let exit = rules(&dir, "keygen --out key.pem").await;
    assert_eq!(exit.status.code(), Some(1));
    assert_eq!(fs::read(&file).unwrap(), before);
    assert!(!exit.stdout.contains("PRIVATE") && !exit.stderr.contains("PRIVATE"));
}

#[tokio::test]
async fn packs_that_fail_are_not_signed() {
    let (dir, _) = keyed().await;
    let failing = nation(1).text.replacen(
        "expect = { verdict = \"allow\"",
        "expect = { verdict = \"deny\"",
        1,
    );
    for (text, words) in [("[pack]\nid = 1\n", "error"), (&*failing, "expected deny")] {
        fs::write(dir.path().join("p.toml"), text).unwrap();
        let exit = rules(&dir, "bundle --key key.pem --version 1 --out b p.toml").await;
        assert_eq!(exit.status.code(), Some(1), "{}", exit.stderr);
        assert!(exit.stderr.contains(words), "{}", exit.stderr);
        assert!(!dir.path().join("b").exists());
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_bundle_is_told_and_the_packs_in_service_stay() {
    let (dir, trusted) = keyed().await;
    let world = World::start_in(dir, &trusted).await;
    let before = world.live().await;
    let stage = "stage --bundle sealed.bundle --why new";

    seal(&world, 5, vec![nation(5)]);
    let told = world.done("analyst", stage).await;
    assert!(told.contains("staged "), "{told}");
    let staged = world.staged().await;
    world.done("analyst", &format!("activate {staged} --why new")).await;
    assert_ne!(staged, before);
    assert_eq!(world.status().await["live"]["bundle_version"], 5);

    let good = fs::read_to_string(world.path("sealed.bundle")).unwrap();
    let at = good.find("\"payload\":\"").unwrap() + 40;
    let flipped = if good.as_bytes()[at] == b'A' { "B" } else { "A" };
    let changed = format!("{}{flipped}{}", &good[..at], &good[at + 1..]);
    fs::write(world.path("sealed.bundle"), changed).unwrap();
    world.refused("analyst", stage, "does not verify", 1).await;

    for version in [4, 5] {
        seal(&world, version, vec![nation(100 + version)]);
        world.refused("analyst", stage, "version 5 was in service already", 1).await;
    }

    let mut failing = nation(6);
    let wrong = "\n[[test]]\nname = \"never\"\nexpect = { verdict = \"deny\" }\n";
    failing.text.push_str(wrong);
    seal(&world, 6, vec![failing]);
    world.refused("analyst", stage, "the server refused the packs", 1).await;

    let args = "rules bundle --key other.pem --version 7 --out sealed.bundle";
    let args: Vec<&str> = args.split(' ').collect();
    let signed = command(&world.path(""), &args).await.unwrap();
    assert!(signed.status.success(), "{}", signed.stderr);
    world.refused("analyst", stage, "is not among the trusted keys", 1).await;

    assert_eq!(world.live().await, staged, "what is in service stays");
    assert!(world.status().await["staged"].is_null());
    world.done("analyst", "rollback --why on-purpose").await;
    assert_eq!(world.live().await, before, "an older version comes back on purpose");
}

#[tokio::test]
async fn where_only_bundles_are_taken_plain_texts_are_refused() {
    let (dir, trusted) = keyed().await;
    fs::write(dir.path().join("p.toml"), nation(1).text).unwrap();
    let made = rules(&dir, "bundle --key key.pem --version 1 --out first.bundle p.toml").await;
    assert!(made.status.success(), "{}", made.stderr);
    let terms = format!("bundle = \"../first.bundle\"\nsigned_only = true\n{trusted}");
    let world = World::start_in(dir, &terms).await;
    let before = world.live().await;
    assert!(made.stdout.contains(&before), "{} is not {before}", made.stdout);

    assert_eq!(world.status().await["live"]["bundle_version"], 1);
    seal(&world, 1, vec![nation(9)]);
    let old = "version 1 was in service already";
    world.refused("analyst", "stage --bundle sealed.bundle --why old", old, 1).await;

    world.pull().await;
    world.edit("jp-national");
    let stage = "stage packs/jp-national.toml --why friday";
    world.refused("analyst", stage, "only signed bundles are taken here", 1).await;
    assert!(world.status().await["staged"].is_null());

    seal(&world, 2, vec![nation(2)]);
    world.done("analyst", "stage --bundle sealed.bundle --why signed").await;
    let staged = world.staged().await;
    world.done("analyst", &format!("activate {staged} --why signed")).await;
    assert_eq!(world.live().await, staged);
}
