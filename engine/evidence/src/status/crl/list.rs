use super::{
    CrlNumber, CrlScope,
    read::{Body, Envelope},
    table::{Found, Table},
};
use crate::{
    certificate::{Authority, MaySignCrls, same_name},
    status::{CrlSubject, Freshness, Reason, Serial, StatusError, StatusRules, reason::Code},
};
use simbind_core::{
    ids::{AuthorityId, PointId},
    time::Timestamp,
};
use std::{fmt, sync::Arc};

/// A revocation list that its issuer signed. Only verifying makes one.
///
/// ```compile_fail
/// fn forge(mut genuine: simbind_evidence::status::VerifiedCrl) {
///     genuine.next_update = simbind_core::time::Timestamp::EPOCH;
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedCrl {
    authority: AuthorityId,
    issuer: Box<[u8]>,
    this_update: Timestamp,
    next_update: Timestamp,
    number: CrlNumber,
    scope: CrlScope,
    /// Shared: copies of a list cost little.
    table: Arc<Table>,
}

/// What a list says of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// The list speaks for the certificate and does not hold it.
    Unlisted,
    /// The list does not speak for the certificate: nothing is known.
    NotCovered,
    /// On hold: it does not count, and may come back.
    Held {
        /// Since when.
        since: Timestamp,
    },
    /// Revoked for good.
    Revoked {
        /// Since when.
        since: Timestamp,
        /// Why.
        reason: Reason,
    },
    /// Taken off the list, in the word that only a delta may use. A full list that says so is
    /// taken as neither good nor bad by whoever asks.
    Removed {
        /// Since when.
        since: Timestamp,
    },
}

/// Verifies a full revocation list of version 2 under its issuer's key. A list that is overdue is
/// refused.
///
/// # Errors
/// [`StatusError`] names the first fault. Sizes are looked at before anything is parsed, the
/// signature before the entries.
pub fn verify_crl(
    der: &[u8],
    issuer: &Authority,
    at: Timestamp,
) -> Result<VerifiedCrl, StatusError> {
    let list = verify_crl_of_any_age(der, issuer, StatusRules::default(), at)?;
    list.freshness(at).strict()?;
    Ok(list)
}

/// As [`verify_crl`], but a list that is overdue is read for what it says; its
/// [`VerifiedCrl::freshness`] tells for how long.
///
/// # Errors
/// As [`verify_crl`], but for [`StatusError::Stale`].
pub fn verify_crl_of_any_age(
    der: &[u8],
    issuer: &Authority,
    rules: StatusRules,
    at: Timestamp,
) -> Result<VerifiedCrl, StatusError> {
    let envelope = Envelope::read(der)?;
    let head = envelope.head()?;
    if !same_name(head.issuer, issuer.name_der()) {
        return Err(StatusError::WrongIssuer);
    }
    if issuer.may_sign_crls() == MaySignCrls::No {
        return Err(StatusError::IssuerMayNotSign);
    }
    envelope.0.verify(issuer.public_key())?;
    rules.check_times(head.this_update, Some(head.next_update), at)?;
    let body = Body::read(&head)?;
    Ok(VerifiedCrl {
        authority: issuer.id(),
        issuer: issuer.name_der().into(),
        this_update: head.this_update,
        next_update: head.next_update,
        number: body.number.ok_or(StatusError::NoNumber)?,
        scope: body.scope,
        table: Arc::new(body.table),
    })
}

impl VerifiedCrl {
    /// Who signed the list.
    pub fn issuer_id(&self) -> AuthorityId {
        self.authority
    }

    /// What the list says of a certificate that is no authority's, by its serial: big-endian,
    /// leading zeros do not count. Not being on a list of some distribution points says nothing
    /// here: [`Self::of`] knows the certificate's points.
    ///
    /// Where a negative serial has the same octets, the more severe listing counts.
    pub fn of_serial(&self, serial: &[u8]) -> Listing {
        let serial = Serial::of_unsigned(serial);
        let twin = serial.as_ref().and_then(Serial::negative_twin);
        let found = [serial, twin].into_iter().flatten().filter_map(|it| self.table.find(&it));
        match found.max_by_key(|found| found.code.severity()) {
            Some(found) => found.into(),
            None if self.scope.covers_users() => Listing::Unlisted,
            None => Listing::NotCovered,
        }
    }

    /// What the list says of a certificate that is no authority's, by its serial and by what
    /// [`CrlSubject::point_ids`] gave of it.
    pub fn of_user(&self, serial: &[u8], points: &[PointId]) -> Listing {
        let own = self.scope.point_ids();
        let covered = own.is_empty() || own.iter().any(|id| points.contains(id));
        if !(covered && self.scope.is_of_users()) {
            return Listing::NotCovered;
        }
        match self.of_serial(serial) {
            Listing::NotCovered => Listing::Unlisted,
            listing => listing,
        }
    }

    /// What the list says of a certificate, an authority's or not.
    pub fn of(&self, subject: &CrlSubject) -> Listing {
        if !self.scope.covers(subject, &self.issuer) {
            return Listing::NotCovered;
        }
        self.table.find(subject.serial()).map_or(Listing::Unlisted, Listing::from)
    }

    /// The time at which the certificate's key is known or thought to have been in other hands,
    /// where the list says one: it may lie before the revocation.
    pub fn invalid_since(&self, serial: &Serial) -> Option<Timestamp> {
        self.table.find(serial)?.invalid_since
    }

    /// When the list was made.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When the next one is due, which still counts as in time.
    pub fn next_update(&self) -> Timestamp {
        self.next_update
    }

    /// Whether the next list is due.
    pub fn freshness(&self, at: Timestamp) -> Freshness {
        Freshness::of(self.next_update, at)
    }

    /// The list's number. That it rises from list to list is for whoever keeps them to see.
    pub fn number(&self) -> CrlNumber {
        self.number
    }

    /// Which certificates the list speaks for.
    pub fn scope(&self) -> &CrlScope {
        &self.scope
    }

    /// The serials that are listed: the content octets of their DER INTEGERs, in no order that
    /// means anything.
    pub fn serials(&self) -> impl Iterator<Item = &[u8]> {
        self.table.serials()
    }

    /// How many certificates are listed.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether no certificate is listed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl From<Found> for Listing {
    fn from(found: Found) -> Self {
        let since = found.since;
        match found.code {
            Code::Revoked(reason) => Self::Revoked { since, reason },
            Code::Hold => Self::Held { since },
            Code::RemoveFromCrl => Self::Removed { since },
        }
    }
}

/// Shows no serial.
impl fmt::Debug for VerifiedCrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedCrl")
            .field("issuer", &self.authority)
            .field("number", &self.number)
            .field("this_update", &self.this_update)
            .field("next_update", &self.next_update)
            .field("entries", &self.len())
            .finish_non_exhaustive()
    }
}
