//! What one stream is asked and answers: a pure book of who waits for what.

use super::{Challenge, EngineFault, remote::Question};
use simbind_core::time::Timestamp;
use simbind_proto::v1::{
    Channel, CheckFault, CheckTapRequest, Decision, IssueChallengeRequest, IssueChallengeResponse,
    StreamChecksRequest, StreamChecksResponse, stream_checks_request::Check,
    stream_checks_response::Answer,
};
use std::{
    collections::BTreeMap,
    sync::mpsc::SyncSender,
    time::{Duration, Instant},
};

/// The longest that a challenge is kept, however long the engine says that it lives: clocks differ.
const KEPT: Duration = Duration::from_secs(60);
/// The shortest that a challenge is taken to live, and the time until one that was refused is drawn
/// again.
const SHORTEST: Duration = Duration::from_secs(5);
/// Those who wait at once; a tap asks one question at a time.
const WAITING: usize = 64;

type Reply<T> = SyncSender<Result<T, EngineFault>>;

/// A tap that the engine has not answered yet.
pub(super) struct Pending {
    tap: Box<CheckTapRequest>,
    reply: Reply<Decision>,
    until: Instant,
}

/// One channel's challenges.
#[derive(Default)]
struct Shelf {
    ready: Option<Challenge>,
    /// When another one is drawn, where none was asked for.
    draw_at: Option<Instant>,
    asked: bool,
    waiting: Vec<Reply<Challenge>>,
}

impl Shelf {
    /// A challenge came: for who waits for one, or to be kept.
    fn put(&mut self, issued: IssueChallengeResponse, now: Instant, clock: Timestamp) {
        let lives = lifetime(&issued, clock);
        let IssueChallengeResponse { challenge: bytes, audience, .. } = issued;
        let challenge = Challenge { bytes, audience };
        if self.waiting.is_empty() {
            // Renewed with a third of its life left.
            self.draw_at = now.checked_add(lives.saturating_mul(2) / 3);
            self.ready = Some(challenge);
        } else {
            self.draw_at = None;
            let _ = self.waiting.remove(0).send(Ok(challenge));
        }
    }

    /// None came, and why.
    fn refuse(&mut self, fault: &EngineFault, now: Instant) {
        if self.draw_at.is_none() {
            tracing::warn!(%fault, "the engine gives no challenge");
        }
        for reply in self.waiting.drain(..) {
            let _ = reply.send(Err(fault.clone()));
        }
        self.draw_at = now.checked_add(SHORTEST);
    }
}

/// The book of one stream.
pub(super) struct Desk {
    reader: String,
    patience: Duration,
    next: u64,
    shelves: BTreeMap<i32, Shelf>,
    /// The challenges that were asked for and did not come, with their channels and since when.
    drawn: BTreeMap<u64, (i32, Instant)>,
    taps: BTreeMap<u64, Pending>,
    out: Vec<StreamChecksRequest>,
}

impl Desk {
    pub(super) fn new(reader: String, channels: &[Channel], patience: Duration) -> Self {
        let shelves = channels.iter().map(|channel| (*channel as i32, Shelf::default())).collect();
        let (drawn, taps, out) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        Self { reader, patience, next: 1, shelves, drawn, taps, out }
    }

    /// What is to be sent, in order.
    pub(super) fn outgoing(&mut self) -> Vec<StreamChecksRequest> {
        std::mem::take(&mut self.out)
    }

    /// A stream begins: challenges are drawn, and taps that are still waited for are asked again,
    /// with their own numbers, so that what was decided already is answered so.
    pub(super) fn begin(&mut self, now: Instant) {
        for shelf in self.shelves.values_mut() {
            *shelf = Shelf { waiting: std::mem::take(&mut shelf.waiting), ..Shelf::default() };
        }
        self.drawn.clear();
        self.draw(now);
        for (_, pending) in std::mem::take(&mut self.taps) {
            if pending.until > now {
                self.send_tap(pending);
            }
        }
    }

    /// Draws the challenges whose time has come.
    pub(super) fn draw(&mut self, now: Instant) {
        let due = |shelf: &Shelf| !shelf.asked && shelf.draw_at.is_none_or(|at| at <= now);
        let channels: Vec<i32> =
            self.shelves.iter().filter(|(_, shelf)| due(shelf)).map(|(key, _)| *key).collect();
        for channel in channels {
            let reader_id = self.reader.clone();
            let check = Check::Challenge(IssueChallengeRequest { channel, reader_id });
            let number = self.send(check);
            self.drawn.insert(number, (channel, now));
            if let Some(shelf) = self.shelves.get_mut(&channel) {
                shelf.asked = true;
            }
        }
    }

    /// When the next challenge is drawn, where nothing else happens.
    pub(super) fn draw_at(&self) -> Option<Instant> {
        let waiting = self.shelves.values().filter(|shelf| !shelf.asked);
        waiting.filter_map(|shelf| shelf.draw_at).min()
    }

    /// When nothing is to be expected of the engine any more, unless it answers: it was asked for a
    /// challenge, and gave none for as long as an answer may take.
    pub(super) fn silent_at(&self) -> Option<Instant> {
        let (_, (_, asked)) = self.drawn.first_key_value()?;
        asked.checked_add(self.patience)
    }

    pub(super) fn ask(&mut self, question: Question, now: Instant) {
        match question {
            Question::Challenge(channel, reply) => self.take(channel as i32, reply, now),
            Question::Tap(tap, reply) => {
                let until = now.checked_add(self.patience).unwrap_or(now);
                self.taps.retain(|_, pending| pending.until > now);
                if self.taps.len() >= WAITING {
                    let _ = reply.send(Err(EngineFault::Away("too much waits".to_owned())));
                    return;
                }
                self.send_tap(Pending { tap, reply, until });
            }
        }
    }

    /// Gives a challenge out, once, and draws the next.
    fn take(&mut self, channel: i32, reply: Reply<Challenge>, now: Instant) {
        let Some(shelf) = self.shelves.get_mut(&channel) else {
            let _ = reply.send(Err(EngineFault::Malformed("a channel that is not in use")));
            return;
        };
        match shelf.ready.take() {
            Some(challenge) if shelf.draw_at.is_none_or(|at| at > now) => {
                let _ = reply.send(Ok(challenge));
                shelf.draw_at = None;
            }
            _ if shelf.waiting.len() >= WAITING => {
                let _ = reply.send(Err(EngineFault::Away("too much waits".to_owned())));
            }
            _ => {
                shelf.waiting.push(reply);
                shelf.draw_at = None;
            }
        }
        self.draw(now);
    }

    fn send_tap(&mut self, pending: Pending) {
        let number = self.send(Check::Tap((*pending.tap).clone()));
        self.taps.insert(number, pending);
    }

    fn send(&mut self, check: Check) -> u64 {
        let correlation_id = self.next;
        self.next = self.next.wrapping_add(1);
        self.out.push(StreamChecksRequest { correlation_id, check: Some(check) });
        correlation_id
    }

    /// Takes an answer. One that nobody asked for is dropped.
    pub(super) fn answer(&mut self, answer: StreamChecksResponse, now: Instant, clock: Timestamp) {
        let StreamChecksResponse { correlation_id, answer } = answer;
        if let Some(pending) = self.taps.remove(&correlation_id) {
            let decided = match answer {
                Some(Answer::Decision(decision)) => Ok(decision),
                Some(Answer::Fault(fault)) => Err(told(fault)),
                _ => Err(EngineFault::Malformed("no decision")),
            };
            let _ = pending.reply.send(decided);
        } else if let Some((channel, _)) = self.drawn.remove(&correlation_id) {
            if let Some(shelf) = self.shelves.get_mut(&channel) {
                shelf.asked = false;
                match answer {
                    Some(Answer::Challenge(issued)) => shelf.put(issued, now, clock),
                    Some(Answer::Fault(fault)) => shelf.refuse(&told(fault), now),
                    _ => shelf.refuse(&EngineFault::Malformed("no challenge"), now),
                }
            }
            self.draw(now);
        }
    }

    /// The engine is away: who waits for a challenge is told so at once. Who waits for a decision
    /// waits on, since it may have been made.
    pub(super) fn away(&mut self, why: &str, now: Instant) {
        for shelf in self.shelves.values_mut() {
            shelf.ready = None;
            for reply in shelf.waiting.drain(..) {
                let _ = reply.send(Err(EngineFault::Away(why.to_owned())));
            }
        }
        self.out.clear();
        self.taps.retain(|_, pending| pending.until > now);
    }
}

/// How long a challenge may be kept.
fn lifetime(issued: &IssueChallengeResponse, clock: Timestamp) -> Duration {
    let ends = issued.expires_at.as_ref().map_or(clock, |at| Timestamp::from_secs(at.seconds));
    ends.since(clock).clamp(SHORTEST, KEPT)
}

fn told(fault: CheckFault) -> EngineFault {
    let code = i32::try_from(fault.code).map_or(tonic::Code::Unknown, tonic::Code::from);
    match code {
        tonic::Code::Unavailable | tonic::Code::ResourceExhausted => {
            EngineFault::Fault(format!("try again: {}", fault.message))
        }
        _ => EngineFault::Fault(fault.message),
    }
}

#[cfg(test)]
mod tests;
