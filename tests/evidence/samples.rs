//! The published samples, by the command: each one's verdict, status and every field of its file.

use crate::told;
use serde_json::Value;
use simbind_tests::workspace_root;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What a sample's file says that is no field of the chain.
const NO_FIELDS: &[&str] = &[
    "name",
    "pem",
    "source",
    "licence",
    "notes",
    "why",
    "expected",
    "also_accepted",
    "chain_expected",
    "rfc5280_path",
    "status_list",
    "trust_anchors",
];

fn folder(set: &str) -> Option<PathBuf> {
    let base = std::env::var_os("SIMBIND_VECTORS")
        .map_or_else(|| workspace_root().join("../shared/vectors"), PathBuf::from);
    let folder = base.join(set);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not there (set SIMBIND_VECTORS)", folder.display());
    None
}

fn cases(folder: &Path) -> Vec<Value> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension() == Some("json".as_ref())).collect();
    paths.sort();
    let read = |path: &PathBuf| serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    paths.iter().map(read).collect()
}

#[tokio::test]
async fn every_published_chain_is_told_as_its_file_says() {
    let Some(folder) = folder("android-key") else { return };
    let mut told_of = 0;
    for sample in cases(&folder).iter().filter(|sample| sample["pem"].is_string()) {
        let text = |key: &str| sample[key].as_str();
        let mut args = vec!["android-key", text("pem").unwrap()];
        args.extend(["--at", text("verify_at").unwrap()]);
        args.extend(["--roots", text("trust_anchors").unwrap_or("roots.pem")]);
        args.extend(text("challenge_hex").into_iter().flat_map(|bytes| ["--challenge", bytes]));
        args.extend(text("status_list").into_iter().flat_map(|list| ["--status", list]));
        let (told, status) = told(&folder, &args).await;
        let name = text("name").unwrap();
        let word = if told["accepted"] == true { "accept" } else { "reject" };
        let also = text("also_accepted").unwrap_or_default();
        assert!(sample["expected"] == word || also.starts_with(word), "{name}: {told}");
        assert_eq!(status, i32::from(word == "reject"), "{name}");
        assert_eq!(told["fields"]["chain"], sample["chain_expected"], "{name}");
        let fields = sample.as_object().unwrap().iter();
        for (field, value) in fields.filter(|(field, _)| !NO_FIELDS.contains(&field.as_str())) {
            assert_eq!(told["fields"][field], *value, "{name}: {field}");
        }
        told_of += 1;
    }
    assert!(told_of > 0, "there are no cases");
}

#[tokio::test]
async fn every_published_object_of_app_attest_gets_its_verdict() {
    let Some(folder) = folder("app-attest") else { return };
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    paths.sort();
    let mut told_of = 0;
    for name in &paths {
        let sample: Value = serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap();
        // Receipts are only to be read: no root of theirs is published with them.
        if sample["expected"] == "parse" {
            continue;
        }
        let roots = sample["trust_anchors"].as_str();
        let roots = roots.unwrap_or("apple-app-attestation-root-ca.pem");
        let (told, status) = told(&folder, &["app-attest", name, "--roots", roots]).await;
        let word = if told["accepted"] == true { "accept" } else { "reject" };
        assert_eq!(sample["expected"], word, "{name}: {told}");
        assert_eq!(status, i32::from(word == "reject"), "{name}");
        told_of += 1;
    }
    assert!(told_of > 0, "there are no cases");
}

#[tokio::test]
async fn every_published_list_and_answer_gets_its_verdict() {
    let Some(folder) = folder("ocsp-crl") else { return };
    let cases: Value =
        serde_json::from_slice(&fs::read(folder.join("cases.json")).unwrap()).unwrap();
    let mut told_of = 0;
    let cases = cases["cases"].as_array().unwrap();
    for case in cases {
        let text = |key: &str| case[key].as_str();
        let Some((leaf, at)) = text("certificate").zip(text("verify_at")) else { continue };
        let option = if text("kind") == Some("crl") { "--crl" } else { "--ocsp" };
        let (issuer, file) = (text("issuer").unwrap(), text("file").unwrap());
        let args = ["chain", leaf, "--roots", issuer, "--at", at, option, file];
        let (told, status) = told(&folder, &args).await;
        let wanted = match text("expected").unwrap() {
            "good" => Value::Null,
            "revoked" => "revoked".into(),
            _ => "status_unknown".into(),
        };
        // Where two verdicts are right, both are refusals.
        let also = text("also_accepted").is_some() && status == 1;
        assert!(told["reason"] == wanted || also, "{file}: {told}");
        assert_eq!(status, i32::from(!wanted.is_null()), "{file}");
        told_of += 1;
    }
    assert!(told_of > 0, "there are no cases");
}
