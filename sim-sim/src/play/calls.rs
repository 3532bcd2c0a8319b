//! The calls of each caller, with the patience of an ordinary client.

use crate::{connections::Connections, world::carrier::Carrier};
use simbind_proto::v1::{
    binding_service_client::BindingServiceClient, check_service_client::CheckServiceClient,
    counter_service_client::CounterServiceClient, decision_service_client::DecisionServiceClient,
    pin_service_client::PinServiceClient, platform_service_client::PlatformServiceClient,
    registry_service_client::RegistryServiceClient,
    sim_event_service_client::SimEventServiceClient, status_service_client::StatusServiceClient,
    succession_service_client::SuccessionServiceClient,
};
use std::{collections::BTreeMap, time::Duration};
use tonic::{Code, Response, Status, transport::Channel};

/// How often a call is made before its fault stands.
const TRIES: u32 = 4;

/// A client for each caller.
#[derive(Clone)]
pub(crate) struct Calls {
    pub(crate) bank: CheckServiceClient<Channel>,
    /// The bank's too.
    pub(crate) decisions: DecisionServiceClient<Channel>,
    pub(crate) other_party: CheckServiceClient<Channel>,
    pub(crate) doors: CheckServiceClient<Channel>,
    pub(crate) counter: BindingServiceClient<Channel>,
    /// The counter's terminal, for tickets.
    pub(crate) terminal: CounterServiceClient<Channel>,
    /// Another office's.
    pub(crate) other_terminal: CounterServiceClient<Channel>,
    /// The backend of the app with which people enrol.
    pub(crate) enrolment_app: CounterServiceClient<Channel>,
    /// The counter's too.
    pub(crate) pins: PinServiceClient<Channel>,
    /// The counter's too.
    pub(crate) successions: SuccessionServiceClient<Channel>,
    /// The app's, where the person's card is read.
    pub(crate) at_home: BindingServiceClient<Channel>,
    pub(crate) successions_at_home: SuccessionServiceClient<Channel>,
    /// The counter's too.
    pub(crate) orders: PlatformServiceClient<Channel>,
    /// The analyst's.
    pub(crate) registry: RegistryServiceClient<Channel>,
    /// The issuer's, where there is a connection for it.
    pub(crate) issuer: Option<StatusServiceClient<Channel>>,
    carriers: BTreeMap<Carrier, SimEventServiceClient<Channel>>,
    gateways: BTreeMap<Carrier, PlatformServiceClient<Channel>>,
}

impl Calls {
    pub(crate) fn new(connections: &Connections) -> Self {
        let gateway = |carrier| PlatformServiceClient::new(connections.carrier(carrier));
        let feed = |carrier| SimEventServiceClient::new(connections.carrier(carrier));
        Self {
            bank: CheckServiceClient::new(connections.bank.clone()),
            decisions: DecisionServiceClient::new(connections.bank.clone()),
            other_party: CheckServiceClient::new(connections.other_party.clone()),
            doors: CheckServiceClient::new(connections.doors.clone()),
            counter: BindingServiceClient::new(connections.counter.clone()),
            terminal: CounterServiceClient::new(connections.counter.clone()),
            other_terminal: CounterServiceClient::new(connections.other_counter.clone()),
            enrolment_app: CounterServiceClient::new(connections.enrolment_app.clone()),
            pins: PinServiceClient::new(connections.counter.clone()),
            successions: SuccessionServiceClient::new(connections.counter.clone()),
            at_home: BindingServiceClient::new(connections.bank.clone()),
            successions_at_home: SuccessionServiceClient::new(connections.bank.clone()),
            orders: PlatformServiceClient::new(connections.counter.clone()),
            registry: RegistryServiceClient::new(connections.analyst.clone()),
            issuer: connections.issuer.clone().map(StatusServiceClient::new),
            carriers: Carrier::ALL.into_iter().map(|c| (c, feed(c))).collect(),
            gateways: Carrier::ALL.into_iter().map(|c| (c, gateway(c))).collect(),
        }
    }

    /// A carrier's feed.
    pub(crate) fn feed(&self, carrier: Carrier) -> Result<SimEventServiceClient<Channel>, Status> {
        self.carriers.get(&carrier).cloned().ok_or_else(|| Status::internal("no such carrier"))
    }

    /// What a carrier tells of its platform.
    pub(crate) fn gateway(
        &self,
        carrier: Carrier,
    ) -> Result<PlatformServiceClient<Channel>, Status> {
        self.gateways.get(&carrier).cloned().ok_or_else(|| Status::internal("no such carrier"))
    }
}

/// Makes a call, and again where the server asks for patience.
pub(crate) async fn patiently<T, F, C>(mut call: C) -> Result<T, Status>
where
    F: Future<Output = Result<Response<T>, Status>>,
    C: FnMut() -> F,
{
    let mut pause = Duration::from_millis(20);
    for _ in 1..TRIES {
        match call().await {
            Ok(response) => return Ok(response.into_inner()),
            Err(status) if status.code() == Code::Unavailable => {
                tokio::time::sleep(pause).await;
                pause *= 4;
            }
            Err(status) => return Err(status),
        }
    }
    call().await.map(Response::into_inner)
}
