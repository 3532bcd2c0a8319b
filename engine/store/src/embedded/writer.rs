//! The thread that writes a ledger: it takes what waits, checks it, appends it, syncs once and
//! answers.

use super::{
    applier::Behind,
    health::Health,
    queue::{Answer, Request, Requests},
};
use crate::{
    config::Clock,
    index::Index,
    ledger::Appender,
    project::{Changes, Over, Values, check, note, project},
};
use simbind_core::time::Timestamp;
use simbind_service::ports::store::{
    Append, Key, Position, Projection, Recorded, StoreError, Stored,
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// The most entries, and about the most bytes, of one group. Readers wait while a group's changes
/// are made, so it is no larger than it must be.
const GROUP: usize = 256;
const GROUP_BYTES: usize = 4 << 20;

/// What becomes of a group's changes once the group is on disk.
pub(super) enum Then {
    /// They are made before the answers.
    Apply,
    /// They are handed on, and made behind the answers.
    HandOn(Behind),
}

/// What a ledger's thread works with.
pub(super) struct Writer {
    pub(super) appender: Appender,
    pub(super) requests: Requests,
    pub(super) index: Arc<Index>,
    pub(super) projection: Arc<dyn Projection>,
    pub(super) clock: Clock,
    pub(super) health: Arc<Health>,
    pub(super) then: Then,
}

/// Answers that wait until the group is on disk. Conflicts wait too: what they conflict with may
/// be in the same group.
type Answers = Vec<(Answer, Result<Position, StoreError>)>;

impl Writer {
    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self) {
        let health = Arc::clone(&self.health);
        if catch_unwind(AssertUnwindSafe(|| self.work())).is_err() {
            health.fail("a ledger's thread panicked");
        }
    }

    fn work(&mut self) {
        let mut answers = Answers::with_capacity(GROUP);
        let mut changes = Changes::new();
        while let Some(first) = self.requests.wait() {
            let outcome = self.group(first, &mut answers, &mut changes);
            for (answer, result) in answers.drain(..) {
                // Nobody waits where the caller has gone.
                let _ = answer.send(outcome.clone().and(result));
            }
            changes.clear();
        }
    }

    /// One group, from the first request to the moment when its answers may go out.
    fn group(
        &mut self,
        first: Request,
        answers: &mut Answers,
        changes: &mut Changes,
    ) -> Result<(), StoreError> {
        let now = (self.clock)();
        let mut next = Some(first);
        while let Some(Request { append, answer }) = next {
            let result = self.health.check().and_then(|()| self.one(now, &append, changes));
            answers.push((answer, result));
            let full = answers.len() >= GROUP || self.appender.waiting() >= GROUP_BYTES;
            next = if full { None } else { self.requests.ready() };
        }
        self.health.check()?;
        self.commit(changes).inspect_err(|error| self.health.fail(error.to_string()))
    }

    /// Checks one append and adds it to the group.
    fn one(
        &mut self,
        now: Timestamp,
        append: &Append,
        changes: &mut Changes,
    ) -> Result<Position, StoreError> {
        let under = Current { index: &self.index, then: &self.then };
        let values = Over { under: &under, changes };
        check(&values, &append.expect)?;
        let (kind, at) = (self.appender.ledger().kind, self.appender.next());
        let recorded = Recorded { position: at, at: now };
        let writes = project(&values, &*self.projection, kind, recorded, &append.entry)?;
        note(changes, at, writes);
        Ok(self.appender.push(now, &append.entry))
    }

    fn commit(&mut self, changes: &mut Changes) -> Result<(), StoreError> {
        if self.appender.waiting() == 0 {
            return Ok(());
        }
        self.appender.commit().map_err(|error| StoreError::Unavailable {
            why: format!("a ledger cannot be written: {}", error.kind()),
        })?;
        let ledger = self.appender.ledger();
        match &mut self.then {
            Then::Apply => self.index.apply(ledger.kind, ledger.tip(), changes),
            Then::HandOn(behind) => behind.hand_on(ledger.tip(), std::mem::take(changes)),
        }
    }
}

/// The values that stand once everything on disk has been applied.
struct Current<'a> {
    index: &'a Index,
    then: &'a Then,
}

impl Values for Current<'_> {
    fn get(&self, key: &Key) -> Result<Option<Stored>, StoreError> {
        match self.then {
            Then::Apply => self.index.get(key),
            Then::HandOn(behind) => {
                behind.get(key).map_or_else(|| self.index.get(key), |change| Ok(change.clone()))
            }
        }
    }
}
