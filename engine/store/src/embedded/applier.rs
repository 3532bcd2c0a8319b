//! The thread that makes the decisions' changes in the index, behind the answers.

use super::health::{Health, closed};
use crate::{index::Index, project::Changes};
use simbind_service::ports::store::{Key, LedgerKind, Position, StoreError, Stored};
use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

/// The most groups that wait to be applied; then the ledger's thread waits.
const GROUPS: usize = 16;
/// How many changes are joined into one batch, about. Readers wait while a batch is made.
const BATCH: usize = 256;

/// A group that is on disk, and its changes.
struct Group {
    upto: Position,
    changes: Changes,
}

/// The writer's end: hands groups on, and knows those that are not applied yet.
pub(super) struct Behind {
    index: Arc<Index>,
    to: SyncSender<Arc<Group>>,
    waiting: VecDeque<Arc<Group>>,
}

/// The applying thread's end.
pub(super) struct Applier {
    index: Arc<Index>,
    health: Arc<Health>,
    from: Receiver<Arc<Group>>,
}

/// Both ends.
pub(super) fn applier(index: &Arc<Index>, health: &Arc<Health>) -> (Behind, Applier) {
    let (to, from) = sync_channel(GROUPS);
    let behind = Behind { index: Arc::clone(index), to, waiting: VecDeque::new() };
    (behind, Applier { index: Arc::clone(index), health: Arc::clone(health), from })
}

impl Behind {
    /// Hands a group on; waits while too many are behind.
    pub(super) fn hand_on(&mut self, upto: Position, changes: Changes) -> Result<(), StoreError> {
        let applied = self.index.applied(LedgerKind::Decisions);
        while self.waiting.front().is_some_and(|group| group.upto <= applied) {
            self.waiting.pop_front();
        }
        let group = Arc::new(Group { upto, changes });
        self.waiting.push_back(Arc::clone(&group));
        self.to.send(group).map_err(|_| closed())
    }

    /// What a group that waits has put under a key.
    pub(super) fn get(&self, key: &Key) -> Option<&Option<Stored>> {
        self.waiting.iter().rev().find_map(|group| group.changes.get(key))
    }
}

impl Applier {
    /// Works until the writer has gone and everything is applied.
    pub(super) fn run(self) {
        let outcome = catch_unwind(AssertUnwindSafe(|| self.work()));
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.health.fail(error.to_string()),
            Err(_) => self.health.fail("the index's thread panicked"),
        }
    }

    fn work(&self) -> Result<(), StoreError> {
        let mut joined = Changes::new();
        while let Ok(group) = self.from.recv() {
            let mut upto = join(&mut joined, &group);
            while joined.len() < BATCH
                && let Ok(group) = self.from.try_recv()
            {
                upto = join(&mut joined, &group);
            }
            self.index.apply(LedgerKind::Decisions, upto, &joined)?;
            joined.clear();
        }
        Ok(())
    }
}

fn join(joined: &mut Changes, group: &Group) -> Position {
    joined.extend(group.changes.iter().map(|(key, change)| (key.clone(), change.clone())));
    group.upto
}
