use super::RemoteError;
use clap::Args as ClapArgs;
use simbind_core::ids::CallerId;
use std::{
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use zeroize::Zeroizing;

/// The largest answer that is taken, in bytes: 64 packs of 256 KiB, and a little.
pub(crate) const MOST_BYTES: usize = 17 << 20;
const PATIENCE: Duration = Duration::from_secs(10);

/// A server to ask, and who asks.
#[derive(Debug, ClapArgs)]
pub(crate) struct RemoteArgs {
    /// The server's address.
    #[arg(
        long,
        value_name = "HOST:PORT",
        env = "SIMBIND_TARGET",
        default_value = "127.0.0.1:50443"
    )]
    target: String,
    /// A folder with ca.pem, and NAME.pem and NAME.key of the caller, as `admin dev-certs` writes it.
    #[arg(long, value_name = "DIR", env = "SIMBIND_CERTS")]
    certs: Option<PathBuf>,
    /// The caller whose certificate in that folder is shown.
    #[arg(long = "as", value_name = "NAME", env = "SIMBIND_AS", default_value = "analyst")]
    caller: CallerId,
    /// The authority of the server's certificate (PEM), in place of the folder's.
    #[arg(long, value_name = "FILE", env = "SIMBIND_CA")]
    ca: Option<PathBuf>,
    /// The caller's certificate (PEM), in place of the folder's.
    #[arg(long, value_name = "FILE", env = "SIMBIND_CERT")]
    cert: Option<PathBuf>,
    /// The key of the caller's certificate (PEM), in place of the folder's.
    #[arg(long, value_name = "FILE", env = "SIMBIND_KEY")]
    key: Option<PathBuf>,
}

/// The files of mutual TLS.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Files {
    ca: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

impl RemoteArgs {
    /// Connects to the server.
    ///
    /// # Errors
    /// [`RemoteError`]: a file cannot be read, or the server cannot be reached.
    pub(crate) async fn connect(&self) -> Result<Channel, RemoteError> {
        let connected = endpoint(&self.target, self.files()?.as_ref())?.connect().await;
        connected.map_err(|error| RemoteError::unreachable(&self.target, &error))
    }

    /// The files of mutual TLS: single ones before those of the folder; none for plain text.
    fn files(&self) -> Result<Option<Files>, RemoteError> {
        let Self { certs, caller, ca, cert, key, .. } = self;
        Files::choose(certs.as_deref(), caller, [ca, cert, key])
    }
}

impl Files {
    /// Files of TLS: single ones (authority, certificate, key) before those of the folder; none
    /// for plain text.
    ///
    /// # Errors
    /// [`RemoteError::HalfTls`].
    pub(crate) fn choose(
        folder: Option<&Path>,
        caller: &CallerId,
        [ca, certificate, key]: [&Option<PathBuf>; 3],
    ) -> Result<Option<Self>, RemoteError> {
        let in_folder = |name: String| folder.map(|dir| dir.join(name));
        let of = |file: &Option<PathBuf>, name: String| file.clone().or_else(|| in_folder(name));
        let ca = of(ca, "ca.pem".to_owned());
        let certificate = of(certificate, format!("{caller}.pem"));
        let key = of(key, format!("{caller}.key"));
        match (ca, certificate, key) {
            (Some(ca), Some(certificate), Some(key)) => Ok(Some(Self { ca, certificate, key })),
            (None, None, None) => Ok(None),
            _ => Err(RemoteError::HalfTls),
        }
    }
}

/// A server that can be connected to, over TLS or on this machine.
///
/// # Errors
/// [`RemoteError`]: the address is none, a file cannot be read, or plain text would leave this
/// machine.
pub(crate) fn endpoint(target: &str, files: Option<&Files>) -> Result<Endpoint, RemoteError> {
    let scheme = if files.is_some() { "https" } else { "http" };
    let wrong = |_| RemoteError::Target(target.to_owned());
    let endpoint = Endpoint::from_shared(format!("{scheme}://{target}"));
    let endpoint = endpoint.map_err(wrong)?.connect_timeout(PATIENCE).tcp_nodelay(true);
    let host = endpoint.uri().host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    match files {
        Some(files) => {
            let failed = |error| RemoteError::unreachable(target, &error);
            endpoint.tls_config(tls(files)?.domain_name(host)).map_err(failed)
        }
        None if is_loopback(&host) => Ok(endpoint),
        None => Err(RemoteError::OpenWithoutTls(target.to_owned())),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn tls(files: &Files) -> Result<ClientTlsConfig, RemoteError> {
    let read = |path: &Path| {
        fs::read(path).map_err(|source| RemoteError::Read { path: path.to_owned(), source })
    };
    let key = Zeroizing::new(read(&files.key)?);
    Ok(ClientTlsConfig::new()
        .ca_certificate(Certificate::from_pem(read(&files.ca)?))
        .identity(Identity::from_pem(read(&files.certificate)?, &*key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::remote::RemoteError;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        remote: RemoteArgs,
    }

    fn args(line: &str) -> RemoteArgs {
        Line::try_parse_from(line.split_whitespace()).unwrap().remote
    }

    #[test]
    fn single_files_come_before_those_of_the_folder() {
        let files = |ca: &str, certificate: &str, key: &str| {
            Some(Files { ca: ca.into(), certificate: certificate.into(), key: key.into() })
        };
        for (line, expected) in [
            ("x", None),
            ("x --certs d", files("d/ca.pem", "d/analyst.pem", "d/analyst.key")),
            ("x --certs d --as second", files("d/ca.pem", "d/second.pem", "d/second.key")),
            ("x --ca a --cert b --key c", files("a", "b", "c")),
            ("x --certs d --ca a", files("a", "d/analyst.pem", "d/analyst.key")),
        ] {
            assert_eq!(args(line).files().unwrap(), expected, "{line}");
        }
        for line in ["x --ca a", "x --cert b --key c", "x --ca a --key c"] {
            assert!(matches!(args(line).files(), Err(RemoteError::HalfTls)), "{line}");
        }
    }

    #[tokio::test]
    async fn without_certificates_only_this_machine_is_asked() {
        for target in ["192.0.2.1:1", "example.org:1", "[2001:db8::1]:1"] {
            let refused = args(&format!("x --target {target}")).connect().await.unwrap_err();
            assert!(matches!(refused, RemoteError::OpenWithoutTls(_)), "{target}: {refused}");
        }
        for host in ["localhost", "127.0.0.1", "::1"] {
            assert!(is_loopback(host), "{host}");
        }
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_told_in_one_sentence() {
        // A port that was free a moment ago.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let target = listener.local_addr().unwrap();
        drop(listener);
        let refused = args(&format!("x --target {target}")).connect().await.unwrap_err();
        let text = refused.to_string();
        assert!(text.starts_with(&format!("{target} cannot be reached: ")), "{text}");
        assert!(text.contains("refused") && !text.contains('\n'), "{text}");
    }
}
