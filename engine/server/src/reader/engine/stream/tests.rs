use super::*;
use crate::serve::SystemClock;
use simbind_proto::v1::{
    CheckLoginRequest, CheckLoginResponse, CheckTapRequest, CheckTapResponse,
    IssueChallengeRequest, IssueChallengeResponse, ReportOutcomeRequest, ReportOutcomeResponse,
    StreamChecksResponse,
    check_service_server::{CheckService, CheckServiceServer},
};
use tokio_stream::{Pending, pending};
use tonic::{
    Request, Response, Status, Streaming,
    transport::{Endpoint, Server, server::TcpIncoming},
};

/// Takes a stream, and never says anything on it.
struct Silent;

#[tonic::async_trait]
impl CheckService for Silent {
    type StreamChecksStream = Pending<Result<StreamChecksResponse, Status>>;

    async fn issue_challenge(
        &self,
        _: Request<IssueChallengeRequest>,
    ) -> Result<Response<IssueChallengeResponse>, Status> {
        Err(Status::unimplemented("not asked"))
    }

    async fn check_login(
        &self,
        _: Request<CheckLoginRequest>,
    ) -> Result<Response<CheckLoginResponse>, Status> {
        Err(Status::unimplemented("not asked"))
    }

    async fn check_tap(
        &self,
        _: Request<CheckTapRequest>,
    ) -> Result<Response<CheckTapResponse>, Status> {
        Err(Status::unimplemented("not asked"))
    }

    async fn stream_checks(
        &self,
        _: Request<Streaming<StreamChecksRequest>>,
    ) -> Result<Response<Self::StreamChecksStream>, Status> {
        Ok(Response::new(pending()))
    }

    async fn report_outcome(
        &self,
        _: Request<ReportOutcomeRequest>,
    ) -> Result<Response<ReportOutcomeResponse>, Status> {
        Err(Status::unimplemented("not asked"))
    }
}

#[tokio::test]
async fn an_engine_that_takes_a_stream_and_answers_nothing_is_away() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::builder().add_service(CheckServiceServer::new(Silent));
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    let options = RemoteOptions {
        endpoint: Endpoint::from_shared(format!("http://{address}")).unwrap(),
        reader: "door-1".parse().unwrap(),
        channels: vec![simbind_proto::v1::Channel::TapBare],
        patience: Duration::from_millis(300),
    };
    let (presence, mut seen) = watch::channel(Presence::Starting);
    let (live, _live) = watch::channel(None);
    let (_questions, asked) = mpsc::channel(1);
    tokio::spawn(Stream { options, clock: SystemClock, presence, live }.run(asked));
    let first = seen.wait_for(|presence| *presence != Presence::Starting).await.unwrap().clone();
    assert_eq!(first, Presence::Away("it answers nothing".to_owned()));
}
