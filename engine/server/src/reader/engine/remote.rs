use super::{Challenge, Engine, EngineFault, pins, stream};
use crate::{reader::Desk, serve::SystemClock};
use simbind_core::ids::ReaderId;
use simbind_proto::v1::{Channel, CheckTapRequest, Decision, PinOutcome};
use std::{
    sync::{
        Arc,
        mpsc::{RecvTimeoutError, SyncSender, sync_channel},
    },
    time::Duration,
};
use tokio::{
    runtime::Handle,
    sync::{mpsc, watch},
    task::JoinHandle,
};
use tonic::transport::Endpoint;

/// Questions that wait for the stream; a tap asks one at a time.
const QUESTIONS: usize = 16;
/// What became of PINs and was not told yet; more is not kept.
const OUTCOMES: usize = 64;

/// How the engine is asked.
#[derive(Clone, Debug)]
pub struct RemoteOptions {
    /// Where it is.
    pub endpoint: Endpoint,
    /// The reader, as the engine names it.
    pub reader: ReaderId,
    /// The channels that challenges are kept ready for.
    pub channels: Vec<Channel>,
    /// How long an answer may take.
    pub patience: Duration,
}

/// Whether the engine can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It was not reached yet, and not missed.
    Starting,
    /// It can.
    There,
    /// It cannot, and why.
    Away(String),
}

/// What the stream is asked to do. Whoever waits may have gone when the answer comes.
pub(super) enum Question {
    Challenge(Channel, SyncSender<Result<Challenge, EngineFault>>),
    Tap(Box<CheckTapRequest>, SyncSender<Result<Decision, EngineFault>>),
}

/// An engine over gRPC: one stream that is kept open and opened again, with a challenge at hand. It
/// is asked from a thread that may wait.
#[derive(Debug)]
pub struct RemoteEngine {
    questions: mpsc::Sender<Question>,
    outcomes: mpsc::Sender<PinOutcome>,
    presence: watch::Receiver<Presence>,
    patience: Duration,
    told: JoinHandle<()>,
    offline: Option<Arc<Desk>>,
}

impl RemoteEngine {
    /// Begins to keep a stream to the engine open, on this runtime.
    pub fn start(options: RemoteOptions, runtime: &Handle) -> Self {
        let (questions, asked) = mpsc::channel(QUESTIONS);
        let (outcomes, to_tell) = mpsc::channel(OUTCOMES);
        let (presence, seen) = watch::channel(Presence::Starting);
        let (live, connection) = watch::channel(None);
        let patience = options.patience;
        let told = runtime.spawn(pins::tell(to_tell, connection, patience));
        let stream = stream::Stream { options, clock: SystemClock, presence, live };
        runtime.spawn(stream.run(asked));
        Self { questions, outcomes, presence: seen, patience, told, offline: None }
    }

    /// With what is said while it is away.
    #[must_use]
    pub fn or_by_list(self, desk: Arc<Desk>) -> Self {
        Self { offline: Some(desk), ..self }
    }

    /// Whether it can be asked, to be watched.
    pub fn presence(&self) -> watch::Receiver<Presence> {
        self.presence.clone()
    }

    /// Waits until what became of PINs was told, for as long as an answer may take.
    pub async fn finish(self) {
        let Self { outcomes, told, patience, questions, .. } = self;
        drop((outcomes, questions));
        if tokio::time::timeout(patience, told).await.is_err() {
            tracing::warn!("what became of a PIN could not be told to the engine");
        }
    }

    fn ask<T>(
        &self,
        question: impl FnOnce(SyncSender<Result<T, EngineFault>>) -> Question,
    ) -> Result<T, EngineFault> {
        let (reply, answer) = sync_channel(1);
        if self.questions.try_send(question(reply)).is_err() {
            return Err(EngineFault::Away("too much is asked at once".to_owned()));
        }
        match answer.recv_timeout(self.patience) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => self.is_there().and(Err(EngineFault::TooLate)),
            Err(RecvTimeoutError::Disconnected) => {
                Err(EngineFault::Away("the agent is being stopped".to_owned()))
            }
        }
    }
}

impl Engine for RemoteEngine {
    fn is_there(&self) -> Result<(), EngineFault> {
        match &*self.presence.borrow() {
            Presence::There => Ok(()),
            Presence::Starting => Err(EngineFault::Away("it was not reached yet".to_owned())),
            Presence::Away(why) => Err(EngineFault::Away(why.clone())),
        }
    }

    fn challenge(&self, channel: Channel) -> Result<Challenge, EngineFault> {
        self.ask(|reply| Question::Challenge(channel, reply))
    }

    fn tap(&self, tap: CheckTapRequest) -> Result<Decision, EngineFault> {
        self.ask(|reply| Question::Tap(Box::new(tap), reply))
    }

    fn offline(&self) -> Option<&Desk> {
        self.offline.as_deref()
    }

    fn tell_pin(&self, outcome: PinOutcome) {
        if self.outcomes.try_send(outcome).is_err() {
            tracing::error!(
                "too much is waiting to be told to the engine: a PIN's outcome is lost"
            );
        }
    }
}
