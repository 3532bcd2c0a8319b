use super::{HarnessError, Server, command};
use std::{fs, path::Path, time::Duration};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

/// Makes a set of development certificates in a folder, by the command.
///
/// # Errors
/// [`HarnessError`] where the command fails.
pub async fn dev_certs(folder: &Path) -> Result<(), HarnessError> {
    let exit = command(folder, &["admin", "dev-certs", "--dir", "."]).await?;
    if exit.status.success() { Ok(()) } else { Err(HarnessError::Command(exit.stderr)) }
}

/// A connection with TLS to a server that uses the set in `folder`, as a caller of it or as nobody.
/// It connects at the first call, so that a test can see the call's status.
///
/// # Errors
/// [`HarnessError`] where files are missing.
pub fn tls_channel(
    server: &Server,
    folder: &Path,
    caller: Option<&str>,
) -> Result<Channel, HarnessError> {
    let ca = Certificate::from_pem(fs::read(folder.join("ca.pem"))?);
    let mut tls = ClientTlsConfig::new().ca_certificate(ca).domain_name("localhost");
    if let Some(name) = caller {
        let certificate = fs::read(folder.join(format!("{name}.pem")))?;
        let key = fs::read(folder.join(format!("{name}.key")))?;
        tls = tls.identity(Identity::from_pem(certificate, key));
    }
    let endpoint = Endpoint::from_shared(format!("https://{}", server.address()))?;
    let endpoint = endpoint.connect_timeout(Duration::from_secs(10)).tls_config(tls)?;
    Ok(endpoint.connect_lazy())
}
