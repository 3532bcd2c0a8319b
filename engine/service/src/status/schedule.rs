//! When sources are asked: each in its time, and later where it failed.

use super::{SourceKind, SourceTerms};
use crate::ports::status::Place;
use parking_lot::Mutex;
use simbind_core::{ids::AuthorityId, time::Timestamp};
use std::time::Duration;

/// The first pause after a failure.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);
/// The most questions that are open at one responder.
const OPEN_AT_ONCE: usize = 8;
/// The most characters of an error that are kept.
const MOST_ERROR: usize = 200;

/// How a source stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFigures {
    /// What it gives.
    pub kind: SourceKind,
    /// Where it is; `None` where its answers are pushed in.
    pub place: Option<Place>,
    /// When it last gave an answer that was taken or known.
    pub last_success: Option<Timestamp>,
    /// What went wrong since, at last.
    pub last_error: Option<String>,
    /// How often it has failed in a row.
    pub failures: u32,
    /// How often it gave an answer.
    pub answers: u64,
    /// How often it did not.
    pub faults: u64,
}

struct State {
    figures: SourceFigures,
    next_at: Timestamp,
    open: usize,
}

/// All sources with their turns.
pub(crate) struct Schedule {
    sources: Vec<(SourceTerms, Mutex<State>)>,
}

/// A number between 0 and 1 that was drawn, for turns that do not fall together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jitter(pub(super) u8);

impl Jitter {
    /// The pause, shortened by up to a quarter.
    fn spread(self, pause: Duration) -> Duration {
        pause - (pause / 4 / 255) * u32::from(self.0)
    }
}

impl Schedule {
    pub(crate) fn new(sources: Vec<SourceTerms>) -> Self {
        let state = |terms: &SourceTerms| State {
            figures: SourceFigures {
                kind: terms.kind,
                place: terms.place.clone(),
                last_success: None,
                last_error: None,
                failures: 0,
                answers: 0,
                faults: 0,
            },
            next_at: Timestamp::from_millis(i64::MIN),
            open: 0,
        };
        let sources = sources.into_iter().map(|terms| {
            let state = Mutex::new(state(&terms));
            (terms, state)
        });
        Self { sources: sources.collect() }
    }

    pub(super) fn terms(&self, source: usize) -> Option<&SourceTerms> {
        self.sources.get(source).map(|(terms, _)| terms)
    }

    /// Whether an issuer has a source: one that is asked, or one that tells by itself.
    pub(super) fn has_source(&self, issuer: &AuthorityId) -> bool {
        self.sources.iter().any(|(terms, _)| terms.issuer == *issuer)
    }

    /// Whether an issuer has a responder that is asked.
    pub(crate) fn asks_about(&self, issuer: &AuthorityId) -> bool {
        self.sources.iter().any(|(terms, _)| {
            terms.issuer == *issuer && terms.kind == SourceKind::Responder && terms.place.is_some()
        })
    }

    /// The lists that are due; each is open from then on.
    pub(super) fn due_lists(&self, now: Timestamp) -> Vec<usize> {
        let due = |(_, (terms, state)): &(usize, &(SourceTerms, Mutex<State>))| {
            terms.kind == SourceKind::List && terms.place.is_some() && state.lock().opened(now, 1)
        };
        self.sources.iter().enumerate().filter(due).map(|(source, _)| source).collect()
    }

    /// A responder of an issuer that can be asked one more question now; it is open from then on.
    pub(super) fn responder(&self, issuer: &AuthorityId, now: Timestamp) -> Option<usize> {
        self.sources.iter().position(|(terms, state)| {
            terms.issuer == *issuer
                && terms.kind == SourceKind::Responder
                && terms.place.is_some()
                && state.lock().opened(now, OPEN_AT_ONCE)
        })
    }

    /// Whether [`Self::responder`] would give one.
    pub(super) fn has_room(&self, issuer: &AuthorityId, now: Timestamp) -> bool {
        self.sources.iter().any(|(terms, state)| {
            terms.issuer == *issuer
                && terms.kind == SourceKind::Responder
                && terms.place.is_some()
                && state.lock().has_room(now, OPEN_AT_ONCE)
        })
    }

    /// A question was answered, or not.
    pub(super) fn ended(
        &self,
        source: usize,
        result: Result<(), String>,
        now: Timestamp,
        jitter: Jitter,
    ) {
        let Some((terms, state)) = self.sources.get(source) else { return };
        let mut state = state.lock();
        state.open = state.open.saturating_sub(1);
        let figures = &mut state.figures;
        match result {
            Ok(()) => {
                figures.answers += 1;
                figures.failures = 0;
                figures.last_error = None;
                figures.last_success = Some(now);
                // A responder is asked again as its certificates fall due.
                state.next_at = match terms.kind {
                    SourceKind::List => now.plus(jitter.spread(terms.every)),
                    SourceKind::Responder => now,
                };
            }
            Err(why) => {
                figures.faults += 1;
                let doubled = FIRST_PAUSE.saturating_mul(1 << figures.failures.min(16));
                figures.failures = figures.failures.saturating_add(1);
                figures.last_error = Some(why.chars().take(MOST_ERROR).collect());
                let pause = doubled.min(LONGEST_PAUSE).min(terms.every.max(FIRST_PAUSE));
                state.next_at = now.plus(jitter.spread(pause));
            }
        }
    }

    /// How an issuer's sources stand.
    pub(super) fn figures(&self, issuer: &AuthorityId) -> Vec<SourceFigures> {
        let own = self.sources.iter().filter(|(terms, _)| terms.issuer == *issuer);
        own.map(|(_, state)| state.lock().figures.clone()).collect()
    }
}

impl State {
    fn has_room(&self, now: Timestamp, most: usize) -> bool {
        // After a failure one question at a time finds out whether it is back.
        let most = if self.figures.failures > 0 { 1 } else { most };
        self.next_at <= now && self.open < most
    }

    fn opened(&mut self, now: Timestamp, most: usize) -> bool {
        let has_room = self.has_room(now, most);
        self.open += usize::from(has_room);
        has_room
    }
}
