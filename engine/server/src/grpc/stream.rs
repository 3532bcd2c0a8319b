//! Bidirectional streams: many messages in work at once, bounded, answered as they are done.

use super::{
    Api,
    status::{field, status},
    wire,
};
use crate::callers::{Identity, Role};
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use simbind_proto::v1::{
    CheckFault, SimEvent, StreamChecksRequest, StreamChecksResponse, StreamEventsRequest,
    StreamEventsResponse, stream_checks_request::Check, stream_checks_response::Answer,
};
use simbind_service::{
    ServiceError,
    ports::{store::Store, vault::Vault},
};
use std::sync::Arc;
use tonic::{Status, Streaming};

/// Decides the checks of a stream. A broken stream ends it; a wrong message is answered as a fault.
pub(super) fn checks<S: Store, V: Vault>(
    api: Api<S, V>,
    identity: Arc<Identity>,
    inbound: Streaming<StreamChecksRequest>,
) -> BoxStream<'static, Result<StreamChecksResponse, Status>> {
    let in_flight = api.0.bounds.stream_in_flight;
    inbound
        .map(move |message| {
            let (api, identity) = (api.clone(), Arc::clone(&identity));
            async move {
                let StreamChecksRequest { correlation_id, check } = message?;
                // A task of its own, so that one stream's signatures are verified on all cores.
                let work = tokio::spawn(async move { answer(&api, &identity, check).await });
                let answer = match work.await {
                    Ok(Ok(answer)) => answer,
                    Ok(Err(status)) => Answer::Fault(fault(&status)),
                    Err(_) => Answer::Fault(fault(&Status::unavailable("the check was given up"))),
                };
                Ok(StreamChecksResponse { correlation_id, answer: Some(answer) })
            }
        })
        .buffer_unordered(in_flight)
        .scan(false, |ended, answer| {
            let goes_on = !*ended;
            *ended = answer.is_err();
            std::future::ready(goes_on.then_some(answer))
        })
        .boxed()
}

async fn answer<S: Store, V: Vault>(
    api: &Api<S, V>,
    identity: &Identity,
    check: Option<Check>,
) -> Result<Answer, Status> {
    match wire::required("check", check).map_err(status)? {
        Check::Login(login) => {
            identity.require(Role::RelyingParty)?;
            let check = api.login(identity, login).map_err(status)?;
            api.decide(&check).await.map(Answer::Decision).map_err(status)
        }
        Check::Tap(tap) => {
            identity.require(Role::ReaderHost)?;
            let check = api.tap(identity, tap).map_err(status)?;
            api.decide(&check).await.map(Answer::Decision).map_err(status)
        }
        Check::Challenge(request) => {
            api.challenge(identity, request).map(Answer::Challenge).map_err(status)
        }
    }
}

fn fault(status: &Status) -> CheckFault {
    CheckFault {
        code: u32::try_from(i32::from(status.code())).unwrap_or(2),
        message: status.message().to_owned(),
        field: field(status),
    }
}

/// Takes the events of a stream in, each acknowledged after it is on disk, in order.
pub(super) fn events<S: Store, V: Vault>(
    api: Api<S, V>,
    identity: Arc<Identity>,
    inbound: Streaming<StreamEventsRequest>,
) -> BoxStream<'static, Result<StreamEventsResponse, Status>> {
    let in_flight = api.0.bounds.stream_in_flight;
    inbound
        .map(move |message| {
            let (api, identity) = (api.clone(), Arc::clone(&identity));
            async move {
                let StreamEventsRequest { event } = message?;
                let event = wire::required("event", event).map_err(status)?;
                let result = api.take_event(&identity, event).await.map_err(status)?;
                Ok(StreamEventsResponse { result: Some(result) })
            }
        })
        .buffered(in_flight)
        .scan(false, |ended, answer: Result<_, Status>| {
            let goes_on = !*ended;
            *ended = answer.is_err();
            std::future::ready(goes_on.then_some(answer))
        })
        .boxed()
}

/// Takes the events of a batch in, several at once, and answers in their order.
pub(super) async fn batch<S: Store, V: Vault>(
    api: &Api<S, V>,
    identity: &Identity,
    events: Vec<SimEvent>,
) -> Result<Vec<simbind_proto::v1::EventResult>, ServiceError> {
    let taken = stream::iter(events).map(|event| api.take_event(identity, event));
    let results: Vec<_> = taken.buffered(api.0.bounds.stream_in_flight).collect().await;
    results.into_iter().collect()
}
