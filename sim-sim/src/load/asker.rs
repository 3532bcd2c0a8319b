//! How questions reach the server: by unary calls, or over a stream.

use simbind_proto::v1::{
    self, check_service_client::CheckServiceClient, stream_checks_request::Check,
    stream_checks_response::Answer,
};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming, transport::Channel};

/// Messages that wait for the stream; more than that wait at the sender.
const WAITING: usize = 1024;

type Pending = Arc<Mutex<HashMap<u64, oneshot::Sender<Answer>>>>;

/// One connection.
pub(super) enum Asker {
    Unary(CheckServiceClient<Channel>),
    Stream { send: mpsc::Sender<v1::StreamChecksRequest>, pending: Pending, next: AtomicU64 },
}

impl Asker {
    pub(super) async fn open(channel: Channel, stream: bool) -> Result<Self, Status> {
        let mut client = CheckServiceClient::new(channel);
        if !stream {
            return Ok(Self::Unary(client));
        }
        let (send, receive) = mpsc::channel(WAITING);
        let answers = client.stream_checks(ReceiverStream::new(receive)).await?.into_inner();
        let pending = Pending::default();
        tokio::spawn(hand_out(answers, Arc::clone(&pending)));
        Ok(Self::Stream { send, pending, next: AtomicU64::new(1) })
    }

    /// Draws a challenge.
    pub(super) async fn challenge(
        &self,
        request: v1::IssueChallengeRequest,
    ) -> Result<v1::IssueChallengeResponse, Status> {
        match self {
            Self::Unary(client) => Ok(client.clone().issue_challenge(request).await?.into_inner()),
            Self::Stream { .. } => match self.over_stream(Check::Challenge(request)).await? {
                Answer::Challenge(challenge) => Ok(challenge),
                other => Err(fault(other)),
            },
        }
    }

    /// Asks about a login.
    pub(super) async fn login(
        &self,
        request: v1::CheckLoginRequest,
    ) -> Result<v1::Decision, Status> {
        match self {
            Self::Unary(client) => {
                let answer = client.clone().check_login(request).await?.into_inner();
                answer.decision.ok_or_else(|| Status::internal("a reply without a decision"))
            }
            Self::Stream { .. } => match self.over_stream(Check::Login(request)).await? {
                Answer::Decision(decision) => Ok(decision),
                other => Err(fault(other)),
            },
        }
    }

    async fn over_stream(&self, check: Check) -> Result<Answer, Status> {
        let Self::Stream { send, pending, next } = self else {
            return Err(Status::internal("this connection has no stream"));
        };
        let correlation_id = next.fetch_add(1, Ordering::Relaxed);
        let (tell, told) = oneshot::channel();
        lock(pending).insert(correlation_id, tell);
        let message = v1::StreamChecksRequest { correlation_id, check: Some(check) };
        let ended = || Status::unavailable("the stream has ended");
        send.send(message).await.map_err(|_| ended())?;
        told.await.map_err(|_| ended())
    }
}

fn lock(pending: &Pending) -> std::sync::MutexGuard<'_, HashMap<u64, oneshot::Sender<Answer>>> {
    pending.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives each answer to who waits for it. At the end, who still waits is told so.
async fn hand_out(mut answers: Streaming<v1::StreamChecksResponse>, pending: Pending) {
    while let Ok(Some(message)) = answers.message().await {
        let waiting = lock(&pending).remove(&message.correlation_id);
        if let (Some(waiting), Some(answer)) = (waiting, message.answer) {
            // Who asked may have gone; then nobody needs the answer.
            let _ = waiting.send(answer);
        }
    }
    lock(&pending).clear();
}

fn fault(answer: Answer) -> Status {
    match answer {
        Answer::Fault(fault) => {
            let code = i32::try_from(fault.code).map_or(Code::Unknown, Code::from_i32);
            Status::new(code, fault.message)
        }
        Answer::Decision(_) | Answer::Challenge(_) => {
            Status::internal("an answer to another question")
        }
    }
}
