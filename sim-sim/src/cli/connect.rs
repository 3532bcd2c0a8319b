//! Connections to a server, with a certificate for each caller or none.

use super::args::Server;
use sim_sim::{Carrier, Connections, Names};
use std::{error::Error, fs, path::Path};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

/// The name in the server's certificate.
const SERVER_NAME: &str = "localhost";

/// One connection, as a caller of that name.
pub(super) async fn channel(server: &Server, caller: &str) -> Result<Channel, Box<dyn Error>> {
    let scheme = if server.certs.is_some() { "https" } else { "http" };
    let endpoint = Endpoint::from_shared(format!("{scheme}://{}", server.target))?;
    let endpoint = match &server.certs {
        Some(dir) => endpoint.tls_config(tls(dir, caller)?)?,
        None => endpoint,
    };
    Ok(endpoint.tcp_nodelay(true).connect().await?)
}

fn tls(dir: &Path, caller: &str) -> Result<ClientTlsConfig, Box<dyn Error>> {
    let ca = Certificate::from_pem(fs::read(dir.join("ca.pem"))?);
    let certificate = fs::read(dir.join(format!("{caller}.pem")))?;
    let key = fs::read(dir.join(format!("{caller}.key")))?;
    Ok(ClientTlsConfig::new()
        .domain_name(SERVER_NAME)
        .ca_certificate(ca)
        .identity(Identity::from_pem(certificate, key)))
}

/// The issuer's connection, where the folder has a certificate for it.
async fn issuer(server: &Server) -> Result<Option<Channel>, Box<dyn Error>> {
    let has = server.certs.as_ref().is_some_and(|dir| dir.join("issuer.pem").exists());
    Ok(if has { Some(channel(server, "issuer").await?) } else { None })
}

/// The connections of all callers.
pub(super) async fn connections(server: &Server) -> Result<Connections, Box<dyn Error>> {
    if server.certs.is_none() {
        return Ok(Connections::plaintext(channel(server, "").await?));
    }
    let mut connections = Connections {
        bank: channel(server, "bank").await?,
        other_party: channel(server, "shop").await?,
        doors: channel(server, "doors").await?,
        counter: channel(server, "city-hall").await?,
        other_counter: channel(server, "ward-office").await?,
        enrolment_app: channel(server, "enrolment-app").await?,
        analyst: channel(server, "analyst").await?,
        issuer: issuer(server).await?,
        carriers: std::collections::BTreeMap::new(),
        platform: None,
        told_apart: true,
        names: Names::usual(),
    };
    for carrier in Carrier::ALL {
        connections.carriers.insert(carrier, channel(server, carrier.id()).await?);
    }
    Ok(connections)
}

/// The names that go with how the server is reached.
pub(super) fn names(server: &Server) -> Names {
    if server.certs.is_some() { Names::usual() } else { Names::local() }
}
