//! Lists of refusals for readers: gathered from the index, and signed.

mod gather;
mod key;

pub use key::{ListKey, ListSigner};

use crate::{
    engine::Engine,
    error::ServiceError,
    ports::{store::Store, vault::Vault},
};
use gather::Gathered;
use parking_lot::Mutex;
use simbind_core::{
    ids::ReaderId,
    refusals::{Draft, Entries, ListError, OfflineUse, RefusalList},
};
use simbind_rules::facts::ReaderProfile;
use std::{sync::Arc, time::Duration};

/// The terms of lists of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusalTerms {
    /// How long a list is good for, at most [`RefusalList::LONGEST`].
    pub life: Duration,
    /// How long what was gathered is served again before it is gathered anew.
    pub every: Duration,
    /// The most entries of a list, at most [`Entries::MOST`].
    pub most: usize,
}

impl Default for RefusalTerms {
    fn default() -> Self {
        Self { life: Duration::from_secs(600), every: Duration::from_secs(30), most: 200_000 }
    }
}

/// For which reader a list is.
#[derive(Clone, Copy, Debug)]
pub struct ForReader<'a> {
    /// The reader.
    pub reader: &'a ReaderId,
    /// What kind it is.
    pub profile: ReaderProfile,
    /// What configuration lets it do while the engine is away.
    pub offline: OfflineUse,
}

/// What was gathered last, for all readers.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    newest: Mutex<Option<Arc<Gathered>>>,
    /// One gathers at a time.
    turn: tokio::sync::Mutex<()>,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// A list of refusals for a reader, signed. What it names was gathered a short time ago at most;
    /// all that was acknowledged before its time is in it.
    ///
    /// # Errors
    /// Where the store cannot be read, or the key cannot sign.
    pub async fn refusals(
        &self,
        of: ForReader<'_>,
        signer: &ListSigner,
    ) -> Result<Vec<u8>, ServiceError> {
        let gathered = self.newest_gathered().await?;
        let draft = Draft {
            reader: of.reader.clone(),
            profile: of.profile,
            offline: of.offline,
            issued_at: gathered.at,
            ends_at: gathered.at.plus(self.refusal_terms().life),
            sequence: gathered.sequence,
        };
        signer.seal(&draft, &gathered.entries).map_err(ServiceError::unavailable)
    }

    /// Gathers what is refused, where that was not done a short time ago, so that readers find it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn gather_refusals(&self) -> Result<(), ServiceError> {
        self.newest_gathered().await.map(drop)
    }

    /// What is refused: as it was gathered, or anew where that is not fresh. A caller does not wait
    /// for another one's work while something is there that is young enough.
    async fn newest_gathered(&self) -> Result<Arc<Gathered>, ServiceError> {
        let terms = self.refusal_terms();
        if let Some(fresh) = self.young_enough(terms.every) {
            return Ok(fresh);
        }
        let _turn = match (self.refusals.turn.try_lock(), self.young_enough(terms.life / 2)) {
            (Ok(turn), _) => turn,
            (Err(_), Some(young)) => return Ok(young),
            (Err(_), None) => self.refusals.turn.lock().await,
        };
        if let Some(fresh) = self.young_enough(terms.every) {
            return Ok(fresh);
        }
        let gathered = Arc::new(self.gather(terms.most.min(Entries::MOST)).await?);
        *self.refusals.newest.lock() = Some(Arc::clone(&gathered));
        Ok(gathered)
    }

    /// The terms, within what a list can be.
    fn refusal_terms(&self) -> RefusalTerms {
        let RefusalTerms { life, every, most } = self.settings.bounds.refusals;
        let life = life.min(RefusalList::LONGEST);
        RefusalTerms { life, every: every.min(life / 2), most }
    }

    /// What was gathered less than so long ago. A clock that was set back makes nothing young.
    fn young_enough(&self, within: Duration) -> Option<Arc<Gathered>> {
        let now = self.now();
        let newest = self.refusals.newest.lock().clone();
        newest.filter(|gathered| gathered.at <= now && now.since(gathered.at) < within)
    }
}

/// Reads a list that a key signed.
///
/// # Errors
/// [`ListError`]: what is wrong with it.
pub fn open(bytes: &[u8], key: &ListKey) -> Result<RefusalList, ListError> {
    RefusalList::read(bytes, |signed, signature| key.verifies(signed, signature))
}
