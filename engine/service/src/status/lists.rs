//! The issuers' lists, in memory whole: one of all certificates, or one for each set of
//! distribution points.

use super::CertificateName;
use crate::{
    error::ServiceError,
    ledger::{ListRow, decode_row, keys},
    ports::{
        status::{KeptLists, ListName},
        store::{Direction, Scan, Store},
    },
};
use arc_swap::ArcSwap;
use simbind_core::{
    ids::{AuthorityId, ListScope, PointId, SerialNumber},
    status::{Answer, RevocationReason, Source, Standing},
    time::Timestamp,
};
use simbind_evidence::{
    certificate::Authority,
    status::{Listing, StatusError, StatusRules, VerifiedCrl, verify_crl_of_any_age},
};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::Mutex;

/// The most lists of one issuer that are held at once.
pub(super) const MOST_LISTS: usize = 4096;

/// What is known of a certificate's distribution points.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Points<'a> {
    /// These are all of them.
    Known(&'a [PointId]),
    /// Only its issuer and serial are known: a list of some points speaks of it where it names it.
    Unknown,
}

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

    /// Whether it speaks of any person's certificate.
    pub(super) fn speaks_of_persons(&self) -> bool {
        self.list.scope().is_of_users()
    }

    /// The distribution points that it is of; none where it is of all.
    pub(super) fn points(&self) -> &[PointId] {
        self.list.scope().point_ids()
    }

    /// Which of its issuer's certificates it is about.
    pub(super) fn scope(&self) -> ListScope {
        ListScope::of_points(self.points())
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

    /// The certificates that it revokes and an earlier one of the same scope did not.
    pub(super) fn revoked_since(
        &self,
        before: Option<&Self>,
        issuer: &AuthorityId,
    ) -> Vec<CertificateName> {
        match before {
            Some(before) => self.left_out_of(before, issuer),
            None => {
                let revoked =
                    |serial: &&[u8]| matches!(self.list.of_serial(serial), Listing::Revoked { .. });
                let named =
                    self.list.serials().filter(revoked).filter_map(|s| SerialNumber::new(s).ok());
                named.map(|serial| CertificateName { issuer: *issuer, serial }).collect()
            }
        }
    }

    /// What it says of a certificate; `None` where it does not speak of it.
    pub(super) fn answer(&self, serial: &[u8], points: Points<'_>) -> Option<Answer> {
        let listing = match points {
            Points::Known(points) => self.list.of_user(serial, points),
            Points::Unknown => self.list.of_serial(serial),
        };
        let standing = match listing {
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

/// The lists of one issuer.
#[derive(Clone, Default)]
struct Held {
    by_scope: BTreeMap<ListScope, Arc<CurrentList>>,
    by_point: BTreeMap<PointId, Vec<Arc<CurrentList>>>,
}

impl Held {
    fn with(&self, list: CurrentList) -> Self {
        let mut next = self.clone();
        let (scope, list) = (list.scope(), Arc::new(list));
        next.by_scope.insert(scope, Arc::clone(&list));
        for point in list.points() {
            let at = next.by_point.entry(*point).or_default();
            at.retain(|other| other.scope() != scope);
            at.push(Arc::clone(&list));
        }
        next
    }

    /// What its lists come to: revoked by any of them, otherwise by the newest, of two of one time
    /// by the more severe.
    fn answer(&self, serial: &[u8], points: Points<'_>) -> Option<Answer> {
        let said = |list: &Arc<CurrentList>| list.answer(serial, points);
        let answers: Vec<Answer> = match points {
            Points::Known(known) => {
                let parts = known.iter().filter_map(|point| self.by_point.get(point)).flatten();
                self.by_scope
                    .get(&ListScope::WHOLE)
                    .into_iter()
                    .chain(parts)
                    .filter_map(said)
                    .collect()
            }
            Points::Unknown => self.by_scope.values().filter_map(said).collect(),
        };
        answers.into_iter().max_by_key(|answer| {
            let revoked = matches!(answer.standing, Standing::Revoked { .. });
            (revoked, answer.as_of, answer.standing.severity())
        })
    }
}

/// One issuer's place: its lists, and whose turn it is to change them.
#[derive(Default)]
struct Slot {
    held: ArcSwap<Held>,
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
            let mut held = Held::default();
            for row in taken(store, id).await? {
                held = held.with(reread(&files, authority, row, now).await?);
            }
            slots.insert(*id, Slot { held: ArcSwap::from_pointee(held), turn: Mutex::default() });
        }
        Ok(Self { slots, files })
    }

    /// All lists of an issuer.
    pub(crate) fn all(&self, issuer: &AuthorityId) -> Vec<Arc<CurrentList>> {
        let Some(slot) = self.slots.get(issuer) else { return Vec::new() };
        slot.held.load().by_scope.values().cloned().collect()
    }

    /// The list of an issuer that a new one of this scope takes the place of.
    pub(super) fn before(
        &self,
        issuer: &AuthorityId,
        scope: ListScope,
    ) -> Result<Option<Arc<CurrentList>>, ServiceError> {
        let Some(slot) = self.slots.get(issuer) else { return Ok(None) };
        let held = slot.held.load();
        let before = held.by_scope.get(&scope).cloned();
        if before.is_none() && held.by_scope.len() >= MOST_LISTS {
            let why = format!("{MOST_LISTS} lists of this issuer are held, and no more can be");
            return Err(ServiceError::Refused(why));
        }
        Ok(before)
    }

    /// What the lists of its issuer say of a certificate.
    pub(crate) fn answer(
        &self,
        issuer: &AuthorityId,
        serial: &[u8],
        points: Points<'_>,
    ) -> Option<Answer> {
        self.slots.get(issuer)?.held.load().answer(serial, points)
    }

    /// Waits for the turn to change an issuer's lists.
    pub(super) async fn turn(
        &self,
        issuer: &AuthorityId,
    ) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        Some(self.slots.get(issuer)?.turn.lock().await)
    }

    /// Puts a list in the place of the one before. It is on disk, and it is our turn.
    pub(super) fn put(&self, issuer: &AuthorityId, list: CurrentList) {
        if let Some(slot) = self.slots.get(issuer) {
            let next = slot.held.load().with(list);
            slot.held.store(Arc::new(next));
        }
    }
}

/// The lists of an issuer that the ledger says were taken.
async fn taken(store: &impl Store, issuer: &AuthorityId) -> Result<Vec<ListRow>, ServiceError> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let prefix = keys::status_lists(issuer)?;
        let (rows, direction) = (Scan::MAX_ROWS, Direction::Ascending);
        let page = store.scan(Scan { prefix, after, rows, direction }).await?;
        for (_, row) in page.rows {
            found.push(decode_row(&row.value)?);
        }
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// The kept list of an issuer, which is not behind what the ledger says was taken.
async fn reread(
    files: &Arc<dyn KeptLists>,
    authority: &Authority,
    row: ListRow,
    now: Timestamp,
) -> Result<CurrentList, ServiceError> {
    let (files, authority) = (Arc::clone(files), authority.clone());
    let read = tokio::task::spawn_blocking(move || {
        let name = ListName { issuer: authority.id(), scope: row.scope };
        let place = files.place(&name);
        let refused = |why: String| {
            let help = "put the issuer's newest list there, as it came (DER)";
            ServiceError::unavailable(format!("{place}: {why}; {help}"))
        };
        let kept = files.kept(&name).map_err(ServiceError::unavailable)?;
        let der = kept.ok_or_else(|| refused("the list that was acknowledged is gone".into()))?;
        // What was taken then was not from the future, however the clock stands now.
        let taken = crate::digest::sha256(&der) == row.digest;
        let at = if taken { now.max(row.learned_at) } else { now };
        let mut list = CurrentList::verify(&der, &authority, at)
            .map_err(|error| refused(error.to_string()))?;
        if list.scope() != row.scope {
            return Err(refused("the list that is there is of other distribution points".into()));
        }
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
