//! The stream to the engine, which is opened again whenever it breaks.

use super::{
    desk::Desk,
    remote::{Presence, Question, RemoteOptions},
};
use ring::rand::{SecureRandom as _, SystemRandom};
use simbind_proto::v1::{StreamChecksRequest, check_service_client::CheckServiceClient};
use simbind_service::ports::clock::Clock;
use std::{
    mem::discriminant,
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;

/// Messages that wait to be written.
const TO_WRITE: usize = 64;
/// The wait before the second try to connect; it doubles to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

pub(super) struct Stream<C> {
    pub(super) options: RemoteOptions,
    pub(super) clock: C,
    pub(super) presence: watch::Sender<Presence>,
    /// The connection, for calls beside the stream.
    pub(super) live: watch::Sender<Option<Channel>>,
}

/// Why a stream is over.
enum Over {
    /// Nobody asks any more.
    Finished,
    /// It broke.
    Broke(String),
}

impl<C: Clock> Stream<C> {
    /// Keeps a stream open until nobody can ask any more.
    pub(super) async fn run(self, mut questions: mpsc::Receiver<Question>) {
        let RemoteOptions { reader, channels, patience, .. } = &self.options;
        let mut desk = Desk::new(reader.to_string(), channels, *patience);
        let mut wait = FIRST_WAIT;
        loop {
            let over = match self.connect().await {
                Ok(channel) => self.serve(channel, &mut desk, &mut questions, &mut wait).await,
                Err(why) => Over::Broke(why),
            };
            let Over::Broke(why) = over else { return };
            self.live.send_replace(None);
            self.tell(Presence::Away(why.clone()));
            desk.away(&why, Instant::now());
            if !refuse_for(&mut desk, &mut questions, &why, jittered(wait)).await {
                return;
            }
            wait = wait.saturating_mul(2).min(LONGEST_WAIT);
        }
    }

    /// Whoever watches is told when the engine comes or goes, not each time that the reason is
    /// another one.
    fn tell(&self, presence: Presence) {
        self.presence.send_if_modified(|now| {
            let differs = discriminant(now) != discriminant(&presence);
            *now = presence;
            differs
        });
    }

    async fn connect(&self) -> Result<Channel, String> {
        let connecting = self.options.endpoint.connect();
        match tokio::time::timeout(self.options.patience, connecting).await {
            Ok(Ok(channel)) => Ok(channel),
            Ok(Err(error)) => Err(innermost(&error)),
            Err(_) => Err("no connection in time".to_owned()),
        }
    }

    async fn serve(
        &self,
        channel: Channel,
        desk: &mut Desk,
        questions: &mut mpsc::Receiver<Question>,
        wait: &mut Duration,
    ) -> Over {
        let (out, outbound) = mpsc::channel::<StreamChecksRequest>(TO_WRITE);
        let mut client = CheckServiceClient::new(channel.clone());
        let opening = client.stream_checks(ReceiverStream::new(outbound));
        let mut inbound = match tokio::time::timeout(self.options.patience, opening).await {
            Ok(Ok(stream)) => stream.into_inner(),
            Ok(Err(status)) => return Over::Broke(refused(&status)),
            Err(_) => return Over::Broke("no stream in time".to_owned()),
        };
        self.live.send_replace(Some(channel));
        desk.begin(Instant::now());
        loop {
            for message in desk.outgoing() {
                if out.try_send(message).is_err() {
                    return Over::Broke("it takes nothing more".to_owned());
                }
            }
            let draw = desk.draw_at().map(tokio::time::Instant::from_std);
            let drawing = async {
                match draw {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            let silent = desk.silent_at().map(tokio::time::Instant::from_std);
            let silence = async {
                match silent {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                question = questions.recv() => match question {
                    Some(question) => desk.ask(question, Instant::now()),
                    None => return Over::Finished,
                },
                answer = inbound.message() => match answer {
                    Ok(Some(answer)) => {
                        // It answers: a later break is waited for from the beginning.
                        *wait = FIRST_WAIT;
                        self.tell(Presence::There);
                        desk.answer(answer, Instant::now(), self.clock.now());
                    }
                    Ok(None) => return Over::Broke("it ended the stream".to_owned()),
                    Err(status) => return Over::Broke(refused(&status)),
                },
                () = drawing => desk.draw(Instant::now()),
                // A connection that stands and says nothing is as good as none.
                () = silence => return Over::Broke("it answers nothing".to_owned()),
            }
        }
    }
}

/// Answers that the engine is away, for a time. Taps wait for the next stream. Says whether
/// anybody can ask still.
async fn refuse_for(
    desk: &mut Desk,
    questions: &mut mpsc::Receiver<Question>,
    why: &str,
    time: Duration,
) -> bool {
    let until = tokio::time::Instant::now() + time;
    loop {
        tokio::select! {
            question = questions.recv() => match question {
                Some(question) => {
                    desk.ask(question, Instant::now());
                    desk.away(why, Instant::now());
                }
                None => return false,
            },
            () = tokio::time::sleep_until(until) => return true,
        }
    }
}

/// Between half of a wait and all of it, so that many readers do not come back at once.
fn jittered(wait: Duration) -> Duration {
    let mut byte = [0u8; 1];
    let _ = SystemRandom::new().fill(&mut byte);
    let [byte] = byte;
    let half = wait / 2;
    half.saturating_add(half.saturating_mul(u32::from(byte)) / 256)
}

fn refused(status: &tonic::Status) -> String {
    match status.code() {
        tonic::Code::PermissionDenied | tonic::Code::Unauthenticated => {
            format!("it does not serve this caller: {}", status.message())
        }
        _ => innermost(status),
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests;
