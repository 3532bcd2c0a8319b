//! `simbind evidence app-attest` over attestations and assertions of our own making.

use crate::{
    evidence,
    made::{AT, Party},
    told,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use rcgen::{CustomExtension, PublicKeyData as _, SigningKey as _};
use ring::digest::{SHA256, digest};
use serde_json::json;
use simbind_evidence::apple::{Environment, Extensions, encode};
use std::fs;
use tempfile::TempDir;

const APP: &str = "0123456789.example.app";
const CHALLENGE: &[u8] = b"a challenge";
const CHALLENGE_HEX: &str = "61206368616c6c656e6765";

/// An iPhone's files, and what the command is told beside them.
struct Phone {
    dir: TempDir,
    key_id: String,
    public_key: String,
}

/// `attestation.cbor`, the same as `attestation.txt` in base64 and as `case.json`, `roots.pem`, and
/// `assertion.cbor` with counter 5.
fn phone() -> Phone {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).unwrap();
    let root = Party::authority("App Attest Root", 1);
    let intermediate = Party::authority("App Attest CA", 2);
    let mut leaf = Party::leaf("credential", 7);
    let spki = leaf.key.subject_public_key_info();
    let point = spki[spki.len() - 65..].to_vec();
    let hash: [u8; 32] = digest(&SHA256, CHALLENGE).as_ref().try_into().unwrap();
    let data = encode::attested_data(APP, Environment::Development, &point, &Extensions::default());
    let nonce = encode::nonce_extension(&encode::nonce(&data, &hash));
    let extension = CustomExtension::from_oid_content(encode::NONCE_OID, nonce);
    leaf.params.custom_extensions.push(extension);
    let chain =
        [intermediate.issue(&leaf).der().to_vec(), root.issue(&intermediate).der().to_vec()];
    let object = encode::attestation_object(&chain, b"receipt", &data);
    let key_id = BASE64_STANDARD.encode(encode::key_id(&point));
    file("roots.pem", root.self_signed().pem().as_bytes());
    file("attestation.cbor", &object);
    file("cut.cbor", &object[..object.len() - 1]);
    file("attestation.txt", format!("{}\n", BASE64_STANDARD.encode(&object)).as_bytes());
    let case = json!({
        "kind": "attestation",
        "attestation_base64": BASE64_STANDARD.encode(&object),
        "client_data_base64": BASE64_STANDARD.encode(CHALLENGE),
        "app_id": APP,
        "key_id_base64": key_id,
        "environment": "development",
        "verify_at": AT,
    });
    file("case.json", case.to_string().as_bytes());
    let asserted = encode::asserted_data(APP, 5, &Extensions::default());
    let signature = leaf.key.sign(&encode::nonce(&asserted, &hash)).unwrap();
    file("assertion.cbor", &encode::assertion_object(&signature, &asserted));
    file("client.data", CHALLENGE);
    file("text", b"nothing of the kind!");
    Phone { key_id, public_key: BASE64_STANDARD.encode(&spki), dir }
}

impl Phone {
    /// Judges a file with the usual arguments and these.
    async fn judge(&self, file: &str, more: &[&str]) -> (serde_json::Value, i32) {
        let usual = ["app-attest", file, "--roots", "roots.pem", "--at", AT];
        let key = ["--key-id", &self.key_id];
        told(self.dir.path(), &[&usual[..], &key, more].concat()).await
    }

    async fn assert(&self, more: &[&str]) -> (serde_json::Value, i32) {
        let usual = ["app-attest", "assertion.cbor", "--public-key", &self.public_key];
        let client = ["--challenge", CHALLENGE_HEX];
        told(self.dir.path(), &[&usual[..], &client, more].concat()).await
    }
}

#[tokio::test]
async fn an_attestation_is_accepted_in_each_of_its_forms() {
    let phone = phone();
    let hash: String =
        digest(&SHA256, CHALLENGE).as_ref().iter().map(|b| format!("{b:02x}")).collect();
    for (file, client) in [
        ("attestation.cbor", ["--challenge", CHALLENGE_HEX]),
        ("attestation.txt", ["--client-data", "client.data"]),
        ("attestation.cbor", ["--client-data-hash", &hash]),
    ] {
        let (told, status) = phone.judge(file, &[&client[..], &["--app-id", APP]].concat()).await;
        assert_eq!((&told["accepted"], status), (&json!(true), 0), "{file} {told}");
        assert_eq!(told["fields"]["environment"], "development");
        // The last second, as the certificates say it.
        assert_eq!(told["fields"]["valid_until"], "2035-01-01T00:00:00Z");
        assert_eq!(told["fields"]["public_key_spki_base64"], phone.public_key);
    }
    let case = ["app-attest", "case.json", "--roots", "roots.pem"];
    let (told, status) = told(phone.dir.path(), &case).await;
    assert_eq!((&told["accepted"], status), (&json!(true), 0), "{told}");
    let tree = evidence(phone.dir.path(), &case).await.stdout;
    assert!(tree.starts_with("app-attest: accepted\n├─ ✓ the chain ends at"), "{tree}");
}

#[tokio::test]
async fn the_weakest_link_of_an_attestation_is_named() {
    let phone = phone();
    let app = ["--app-id", APP];
    let client = ["--challenge", CHALLENGE_HEX];
    let usual = [&app[..], &client].concat();
    let production = [&usual[..], &["--environment", "production"]].concat();
    let other_app = [&["--app-id", "0123456789.example.other"][..], &client].concat();
    let other_challenge = [&app[..], &["--challenge", "00"]].concat();
    for (file, args, word) in [
        ("attestation.cbor", &production, "wrong_environment"),
        ("attestation.cbor", &other_app, "wrong_app"),
        ("attestation.cbor", &other_challenge, "wrong_challenge"),
        ("cut.cbor", &usual, "malformed_object"),
    ] {
        let (told, status) = phone.judge(file, args).await;
        assert_eq!((&told["reason"], status), (&json!(word), 1), "{told}");
    }
    let late = ["app-attest", "case.json", "--roots", "roots.pem", "--at", "2036-01-01"];
    let (told, status) = told(phone.dir.path(), &late).await;
    assert_eq!((&told["reason"], status), (&json!("expired"), 1), "{told}");
}

#[tokio::test]
async fn an_assertion_is_judged_by_key_app_and_counter() {
    let phone = phone();
    let (told, status) = phone.assert(&["--app-id", APP, "--counter", "4"]).await;
    assert_eq!((&told["accepted"], status), (&json!(true), 0), "{told}");
    assert_eq!(told["fields"]["counter"], 5);
    for (args, word) in [
        (["--app-id", APP, "--counter", "5"], "counter_did_not_rise"),
        (["--app-id", "other", "--counter", "0"], "wrong_app"),
    ] {
        let (told, status) = phone.assert(&args).await;
        assert_eq!((&told["reason"], status), (&json!(word), 1), "{told}");
    }
}

#[tokio::test]
async fn what_is_no_object_or_lacks_an_argument_is_unreadable() {
    let phone = phone();
    let usual = ["--app-id", APP, "--challenge", CHALLENGE_HEX];
    for (file, args) in [
        ("text", &usual[..]),
        ("gone", &usual),
        ("attestation.cbor", &usual[..2]),
        ("attestation.cbor", &usual[2..]),
    ] {
        let (told, status) = phone.judge(file, args).await;
        assert_eq!((&told["reason"], status), (&json!("unreadable"), 2), "{file} {told}");
    }
    let no_roots = ["app-attest", "case.json"];
    assert_eq!(evidence(phone.dir.path(), &no_roots).await.status.code(), Some(2));
}
