//! Mutual TLS of the server.

use crate::config::TlsFiles;
use std::{fs, io, path::PathBuf};
use thiserror::Error;
use tonic::transport::{Certificate, Identity, ServerTlsConfig};

/// A TLS file that cannot be read.
#[derive(Debug, Error)]
#[error("{path}: {source}")]
pub struct TlsError {
    path: PathBuf,
    source: io::Error,
}

/// The server's TLS: its own certificate, and callers only with one of the client authority.
///
/// # Errors
/// [`TlsError`] where a file cannot be read. Content that is no certificate or key is refused by
/// tonic when the server is built.
pub fn server(files: &TlsFiles) -> Result<ServerTlsConfig, TlsError> {
    let read =
        |path: &PathBuf| fs::read(path).map_err(|source| TlsError { path: path.clone(), source });
    let identity = Identity::from_pem(read(&files.certificate)?, read(&files.key)?);
    Ok(ServerTlsConfig::new()
        .identity(identity)
        .client_ca_root(Certificate::from_pem(read(&files.client_ca)?)))
}
