//! The key that signs lists of refusals, and what is refused gathered before readers ask.

use super::{ServeError, until};
use crate::grpc::Api;
use ring::rand::SystemRandom;
use simbind_service::{
    ports::{store::Store, vault::Vault},
    refusals::ListSigner,
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
    time::Duration,
};
use tokio::sync::watch;
use zeroize::Zeroizing;

/// The key's file in the data folder.
pub(crate) const KEY_FILE: &str = "refusals.key";

/// The key in a data folder; where there is none, a new one is made, readable by its owner alone.
///
/// # Errors
/// Where the file cannot be read or made, is no key, or others may read it.
pub(crate) fn signer(data: &Path) -> Result<ListSigner, ServeError> {
    let path = data.join(KEY_FILE);
    let fault = |why: String| ServeError::File { path: path.display().to_string(), why };
    match read(&path) {
        Ok(Some(text)) => ListSigner::from_pem(&text).map_err(|error| fault(error.to_string())),
        Ok(None) => {
            let made = ListSigner::generate(&SystemRandom::new());
            let made = made.map_err(|error| fault(error.to_string()))?;
            create(data, &path, &made.to_pem()).map_err(|error| fault(error.to_string()))?;
            Ok(made)
        }
        Err(error) => Err(fault(error.to_string())),
    }
}

/// The text of a key's file that its owner alone can read; `None` where there is no file.
pub(crate) fn read(path: &Path) -> io::Result<Option<Zeroizing<String>>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        return Err(io::Error::other("others than its owner may read this key"));
    }
    Ok(Some(text))
}

/// Whole or not at all: a start that ends half-way leaves no half of a key.
fn create(data: &Path, path: &Path, text: &str) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    File::open(data)?.sync_all()
}

/// Gathers what is refused again and again, so that a reader's call finds it.
pub(super) async fn keep_gathered<S: Store, V: Vault>(
    api: Api<S, V>,
    every: Duration,
    stopped: watch::Receiver<bool>,
) {
    let gather = async {
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = api.engine().gather_refusals().await {
                tracing::warn!(%error, "what is refused could not be gathered for readers");
            }
        }
    };
    tokio::select! {
        () = gather => {}
        () = until(stopped) => {}
    }
}
