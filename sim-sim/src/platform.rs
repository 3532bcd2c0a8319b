//! The carriers' platforms (SP-TSM), played: what they do with the orders for each SIM.

#[cfg(test)]
mod tests;

use simbind_proto::v1::{
    OrderAccepted, OrderAppletRequest, OrderAppletResponse, OrderConfirmed, OrderRefusal,
    applet_platform_service_server::{AppletPlatformService, AppletPlatformServiceServer},
    order_applet_response::Standing,
};
use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinHandle};
use tonic::{
    Request, Response, Status,
    transport::{Server, server::TcpIncoming},
};

/// The most SIMs that a platform is told a manner for.
const MOST_SIMS: usize = 1 << 20;

/// How long a caller waits for one that is silent, in the machine's time, before the connection fails:
/// a run's time does not pass meanwhile.
const SILENCE: Duration = Duration::from_millis(50);

/// What a platform does with the orders for a SIM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// It takes them, and tells later or never.
    #[default]
    Accepts,
    /// It has done them at once.
    Confirms,
    /// It will not do them.
    Refuses(OrderRefusal),
    /// It says nothing of them.
    Silent,
}

/// A gateway on this machine that plays the platforms of all carriers. It stops with the value.
#[derive(Debug)]
pub struct PlayedPlatform {
    address: SocketAddr,
    manners: Arc<Manners>,
    serving: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Manners(Mutex<BTreeMap<String, Manner>>);

impl Manners {
    fn by_iccid(&self) -> MutexGuard<'_, BTreeMap<String, Manner>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PlayedPlatform {
    /// Listens on a free port. A SIM that nothing was said of has its orders accepted, and no more.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let manners = Arc::<Manners>::default();
        let gateway = AppletPlatformServiceServer::new(Gateway(Arc::clone(&manners)));
        let server = Server::builder().add_service(gateway);
        let serving = tokio::spawn(async move {
            // A gateway that ends is a platform that is not there.
            let _ = server.serve_with_incoming(TcpIncoming::from(listener)).await;
        });
        Ok(Self { address, manners, serving })
    }

    /// Where it listens, without TLS.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on orders for a SIM are met so. Of more than a million SIMs nothing is kept.
    pub fn behaves(&self, iccid: &str, manner: Manner) {
        let mut manners = self.manners.by_iccid();
        if manners.len() < MOST_SIMS || manners.contains_key(iccid) {
            manners.insert(iccid.to_owned(), manner);
        }
    }
}

impl Drop for PlayedPlatform {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

struct Gateway(Arc<Manners>);

#[tonic::async_trait]
impl AppletPlatformService for Gateway {
    async fn order_applet(
        &self,
        request: Request<OrderAppletRequest>,
    ) -> Result<Response<OrderAppletResponse>, Status> {
        let iccid = request.into_inner().iccid;
        let manner = self.0.by_iccid().get(&iccid).copied().unwrap_or_default();
        let standing = match manner {
            Manner::Accepts => Standing::Accepted(OrderAccepted {}),
            Manner::Confirms => Standing::Confirmed(OrderConfirmed {}),
            Manner::Refuses(why) => Standing::Refused(why.into()),
            Manner::Silent => {
                tokio::time::sleep(SILENCE).await;
                return Err(Status::unavailable("nobody there"));
            }
        };
        Ok(Response::new(OrderAppletResponse { standing: Some(standing) }))
    }
}
