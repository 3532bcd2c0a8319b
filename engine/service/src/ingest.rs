//! What carriers tell: kept once, put in its place, and acknowledged after it is on disk.

use crate::{
    drive::{Driving, KnownLine},
    engine::{Engine, TRIES, contended},
    error::ServiceError,
    ledger::{
        CorrectionEntry, EventEntry, EventRow, EventText, LineText, StateEntry, decode_row, keys,
    },
    limits::Subjects,
    ports::{
        store::{Expected, Key, Position, Store, StoreError},
        vault::{KeyId, Sealed, Vault},
    },
    sealing,
};
use serde::{Deserialize, Serialize};
use simbind_core::{
    ids::{CarrierId, EventId},
    line::{EventKind, LineHistory, LineName, SimEvent},
    time::Timestamp,
};
use std::time::Duration;

/// An event ahead of our clock by more than this is flagged.
const AHEAD: Duration = Duration::from_secs(300);
/// 2000-01-01T00:00:00Z: an event before it is flagged.
const ANCIENT: Timestamp = Timestamp::from_secs(946_684_800);

/// The shortest wait that is told to a carrier over its limit.
const SHORTEST_WAIT: Duration = Duration::from_millis(10);

/// What a carrier tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tidings {
    /// Something happened to a line.
    Happened {
        /// The line.
        line: LineName,
        /// What.
        kind: EventKind,
    },
    /// The feed lives.
    Heartbeat {
        /// How far back it can see, in days; 0 leaves it as it is.
        horizon_days: u32,
    },
    /// An earlier event was wrong.
    Correction {
        /// That event.
        corrected: EventId,
    },
}

/// A carrier's message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The carrier's number of it.
    pub id: EventId,
    /// Who speaks: the caller was found to be allowed to.
    pub carrier: CarrierId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What is told.
    pub tidings: Tidings,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Part of the line's history.
    Applied,
    /// Taken before.
    Duplicate,
    /// Part of the history of a line that no binding knows yet.
    UnknownLine,
    /// Kept beside the first event of this number, without effect.
    IdReused,
}

/// What is odd about an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Flag {
    /// Newer events of its line came before it.
    Late = 1,
    /// It lies in the future.
    Future = 2,
    /// It lies before 2000.
    Ancient = 3,
    /// It contradicts the line's history.
    Contradicts = 4,
}

/// The acknowledgement of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What became of it.
    pub kept: Kept,
    /// What is odd about it.
    pub flags: Vec<Flag>,
    /// The position that holds it.
    pub position: Position,
    /// When it was learned.
    pub learned_at: Timestamp,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Takes a message in. It is on disk when this answers.
    ///
    /// # Errors
    /// Where the carrier is none of the configuration, its feed is over a limit, or the store cannot
    /// be written.
    pub async fn ingest(&self, message: &Message) -> Result<Receipt, ServiceError> {
        if self.feeds.get(&message.carrier).is_none() {
            let why = "is no carrier of the configuration";
            return Err(ServiceError::invalid("carrier_id", why));
        }
        if let Some(retry_after) = self.over_feed_limit(&message.carrier) {
            return Err(ServiceError::Busy { retry_after });
        }
        let digest = crate::digest::of(message)?;
        for _ in 0..TRIES {
            let learned_at = self.now();
            let taken = match self.known(message).await? {
                Some((row, _)) if row.digest == digest => {
                    self.feeds.hear(&message.carrier, learned_at, 0);
                    let position = Position(row.position);
                    return Ok(receipt(Kept::Duplicate, Vec::new(), position, learned_at));
                }
                Some(row) => self.keep_reused(message, &row, digest, learned_at).await,
                None => self.keep(message, digest, learned_at).await,
            };
            match taken {
                Ok(receipt) => {
                    let horizon = match message.tidings {
                        Tidings::Heartbeat { horizon_days } => horizon_days,
                        _ => 0,
                    };
                    self.feeds.hear(&message.carrier, learned_at, horizon);
                    return Ok(receipt);
                }
                Err(Fault::Conflict) => {}
                Err(Fault::Service(error)) => return Err(error),
            }
        }
        Err(contended())
    }

    /// Counts a message against its feed's limits, before anything of it is written; how long to
    /// wait, where one is reached.
    fn over_feed_limit(&self, carrier: &CarrierId) -> Option<Duration> {
        let packs = self.packs.in_service();
        let chain = packs.book.chain(Some(carrier.as_str()), Some(carrier.as_str()));
        let declared = packs.book.event_limits(chain);
        let subjects = Subjects { carrier_feed: Some(carrier.as_str()), ..Subjects::default() };
        let reached = packs.limits.count(declared, &subjects)?;
        Some(reached.retry_after.max(SHORTEST_WAIT))
    }

    async fn known(&self, message: &Message) -> Result<Option<(EventRow, Position)>, ServiceError> {
        let key = keys::event(&message.carrier, &message.id)?;
        let snapshot = self.store.read(&[key]).await?;
        let row = snapshot.values.first().and_then(Option::as_ref);
        let Some(row) = row else { return Ok(None) };
        Ok(Some((decode_row(&row.value)?, row.version)))
    }

    async fn keep(
        &self,
        message: &Message,
        digest: [u8; 32],
        learned_at: Timestamp,
    ) -> Result<Receipt, Fault> {
        let Message { id, carrier, .. } = message;
        let mut expect = vec![(keys::event(carrier, id)?, Expected::Absent)];
        match &message.tidings {
            Tidings::Heartbeat { horizon_days } => {
                let entry = StateEntry::Heartbeat {
                    carrier: carrier.clone(),
                    id: id.clone(),
                    digest,
                    horizon_days: *horizon_days,
                    learned_at,
                };
                let position = self.append_state(&entry, expect).await?;
                Ok(receipt(Kept::Applied, Vec::new(), position, learned_at))
            }
            Tidings::Correction { corrected } => {
                let entry = CorrectionEntry {
                    carrier: carrier.clone(),
                    id: id.clone(),
                    digest,
                    corrected: corrected.clone(),
                    line: None,
                    learned_at,
                };
                let position = self.keep_correction(entry, expect).await?;
                Ok(receipt(Kept::Applied, Vec::new(), position, learned_at))
            }
            Tidings::Happened { line, kind } => {
                let told = self.event(message, line, kind, digest, learned_at).await?;
                let event = happened(message, kind);
                let driving = self.driven(&event, line, &told.known, learned_at).await?;
                let Driving { effects, expect: driven } = driving;
                expect.extend(driven);
                let entry = if effects.is_empty() {
                    StateEntry::Event(told.entry)
                } else {
                    StateEntry::EventDrove { event: told.entry, effects }
                };
                let position = self.append_state(&entry, expect).await?;
                Ok(receipt(told.kept, told.flags, position, learned_at))
            }
        }
    }

    /// Keeps a correction, with what it undoes where the event is here already.
    async fn keep_correction(
        &self,
        mut correction: CorrectionEntry,
        mut expect: Vec<(Key, Expected)>,
    ) -> Result<Position, Fault> {
        let CorrectionEntry { carrier, corrected, learned_at, .. } = &correction;
        let key = keys::event(carrier, corrected)?;
        let snapshot = self.store.read(std::slice::from_ref(&key)).await?;
        let Some(row) = snapshot.values.into_iter().next().flatten() else {
            expect.push((key, Expected::Absent));
            return Ok(self.append_state(&StateEntry::Correction(correction), expect).await?);
        };
        expect.push((key, Expected::Version(row.version)));
        let event: EventRow = decode_row(&row.value).map_err(StoreError::from)?;
        let back = self.taken_back(carrier, corrected, &event).await?;
        let driving = match &back {
            Some(back) => self.undone(back, *learned_at).await?,
            None => Driving::default(),
        };
        correction.line = event.line;
        expect.extend(driving.expect);
        let entry = match back.filter(|_| !driving.effects.is_empty()) {
            Some(back) => {
                let (text, effects) = (back.text, driving.effects);
                let occurred_at = back.event.occurred_at;
                StateEntry::CorrectionDrove { correction, occurred_at, text, effects }
            }
            None => StateEntry::Correction(correction),
        };
        Ok(self.append_state(&entry, expect).await?)
    }

    async fn keep_reused(
        &self,
        message: &Message,
        row: &(EventRow, Position),
        digest: [u8; 32],
        learned_at: Timestamp,
    ) -> Result<Receipt, Fault> {
        let (first, version) = row;
        if let Some(again) = first.reused.iter().find(|reuse| reuse.digest == digest) {
            let position = Position(again.position);
            return Ok(receipt(Kept::IdReused, Vec::new(), position, learned_at));
        }
        let Tidings::Happened { line, kind } = &message.tidings else {
            let why = "was used before for another message";
            return Err(Fault::Service(ServiceError::invalid("event_id", why)));
        };
        if first.reused.len() >= EventRow::MOST_REUSED {
            let why = "was used before for many other messages";
            return Err(Fault::Service(ServiceError::invalid("event_id", why)));
        }
        let told = self.event(message, line, kind, digest, learned_at).await?;
        let key = keys::event(&message.carrier, &message.id)?;
        let expect = vec![(key, Expected::Version(*version))];
        let position = self.append_state(&StateEntry::EventReused(told.entry), expect).await?;
        Ok(receipt(Kept::IdReused, told.flags, position, learned_at))
    }

    async fn event(
        &self,
        message: &Message,
        line: &LineName,
        kind: &EventKind,
        digest: [u8; 32],
        learned_at: Timestamp,
    ) -> Result<Told, ServiceError> {
        let vault = &*self.vault;
        let hash = keys::line_hash(vault, &message.carrier, line);
        let snapshot = self.store.read(&[keys::line(hash)?, keys::history(hash)?]).await?;
        let row = match snapshot.values.first().and_then(Option::as_ref) {
            Some(row) => Some((decode_row(&row.value)?, row.version)),
            None => None,
        };
        let history = match snapshot.values.get(1).and_then(Option::as_ref) {
            Some(row) => {
                let sealed: Sealed = decode_row(&row.value)?;
                sealing::open(vault, sealing::HISTORY, &sealed)?.unwrap_or_default()
            }
            None => LineHistory::default(),
        };
        let known = KnownLine { row, history };
        let flags = flags(&happened(message, kind), &known.history, learned_at);
        let key: KeyId = match &known.row {
            Some((row, _)) => row.key,
            None => vault.new_key().await?,
        };
        let text = EventText {
            line: LineText { carrier: message.carrier.clone(), line: line.clone() },
            kind: kind.clone(),
        };
        let entry = EventEntry {
            carrier: message.carrier.clone(),
            id: message.id.clone(),
            digest,
            occurred_at: message.occurred_at,
            learned_at,
            flags: flags.iter().map(|flag| *flag as u8).collect(),
            text: sealing::seal(vault, key, sealing::EVENT, &text)?,
        };
        let bound = known.row.as_ref().is_some_and(|(row, _)| !row.bindings.is_empty());
        let kept = if bound { Kept::Applied } else { Kept::UnknownLine };
        Ok(Told { entry, kept, flags, known })
    }
}

struct Told {
    entry: EventEntry,
    kept: Kept,
    flags: Vec<Flag>,
    known: KnownLine,
}

/// Another change came first, or a fault.
enum Fault {
    Conflict,
    Service(ServiceError),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::Conflict,
            other => Self::Service(other.into()),
        }
    }
}

impl From<ServiceError> for Fault {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

fn receipt(kept: Kept, flags: Vec<Flag>, position: Position, learned_at: Timestamp) -> Receipt {
    Receipt { kept, flags, position, learned_at }
}

fn happened(message: &Message, kind: &EventKind) -> SimEvent {
    SimEvent {
        id: message.id.clone(),
        carrier: message.carrier.clone(),
        occurred_at: message.occurred_at,
        kind: kind.clone(),
    }
}

fn flags(event: &SimEvent, history: &LineHistory, learned_at: Timestamp) -> Vec<Flag> {
    let at = event.occurred_at;
    [
        (history.newest().is_some_and(|newest| at < newest), Flag::Late),
        (at > learned_at.plus(AHEAD), Flag::Future),
        (at < ANCIENT, Flag::Ancient),
        (history.contradicts(event), Flag::Contradicts),
    ]
    .into_iter()
    .filter_map(|(odd, flag)| odd.then_some(flag))
    .collect()
}
