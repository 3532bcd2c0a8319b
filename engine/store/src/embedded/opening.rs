//! Opening a store: lock, verify, bring the index up, start the threads.

use super::{
    EmbeddedStore, Running, Side,
    applier::{Applier, applier},
    format,
    health::Health,
    queue::queue,
    writer::{Then, Writer},
};
use crate::{
    config::{Clock, OnProgress, Progress, StoreConfig},
    error::OpenError,
    index,
    index::{Rebuilt, Sources},
    ledger,
    ledger::{Known, LedgerId},
    lock::Lock,
};
use parking_lot::Mutex;
use simbind_service::ports::store::{LedgerKind, Projection};
use std::{
    fs::{self, File},
    path::Path,
    sync::Arc,
    thread::{self, JoinHandle},
};

/// What was found when a store was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// Bytes after the last commit mark of the state ledger, which were cut.
    pub state_torn: u64,
    /// The same of the decisions ledger.
    pub decisions_torn: u64,
    /// Why the index was made anew, where it was.
    pub rebuilt: Option<Rebuilt>,
}

impl EmbeddedStore {
    /// Opens the store in a folder, or makes one there. Blocks until it can serve.
    ///
    /// # Errors
    /// [`OpenError::Locked`] where another process has it; [`OpenError::Damaged`] where a ledger is
    /// not what was written; otherwise where the system refuses or an entry is unknown to the
    /// projection.
    pub fn open(
        config: StoreConfig,
        projection: Arc<dyn Projection>,
        clock: Clock,
        progress: OnProgress,
    ) -> Result<Self, OpenError> {
        let dir = config.dir.as_path();
        fs::create_dir_all(dir).map_err(OpenError::io("make", dir))?;
        let lock = lock(dir)?;
        let (state, decisions) = ledgers(&config, &*progress)?;
        let (state_ledger, decisions_ledger) =
            (Arc::clone(state.appender.ledger()), Arc::clone(decisions.appender.ledger()));
        let (index, rebuilt) = index::open(&Sources {
            dir: dir.into(),
            cache_bytes: config.cache_bytes,
            check: config.check_index,
            state: Arc::clone(&state_ledger),
            decisions: Arc::clone(&decisions_ledger),
            projection: &*projection,
            progress: &*progress,
        })?;
        let index = Arc::new(index);
        let health = Arc::new(Health::default());
        let (behind, applier) = applier(&index, &health);
        let start = |appender, then| {
            let (queue, requests) = queue(config.queue, config.queue_bytes);
            let (index, health) = (Arc::clone(&index), Arc::clone(&health));
            let (projection, clock) = (Arc::clone(&projection), Arc::clone(&clock));
            let writer = Writer { appender, requests, index, projection, clock, health, then };
            (queue, writer)
        };
        let opening = Opening { state_torn: state.torn, decisions_torn: decisions.torn, rebuilt };
        let (state_queue, state) = start(state.appender, Then::Apply);
        let (decisions_queue, decisions) = start(decisions.appender, Then::HandOn(behind));
        let threads = threads(state, decisions, applier)?;
        Ok(Self {
            index,
            health,
            state: Side { ledger: state_ledger, queue: state_queue },
            decisions: Side { ledger: decisions_ledger, queue: decisions_queue },
            running: Mutex::new(Some(Running { threads, lock })),
            opening,
        })
    }
}

fn lock(dir: &Path) -> Result<Lock, OpenError> {
    let path = dir.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    Lock::take(file.map_err(OpenError::io("open", &path))?, &path, dir)
}

/// Verifies both ledgers, side by side.
fn ledgers(
    config: &StoreConfig,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<(ledger::Opened, ledger::Opened), OpenError> {
    let dir = config.dir.as_path();
    let known = format::read(dir)?;
    let open = |kind, id: Option<LedgerId>| {
        let disk = Arc::clone(&config.disk);
        let of = config.checkpoints.iter().filter(|checkpoint| checkpoint.ledger == kind);
        let checkpoint = of.max_by_key(|checkpoint| checkpoint.position).copied();
        let checkpoint = checkpoint.filter(|checkpoint| checkpoint.position.0 > 0);
        let known = Known { id, checkpoint };
        ledger::open(dir, kind, known, config.segment_bytes, disk, &progress)
    };
    let [state_id, decisions_id] = known.map_or([None; 2], |ids| ids.map(Some));
    let (state, decisions) = thread::scope(|scope| {
        let decisions = scope.spawn(|| open(LedgerKind::Decisions, decisions_id));
        let state = open(LedgerKind::State, state_id);
        (state, decisions.join())
    });
    let decisions =
        decisions.map_err(|_| OpenError::Start("verifying the decisions ledger panicked"))??;
    let state = state?;
    let (first, second) = (state.appender.ledger(), decisions.appender.ledger());
    if known.is_none() {
        if first.tip().0 > 0 || second.tip().0 > 0 {
            return Err(format::missing(dir));
        }
        format::write(dir, &[first.id, second.id])?;
    }
    Ok((state, decisions))
}

fn threads(
    state: Writer,
    decisions: Writer,
    applier: Applier,
) -> Result<Vec<JoinHandle<()>>, OpenError> {
    let start = |name: &str, run: Box<dyn FnOnce() + Send>| {
        let thread = thread::Builder::new().name(name.into()).spawn(run);
        thread.map_err(|_| OpenError::Start("the system gives no thread"))
    };
    Ok(vec![
        start("ledger-state", Box::new(|| state.run()))?,
        start("ledger-decision", Box::new(|| decisions.run()))?,
        start("index-decision", Box::new(|| applier.run()))?,
    ])
}
