//! The carriers' platforms over gRPC, and the background work that tells them what is due.

use super::ServeError;
use crate::{
    config::{Platform as Configured, PlatformTls},
    grpc::{self, Api},
    telemetry::Metrics,
};
use simbind_core::ids::CarrierId;
use simbind_proto::v1::applet_platform_service_client::AppletPlatformServiceClient;
use simbind_service::ports::{
    platform::{Instruction, Platform, PlatformFault, Said},
    store::Store,
    vault::Vault,
};
use std::{collections::BTreeMap, fs, path::Path, sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinSet};
use tonic::{
    Request,
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity},
};

/// Looks between two countings of what is open.
const COUNT_EVERY: u64 = 20;
/// The most orders in work at once, over all platforms.
const AT_ONCE: usize = 256;
/// The largest answer of a platform, in bytes.
const MOST_ANSWER: usize = 64 << 10;
/// The most characters of what a platform says went wrong that are kept.
const MOST_WORDS: usize = 200;

/// The platforms' connections, which are made when they are needed.
#[derive(Clone, Debug)]
pub(super) struct Gateways(Arc<BTreeMap<CarrierId, Channel>>);

impl Gateways {
    /// Reads the files of all platforms.
    pub(super) fn new(platforms: &[Configured]) -> Result<Self, ServeError> {
        let mut channels = BTreeMap::new();
        for Configured { terms, url, tls } in platforms {
            let wrong = |why: tonic::transport::Error| ServeError::File {
                path: url.clone(),
                why: why.to_string(),
            };
            let endpoint = Endpoint::from_shared(url.clone()).map_err(wrong)?;
            let endpoint = endpoint.connect_timeout(terms.timeout).tcp_nodelay(true);
            let endpoint = match tls {
                Some(files) => endpoint.tls_config(client_tls(files)?).map_err(wrong)?,
                None => endpoint,
            };
            channels.insert(terms.carrier.clone(), endpoint.connect_lazy());
        }
        Ok(Self(Arc::new(channels)))
    }
}

fn client_tls(files: &PlatformTls) -> Result<ClientTlsConfig, ServeError> {
    let read = |path: &Path| {
        let fault = |error: std::io::Error| ServeError::File {
            path: path.display().to_string(),
            why: error.to_string(),
        };
        fs::read(path).map_err(fault)
    };
    let key = zeroize::Zeroizing::new(read(&files.key)?);
    Ok(ClientTlsConfig::new()
        .ca_certificate(Certificate::from_pem(read(&files.ca)?))
        .identity(Identity::from_pem(read(&files.certificate)?, &*key)))
}

impl Platform for Gateways {
    async fn instruct(&self, instruction: &Instruction) -> Result<Said, PlatformFault> {
        let none = || PlatformFault::Unreachable("it is not configured".into());
        let channel = self.0.get(&instruction.platform).ok_or_else(none)?.clone();
        let mut client =
            AppletPlatformServiceClient::new(channel).max_decoding_message_size(MOST_ANSWER);
        let timeout = instruction.timeout;
        let mut request = Request::new(grpc::platform_instruction(instruction));
        request.set_timeout(timeout);
        let answered = tokio::time::timeout(timeout, client.order_applet(request)).await;
        let answer = answered.map_err(|_| PlatformFault::Timeout(timeout))?;
        // The code alone: what the platform writes beside it may name a SIM.
        let answer = answer.map_err(|status| {
            let words = status.code().description().chars().take(MOST_WORDS).collect();
            PlatformFault::Unreachable(words)
        })?;
        grpc::platform_said(answer.get_ref()).ok_or(PlatformFault::Unreadable)
    }
}

/// Tells platforms what is due until the server stops.
pub(super) async fn tell<S: Store, V: Vault>(
    api: Api<S, V>,
    (gateways, look_every): (Gateways, Duration),
    metrics: Metrics,
    mut stopped: watch::Receiver<bool>,
) {
    if gateways.0.is_empty() {
        return;
    }
    let mut ticks = tokio::time::interval(look_every);
    let mut open = JoinSet::new();
    for look in 0_u64.. {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        while open.try_join_next().is_some() {}
        if look % COUNT_EVERY == 0 {
            match api.engine().platform_figures().await {
                Ok(figures) => metrics.platforms(&figures),
                Err(error) => tracing::warn!(%error, "open orders could not be counted"),
            }
        }
        let jobs = match api.engine().platform_jobs(AT_ONCE.saturating_sub(open.len())).await {
            Ok(jobs) => jobs,
            Err(error) => {
                tracing::warn!(%error, "due orders could not be read");
                continue;
            }
        };
        for job in jobs {
            let (api, gateways) = (api.clone(), gateways.clone());
            open.spawn(async move { api.engine().run_platform_job(job, &gateways).await });
        }
    }
}
