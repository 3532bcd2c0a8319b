//! The status list of attestation keys as a file: read at the start, and again when it changed.

use super::{ServeError, until};
use crate::{grpc::Api, telemetry::Metrics};
use simbind_core::time::Timestamp;
use simbind_evidence::android::StatusList;
use simbind_service::attestation_status::AttestationList;
use simbind_store::{EmbeddedStore, FileVault};
use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};
use thiserror::Error;
use tokio::sync::watch;

/// Why the list's file was not taken.
#[derive(Debug, Error)]
enum Unread {
    #[error(transparent)]
    File(#[from] io::Error),
    #[error(transparent)]
    List(#[from] simbind_evidence::android::StatusListError),
    #[error("its time of change cannot be told")]
    NoTime,
    #[error("its time of change lies in the future: how old it is cannot be told")]
    Future,
}

/// How a file stood when it was looked at: another one has another time or length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    changed_at: Timestamp,
    length: u64,
}

/// How far a file's time may be ahead of the clock.
const SKEW: Duration = Duration::from_secs(300);

fn mark(path: &Path) -> Result<Mark, Unread> {
    let found = fs::metadata(path)?;
    let since = found.modified()?.duration_since(UNIX_EPOCH).map_err(|_| Unread::NoTime)?;
    let millis = i64::try_from(since.as_millis()).map_err(|_| Unread::NoTime)?;
    Ok(Mark { changed_at: Timestamp::from_millis(millis), length: found.len() })
}

/// Reads the list; no more of the file than a list may have, and a byte. A file from the future
/// would stay new for as long as it lies there.
fn list(path: &Path, mark: Mark, now: Timestamp) -> Result<StatusList, Unread> {
    if mark.changed_at > now.plus(SKEW) {
        return Err(Unread::Future);
    }
    let most = u64::try_from(StatusList::MAX_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(StatusList::from_json(&bytes)?)
}

/// The list that is in force first, and its file as it stood when it was read: what is changed from
/// then on is seen by the first look. The list's time is the file's: whoever fetches it keeps the
/// one at which it was made.
pub(super) fn first(
    path: Option<&Path>,
    now: Timestamp,
) -> Result<(AttestationList, Option<Watched>), ServeError> {
    let Some(path) = path else { return Ok((AttestationList::None, None)) };
    let read = || {
        let mark = mark(path)?;
        Ok::<_, Unread>((mark, list(path, mark, now)?))
    };
    let (mark, list) = read().map_err(|error| ServeError::File {
        path: path.display().to_string(),
        why: error.to_string(),
    })?;
    let watched = Watched { path: path.to_owned(), seen: Seen::Settled(mark) };
    Ok((AttestationList::Dated { list, made_at: mark.changed_at }, Some(watched)))
}

/// A list's file, and what the last look at it came to.
#[derive(Debug)]
pub(super) struct Watched {
    path: PathBuf,
    seen: Seen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// Its bytes were read as they stood then, and were a list or none.
    Settled(Mark),
    /// It could not be read, and that was told: it is read again at every look.
    Unreadable,
}

/// What a look at the file came to.
enum Look {
    Unchanged,
    Changed { list: StatusList, made_at: Timestamp },
    Broken(Unread),
}

impl Watched {
    /// A file that holds no list is told once, until it changes again; one that cannot be read is
    /// told once and tried again.
    fn look(&mut self, now: Timestamp) -> Look {
        let read = |mark: Mark| match list(&self.path, mark, now) {
            Ok(list) => Ok((Seen::Settled(mark), Ok((list, mark.changed_at)))),
            Err(error @ Unread::List(_)) => Ok((Seen::Settled(mark), Err(error))),
            Err(error) => Err(error),
        };
        let looked = match mark(&self.path) {
            Ok(mark) if self.seen == Seen::Settled(mark) => return Look::Unchanged,
            Ok(mark) => read(mark),
            Err(error) => Err(error),
        };
        let (seen, look) = match looked {
            Ok((seen, Ok((list, made_at)))) => (seen, Look::Changed { list, made_at }),
            Ok((seen, Err(error))) => (seen, Look::Broken(error)),
            Err(_) if self.seen == Seen::Unreadable => (Seen::Unreadable, Look::Unchanged),
            Err(error) => (Seen::Unreadable, Look::Broken(error)),
        };
        self.seen = seen;
        look
    }
}

/// Looks at the file now and then, and puts in force what it holds. A file that cannot be read
/// leaves the list that is in force.
pub(super) async fn watch(
    mut watched: Watched,
    every: Duration,
    api: Api<EmbeddedStore, FileVault>,
    metrics: Metrics,
    stopped: watch::Receiver<bool>,
) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = until(stopped.clone()) => return,
        }
        let now = api.engine().now();
        let looked = tokio::task::spawn_blocking(move || {
            let look = watched.look(now);
            (watched, look)
        });
        let Ok((back, look)) = looked.await else { return };
        watched = back;
        match look {
            Look::Unchanged => {}
            Look::Changed { list, made_at } => {
                tracing::info!(entries = list.len(), "the status list of attestation keys changed");
                api.engine().replace_attestation_list(list, made_at);
                metrics.attestation_list_read(true);
            }
            Look::Broken(error) => {
                tracing::warn!(%error, "the status list of attestation keys cannot be read: \
                    the one before stays in force");
                metrics.attestation_list_read(false);
            }
        }
        if let Some(age) = api.engine().attestation_list_age() {
            metrics.attestation_list_age(age);
        }
    }
}

#[cfg(test)]
mod tests;
