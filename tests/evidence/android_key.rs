//! `simbind evidence android-key` over chains of our own making.

use crate::{
    evidence,
    made::{AT, CHALLENGE, IMEI, SIGNER, spec, write},
    told,
};
use serde_json::{Value, json};
use simbind_evidence::android::{SecurityLevel, encode::KeyDescriptionSpec};
use std::fs;
use tempfile::TempDir;

const BASE: &[&str] = &["android-key", "chain.pem", "--roots", "roots.pem", "--at", AT];

fn folder(spec: &KeyDescriptionSpec) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), spec);
    dir
}

async fn refused(dir: &TempDir, more: &[&str], word: &str) {
    let (told, status) = told(dir.path(), &[BASE, more].concat()).await;
    assert_eq!((&told["accepted"], &told["reason"]), (&json!(false), &json!(word)), "{told}");
    assert_eq!(status, 1, "{word}");
}

#[tokio::test]
async fn a_sound_chain_is_accepted_with_its_fields() {
    let dir = folder(&spec());
    let (told, status) = told(dir.path(), &[BASE, &["--challenge", CHALLENGE]].concat()).await;
    assert_eq!((&told["accepted"], &told["reason"]), (&json!(true), &Value::Null), "{told}");
    assert_eq!(status, 0);
    let names: Vec<_> = told.as_object().unwrap().keys().collect();
    assert_eq!(names, ["accepted", "fields", "reason"]);
    let fields = &told["fields"];
    assert_eq!(fields["attestation_version"], 300);
    assert_eq!(fields["attestation_security_level"], "TrustedEnvironment");
    assert_eq!((&fields["imei"], &fields["chain"]), (&json!(IMEI), &json!("accept")));
    assert_eq!(fields["attested_ids"], json!({ "imei": IMEI }));
    assert_eq!(fields["certificates"].as_array().unwrap().len(), 3);
    assert_eq!(fields["certificates"][1]["serial_hex"], "cc66");
    assert_eq!((&fields["root"], &fields["root_in_file"]), (&json!("other"), &json!(true)));
    assert_eq!(fields["all_valid_until"], "2035-01-01T00:00:00Z");
}

#[tokio::test]
async fn files_are_put_together_whatever_their_form() {
    let dir = folder(&spec());
    let args =
        ["android-key", "leaf.der", "rest.pem", "--roots", "roots.pem", "--at", "2026-10-01"];
    let (told, status) = told(dir.path(), &args).await;
    assert_eq!((&told["accepted"], status), (&json!(true), 0), "{told}");
    // Notes between blocks are no part of them, also where they begin like DER.
    let chain = fs::read_to_string(dir.path().join("chain.pem")).unwrap();
    fs::write(dir.path().join("chain.pem"), format!("0 s:CN = leaf\n{chain}")).unwrap();
    assert_eq!(evidence(dir.path(), BASE).await.status.code(), Some(0));
}

#[tokio::test]
async fn the_tree_marks_what_failed_and_shows_no_personal_number() {
    let dir = folder(&KeyDescriptionSpec { locked: false, ..spec() });
    let exit = evidence(dir.path(), BASE).await;
    let tree = exit.stdout;
    assert_eq!(exit.status.code(), Some(1), "{tree}");
    assert!(tree.starts_with("android-key: refused, unlocked: the boot loader is unlocked\n"));
    for line in [
        "├─ ✓ the chain ends at a trusted root key\n",
        "│  ├─ ✓ 1: Common Name: batch\n",
        "│  │  ├─ ✗ boot loader unlocked\n",
        "│  │  ├─ IMEI: attested, not shown\n",
        "└─ ✗ weakest link: unlocked\n",
    ] {
        assert!(tree.contains(line), "{line} is not in\n{tree}");
    }
    assert!(!tree.contains(&IMEI[..12]), "{tree}");
}

#[tokio::test]
async fn the_weakest_link_is_named_and_refused() {
    let dir = folder(&spec());
    refused(&dir, &["--challenge", "00"], "wrong_challenge").await;
    refused(&dir, &["--status", "status.json"], "revoked").await;
    let late = ["android-key", "chain.pem", "--roots", "roots.pem", "--at", "2036-01-01"];
    let (told, status) = told(dir.path(), &late).await;
    assert_eq!((&told["reason"], status), (&json!("expired"), 1));
    assert_eq!(told["fields"]["chain"], "reject");
    let software = SecurityLevel::Software;
    refused(
        &folder(&KeyDescriptionSpec { keymint_level: software, ..spec() }),
        &[],
        "software_level",
    )
    .await;
}

#[tokio::test]
async fn a_policy_file_asks_for_more() {
    let dir = folder(&spec());
    let signer: String = SIGNER.iter().map(|octet| format!("{octet:02x}")).collect();
    let app =
        |package: &str| format!("[[apps]]\npackage = \"{package}\"\nsigners = [\"{signer}\"]\n");
    let policy = |text: &str| fs::write(dir.path().join("policy.toml"), text).unwrap();
    let with = ["--policy", "policy.toml"];
    policy(&app("jp.example.simbind"));
    let (told, _) = told(dir.path(), &[BASE, &with[..]].concat()).await;
    assert_eq!(told["accepted"], true, "{told}");
    policy(&app("jp.example.other"));
    refused(&dir, &with, "wrong_app").await;
    policy("oldest_os_patch = 202611");
    refused(&dir, &with, "old_patch").await;
    policy("oldest_vendor_patch = 202001");
    refused(&dir, &with, "old_vendor_patch").await;
    policy("least_level = \"strongbox\"");
    refused(&dir, &with, "level_too_low").await;
}

#[tokio::test]
async fn what_cannot_be_read_ends_with_another_status_than_what_is_refused() {
    let dir = folder(&spec());
    let whole = fs::read(dir.path().join("leaf.der")).unwrap();
    fs::write(dir.path().join("cut.der"), &whole[..whole.len() - 1]).unwrap();
    fs::write(dir.path().join("text.pem"), "no certificate").unwrap();
    fs::write(dir.path().join("broken.json"), "{}").unwrap();
    fs::write(dir.path().join("policy.toml"), "unknown = 1").unwrap();
    let roots = ["--roots", "roots.pem", "--at", AT];
    let cases: &[&[&str]] = &[
        &["android-key", "gone.pem"],
        &["android-key", "cut.der"],
        &["android-key", "text.pem"],
        &["android-key", "chain.pem", "--status", "broken.json"],
        &["android-key", "chain.pem", "--policy", "policy.toml"],
    ];
    for case in cases {
        let (told, status) = told(dir.path(), &[case, &roots[..]].concat()).await;
        assert_eq!((&told["reason"], status), (&json!("unreadable"), 2), "{case:?} {told}");
        let exit = evidence(dir.path(), &[case, &roots[..]].concat()).await;
        assert_eq!((exit.status.code(), exit.stdout.as_str()), (Some(2), ""), "{case:?}");
        assert!(exit.stderr.starts_with("simbind: "), "{}", exit.stderr);
    }
    // Arguments: the roots are not built in, times and bytes have their form.
    let wrong: &[&[&str]] = &[
        &["android-key", "chain.pem"],
        &["android-key", "chain.pem", "--roots", "roots.pem", "--at", "yesterday"],
        &["android-key", "chain.pem", "--roots", "roots.pem", "--challenge", "abc"],
        &["android-key", "--roots", "roots.pem"],
    ];
    for case in wrong {
        assert_eq!(evidence(dir.path(), case).await.status.code(), Some(2), "{case:?}");
        let (told, status) = told(dir.path(), case).await;
        assert_eq!((&told["reason"], status), (&json!("unreadable"), 2), "{case:?} {told}");
    }
    // A bit that flips under a signature is a refusal.
    let mut flipped = whole;
    *flipped.last_mut().unwrap() ^= 1;
    fs::write(dir.path().join("leaf.der"), flipped).unwrap();
    let args = [&["android-key", "leaf.der", "rest.pem"], &roots[..]].concat();
    let (told, status) = told(dir.path(), &args).await;
    assert_eq!((&told["reason"], status), (&json!("signature"), 1), "{told}");
}
