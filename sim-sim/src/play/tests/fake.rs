//! A server that checks the form of what it gets, and lets everybody in.

mod counter;
mod decision;
mod registry;
mod succession;

use sha2::{Digest as _, Sha256};
use simbind_core::{
    ids::{BindingId, Iccid, Imei},
    transcript::Audience,
};
use simbind_proto::v1::{
    self,
    binding_service_server::{BindingService, BindingServiceServer},
    check_service_server::{CheckService, CheckServiceServer},
    counter_service_server::CounterServiceServer,
    decision_service_server::DecisionServiceServer,
    pin_service_server::{PinService, PinServiceServer},
    registry_service_server::RegistryServiceServer,
    sim_event_service_server::{SimEventService, SimEventServiceServer},
    status_service_server::{StatusService, StatusServiceServer},
    succession_service_server::SuccessionServiceServer,
};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;
use tokio_stream::wrappers::{ReceiverStream, TcpListenerStream};
use tonic::{
    Request, Response, Status, Streaming,
    transport::{Channel, Endpoint, Server},
};

#[derive(Default)]
struct Seen {
    text: String,
    checks: usize,
    told: Vec<v1::push_status_request::Status>,
    deaf: bool,
    enrolled: BTreeSet<(String, String, Vec<u8>)>,
    decided: Vec<String>,
}

/// The server.
#[derive(Clone, Default)]
pub(super) struct Fake(Arc<Mutex<Seen>>);

impl Fake {
    pub(super) async fn serve(&self) -> Channel {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::builder()
            .add_service(BindingServiceServer::new(self.clone()))
            .add_service(CheckServiceServer::new(self.clone()))
            .add_service(CounterServiceServer::new(self.clone()))
            .add_service(DecisionServiceServer::new(self.clone()))
            .add_service(PinServiceServer::new(self.clone()))
            .add_service(RegistryServiceServer::new(self.clone()))
            .add_service(SimEventServiceServer::new(self.clone()))
            .add_service(StatusServiceServer::new(self.clone()))
            .add_service(SuccessionServiceServer::new(self.clone()));
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap()
    }

    pub(super) fn checks(&self) -> usize {
        self.0.lock().unwrap().checks
    }

    pub(super) fn enrolled(&self) -> BTreeSet<(String, String, Vec<u8>)> {
        self.0.lock().unwrap().enrolled.clone()
    }

    /// All that the issuers told.
    pub(super) fn told(&self) -> Vec<v1::push_status_request::Status> {
        self.0.lock().unwrap().told.clone()
    }

    /// Knows no issuer from now on.
    pub(super) fn deafen(&self) {
        self.0.lock().unwrap().deaf = true;
    }

    /// All that was sent, as text.
    pub(super) fn transcript(&self) -> String {
        self.0.lock().unwrap().text.clone()
    }

    fn note(&self, what: &impl std::fmt::Debug) {
        self.0.lock().unwrap().text.push_str(&format!("{what:?}\n"));
    }

    fn decide(&self, request_id: &str, evidence: Option<&v1::Evidence>) -> v1::Decision {
        let evidence = evidence.unwrap();
        evidence.iccid.as_ref().unwrap().parse::<Iccid>().unwrap();
        for imei in [&evidence.imei, &evidence.toolkit_imei].into_iter().flatten() {
            imei.parse::<Imei>().unwrap();
        }
        assert!(!evidence.signature.as_ref().unwrap().value.is_empty());
        assert_eq!(evidence.challenge.len(), 50);
        let mut seen = self.0.lock().unwrap();
        seen.checks += 1;
        seen.decided.push(request_id.to_owned());
        v1::Decision {
            decision_id: request_id.to_owned(),
            verdict: Some(v1::decision::Verdict::Allow(v1::Allow {})),
            ..v1::Decision::default()
        }
    }
}

type Answer<T> = Result<Response<T>, Status>;

fn bound(id: &str) -> Option<v1::Binding> {
    let digest = Sha256::digest(id.as_bytes());
    let made = BindingId::from_bytes(std::array::from_fn(|at| digest[at])).to_string();
    let binding_id = if id.parse::<BindingId>().is_ok() { id.to_owned() } else { made };
    Some(v1::Binding { binding_id, ..v1::Binding::default() })
}

#[tonic::async_trait]
impl BindingService for Fake {
    async fn issue_enrolment_challenge(
        &self,
        _: Request<v1::IssueEnrolmentChallengeRequest>,
    ) -> Answer<v1::IssueEnrolmentChallengeResponse> {
        Ok(Response::new(v1::IssueEnrolmentChallengeResponse {
            challenge: vec![0xE0; 50].into(),
            expires_at: None,
        }))
    }

    async fn enrol_binding(
        &self,
        request: Request<v1::EnrolBindingRequest>,
    ) -> Answer<v1::EnrolBindingResponse> {
        let request = request.into_inner();
        self.note(&request);
        request.iccid.parse::<Iccid>().unwrap();
        let certificate = request.certificate_chain[0].to_vec();
        let row = (request.person_ref.clone(), request.iccid.clone(), certificate);
        self.0.lock().unwrap().enrolled.insert(row);
        Ok(Response::new(v1::EnrolBindingResponse { binding: bound(&request.request_id) }))
    }

    async fn add_handset(
        &self,
        request: Request<v1::AddHandsetRequest>,
    ) -> Answer<v1::AddHandsetResponse> {
        let request = request.into_inner();
        let handset = request.handset.unwrap();
        assert_ne!(handset.app_attest.is_some(), !handset.key_attestation_chain.is_empty());
        Ok(Response::new(v1::AddHandsetResponse { binding: bound(&request.binding_id) }))
    }

    async fn get_binding(
        &self,
        _: Request<v1::GetBindingRequest>,
    ) -> Answer<v1::GetBindingResponse> {
        Err(Status::unimplemented("no"))
    }

    async fn list_bindings(
        &self,
        _: Request<v1::ListBindingsRequest>,
    ) -> Answer<v1::ListBindingsResponse> {
        Err(Status::unimplemented("no"))
    }

    async fn hold_binding(
        &self,
        _: Request<v1::HoldBindingRequest>,
    ) -> Answer<v1::HoldBindingResponse> {
        Err(Status::unimplemented("no"))
    }

    async fn release_binding(
        &self,
        request: Request<v1::ReleaseBindingRequest>,
    ) -> Answer<v1::ReleaseBindingResponse> {
        let request = request.into_inner();
        Ok(Response::new(v1::ReleaseBindingResponse { binding: bound(&request.binding_id) }))
    }

    async fn confirm_release(
        &self,
        _: Request<v1::ConfirmReleaseRequest>,
    ) -> Answer<v1::ConfirmReleaseResponse> {
        Err(Status::unimplemented("not played"))
    }

    async fn revoke_binding(
        &self,
        request: Request<v1::RevokeBindingRequest>,
    ) -> Answer<v1::RevokeBindingResponse> {
        let request = request.into_inner();
        Ok(Response::new(v1::RevokeBindingResponse { binding: bound(&request.binding_id) }))
    }

    async fn announce_change(
        &self,
        request: Request<v1::AnnounceChangeRequest>,
    ) -> Answer<v1::AnnounceChangeResponse> {
        let binding = bound(&request.get_ref().binding_id);
        Ok(Response::new(v1::AnnounceChangeResponse { binding }))
    }

    async fn reprove_binding(
        &self,
        request: Request<v1::ReproveBindingRequest>,
    ) -> Answer<v1::ReproveBindingResponse> {
        let request = request.into_inner();
        Ok(Response::new(v1::ReproveBindingResponse { binding: bound(&request.binding_id) }))
    }
}

#[tonic::async_trait]
impl PinService for Fake {
    async fn record_pin_change(
        &self,
        _: Request<v1::RecordPinChangeRequest>,
    ) -> Answer<v1::RecordPinChangeResponse> {
        Err(Status::unimplemented("not played"))
    }

    async fn reset_pin(
        &self,
        request: Request<v1::ResetPinRequest>,
    ) -> Answer<v1::ResetPinResponse> {
        let request = request.into_inner();
        Ok(Response::new(v1::ResetPinResponse { binding: bound(&request.binding_id) }))
    }
}

#[tonic::async_trait]
impl CheckService for Fake {
    type StreamChecksStream = ReceiverStream<Result<v1::StreamChecksResponse, Status>>;

    async fn issue_challenge(
        &self,
        request: Request<v1::IssueChallengeRequest>,
    ) -> Answer<v1::IssueChallengeResponse> {
        let request = request.into_inner();
        let audience = if request.reader_id.is_empty() {
            Audience::RelyingParty("bank".parse().unwrap())
        } else {
            Audience::Reader(request.reader_id.parse().unwrap())
        };
        Ok(Response::new(v1::IssueChallengeResponse {
            challenge: vec![0xC0; 50].into(),
            expires_at: None,
            audience: audience.to_text(),
        }))
    }

    async fn check_login(
        &self,
        request: Request<v1::CheckLoginRequest>,
    ) -> Answer<v1::CheckLoginResponse> {
        let request = request.into_inner();
        self.note(&request);
        let decision = self.decide(&request.request_id, request.evidence.as_ref());
        Ok(Response::new(v1::CheckLoginResponse { decision: Some(decision) }))
    }

    async fn check_tap(
        &self,
        request: Request<v1::CheckTapRequest>,
    ) -> Answer<v1::CheckTapResponse> {
        let request = request.into_inner();
        self.note(&request);
        let decision = self.decide(&request.request_id, request.evidence.as_ref());
        Ok(Response::new(v1::CheckTapResponse { decision: Some(decision) }))
    }

    async fn stream_checks(
        &self,
        _: Request<Streaming<v1::StreamChecksRequest>>,
    ) -> Answer<Self::StreamChecksStream> {
        Err(Status::unimplemented("no"))
    }

    async fn report_outcome(
        &self,
        _: Request<v1::ReportOutcomeRequest>,
    ) -> Answer<v1::ReportOutcomeResponse> {
        Ok(Response::new(v1::ReportOutcomeResponse::default()))
    }
}

#[tonic::async_trait]
impl SimEventService for Fake {
    type StreamEventsStream = ReceiverStream<Result<v1::StreamEventsResponse, Status>>;

    async fn publish_events(
        &self,
        request: Request<v1::PublishEventsRequest>,
    ) -> Answer<v1::PublishEventsResponse> {
        let events = request.into_inner().events;
        self.note(&events);
        assert!(!events.is_empty());
        Ok(Response::new(v1::PublishEventsResponse::default()))
    }

    async fn stream_events(
        &self,
        _: Request<Streaming<v1::StreamEventsRequest>>,
    ) -> Answer<Self::StreamEventsStream> {
        Err(Status::unimplemented("no"))
    }

    async fn get_feed(&self, _: Request<v1::GetFeedRequest>) -> Answer<v1::GetFeedResponse> {
        Err(Status::unimplemented("no"))
    }
}

#[tonic::async_trait]
impl StatusService for Fake {
    async fn push_status(
        &self,
        request: Request<v1::PushStatusRequest>,
    ) -> Answer<v1::PushStatusResponse> {
        if self.0.lock().unwrap().deaf {
            return Err(Status::invalid_argument("an issuer that nobody knows"));
        }
        let told = request.into_inner().status.unwrap();
        self.0.lock().unwrap().told.push(told);
        let outcome = v1::PushOutcome::Taken.into();
        Ok(Response::new(v1::PushStatusResponse { outcome }))
    }

    async fn get_certificate_status(
        &self,
        _: Request<v1::GetCertificateStatusRequest>,
    ) -> Answer<v1::GetCertificateStatusResponse> {
        Err(Status::unimplemented("no"))
    }

    async fn list_status_sources(
        &self,
        _: Request<v1::ListStatusSourcesRequest>,
    ) -> Answer<v1::ListStatusSourcesResponse> {
        Err(Status::unimplemented("no"))
    }
}
