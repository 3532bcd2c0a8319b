//! Imports run one way: rules, core, service, server.

use anyhow::{Context as _, Result};
use std::{fs, path::Path};

/// A crate's folder and the crates of ours that it may name.
const MAY: &[(&str, &[&str])] = &[
    ("proto", &[]),
    ("rules", &[]),
    ("engine/core", &["simbind-rules"]),
    ("engine/evidence", &["simbind-core"]),
    ("engine/service", &["simbind-core", "simbind-evidence", "simbind-rules"]),
    ("engine/store", &["simbind-core", "simbind-service"]),
    (
        "engine/server",
        &[
            "sim-sim",
            "simbind-core",
            "simbind-evidence",
            "simbind-proto",
            "simbind-rules",
            "simbind-service",
            "simbind-store",
        ],
    ),
    // It plays the outside world: it knows the contract, the words and how to forge evidence, and
    // nothing of the service.
    ("sim-sim", &["simbind-core", "simbind-evidence", "simbind-proto", "simbind-rules"]),
    ("xtask", &[]),
];

/// What a pure crate may not name, whichever version.
const IMPURE: &[&str] =
    &["async-trait", "futures", "getrandom", "hyper", "rand", "reqwest", "sled", "tokio", "tonic"];

pub(super) const PURE: [&str; 3] = ["rules", "engine/core", "engine/evidence"];

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for (folder, may) in MAY {
        let file = root.join(folder).join("Cargo.toml");
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let manifest: toml::Table = text.parse().with_context(|| file.display().to_string())?;
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        for name in dependencies.iter().flat_map(|table| table.keys()) {
            let ours = name.starts_with("simbind") || name.as_str() == "sim-sim";
            if ours && !may.contains(&name.as_str()) {
                problems.push(format!("{folder}/Cargo.toml: {folder} must not import {name}"));
            }
            if PURE.contains(folder) && IMPURE.contains(&name.as_str()) {
                problems.push(format!("{folder}/Cargo.toml: {folder} is pure, {name} is not"));
            }
        }
    }
    Ok(problems)
}
