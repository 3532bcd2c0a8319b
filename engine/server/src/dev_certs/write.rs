use super::{config_file::config_text, make::DevCerts};
use simbind_core::ids::CallerId;
use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};
use thiserror::Error;

/// A file cannot be written.
#[derive(Debug, Error)]
#[error("{path}: {source}")]
pub struct WriteError {
    path: PathBuf,
    source: io::Error,
}

/// Writes `ca.pem`, `server.pem`, `server.key`, `NAME.pem` and `NAME.key` for each caller, and a
/// `simbind.toml` that fits them. Only the owner can read them. Files that are there are replaced.
///
/// # Errors
/// [`WriteError`].
pub fn write(dir: &Path, set: &DevCerts) -> Result<Vec<PathBuf>, WriteError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| WriteError { path, source }
    };
    fs::create_dir_all(dir).map_err(failed(dir))?;
    let names: Vec<CallerId> = set.clients.keys().cloned().collect();
    let mut files = vec![
        ("ca.pem".to_owned(), set.ca.clone()),
        ("server.pem".to_owned(), set.server.certificate.clone()),
        ("server.key".to_owned(), set.server.key.clone()),
        ("simbind.toml".to_owned(), config_text(&names)),
    ];
    for (name, pair) in &set.clients {
        files.push((format!("{name}.pem"), pair.certificate.clone()));
        files.push((format!("{name}.key"), pair.key.clone()));
    }
    let mut written = Vec::new();
    for (name, text) in files {
        let path = dir.join(name);
        private(&path, text.as_bytes()).map_err(failed(&path))?;
        written.push(path);
    }
    Ok(written)
}

/// Written beside its place and moved there, so that a file that others can read is not reused.
fn private(path: &Path, content: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    match fs::remove_file(&beside) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    file.write_all(content)?;
    fs::rename(&beside, path)
}
