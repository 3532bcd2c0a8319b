//! Closed loops: so many logins under way at once, over unary calls or over a stream for each
//! connection, until all have been asked.

use crate::figures::Figures;
use simbind_proto::v1::{
    self, CheckLoginRequest, StreamChecksRequest, check_service_client::CheckServiceClient,
    decision::Verdict, stream_checks_request::Check, stream_checks_response::Answer,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::mpsc, task::JoinSet};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;

/// How they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `CheckLogin`.
    Unary,
    /// `StreamChecks`.
    Stream,
}

impl Shape {
    /// As the table names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unary => "unary",
            Self::Stream => "stream",
        }
    }
}

/// What was measured.
#[derive(Clone, Debug, Default)]
pub struct Driven {
    /// How long each took.
    pub figures: Figures,
    /// From the first to the last.
    pub took: Duration,
    /// Allowed, stepped up, denied, and without a verdict.
    pub verdicts: [u64; 4],
    /// A decision that was answered.
    pub sample: Option<v1::Decision>,
}

impl Driven {
    fn take(&mut self, decision: Option<v1::Decision>, took: Duration) {
        self.figures.record(took);
        let place = match decision.as_ref().and_then(|decision| decision.verdict.as_ref()) {
            Some(Verdict::Allow(_)) => 0,
            Some(Verdict::StepUp(_)) => 1,
            Some(Verdict::Deny(_)) => 2,
            None => 3,
        };
        self.verdicts[place] += 1;
        if self.sample.is_none() {
            self.sample = decision;
        }
    }

    fn join(&mut self, other: Self) {
        self.figures.add(&other.figures);
        for (sum, more) in self.verdicts.iter_mut().zip(other.verdicts) {
            *sum += more;
        }
        self.sample = self.sample.take().or(other.sample);
    }

    /// Logins in a second.
    pub fn rate(&self) -> f64 {
        self.figures.len() as f64 / self.took.as_secs_f64()
    }
}

/// Questions that are handed out one by one.
struct Questions {
    all: Vec<CheckLoginRequest>,
    next: AtomicUsize,
}

impl Questions {
    fn next(&self) -> Option<CheckLoginRequest> {
        self.all.get(self.next.fetch_add(1, Ordering::Relaxed)).cloned()
    }
}

/// Asks them all.
pub async fn drive(
    shape: Shape,
    channels: &[Channel],
    in_flight: usize,
    questions: Vec<CheckLoginRequest>,
) -> Driven {
    let questions = Arc::new(Questions { all: questions, next: AtomicUsize::new(0) });
    let began = Instant::now();
    let mut loops = JoinSet::new();
    match shape {
        Shape::Unary => {
            for channel in channels.iter().cycle().take(in_flight) {
                loops.spawn(unary(channel.clone(), Arc::clone(&questions)));
            }
        }
        Shape::Stream => {
            let each = in_flight.div_ceil(channels.len());
            for channel in channels {
                loops.spawn(stream(channel.clone(), each, Arc::clone(&questions)));
            }
        }
    }
    let mut driven = Driven::default();
    while let Some(done) = loops.join_next().await {
        driven.join(done.expect("a loop ends well"));
    }
    driven.took = began.elapsed();
    driven
}

async fn unary(channel: Channel, questions: Arc<Questions>) -> Driven {
    let mut client = CheckServiceClient::new(channel);
    let mut driven = Driven::default();
    while let Some(question) = questions.next() {
        let began = Instant::now();
        let answer = client.check_login(question).await;
        let took = began.elapsed();
        driven.take(answer.ok().and_then(|answer| answer.into_inner().decision), took);
    }
    driven
}

/// One stream with so many places; a place asks again once its answer is there.
async fn stream(channel: Channel, places: usize, questions: Arc<Questions>) -> Driven {
    let mut driven = Driven::default();
    let (send, receive) = mpsc::channel(places);
    let mut began = vec![Instant::now(); places];
    let mut open = 0;
    let message = |place: usize, question: CheckLoginRequest| StreamChecksRequest {
        correlation_id: place as u64,
        check: Some(Check::Login(question)),
    };
    for (place, began) in began.iter_mut().enumerate() {
        let Some(question) = questions.next() else { break };
        *began = Instant::now();
        send.send(message(place, question)).await.expect("the stream is open");
        open += 1;
    }
    let mut client = CheckServiceClient::new(channel);
    let answers = client.stream_checks(ReceiverStream::new(receive)).await;
    let mut answers = answers.expect("a stream is opened").into_inner();
    while open > 0
        && let Ok(Some(answer)) = answers.message().await
    {
        let place = answer.correlation_id as usize;
        let decision = match answer.answer {
            Some(Answer::Decision(decision)) => Some(decision),
            _ => None,
        };
        driven.take(decision, began[place].elapsed());
        match questions.next() {
            Some(question) => {
                began[place] = Instant::now();
                send.send(message(place, question)).await.expect("the stream is open");
            }
            None => open -= 1,
        }
    }
    driven
}
