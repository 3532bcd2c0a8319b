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
}

/// How a file stood when it was looked at: another one has another time or length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    changed_at: Timestamp,
    length: u64,
}

fn mark(path: &Path) -> Result<Mark, Unread> {
    let found = fs::metadata(path)?;
    let since = found.modified()?.duration_since(UNIX_EPOCH).map_err(|_| Unread::NoTime)?;
    let millis = i64::try_from(since.as_millis()).map_err(|_| Unread::NoTime)?;
    Ok(Mark { changed_at: Timestamp::from_millis(millis), length: found.len() })
}

/// Reads the list; no more of the file than a list may have, and a byte.
fn list(path: &Path) -> Result<StatusList, Unread> {
    let most = u64::try_from(StatusList::MAX_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(StatusList::from_json(&bytes)?)
}

/// The list that is in force first. Its time is the file's: whoever fetches it keeps the one at
/// which it was made.
pub(super) fn first(path: Option<&Path>) -> Result<AttestationList, ServeError> {
    let Some(path) = path else { return Ok(AttestationList::None) };
    let read = || Ok::<_, Unread>((mark(path)?, list(path)?));
    let (Mark { changed_at, .. }, list) = read().map_err(|error| ServeError::File {
        path: path.display().to_string(),
        why: error.to_string(),
    })?;
    Ok(AttestationList::Dated { list, made_at: changed_at })
}

/// A list's file, and how it stood when it was last looked at.
struct Watched {
    path: PathBuf,
    seen: Option<Mark>,
}

/// What a look at the file came to.
enum Look {
    Unchanged,
    Changed { list: StatusList, made_at: Timestamp },
    Broken(Unread),
}

impl Watched {
    /// A file that is broken is told once, until it changes again.
    fn look(&mut self) -> Look {
        let now = match mark(&self.path) {
            Ok(now) => now,
            Err(error) => {
                let told = self.seen.take().is_none();
                return if told { Look::Unchanged } else { Look::Broken(error) };
            }
        };
        if self.seen == Some(now) {
            return Look::Unchanged;
        }
        self.seen = Some(now);
        match list(&self.path) {
            Ok(list) => Look::Changed { list, made_at: now.changed_at },
            Err(error) => Look::Broken(error),
        }
    }
}

/// Looks at the file now and then, and puts in force what it holds. A file that cannot be read
/// leaves the list that is in force.
pub(super) async fn watch(
    path: PathBuf,
    every: Duration,
    api: Api<EmbeddedStore, FileVault>,
    metrics: Metrics,
    stopped: watch::Receiver<bool>,
) {
    let seen = mark(&path).ok();
    let mut watched = Watched { path, seen };
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = until(stopped.clone()) => return,
        }
        let looked = tokio::task::spawn_blocking(move || {
            let look = watched.look();
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
