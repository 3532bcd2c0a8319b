//! Decisions that were made before an event was learned, or while one counted that was taken back:
//! found, decided again by what is known now, and listed. Nothing of it has an effect.

use crate::{
    check::decision_id,
    decisions::{Again, chain_of, decide_again, facts_of, rules_of},
    engine::Engine,
    error::ServiceError,
    ledger::{DecisionEntry, EventText, ReopenedRow, decode_row, keys},
    ports::{
        store::{Direction, Key, Position, Scan, Store},
        vault::Vault,
    },
    sealing,
};
use simbind_core::{
    binding::Binding,
    check::{self, KnownNow, Ruling, as_known_now},
    ids::{BindingId, CallerId, CarrierId, DecisionId},
    line::{EventKind, LineHistory},
    time::Timestamp,
};
use simbind_rules::ReasonCode;
use std::{fmt, str::FromStr, sync::Arc, time::Duration};

/// The most decisions, and times without one, that a page looks at.
const MOST_LOOKED_AT: usize = 1000;
/// How many are read at once.
const AT_ONCE: usize = 50;

/// Whose decisions are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sees {
    /// All.
    All,
    /// Those that this caller asked for, and what followed from them.
    Own(CallerId),
}

/// Which decisions are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All that were made too early.
    All,
    /// Those whose verdict would be another.
    Changed,
}

/// What made somebody look again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// An event was learned late.
    Learned,
    /// An event was taken back.
    TakenBack,
}

/// A decision that is looked at again.
#[derive(Clone, Debug)]
pub struct Reopened {
    /// As it was made.
    pub decision: Arc<DecisionEntry>,
    /// What it would be.
    pub now: Ruling,
    /// Why.
    pub why: Why,
    /// Whose event it is.
    pub carrier: CarrierId,
    /// The event.
    pub kind: EventKind,
    /// When it happened.
    pub happened_at: Timestamp,
    /// When it, or its correction, was learned.
    pub learned_at: Timestamp,
}

/// Where a list goes on: behind a decision of a time, or behind the time itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    position: Position,
    number: u8,
    decision: Option<DecisionId>,
}

/// A text that is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no token of this list")]
pub struct NoPlace;

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position, number, decision } = self;
        write!(f, "{}.{number}", position.0)?;
        decision.map_or(Ok(()), |decision| write!(f, ".{decision}"))
    }
}

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let mut parts = text.splitn(3, '.');
        let mut part = || parts.next().ok_or(NoPlace);
        let position = Position(part()?.parse().map_err(|_| NoPlace)?);
        let number = part()?.parse().map_err(|_| NoPlace)?;
        let decision = part().ok().map(str::parse).transpose().map_err(|_| NoPlace)?;
        let place = Self { position, number, decision };
        // One spelling alone.
        if place.to_string() == text { Ok(place) } else { Err(NoPlace) }
    }
}

/// What a page asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whose decisions.
    pub sees: Sees,
    /// Which of them.
    pub which: Which,
    /// Only what was learned from then on.
    pub learned_from: Option<Timestamp>,
    /// Where the page before ended.
    pub after: Option<Place>,
    /// The most rows.
    pub rows: usize,
}

/// A page: it may hold fewer rows than were asked for, or none, where much was looked at.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The decisions, by what was learned last, and of that the newest first.
    pub rows: Vec<Reopened>,
    /// Where the next page begins.
    pub next: Option<Place>,
}

/// A time that is open, with what is known now of its binding.
struct Open {
    place: Place,
    row: ReopenedRow,
    kind: EventKind,
    binding: Binding,
    histories: Vec<LineHistory>,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Decisions that were made before an event was learned, or while one counted that was taken
    /// back, with what they would be by what is known now.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn reopened(&self, asked: &Asked) -> Result<Page, ServiceError> {
        let mut page = Page::default();
        let mut looked_at = 0;
        let mut after = asked.after;
        loop {
            let Some((place, row)) = self.next_reopened(after).await? else {
                page.next = None;
                return Ok(page);
            };
            if asked.learned_from.is_some_and(|from| row.learned_at < from) {
                page.next = None;
                return Ok(page);
            }
            let resumed = after.and_then(|after| after.decision);
            looked_at += 1;
            if let Some(open) = self.open(place, row).await? {
                let full =
                    self.decide_open(asked, &open, resumed, &mut page, &mut looked_at).await?;
                if full {
                    return Ok(page);
                }
            }
            after = Some(Place { decision: None, ..place });
            if looked_at >= MOST_LOOKED_AT {
                page.next = after;
                return Ok(page);
            }
        }
    }

    /// The time that a place is in, or the one behind it.
    async fn next_reopened(
        &self,
        after: Option<Place>,
    ) -> Result<Option<(Place, ReopenedRow)>, ServiceError> {
        if let Some(place) = after.filter(|place| place.decision.is_some()) {
            let key = keys::reopened(place.position, place.number)?;
            let snapshot = self.store.read(&[key]).await?;
            if let Some(Some(row)) = snapshot.values.first() {
                return Ok(Some((place, decode_row(&row.value)?)));
            }
        }
        let after = after.map(|place| keys::reopened(place.position, place.number)).transpose()?;
        let prefix = keys::reopened_all()?;
        let scan = Scan { prefix, after, rows: 1, direction: Direction::Descending };
        let page = self.store.scan(scan).await?;
        let Some((key, row)) = page.rows.first() else { return Ok(None) };
        let Some((position, number)) = keys::reopened_of(key) else { return Ok(None) };
        Ok(Some((Place { position, number, decision: None }, decode_row(&row.value)?)))
    }

    /// What is known now of the binding; `None` where its person was erased.
    async fn open(&self, place: Place, row: ReopenedRow) -> Result<Option<Open>, ServiceError> {
        let vault = &*self.vault;
        let text: Option<EventText> = sealing::open(vault, sealing::EVENT, &row.text)?;
        let binding = match self.binding(row.reopens.binding).await {
            Err(ServiceError::NotFound(_)) => return Ok(None),
            other => other?.binding,
        };
        let Some(EventText { kind, .. }) = text else { return Ok(None) };
        let names = keys::line_hashes(vault, &binding.sim).into_iter().map(keys::history);
        let names: Vec<Key> = names.collect::<Result<_, _>>()?;
        let snapshot = self.store.read(&names).await?;
        let histories = self.histories(&snapshot.values)?;
        Ok(Some(Open { place, row, kind, binding, histories }))
    }

    /// Decides the decisions of a time again; whether the page is full with them.
    async fn decide_open(
        &self,
        asked: &Asked,
        open: &Open,
        resumed: Option<DecisionId>,
        page: &mut Page,
        looked_at: &mut usize,
    ) -> Result<bool, ServiceError> {
        let binding = open.row.reopens.binding;
        let mut before = resumed.unwrap_or_else(|| {
            // One of the very millisecond may have been made before it was learned.
            decision_id(open.row.reopens.open.until.plus(Duration::from_millis(1)), [0; 10])
        });
        loop {
            let ids = self.before(binding, before, open.row.reopens.open.from).await?;
            for id in &ids {
                before = *id;
                *looked_at += 1;
                let decision = self.decision(*id).await?;
                let next = Some(Place { decision: Some(*id), ..open.place });
                if self.sees(&asked.sees, &decision).await? {
                    let found = self.decided_again(open, decision).await?;
                    let changed = found.now.answer.verdict() != found.decision.verdict;
                    if changed || asked.which == Which::All {
                        page.rows.push(found);
                    }
                }
                if page.rows.len() >= asked.rows || *looked_at >= MOST_LOOKED_AT {
                    page.next = next;
                    return Ok(true);
                }
            }
            if ids.is_empty() {
                return Ok(false);
            }
        }
    }

    /// Decisions of a binding before one, and not before a time, the newest first.
    async fn before(
        &self,
        binding: BindingId,
        before: DecisionId,
        from: Timestamp,
    ) -> Result<Vec<DecisionId>, ServiceError> {
        let prefix = keys::binding_decisions(binding)?;
        let after = Some(keys::binding_decision(binding, before)?);
        let (ids, _) = self.decision_ids(prefix, after, AT_ONCE).await?;
        let first = decision_id(from, [0; 10]);
        Ok(ids.into_iter().take_while(|id| *id >= first).collect())
    }

    async fn sees(&self, sees: &Sees, decision: &DecisionEntry) -> Result<bool, ServiceError> {
        let Sees::Own(caller) = sees else { return Ok(true) };
        if decision.caller == *caller {
            return Ok(true);
        }
        let Some(parent) = decision.parent else { return Ok(false) };
        Ok(self.decision(parent).await?.caller == *caller)
    }

    async fn decided_again(
        &self,
        open: &Open,
        decision: Arc<DecisionEntry>,
    ) -> Result<Reopened, ServiceError> {
        let Open { row, kind, binding, histories, .. } = open;
        let (again, why) = match row.reopens.without {
            None => (check::Again::Learned, Why::Learned),
            Some(state) => (check::Again::TakenBack(state), Why::TakenBack),
        };
        let known = KnownNow { binding, histories, open: row.reopens.open, again };
        let mut facts = facts_of(&decision)?;
        as_known_now(&mut facts, &known, decision.decided_at);
        // The packs of then, so that only what was learned makes a difference.
        let then = self.packs_of(decision.packs).await?;
        let live = self.packs.in_service();
        let book = then.book().unwrap_or(&live.book);
        let limit = decision.limit.as_ref();
        let now = decide_again(
            book,
            &Again {
                chain: chain_of(book, &decision),
                kind: decision.kind,
                facts: &facts,
                limit: limit.and_then(|limit| ReasonCode::from_name(&limit.reason)),
                proved: decision.proved,
                snoozed: &rules_of(book, decision.snoozed.iter().map(String::as_str)),
            },
        );
        Ok(Reopened {
            decision,
            now,
            why,
            carrier: row.carrier.clone(),
            kind: kind.clone(),
            happened_at: row.occurred_at,
            learned_at: row.learned_at,
        })
    }
}
