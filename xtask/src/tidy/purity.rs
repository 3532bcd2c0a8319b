//! rules, core and evidence are functions of their arguments: they name no clock, no chance, no
//! disk, no network and no runtime.

use super::{
    direction::PURE,
    sources::{rust_files, shown},
};
use anyhow::Result;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// What must not be named outside tests.
const NAMES: &[&str] = &[
    "SystemTime",
    "Instant",
    "now_utc",
    "std::env",
    "std::fs",
    "std::io::std",
    "std::net",
    "std::process",
    "std::thread",
    "async fn",
    "tokio",
    "tonic",
    "rand::",
    "getrandom",
    "SystemRandom",
    "println!",
];

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for folder in PURE {
        let source = root.join(folder).join("src");
        let files = rust_files(&source)?;
        let tests = test_modules(&files)?;
        for file in files.iter().filter(|file| !tests.iter().any(|test| under(file, test))) {
            let text = fs::read_to_string(file)?;
            for (number, line) in production(&text).enumerate() {
                let code = line.split("//").next().unwrap_or_default();
                for name in NAMES.iter().filter(|name| named(code, name)) {
                    let (file, number) = (shown(root, file), number + 1);
                    problems.push(format!("{file}:{number}: `{name}` in a pure crate"));
                }
            }
        }
    }
    Ok(problems)
}

/// Whether a line of code holds a name as a word of its own.
fn named(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let before = code.get(..at).and_then(|text| text.chars().next_back());
        let after = code.get(at + name.len()..).and_then(|text| text.chars().next());
        let open_end = name.ends_with(|c: char| !word(c)) || name.ends_with("std::io::std");
        !before.is_some_and(word) && (open_end || !after.is_some_and(word))
    })
}

/// The lines before an inline test module.
fn production(text: &str) -> impl Iterator<Item = &str> {
    let mut lines = text.lines().peekable();
    std::iter::from_fn(move || {
        let line = lines.next()?;
        let inline = |next: &&str| next.starts_with("mod ") && next.ends_with('{');
        let tests = line.trim() == "#[cfg(test)]" && lines.peek().is_some_and(inline);
        (!tests).then_some(line)
    })
}

/// The files of modules that only exist in tests, without extension.
fn test_modules(files: &[PathBuf]) -> Result<BTreeSet<PathBuf>> {
    let mut modules = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file)?;
        let root = file.file_name().is_some_and(|name| name == "lib.rs" || name == "main.rs");
        let folder = if root { file.with_file_name("") } else { file.with_extension("") };
        let mut test = false;
        for line in text.lines().map(str::trim) {
            let declared = line.strip_prefix("pub(crate) ").unwrap_or(line);
            let name = declared.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'));
            if let Some(name) = name.filter(|_| test) {
                modules.insert(folder.join(name));
            }
            test = line == "#[cfg(test)]" || (test && line.starts_with("#["));
        }
    }
    Ok(modules)
}

fn under(file: &Path, module: &Path) -> bool {
    file.with_extension("") == module || file.starts_with(module)
}
