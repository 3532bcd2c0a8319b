//! The issuers' lists, in memory whole.

use super::CertificateName;
use crate::{
    engine::Engine,
    error::ServiceError,
    ledger::{ListRow, decode_row, keys},
    ports::{
        status::KeptLists,
        store::{Store, Stored},
        vault::Vault,
    },
};
use arc_swap::ArcSwapOption;
use simbind_core::{
    ids::{AuthorityId, SerialNumber},
    status::{Answer, RevocationReason, Source, Standing},
    time::Timestamp,
};
use simbind_evidence::{
    certificate::Authority,
    status::{Listing, StatusError, StatusRules, Subjects, VerifiedCrl, verify_crl_of_any_age},
};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::Mutex;

/// A list that counts.
pub(crate) struct CurrentList {
    pub(crate) list: VerifiedCrl,
    /// SHA-256 of its DER.
    pub(crate) digest: [u8; 32],
    pub(crate) learned_at: Timestamp,
}

impl CurrentList {
    /// Verifies a list, however old it is. Blocks for as long as its signature takes.
    pub(super) fn verify(
        der: &[u8],
        issuer: &Authority,
        now: Timestamp,
    ) -> Result<Self, StatusError> {
        let list = verify_crl_of_any_age(der, issuer, StatusRules::default(), now)?;
        Ok(Self { list, digest: crate::digest::sha256(der), learned_at: now })
    }

    /// Whether not being on it says something of every person's certificate.
    pub(super) fn speaks_of_all(&self) -> bool {
        let scope = self.list.scope();
        !scope.is_partitioned() && matches!(scope.subjects(), Subjects::All | Subjects::Users)
    }

    /// Whether it is newer than another: neither its time nor its number may go back.
    pub(super) fn comes_after(&self, other: &Self) -> bool {
        let times = (self.list.this_update(), other.list.this_update());
        let numbers = (self.list.number(), other.list.number());
        times.0 >= times.1 && numbers.0 >= numbers.1 && (times.0, numbers.0) != (times.1, numbers.1)
    }

    /// The certificates that it says are revoked and another list does not.
    pub(super) fn left_out_of(&self, other: &Self, issuer: &AuthorityId) -> Vec<CertificateName> {
        let revoked = |list: &VerifiedCrl, serial: &[u8]| {
            matches!(list.of_serial(serial), Listing::Revoked { .. })
        };
        let gone = |serial: &[u8]| revoked(&self.list, serial) && !revoked(&other.list, serial);
        let serials = self.list.serials().filter(|serial| gone(serial));
        let named = serials.filter_map(|serial| SerialNumber::new(serial).ok());
        named.map(|serial| CertificateName { issuer: *issuer, serial }).collect()
    }

    /// What it says of a certificate; `None` where it does not speak of it.
    pub(super) fn answer(&self, serial: &[u8]) -> Option<Answer> {
        let standing = match self.list.of_serial(serial) {
            Listing::Unlisted => Standing::Good,
            // A full list that takes an entry off says neither good nor bad.
            Listing::NotCovered | Listing::Removed { .. } => return None,
            Listing::Held { since } => Standing::Held { since },
            Listing::Revoked { since, reason } => {
                Standing::Revoked { since, reason: RevocationReason::of(reason.number()) }
            }
        };
        Some(Answer {
            standing,
            source: Source::List,
            as_of: self.list.this_update(),
            next: Some(self.list.next_update()),
            learned_at: self.learned_at,
        })
    }
}

/// One issuer's place: its list, and whose turn it is to change it.
#[derive(Default)]
struct Slot {
    current: ArcSwapOption<CurrentList>,
    turn: Mutex<()>,
}

/// The lists of the issuers that are known.
pub(crate) struct Lists {
    slots: BTreeMap<AuthorityId, Slot>,
    pub(super) files: Arc<dyn KeptLists>,
}

impl Lists {
    /// Reads back what was kept, and verifies it anew. A list that was acknowledged and is not
    /// there stops the start: what it held or revoked would be let in.
    pub(crate) async fn restore(
        store: &impl Store,
        files: Arc<dyn KeptLists>,
        issuers: &super::Issuers,
        now: Timestamp,
    ) -> Result<Self, ServiceError> {
        let mut slots = BTreeMap::new();
        for (id, authority) in issuers.all() {
            let snapshot = store.read(&[keys::status_list(id)?]).await?;
            let row = snapshot.values.into_iter().next().flatten();
            let slot = Slot::default();
            if let Some(row) = row {
                let list = reread(&files, authority, &row, now).await?;
                slot.current.store(Some(Arc::new(list)));
            }
            slots.insert(*id, slot);
        }
        Ok(Self { slots, files })
    }

    /// The list of an issuer.
    pub(crate) fn current(&self, issuer: &AuthorityId) -> Option<Arc<CurrentList>> {
        self.slots.get(issuer)?.current.load_full()
    }

    /// What the list of its issuer says of a certificate.
    pub(crate) fn answer(&self, issuer: &AuthorityId, serial: &[u8]) -> Option<Answer> {
        self.slots.get(issuer)?.current.load().as_ref()?.answer(serial)
    }

    /// Waits for the turn to change an issuer's list.
    pub(super) async fn turn(
        &self,
        issuer: &AuthorityId,
    ) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        Some(self.slots.get(issuer)?.turn.lock().await)
    }

    /// Puts a list in the place of the one before. It is on disk.
    pub(super) fn put(&self, issuer: &AuthorityId, list: CurrentList) {
        if let Some(slot) = self.slots.get(issuer) {
            slot.current.store(Some(Arc::new(list)));
        }
    }
}

/// The kept list of an issuer, which is not behind what the ledger says was taken.
async fn reread(
    files: &Arc<dyn KeptLists>,
    authority: &Authority,
    row: &Stored,
    now: Timestamp,
) -> Result<CurrentList, ServiceError> {
    let row: ListRow = decode_row(&row.value)?;
    let (files, authority) = (Arc::clone(files), authority.clone());
    let read = tokio::task::spawn_blocking(move || {
        let id = authority.id();
        let place = files.place(&id);
        let refused = |why: String| {
            let help = "put the issuer's newest list there, as it came (DER)";
            ServiceError::unavailable(format!("{place}: {why}; {help}"))
        };
        let kept = files.kept(&id).map_err(ServiceError::unavailable)?;
        let der = kept.ok_or_else(|| refused("the list that was acknowledged is gone".into()))?;
        let mut list = CurrentList::verify(&der, &authority, now)
            .map_err(|error| refused(error.to_string()))?;
        if list.list.this_update() < row.this_update {
            return Err(refused("a newer list was acknowledged than the one that is there".into()));
        }
        if list.digest == row.digest {
            list.learned_at = row.learned_at;
        }
        Ok(list)
    });
    read.await.map_err(|_| ServiceError::unavailable("reading a status list panicked"))?
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// What the list of its issuer says of a certificate.
    pub(super) fn listed(&self, name: &CertificateName) -> Option<Answer> {
        self.status.lists.answer(&name.issuer, name.serial.as_bytes())
    }
}
