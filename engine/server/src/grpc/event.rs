use super::{Api, binding::identity, status::status, stream, wire};
use crate::{callers::Identity, telemetry::Event};
use futures::stream::BoxStream;
use simbind_proto::v1::{sim_event_service_server::SimEventService, *};
use simbind_rules::facts::FeedHealth as Health;
use simbind_service::{
    ServiceError,
    ingest::{Kept, Receipt},
    ports::{store::Store, vault::Vault},
};
use std::sync::Arc;
use tonic::{Request, Response, Status, Streaming};

impl<S: Store, V: Vault> Api<S, V> {
    /// Takes one event in. A wrong field refuses the event; a fault of ours fails the call.
    pub(super) async fn take_event(
        &self,
        identity: &Identity,
        event: SimEvent,
    ) -> Result<EventResult, ServiceError> {
        let event_id = event.event_id.clone();
        let taken = async {
            let message = wire::message(event)?;
            self.0.parties.speaks_for(identity, &message.carrier)?;
            self.engine().ingest(&message).await
        };
        match taken.await {
            Ok(receipt) => {
                self.0.metrics.event(&Event { status: word(&receipt) });
                Ok(wire::receipt(event_id, &receipt))
            }
            Err(ServiceError::Invalid { field, why }) => {
                self.0.metrics.event(&Event { status: "refused" });
                Ok(wire::refusal(&event_id, field.into_owned(), why))
            }
            Err(error) => Err(error),
        }
    }
}

const fn word(receipt: &Receipt) -> &'static str {
    match receipt.kept {
        Kept::Applied => "applied",
        Kept::Duplicate => "duplicate",
        Kept::UnknownLine => "kept_unknown_line",
        Kept::IdReused => "kept_id_reused",
    }
}

#[tonic::async_trait]
impl<S: Store, V: Vault> SimEventService for Api<S, V> {
    type StreamEventsStream = BoxStream<'static, Result<StreamEventsResponse, Status>>;

    async fn publish_events(
        &self,
        request: Request<PublishEventsRequest>,
    ) -> Result<Response<PublishEventsResponse>, Status> {
        let identity = identity(&request)?;
        let PublishEventsRequest { events } = request.into_inner();
        let most = self.0.bounds.batch_events;
        if events.is_empty() || events.len() > most {
            let why = format!("has {} events, not 1 to {most}", events.len());
            return Err(status(ServiceError::invalid("events", why)));
        }
        let results = stream::batch(self, &identity, events).await.map_err(status)?;
        Ok(Response::new(PublishEventsResponse { results }))
    }

    async fn stream_events(
        &self,
        request: Request<Streaming<StreamEventsRequest>>,
    ) -> Result<Response<Self::StreamEventsStream>, Status> {
        let identity = Arc::new(identity(&request)?);
        Ok(Response::new(stream::events(self.clone(), identity, request.into_inner())))
    }

    async fn get_feed(
        &self,
        request: Request<GetFeedRequest>,
    ) -> Result<Response<GetFeedResponse>, Status> {
        let GetFeedRequest { carrier_id } = request.into_inner();
        let carrier = wire::field("carrier_id", &carrier_id).map_err(status)?;
        let Some(feed) = self.engine().feed(&carrier) else {
            return Ok(Response::new(GetFeedResponse {
                health: FeedHealth::None.into(),
                ..GetFeedResponse::default()
            }));
        };
        let health = match feed.health {
            Health::Healthy => FeedHealth::Healthy,
            Health::Lagging => FeedHealth::Lagging,
            Health::Silent => FeedHealth::Silent,
            Health::Gapped => FeedHealth::Gapped,
            Health::None => FeedHealth::None,
        };
        Ok(Response::new(GetFeedResponse {
            health: health.into(),
            last_heard: feed.last_heard.map(wire::time),
            horizon_days: u32::try_from(feed.horizon.as_secs() / 86_400).unwrap_or(u32::MAX),
        }))
    }
}
