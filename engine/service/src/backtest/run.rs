//! Reading the ledger a page at a time and telling what is found.

use super::{
    tally::Summary,
    trial::{Changed, Trial},
    tried::{Terms, Tried, TriedPacks},
};
use crate::{
    engine::Engine,
    error::ServiceError,
    packs::{PacksOf, check},
    ports::{
        store::{LedgerEntry, LedgerKind, Position, Store},
        vault::Vault,
    },
};
use simbind_core::time::Timestamp;
use simbind_rules::Diagnostic;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

/// When to try again where another backtest is under way.
const AFTER_ANOTHER: Duration = Duration::from_secs(5);
/// A listener that takes nothing for so long is gone.
const PATIENCE: Duration = Duration::from_secs(60);
/// Changed decisions that are told at once, at most.
const CHANGES: usize = 256;
/// Progress is told at most so many times.
const STEPS: u64 = 200;
/// How far apart the times may be at which a check was decided and its decision recorded: the few
/// milliseconds between, and a clock that was set meanwhile. Where it was set by more than this
/// just then, that one decision can be missed by a backtest that has bounds.
const APART: Duration = Duration::from_secs(86_400);
/// Problems of packs that an error tells.
const PROBLEMS: usize = 5;

/// Part of what a backtest tells, as it comes. The result is the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// How far it is.
    Progress(Progress),
    /// Changed decisions.
    Changes(Vec<Changed>),
    /// What was found.
    Result(Box<Summary>),
}

/// How far a backtest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Ledger entries that were read.
    pub done: u64,
    /// Ledger entries that there are to read.
    pub total: u64,
}

/// How a backtest ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All was read and told.
    Done,
    /// Nobody listens any more.
    Abandoned,
}

/// A backtest that may run. While it exists no other may.
#[derive(Debug)]
pub struct Backtest {
    tried: Tried,
    terms: Terms,
    _turn: OwnedSemaphorePermit,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Finds or compiles the packs that are to be tried.
    ///
    /// # Errors
    /// [`ServiceError::Busy`] while another backtest is under way; where the packs do not compile
    /// or fail their tests, are not known, or `most_changes` is above [`Terms::MOST_CHANGES`].
    pub async fn prepare_backtest(
        &self,
        packs: TriedPacks,
        terms: Terms,
    ) -> Result<Backtest, ServiceError> {
        if terms.most_changes > Terms::MOST_CHANGES {
            let why = format!("is above {}", Terms::MOST_CHANGES);
            return Err(ServiceError::invalid("most_changes", why));
        }
        if terms.from.zip(terms.to).is_some_and(|(from, to)| from > to) {
            return Err(ServiceError::invalid("to", "is before `from`"));
        }
        let turn = self.backtests.clone().try_acquire_owned();
        let mut turn = turn.map_err(|_| ServiceError::Busy { retry_after: AFTER_ANOTHER })?;
        let tried = match packs {
            TriedPacks::InService => Tried::in_service(self.packs.in_service()),
            TriedPacks::Hash(hash) => match self.packs_of(hash).await? {
                PacksOf::Here(packs) => Tried::in_service(packs),
                PacksOf::Missing => return Err(ServiceError::NotFound("packs")),
            },
            TriedPacks::Sources(sources) => {
                // Where nobody waits any more, the turns last as long as the work.
                let compiling = self.compiling.take().await?;
                let work = move || (check(&sources), turn);
                let (checked, kept) = compiling.work(work).await?;
                turn = kept;
                checked.map_err(|found| ServiceError::invalid("packs", problems(&found)))?.into()
            }
        };
        Ok(Backtest { tried, terms, _turn: turn })
    }

    /// Runs a backtest and tells its parts as they come. It reads, and does nothing else.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn backtest(
        &self,
        backtest: Backtest,
        parts: &mpsc::Sender<Part>,
    ) -> Result<Ended, ServiceError> {
        let Backtest { tried, terms, _turn } = backtest;
        run(&*self.store, tried, terms, parts).await
    }
}

/// The first problems, and how many there are.
fn problems(found: &[Diagnostic]) -> String {
    let mut text = match found.len() {
        1 => "have one problem".to_owned(),
        count => format!("have {count} problems"),
    };
    for problem in found.iter().take(PROBLEMS) {
        text.push_str(&format!("\n{problem}"));
    }
    text
}

/// Decides the decisions of a store again. For a server there is [`Engine::backtest`].
///
/// # Errors
/// Where the store cannot be read.
pub async fn run<S: Store>(
    store: &S,
    tried: Tried,
    terms: Terms,
    parts: &mpsc::Sender<Part>,
) -> Result<Ended, ServiceError> {
    let began = Instant::now();
    let (first, last) = within(store, &terms).await?;
    let total = (last.0 + 1).saturating_sub(first.0);
    let mut trial = Trial::new(tried, terms);
    let (mut next, mut told) = (first, 0);
    while next <= last {
        let page = store.entries(LedgerKind::Decisions, next, LedgerEntry::MOST_READ).await?;
        let Some(end) = page.last().map(|entry| entry.position) else { break };
        let (back, changes) = aside(move || take(trial, &page, last)).await?;
        trial = back;
        next = Position(end.0.saturating_add(1));
        let done = total.min(next.0.saturating_sub(first.0));
        let step = total / STEPS;
        let progress = (done == total || done - told > step).then_some(Progress { done, total });
        told = progress.map_or(told, |progress| progress.done);
        let mut changes = changes.chunks(CHANGES).map(|some| Part::Changes(some.to_vec()));
        for part in changes.by_ref().chain(progress.map(Part::Progress)) {
            if parts.send_timeout(part, PATIENCE).await.is_err() {
                return Ok(Ended::Abandoned);
            }
        }
        if parts.is_closed() {
            return Ok(Ended::Abandoned);
        }
    }
    let result = Part::Result(Box::new(trial.summary(began.elapsed())));
    let told = parts.send_timeout(result, PATIENCE).await;
    Ok(if told.is_ok() { Ended::Done } else { Ended::Abandoned })
}

/// The positions that are to be looked at. The ledger knows when an entry was recorded, which is
/// near when it was decided.
async fn within<S: Store>(store: &S, terms: &Terms) -> Result<(Position, Position), ServiceError> {
    if terms.from.is_none() && terms.to.is_none() {
        return Ok((Position(1), store.tip(LedgerKind::Decisions)));
    }
    let from = terms.from.unwrap_or(Timestamp::from_millis(i64::MIN)).minus(APART);
    let to = terms.to.unwrap_or(Timestamp::from_millis(i64::MAX)).plus(APART);
    Ok(store.recorded_within(LedgerKind::Decisions, from, to).await?)
}

/// Decides a page again, but for what came after the backtest began.
fn take(mut trial: Trial, page: &[LedgerEntry], last: Position) -> (Trial, Vec<Changed>) {
    let entries = page.iter().filter(|entry| entry.position <= last);
    let changes = entries.filter_map(|entry| trial.take(&entry.entry)).collect();
    (trial, changes)
}

/// Work that a processor does for long, on a thread for that, so that checks keep theirs.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ServiceError> {
    let work = tokio::task::spawn_blocking(work).await;
    work.map_err(|_| ServiceError::unavailable("a backtest was given up"))
}
