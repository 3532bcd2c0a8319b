//! The maker's status list of attestation keys: the one in force, and what it says at a check.

use crate::{
    engine::Engine,
    error::ServiceError,
    hot::Loaded,
    ports::{store::Store, vault::Vault},
};
use arc_swap::ArcSwap;
use simbind_core::{
    check::{AttestationFinding, HandsetFinding, speaking},
    time::Timestamp,
};
use simbind_evidence::android::{Status, StatusList};
use simbind_rules::facts::AttestationStatus;
use std::{sync::Arc, time::Duration};

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
#[derive(Debug, Default)]
pub(crate) struct ListInForce(ArcSwap<AttestationList>);

impl ListInForce {
    pub(crate) fn new(list: AttestationList) -> Self {
        Self(ArcSwap::from_pointee(list))
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
        self.attestation_list.0.store(Arc::new(AttestationList::Dated { list, made_at }));
    }

    /// The age of the status list of attestation keys; `None` where there is none.
    pub fn attestation_list_age(&self) -> Option<Duration> {
        match **self.attestation_list.0.load() {
            AttestationList::None => None,
            AttestationList::Dated { made_at, .. } => Some(self.now().since(made_at)),
        }
    }

    /// The list that an attestation is verified against.
    ///
    /// # Errors
    /// Where it is older than configuration allows: what was revoked meanwhile cannot be told.
    pub(crate) fn list_for_attestation(
        &self,
        now: Timestamp,
    ) -> Result<Arc<AttestationList>, ServiceError> {
        let held = self.attestation_list.0.load_full();
        let fresh = match (self.settings.trust.attestation_list_age, &*held) {
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
        let held = self.attestation_list.0.load();
        let AttestationList::Dated { list, made_at } = &**held else {
            return AttestationFinding::Unknown;
        };
        let key = speaking(finding, &loaded.binding).attested();
        let Some(key) = key.filter(|key| !key.issuers.is_empty()) else {
            return AttestationFinding::Unknown;
        };
        let status = match list.of_serials(&key.issuers).map(|listing| listing.status) {
            None => AttestationStatus::Clear,
            Some(Status::Suspended) => AttestationStatus::Suspended,
            Some(Status::Revoked | Status::Other) => AttestationStatus::Revoked,
        };
        AttestationFinding::Looked { status, age: now.since(*made_at) }
    }
}
