use super::{Api, binding::identity, status::status, stream, wire};
use crate::{
    callers::{Identity, Role},
    telemetry::Check,
};
use futures::stream::BoxStream;
use simbind_core::{ids::StepUpId, transcript::Audience};
use simbind_proto::v1::{check_service_server::CheckService, *};
use simbind_rules::{CheckKind, facts::Channel as CheckChannel};
use simbind_service::{
    ServiceError,
    check::{CheckRequest, ReaderPart},
    outcome::decision_of,
    ports::{store::Store, vault::Vault},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tonic::{Request, Response, Status, Streaming};

/// The longest round trip that a reader may report, in microseconds.
const LONGEST_ROUND_TRIP: u32 = 60_000_000;

impl<S: Store, V: Vault> Api<S, V> {
    pub(super) fn challenge(
        &self,
        identity: &Identity,
        request: IssueChallengeRequest,
    ) -> Result<IssueChallengeResponse, ServiceError> {
        let IssueChallengeRequest { channel, reader_id } = request;
        let channel = wire::channel(channel)?;
        let audience = match channel {
            CheckChannel::AppLogin | CheckChannel::BrowserLogin => {
                if !reader_id.is_empty() {
                    return Err(ServiceError::invalid("reader_id", "is given for a login"));
                }
                Audience::RelyingParty(self.0.parties.relying_party(identity)?.id.clone())
            }
            CheckChannel::TapBare | CheckChannel::TapToken => {
                let id = wire::field("reader_id", &reader_id)?;
                Audience::Reader(self.0.parties.reader(identity, &id)?.id.clone())
            }
        };
        let text = audience.to_text();
        let issued = self.engine().issue_challenge(audience, channel)?;
        Ok(IssueChallengeResponse {
            challenge: issued.bytes.to_vec().into(),
            expires_at: Some(wire::time(issued.expires_at)),
            audience: text,
        })
    }

    pub(super) fn login(
        &self,
        identity: &Identity,
        request: CheckLoginRequest,
    ) -> Result<CheckRequest, ServiceError> {
        let CheckLoginRequest { request_id, channel, operation, evidence } = request;
        let request = wire::field("request_id", &request_id)?;
        let channel = wire::channel(channel)?;
        if matches!(channel, CheckChannel::TapBare | CheckChannel::TapToken) {
            return Err(ServiceError::invalid("channel", "is a tap's, not a login's"));
        }
        if operation.len() > 128 {
            return Err(ServiceError::invalid("operation", "has more than 128 bytes"));
        }
        let party = self.0.parties.relying_party(identity)?;
        let parts = wire::Parts {
            caller: self.0.parties.caller(identity),
            request,
            audience: Audience::RelyingParty(party.id.clone()),
            channel,
            sensitivity: party.sensitivity(&operation),
            reader: None,
        };
        wire::check_request(parts, evidence)
    }

    pub(super) fn tap(
        &self,
        identity: &Identity,
        request: CheckTapRequest,
    ) -> Result<CheckRequest, ServiceError> {
        let CheckTapRequest {
            request_id,
            channel,
            reader_id,
            evidence,
            round_trip_micros,
            read_iccid,
        } = request;
        let request = wire::field("request_id", &request_id)?;
        let channel = wire::channel(channel)?;
        if matches!(channel, CheckChannel::AppLogin | CheckChannel::BrowserLogin) {
            return Err(ServiceError::invalid("channel", "is a login's, not a tap's"));
        }
        if round_trip_micros.is_some_and(|micros| micros > LONGEST_ROUND_TRIP) {
            return Err(ServiceError::invalid("round_trip_micros", "is more than 60000000"));
        }
        let id = wire::field("reader_id", &reader_id)?;
        let reader = self.0.parties.reader(identity, &id)?;
        let round_trip = round_trip_micros.map(|micros| Duration::from_micros(micros.into()));
        let iccid = wire::present("read_iccid", read_iccid.as_deref())?;
        let parts = wire::Parts {
            caller: self.0.parties.caller(identity),
            request,
            audience: Audience::Reader(reader.id.clone()),
            channel,
            sensitivity: reader.sensitivity,
            reader: Some(ReaderPart { profile: reader.profile, round_trip, iccid }),
        };
        wire::check_request(parts, evidence)
    }

    /// Decides in a task of its own: a caller that goes away does not stop a check half-way, when
    /// its decision may be on disk already.
    async fn decide_apart(&self, check: CheckRequest) -> Result<Decision, Status> {
        let api = self.clone();
        match tokio::spawn(async move { api.decide(&check).await }).await {
            Ok(decided) => decided.map_err(status),
            Err(_) => Err(Status::unavailable("the check was given up")),
        }
    }

    pub(super) async fn decide(&self, check: &CheckRequest) -> Result<Decision, ServiceError> {
        let began = Instant::now();
        let entry = self.engine().check(check).await?;
        let kind = match entry.kind {
            CheckKind::Login => "login",
            CheckKind::Tap => "tap",
        };
        let verdict = wire::severity(entry.verdict);
        self.0.metrics.decided(&Check { kind, verdict }, began.elapsed());
        Ok(wire::decision(&entry, self.engine().step_up_lifetime()))
    }
}

impl<S: Store, V: Vault> Api<S, V> {
    /// A step-up is ended by the caller whose check asked for it, or by a counter.
    async fn may_end(&self, identity: &Identity, id: StepUpId) -> Result<(), ServiceError> {
        if identity.has(Role::Counter) {
            return Ok(());
        }
        let parent = self.engine().decision(decision_of(id)).await;
        match parent {
            Ok(parent) if parent.caller == self.0.parties.caller(identity) => Ok(()),
            Ok(_) | Err(ServiceError::NotFound(_)) => Err(ServiceError::NotFound("step-up")),
            Err(error) => Err(error),
        }
    }
}

#[tonic::async_trait]
impl<S: Store, V: Vault> CheckService for Api<S, V> {
    type StreamChecksStream = BoxStream<'static, Result<StreamChecksResponse, Status>>;

    async fn issue_challenge(
        &self,
        request: Request<IssueChallengeRequest>,
    ) -> Result<Response<IssueChallengeResponse>, Status> {
        let identity = identity(&request)?;
        self.challenge(&identity, request.into_inner()).map(Response::new).map_err(status)
    }

    async fn check_login(
        &self,
        request: Request<CheckLoginRequest>,
    ) -> Result<Response<CheckLoginResponse>, Status> {
        let identity = identity(&request)?;
        let check = self.login(&identity, request.into_inner()).map_err(status)?;
        let decision = self.decide_apart(check).await?;
        Ok(Response::new(CheckLoginResponse { decision: Some(decision) }))
    }

    async fn check_tap(
        &self,
        request: Request<CheckTapRequest>,
    ) -> Result<Response<CheckTapResponse>, Status> {
        let identity = identity(&request)?;
        let check = self.tap(&identity, request.into_inner()).map_err(status)?;
        let decision = self.decide_apart(check).await?;
        Ok(Response::new(CheckTapResponse { decision: Some(decision) }))
    }

    async fn stream_checks(
        &self,
        request: Request<Streaming<StreamChecksRequest>>,
    ) -> Result<Response<Self::StreamChecksStream>, Status> {
        let identity = Arc::new(identity(&request)?);
        let answers = stream::checks(self.clone(), identity, request.into_inner());
        Ok(Response::new(answers))
    }

    async fn report_outcome(
        &self,
        request: Request<ReportOutcomeRequest>,
    ) -> Result<Response<ReportOutcomeResponse>, Status> {
        use simbind_service::outcome::StepUpProof;
        let identity = identity(&request)?;
        let by = self.0.parties.caller(&identity);
        let ReportOutcomeRequest { request_id, outcome } = request.into_inner();
        let ended = async {
            let request = wire::field("request_id", &request_id)?;
            match wire::outcome(outcome)? {
                wire::Outcome::StepUp(_, StepUpProof::Counter) if !identity.has(Role::Counter) => {
                    let why = "only a counter can say that it saw the person";
                    Err(ServiceError::Forbidden(why.into()))
                }
                wire::Outcome::StepUp(id, proof) => {
                    self.may_end(&identity, id).await?;
                    let child = self.engine().end_step_up(&by, &request, id, proof).await?;
                    let lifetime = self.engine().step_up_lifetime();
                    let decision = child.map(|entry| wire::decision(&entry, lifetime));
                    Ok(ReportOutcomeResponse { decision, pin_failures: 0 })
                }
                wire::Outcome::Pin(certificate, report) => {
                    let witness = super::pin::witness(&identity);
                    let engine = self.engine();
                    let counted = engine.report_pin(&by, witness, &request, certificate, report);
                    let pin_failures = counted.await?;
                    Ok(ReportOutcomeResponse { decision: None, pin_failures })
                }
            }
        };
        ended.await.map(Response::new).map_err(status)
    }
}
