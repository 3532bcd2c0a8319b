//! Samples that others made, where they are there.

use serde_json::Value;
use simbind_core::time::Timestamp;
use std::{
    fmt::Display,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The folder of a set; says so where it is not there.
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

/// The JSON files of a folder, by name.
pub(crate) fn cases(folder: &Path) -> Vec<Value> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    paths.sort();
    paths.iter().filter_map(|path| readable(path.display(), || Some(read_json(path)))).collect()
}

/// What is made of a sample. One that cannot be read is told and passed over: that it is wrong is for
/// the walk over all samples to say.
pub(crate) fn readable<T>(name: impl Display, read: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        println!("passed over, as it cannot be read: {name}");
        None
    })
}

/// A JSON file.
fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The file of this folder that a field names.
pub(crate) fn named(folder: &Path, field: &Value) -> Option<Vec<u8>> {
    field.as_str().map(|name| std::fs::read(folder.join(name)).unwrap())
}

/// The certificates of a PEM text.
pub(crate) fn certificates(pem: &[u8]) -> Vec<Vec<u8>> {
    use rustls_pki_types::{CertificateDer, pem::PemObject as _};
    CertificateDer::pem_slice_iter(pem).map(|der| der.unwrap().to_vec()).collect()
}

/// A time as these files have it.
pub(crate) fn time(text: &str) -> Timestamp {
    Timestamp::from_secs(OffsetDateTime::parse(text, &Rfc3339).unwrap().unix_timestamp())
}
