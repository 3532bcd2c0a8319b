//! Mutual TLS of the server.

use crate::config::TlsFiles;
use std::{error::Error as _, fs, io, path::PathBuf};
use thiserror::Error;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};

/// TLS cannot be set up.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file's content is not what it should be, or key and certificate do not fit.
    #[error("{} with {} and {}: {why}", files.certificate.display(), files.key.display(), files.client_ca.display())]
    Content {
        /// The files.
        files: TlsFiles,
        /// What is wrong.
        why: String,
    },
}

/// The server's TLS: its own certificate, and callers only with one of the client authority.
///
/// # Errors
/// [`TlsError`] where a file cannot be read or does not hold what it should.
pub fn server(files: &TlsFiles) -> Result<ServerTlsConfig, TlsError> {
    let read = |path: &PathBuf| {
        fs::read(path).map_err(|source| TlsError::Read { path: path.clone(), source })
    };
    let identity = Identity::from_pem(read(&files.certificate)?, read(&files.key)?);
    let config = ServerTlsConfig::new()
        .identity(identity)
        .client_ca_root(Certificate::from_pem(read(&files.client_ca)?));
    match Server::builder().tls_config(config.clone()) {
        Ok(_) => Ok(config),
        Err(error) => {
            let why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            Err(TlsError::Content { files: files.clone(), why })
        }
    }
}
