//! A carrier's platform that answers as the test says, and tells what it heard.

use simbind_proto::v1::{
    OrderAppletRequest, OrderAppletResponse,
    applet_platform_service_server::{AppletPlatformService, AppletPlatformServiceServer},
    order_applet_response::Standing,
};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};
use tonic::{
    Request, Response, Status,
    transport::{Server, server::TcpIncoming},
};

/// How a platform answers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    /// It never answers.
    Hangs,
    /// It says that it cannot.
    Fails,
    /// So.
    Says(Standing),
}

struct Gateway {
    manner: Arc<Mutex<Manner>>,
    heard: UnboundedSender<OrderAppletRequest>,
}

#[tonic::async_trait]
impl AppletPlatformService for Gateway {
    async fn order_applet(
        &self,
        request: Request<OrderAppletRequest>,
    ) -> Result<Response<OrderAppletResponse>, Status> {
        let _ = self.heard.send(request.into_inner());
        let manner = *self.manner.lock().unwrap();
        match manner {
            Manner::Hangs => std::future::pending().await,
            Manner::Fails => Err(Status::unavailable("not now")),
            Manner::Says(standing) => {
                Ok(Response::new(OrderAppletResponse { standing: Some(standing) }))
            }
        }
    }
}

pub(crate) struct Played {
    pub(crate) address: SocketAddr,
    manner: Arc<Mutex<Manner>>,
    heard: UnboundedReceiver<OrderAppletRequest>,
}

impl Played {
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, heard) = unbounded_channel();
        let manner = Arc::new(Mutex::new(manner));
        let gateway = Gateway { manner: Arc::clone(&manner), heard: sender };
        let serving = Server::builder().add_service(AppletPlatformServiceServer::new(gateway));
        tokio::spawn(serving.serve_with_incoming(TcpIncoming::from(listener)));
        Self { address, manner, heard }
    }

    pub(crate) fn becomes(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// The next order that comes.
    pub(crate) async fn next(&mut self) -> OrderAppletRequest {
        let next = tokio::time::timeout(Duration::from_secs(60), self.heard.recv());
        next.await.expect("an order within a minute").unwrap()
    }
}
