//! Whether every certificate of a path below its anchor still counts, by revocation lists (RFC 5280
//! section 6.3, of full lists for all reasons).

use super::{Authority, VerifiedPath, parsed::Parsed};
use crate::status::{
    CrlSubject, Freshness, Listing, Reason, StatusError, StatusRules, VerifiedCrl,
    verify_crl_of_any_age,
};
use simbind_core::{ids::AuthorityId, time::Timestamp};
use std::{cell::RefCell, collections::HashMap};
use thiserror::Error;

/// The most revocation lists that may be given for one path.
pub const MAX_LISTS: usize = 64;
/// The most signatures that are verified over lists and over the keys that sign them.
const MAX_SIGNATURES: usize = 256;
/// How many signers of lists may vouch for each other's certificates in a row.
const MAX_VOUCHING: usize = 2;

/// Every certificate of the path is spoken for and none is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unrevoked {
    until: Timestamp,
}

impl Unrevoked {
    /// The last time at which the lists that say so count.
    pub fn until(&self) -> Timestamp {
        self.until
    }
}

/// Why a path does not count by its lists. Places are counted from the leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RevocationError {
    /// A certificate is revoked.
    #[error("certificate {at} is revoked")]
    Revoked {
        /// The certificate, from the leaf.
        at: usize,
        /// Since when.
        since: Timestamp,
        /// Why.
        reason: Reason,
    },
    /// A certificate is on hold.
    #[error("certificate {at} is on hold")]
    Held {
        /// The certificate, from the leaf.
        at: usize,
        /// Since when.
        since: Timestamp,
    },
    /// No list that counts speaks for a certificate, and why one that was given does not count.
    #[error("no list speaks for certificate {at}{}", cause.map_or_else(String::new, |cause| format!(": {cause}")))]
    Unknown {
        /// The certificate, from the leaf.
        at: usize,
        /// The fault of a list of its issuer.
        cause: Option<StatusError>,
    },
    /// There is a list of changes from the certificate's issuer. Such lists are not read, and what
    /// it says may be that the certificate is revoked.
    #[error("there is a delta for certificate {at}, and deltas are not read")]
    Delta {
        /// The certificate, from the leaf.
        at: usize,
    },
    /// More lists than are read.
    #[error("{got} lists were given; at most {max} are read")]
    TooMany {
        /// How many were given.
        got: usize,
        /// How many are read.
        max: usize,
    },
    /// The lists take more verifying than is done for one path.
    #[error("the lists take more work than is done for one path")]
    TooMuchWork,
}

/// Checks each certificate of a path, the anchor's not. A list counts where the certificate's issuer
/// signed it, or another key of the same name that the issuer or its own issuer certified for
/// lists, and that is itself spoken for by a list of another key.
pub(super) fn check(
    path: &VerifiedPath,
    lists: &[impl AsRef<[u8]>],
    at: Timestamp,
) -> Result<Unrevoked, RevocationError> {
    if lists.len() > MAX_LISTS {
        return Err(RevocationError::TooMany { got: lists.len(), max: MAX_LISTS });
    }
    let lists = lists.iter().map(AsRef::as_ref).collect();
    let check = Check { path, lists, at, known: RefCell::default(), left: MAX_SIGNATURES.into() };
    let mut until = None;
    for (place, certificate) in path.below().iter().enumerate() {
        let lists = check.certificate(place, certificate, &[])?;
        until = Some(until.map_or(lists, |until: Timestamp| until.min(lists)));
    }
    let until = until.ok_or(RevocationError::Unknown { at: 0, cause: None })?;
    Ok(Unrevoked { until })
}

struct Check<'c> {
    path: &'c VerifiedPath,
    lists: Vec<&'c [u8]>,
    at: Timestamp,
    /// What came of each list under each key.
    known: RefCell<HashMap<(usize, AuthorityId), Result<VerifiedCrl, StatusError>>>,
    left: RefCell<usize>,
}

/// Someone who may sign lists about a certificate.
struct Signer<'c> {
    authority: Authority,
    /// Its certificate, where that is not on the path and so must be spoken for too.
    beside: Option<&'c Parsed>,
}

/// What lists say of a certificate.
struct Words<'s, 'c> {
    /// Who says that it is not listed, and until when.
    good: Vec<(&'s Signer<'c>, Timestamp)>,
    /// That it is revoked, or else on hold; of several such words the earliest.
    worst: Option<RevocationError>,
    /// The fault of a list that does not count.
    cause: Option<StatusError>,
}

impl<'s, 'c> Words<'s, 'c> {
    /// A list that is overdue says nothing good, and revokes still.
    fn hear(
        &mut self,
        at: usize,
        signer: &'s Signer<'c>,
        list: &VerifiedCrl,
        listing: Listing,
        now: Timestamp,
    ) {
        let said = match (listing, list.freshness(now)) {
            (Listing::Revoked { since, reason }, _) => {
                RevocationError::Revoked { at, since, reason }
            }
            (Listing::Held { since }, _) => RevocationError::Held { at, since },
            (Listing::Unlisted, Freshness::Current) => {
                return self.good.push((signer, list.next_update()));
            }
            (_, Freshness::Overdue(by)) => {
                self.cause = self.cause.or(Some(StatusError::Stale { by }));
                return;
            }
            (Listing::NotCovered | Listing::Removed { .. }, Freshness::Current) => return,
        };
        if self.worst.is_none_or(|known| severity(&said) < severity(&known)) {
            self.worst = Some(said);
        }
    }
}

/// The least comes first: a revocation before a hold, an earlier one before a later.
fn severity(said: &RevocationError) -> (u8, Timestamp, u8) {
    match said {
        RevocationError::Revoked { since, reason, .. } => (0, *since, reason.number()),
        RevocationError::Held { since, .. } => (1, *since, 0),
        _ => (2, Timestamp::EPOCH, 0),
    }
}

impl Check<'_> {
    /// Until when a certificate counts. `vouching` are the keys whose own certificates wait for it.
    fn certificate(
        &self,
        place: usize,
        certificate: &Parsed,
        vouching: &[AuthorityId],
    ) -> Result<Timestamp, RevocationError> {
        let unreadable = |cause| RevocationError::Unknown { at: place, cause: Some(cause) };
        let subject = CrlSubject::of_certificate(&certificate.der).map_err(unreadable)?;
        let signers = self.signers(place, certificate, vouching)?;
        let words = self.words(place, &signers, &subject)?;
        if let Some(worst) = words.worst {
            return Err(worst);
        }
        let mut until = None;
        for (signer, fresh) in words.good {
            until = until.max(self.vouched(place, signer, vouching, fresh)?);
        }
        until.ok_or(RevocationError::Unknown { at: place, cause: words.cause })
    }

    /// What all lists of all signers say of a certificate, in whatever order they stand.
    fn words<'s, 'c>(
        &self,
        at: usize,
        signers: &'s [Signer<'c>],
        subject: &CrlSubject,
    ) -> Result<Words<'s, 'c>, RevocationError> {
        let mut words = Words { good: Vec::new(), worst: None, cause: None };
        for signer in signers {
            for list in 0..self.lists.len() {
                match self.verified(list, &signer.authority)? {
                    Ok(list) => words.hear(at, signer, &list, list.of(subject), self.at),
                    Err(StatusError::Delta) => return Err(RevocationError::Delta { at }),
                    Err(StatusError::WrongIssuer) => {}
                    Err(fault) => words.cause = words.cause.or(Some(fault)),
                }
            }
        }
        Ok(words)
    }

    /// A list's time, bounded by that of its signer's certificate; nothing where that is not good.
    fn vouched(
        &self,
        place: usize,
        signer: &Signer<'_>,
        vouching: &[AuthorityId],
        fresh: Timestamp,
    ) -> Result<Option<Timestamp>, RevocationError> {
        let Some(certificate) = signer.beside else { return Ok(Some(fresh)) };
        let waiting = [vouching, &[signer.authority.id()]].concat();
        if waiting.len() > MAX_VOUCHING {
            return Ok(None);
        }
        match self.certificate(place, certificate, &waiting) {
            Ok(until) => Ok(Some(until.min(fresh))),
            Err(RevocationError::TooMuchWork) => Err(RevocationError::TooMuchWork),
            Err(_) => Ok(None),
        }
    }

    /// Who may sign lists about a certificate: those of its issuer's name above it on the path, and
    /// those beside the path that one of them, or the issuer's own issuer, certified for lists.
    /// Never an authority below it, never its own key, that of the path's certificate for which it
    /// is asked, or one that waits for it.
    fn signers(
        &self,
        place: usize,
        certificate: &Parsed,
        vouching: &[AuthorityId],
    ) -> Result<Vec<Signer<'_>>, RevocationError> {
        let named = |other: &&Parsed| other.subject == certificate.issuer;
        let above: Vec<_> = self.path.all().skip(place + 1).collect();
        let of_name: Vec<_> = above.iter().copied().filter(named).collect();
        let parent = above
            .iter()
            .find(|other| Some(&other.subject) == of_name.first().map(|issuer| &issuer.issuer));
        let mut signers = Vec::new();
        for issuer in &of_name {
            signers.extend(signer(issuer, None));
        }
        for beside in self.path.beside().iter().filter(named) {
            let mut certifiers =
                of_name.iter().chain(parent).filter(|by| by.subject == beside.issuer);
            let certified =
                certifiers.try_fold(false, |found, by| Ok(found || self.signed(beside, by)?))?;
            if certified && self.may_sign_lists(beside) {
                signers.extend(signer(beside, Some(beside)));
            }
        }
        let own = [Some(certificate), self.path.below().get(place)];
        let own: Vec<_> = own.into_iter().flatten().filter_map(|it| it.key.as_ref().ok()).collect();
        signers.retain(|signer| {
            !own.contains(&signer.authority.public_key())
                && !vouching.contains(&signer.authority.id())
        });
        Ok(signers)
    }

    fn may_sign_lists(&self, beside: &Parsed) -> bool {
        let usage = beside.extensions.key_usage;
        beside.check_validity(self.at).is_ok()
            && !beside.extensions.unknown_critical
            && usage.is_some_and(|usage| usage.crl_sign())
    }

    fn signed(&self, certificate: &Parsed, by: &Parsed) -> Result<bool, RevocationError> {
        self.spend()?;
        Ok(by.key.as_ref().is_ok_and(|key| certificate.is_signed_by(key)))
    }

    fn verified(
        &self,
        list: usize,
        signer: &Authority,
    ) -> Result<Result<VerifiedCrl, StatusError>, RevocationError> {
        let pair = (list, signer.id());
        if let Some(known) = self.known.borrow().get(&pair) {
            return Ok(known.clone());
        }
        let Some(der) = self.lists.get(list) else { return Ok(Err(StatusError::WrongIssuer)) };
        let outcome = verify_crl_of_any_age(der, signer, StatusRules::default(), self.at);
        if outcome != Err(StatusError::WrongIssuer) {
            self.spend()?;
        }
        self.known.borrow_mut().insert(pair, outcome.clone());
        Ok(outcome)
    }

    fn spend(&self) -> Result<(), RevocationError> {
        let mut left = self.left.borrow_mut();
        *left = left.checked_sub(1).ok_or(RevocationError::TooMuchWork)?;
        Ok(())
    }
}

fn signer<'c>(certificate: &Parsed, beside: Option<&'c Parsed>) -> Option<Signer<'c>> {
    Authority::from_der(&certificate.der).ok().map(|authority| Signer { authority, beside })
}
