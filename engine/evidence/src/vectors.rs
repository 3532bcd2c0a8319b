//! Where the tests' sample files are.

use std::path::PathBuf;

/// The folder of one set of samples; prints that the test is skipped where it is not there.
pub(crate) fn folder(set: &str) -> Option<PathBuf> {
    let base = std::env::var_os("SIMBIND_VECTORS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors")),
        PathBuf::from,
    );
    let folder = base.join(set);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} is not there (set SIMBIND_VECTORS)", folder.display());
    None
}
