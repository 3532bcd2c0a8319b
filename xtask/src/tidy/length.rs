//! A file holds one idea.

use super::sources::{rust_files, shown};
use anyhow::Result;
use std::{fs, path::Path};

/// The most lines of a file.
const MOST: usize = 400;

/// Files that may be longer: file, lines, reason.
const LONGER: &[(&str, usize, &str)] = &[];

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for file in rust_files(root)? {
        let name = shown(root, &file);
        let lines = fs::read_to_string(&file)?.lines().count();
        let longer = LONGER.iter().find(|(longer, _, _)| *longer == name);
        let most = longer.map_or(MOST, |(_, most, _)| *most);
        if lines > most {
            problems.push(format!("{name}: {lines} lines, at most {most} may be"));
        }
        if name.ends_with("/mod.rs") {
            problems.push(format!("{name}: a module is `foo.rs` beside `foo/`, not `mod.rs`"));
        }
    }
    Ok(problems)
}
