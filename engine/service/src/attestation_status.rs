//! The maker's status list of attestation keys: the one in force, and what it says at a check.

use crate::{
    engine::Engine,
    error::ServiceError,
    hot::Loaded,
    ports::{store::Store, vault::Vault},
};
use arc_swap::ArcSwap;
use simbind_core::{
    binding::{Binding, Handset, HandsetKey},
    check::{AttestationFinding, HandsetFinding, speaking},
    time::Timestamp,
};
use simbind_evidence::android::{Status, StatusList};
use simbind_rules::{Facts, facts::AttestationStatus};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// A status list of attestation keys, if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AttestationList {
    /// There is none: nothing is known of what the maker revoked.
    #[default]
    None,
    /// This one.
    Dated {
        /// The list.
        list: StatusList,
        /// When it was made, or fetched.
        made_at: Timestamp,
    },
}

/// The list in force. It is replaced as a whole, and a check looks into one.
#[derive(Debug)]
pub(crate) struct ListInForce {
    held: ArcSwap<Held>,
    lists: AtomicU64,
}

/// A list, and which one it is of those that were in force since the start.
#[derive(Debug)]
pub(crate) struct Held {
    number: u64,
    pub(crate) list: AttestationList,
}

impl ListInForce {
    pub(crate) fn new(list: AttestationList) -> Self {
        Self { held: ArcSwap::from_pointee(Held { number: 1, list }), lists: AtomicU64::new(2) }
    }

    fn replace(&self, list: AttestationList) {
        let number = self.lists.fetch_add(1, Ordering::Relaxed);
        self.held.store(Arc::new(Held { number, list }));
    }
}

/// What a list said of one handset of a binding, so that a check does not look again before there
/// is another list.
#[derive(Debug, Default)]
pub(crate) struct Remembered(AtomicU64);

impl Remembered {
    /// Number of the list, place of the handset, what the list says of it; zero is nothing.
    fn packed(number: u64, place: u8, status: AttestationStatus) -> u64 {
        let status = match status {
            AttestationStatus::Clear => 1,
            AttestationStatus::Suspended => 2,
            AttestationStatus::Revoked => 3,
        };
        number << 16 | u64::from(place) << 8 | status
    }

    fn status(&self, number: u64, place: u8) -> Option<AttestationStatus> {
        use AttestationStatus::{Clear, Revoked, Suspended};
        let held = self.0.load(Ordering::Relaxed);
        let all = [Clear, Suspended, Revoked].into_iter();
        all.into_iter().find(|status| held == Self::packed(number, place, *status))
    }

    fn remember(&self, number: u64, place: u8, status: AttestationStatus) {
        self.0.store(Self::packed(number, place, status), Ordering::Relaxed);
    }
}

/// How old a list may be for an attestation to be taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListAge {
    /// Of any age; there may also be none.
    #[default]
    Any,
    /// At most this.
    AtMost(Duration),
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Puts another status list of attestation keys in force, for every check from now on.
    pub fn replace_attestation_list(&self, list: StatusList, made_at: Timestamp) {
        self.attestation_list.replace(AttestationList::Dated { list, made_at });
    }

    /// The age of the status list of attestation keys; `None` where there is none.
    pub fn attestation_list_age(&self) -> Option<Duration> {
        match &self.attestation_list.held.load().list {
            AttestationList::None => None,
            AttestationList::Dated { made_at, .. } => Some(self.now().since(*made_at)),
        }
    }

    /// The list that an attestation is verified against.
    ///
    /// # Errors
    /// Where it is older than configuration allows: what was revoked meanwhile cannot be told.
    pub(crate) fn list_for_attestation(&self, now: Timestamp) -> Result<Arc<Held>, ServiceError> {
        let held = self.attestation_list.held.load_full();
        let fresh = match (self.settings.trust.attestation_list_age, &held.list) {
            (ListAge::Any, _) => true,
            (ListAge::AtMost(_), AttestationList::None) => false,
            (ListAge::AtMost(most), AttestationList::Dated { made_at, .. }) => {
                now.since(*made_at) <= most
            }
        };
        let why = || "the status list of attestation keys is too old";
        if fresh { Ok(held) } else { Err(ServiceError::unavailable(why())) }
    }

    /// What the list says of the handset that speaks.
    pub(crate) fn attestation_finding(
        &self,
        finding: HandsetFinding,
        loaded: &Loaded,
        now: Timestamp,
    ) -> AttestationFinding {
        let held = self.attestation_list.held.load();
        let AttestationList::Dated { list, made_at } = &held.list else {
            return AttestationFinding::Unknown;
        };
        let place = match finding {
            HandsetFinding::Valid(place)
            | HandsetFinding::Replayed(place)
            | HandsetFinding::Expired(place)
            | HandsetFinding::Misbound(place) => u8::try_from(place).unwrap_or(u8::MAX),
            HandsetFinding::Absent | HandsetFinding::Invalid | HandsetFinding::Foreign => 0,
        };
        let age = now.since(*made_at);
        if let Some(status) = loaded.listed.status(held.number, place) {
            return AttestationFinding::Looked { status, age };
        }
        let key = speaking(finding, &loaded.binding).attested();
        let Some(key) = key.filter(|key| !key.issuers.is_empty()) else {
            return AttestationFinding::Unknown;
        };
        let status = match list.of_serials(&key.issuers).map(|listing| listing.status) {
            None => AttestationStatus::Clear,
            Some(Status::Suspended) => AttestationStatus::Suspended,
            Some(Status::Revoked | Status::Other) => AttestationStatus::Revoked,
        };
        loaded.listed.remember(held.number, place, status);
        AttestationFinding::Looked { status, age }
    }

    /// What the list says now of the handset that a decision was about; of several that it may have
    /// been, the worst.
    pub(crate) fn attestation_since(
        &self,
        decided: &Facts,
        decided_at: Timestamp,
        loaded: &Loaded,
        now: Timestamp,
    ) -> AttestationFinding {
        keys_of(&loaded.binding, decided, decided_at)
            .map(|(place, _)| self.attestation_finding(HandsetFinding::Valid(place), loaded, now))
            .max_by_key(|finding| match finding {
                AttestationFinding::Unknown => 0,
                AttestationFinding::Looked { status, .. } => severity(*status),
            })
            .unwrap_or(AttestationFinding::Unknown)
    }

    /// Whether the list says worse of the handset now than the facts of a decision have it: another
    /// list speaks of all handsets without writing any of their rows.
    pub(crate) fn attestation_moved(
        &self,
        read: Option<&Loaded>,
        decided: &Facts,
        decided_at: Timestamp,
    ) -> bool {
        let Some(loaded) = read else { return false };
        let before = decided.handset_attestation_status().map_or(0, severity);
        match self.attestation_since(decided, decided_at, loaded, self.now()) {
            AttestationFinding::Looked { status, .. } => severity(status) > before.max(1),
            AttestationFinding::Unknown => false,
        }
    }
}

const fn severity(status: AttestationStatus) -> u8 {
    match status {
        AttestationStatus::Clear => 1,
        AttestationStatus::Suspended => 2,
        AttestationStatus::Revoked => 3,
    }
}

/// The keys of a binding that a decision can have been about, with their places: the facts of a
/// decision name no handset, but say to the millisecond how old the word on its key was.
pub(crate) fn keys_of<'a>(
    binding: &'a Binding,
    decided: &Facts,
    decided_at: Timestamp,
) -> impl Iterator<Item = (usize, &'a HandsetKey)> {
    let age = decided.handset_attestation_age();
    let places = binding.handsets.iter().map(Handset::key).enumerate();
    places.filter(move |(_, key)| {
        key.verified_at().is_some_and(|at| Some(decided_at.since(at)) == age)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_of_one_list_and_one_handset() {
        let remembered = Remembered::default();
        assert_eq!(remembered.status(0, 0), None);
        for status in
            [AttestationStatus::Clear, AttestationStatus::Suspended, AttestationStatus::Revoked]
        {
            remembered.remember(7, 2, status);
            assert_eq!(remembered.status(7, 2), Some(status));
            assert_eq!((remembered.status(8, 2), remembered.status(7, 1)), (None, None));
        }
    }

    #[test]
    fn every_list_has_a_number_of_its_own() {
        let list = ListInForce::new(AttestationList::None);
        let number = || list.held.load().number;
        let first = number();
        list.replace(AttestationList::None);
        let second = number();
        list.replace(AttestationList::None);
        assert!(first < second && second < number());
    }
}
