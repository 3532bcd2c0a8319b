//! The floor to compare with: servers with the same messages that verify the same signatures over
//! the same transcript, and then answer the same decision each time. One also writes a record of
//! the same size to disk before it answers. They decide nothing.

use crate::log::Log;
use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use simbind_benches::{Member, runtime};
use simbind_core::{
    ids::{AppId, RelyingPartyId},
    time::Timestamp,
    transcript::{Audience, Transcript},
};
use simbind_evidence::signature::{PublicKey, SignatureScheme, verify};
use simbind_proto::v1::{
    self, CheckLoginRequest, CheckLoginResponse, Decision, StreamChecksRequest,
    StreamChecksResponse,
    check_service_server::{CheckService, CheckServiceServer},
    stream_checks_request::Check,
    stream_checks_response::Answer,
};
use simbind_rules::facts::Channel;
use std::{collections::HashMap, net::SocketAddr, sync::Arc};
use tokio::{net::TcpListener, runtime::Runtime};
use tonic::{
    Request, Response, Status, Streaming,
    transport::{Server, server::TcpIncoming},
};

/// The keys of a binding: the certificate's and the handset's.
type BoundKeys = (PublicKey, Option<PublicKey>);

/// The keys of all bindings, by certificate.
pub type KeyTable = Arc<HashMap<Vec<u8>, BoundKeys>>;

/// The keys of these.
pub fn key_table(members: &[Member]) -> KeyTable {
    let parsed = |keys: &simbind_benches::Keys| {
        PublicKey::from_spki_der(&keys.spki()).expect("the key is one")
    };
    let row = |member: &Member| {
        let keys = (parsed(&member.key), member.handset.as_ref().map(parsed));
        (member.certificate_sha256.to_vec(), keys)
    };
    Arc::new(members.iter().map(row).collect())
}

/// A server that serves until it is dropped.
pub struct Echo {
    /// Where.
    pub address: SocketAddr,
    _runtime: Runtime,
}

impl Echo {
    /// Starts one.
    pub fn start(keys: KeyTable, decision: Decision, log: Option<Log>) -> Self {
        let audience = Audience::RelyingParty("local".parse::<RelyingPartyId>().expect("a name"));
        let verifier = Verifier(Arc::new(Shared { keys, decision, log, audience }));
        let runtime = runtime("echo");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address");
        let serving = Server::builder().tcp_nodelay(true).max_concurrent_streams(1024);
        runtime.spawn(
            { serving }
                .add_service(CheckServiceServer::new(verifier))
                .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true))),
        );
        Self { address, _runtime: runtime }
    }
}

#[derive(Clone)]
struct Verifier(Arc<Shared>);

struct Shared {
    keys: KeyTable,
    decision: Decision,
    log: Option<Log>,
    audience: Audience,
}

impl Verifier {
    async fn answer(&self, request: CheckLoginRequest) -> Result<Decision, Status> {
        let wrong = |what: &str| Status::invalid_argument(what.to_owned());
        let evidence = request.evidence.ok_or_else(|| wrong("evidence"))?;
        let keys = self.0.keys.get(&*evidence.certificate_sha256);
        let (certificate, handset) = keys.ok_or_else(|| wrong("certificate"))?;
        let iccid = evidence.iccid.as_deref().map(str::parse).transpose();
        let app: Option<AppId> =
            evidence.app_id.as_deref().map(str::parse).transpose().map_err(|_| wrong("app_id"))?;
        let at = evidence.signed_at.unwrap_or_default();
        let transcript = Transcript {
            challenge: &evidence.challenge,
            audience: &self.0.audience,
            channel: Channel::AppLogin,
            iccid: iccid.map_err(|_| wrong("iccid"))?,
            imei: None,
            toolkit_imei: None,
            counter: None,
            app: app.as_ref(),
            signed_at: Timestamp::from_millis(at.seconds * 1000 + i64::from(at.nanos) / 1_000_000),
            ui_app: None,
        }
        .encode();
        check(certificate, evidence.signature.as_ref(), &transcript)?;
        if let Some(handset) = handset {
            check(handset, evidence.handset_signature.as_ref(), &transcript)?;
        }
        if let Some(log) = &self.0.log {
            log.append().await;
        }
        Ok(self.0.decision.clone())
    }
}

fn check(key: &PublicKey, signature: Option<&v1::Signature>, over: &[u8]) -> Result<(), Status> {
    let value = signature.map(|signature| &*signature.value).unwrap_or_default();
    verify(key, SignatureScheme::EcdsaP256Sha256, over, value)
        .map_err(|error| Status::invalid_argument(error.to_string()))
}

#[tonic::async_trait]
impl CheckService for Verifier {
    type StreamChecksStream = BoxStream<'static, Result<StreamChecksResponse, Status>>;

    async fn check_login(
        &self,
        request: Request<CheckLoginRequest>,
    ) -> Result<Response<CheckLoginResponse>, Status> {
        let decision = self.answer(request.into_inner()).await?;
        Ok(Response::new(CheckLoginResponse { decision: Some(decision) }))
    }

    async fn stream_checks(
        &self,
        request: Request<Streaming<StreamChecksRequest>>,
    ) -> Result<Response<Self::StreamChecksStream>, Status> {
        let verifier = self.clone();
        let answers = request
            .into_inner()
            .map(move |message| {
                let verifier = verifier.clone();
                async move {
                    let StreamChecksRequest { correlation_id, check } = message?;
                    let Some(Check::Login(login)) = check else {
                        return Err(Status::unimplemented("only logins"));
                    };
                    // As the real one: a task each, so that all processors verify.
                    let work = tokio::spawn(async move { verifier.answer(login).await });
                    let decision = work.await.map_err(|_| Status::unavailable("given up"))??;
                    let answer = Some(Answer::Decision(decision));
                    Ok(StreamChecksResponse { correlation_id, answer })
                }
            })
            .buffer_unordered(512);
        Ok(Response::new(stream::StreamExt::boxed(answers)))
    }

    async fn issue_challenge(
        &self,
        _: Request<v1::IssueChallengeRequest>,
    ) -> Result<Response<v1::IssueChallengeResponse>, Status> {
        Err(Status::unimplemented("only logins"))
    }

    async fn check_tap(
        &self,
        _: Request<v1::CheckTapRequest>,
    ) -> Result<Response<v1::CheckTapResponse>, Status> {
        Err(Status::unimplemented("only logins"))
    }

    async fn report_outcome(
        &self,
        _: Request<v1::ReportOutcomeRequest>,
    ) -> Result<Response<v1::ReportOutcomeResponse>, Status> {
        Err(Status::unimplemented("only logins"))
    }
}
