//! The search for a path from a leaf to an anchor, in bounded work.

use super::{
    ChainError, ChainPolicy,
    issuing::{Origin, check_issuer},
    parsed::Parsed,
    policies,
    work::Work,
};
use simbind_core::time::Timestamp;
use std::collections::HashMap;

/// A path that holds.
pub(super) struct Path<'p> {
    /// The leaf, and the authorities between it and the anchor.
    pub(super) below: Vec<&'p Parsed>,
    pub(super) anchor: &'p Parsed,
}

/// Finds the first path that holds. The leaf itself was checked.
pub(super) fn build<'p>(
    leaf: &'p Parsed,
    given: &'p [Parsed],
    anchors: &'p [Parsed],
    policy: &ChainPolicy,
    at: Timestamp,
) -> Result<Path<'p>, ChainError> {
    let mut search = Search {
        given,
        anchors,
        policy,
        at,
        work: Work::new(),
        signatures: HashMap::new(),
        fault: (Rank::NoIssuer, ChainError::UnknownIssuer),
    };
    match search.extend(&mut vec![leaf])? {
        Some(path) => Ok(path),
        None => Err(search.fault.1),
    }
}

/// How much a fault says of why there is no path. The first of the highest rank is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    NoIssuer,
    Signature,
    Rule,
}

struct Search<'p, 's> {
    given: &'p [Parsed],
    anchors: &'p [Parsed],
    policy: &'s ChainPolicy,
    at: Timestamp,
    work: Work,
    /// What came of signatures that were verified, by certificate and issuer.
    signatures: HashMap<(*const Parsed, *const Parsed), bool>,
    fault: (Rank, ChainError),
}

impl<'p> Search<'p, '_> {
    /// Looks for the rest of a path. An error ends the search; nothing found ends this branch. The
    /// depth is bounded by the number of certificates, since none stands twice in a path.
    fn extend(&mut self, path: &mut Vec<&'p Parsed>) -> Result<Option<Path<'p>>, ChainError> {
        let Some(last) = path.last().copied() else { return Ok(None) };
        for (issuer, origin) in self.issuers_of(last, path) {
            self.work.step()?;
            if let Err(fault) = self.check(issuer, origin, path) {
                if fault == ChainError::TooMuchWork {
                    return Err(fault);
                }
                self.note(fault);
                continue;
            }
            if origin == Origin::Anchor {
                match policies::check(path, self.policy) {
                    Ok(()) => return Ok(Some(Path { below: path.clone(), anchor: issuer })),
                    Err(fault) => self.note(fault),
                }
                continue;
            }
            path.push(issuer);
            if let Some(found) = self.extend(path)? {
                return Ok(Some(found));
            }
            path.pop();
        }
        Ok(None)
    }

    /// Who may have issued a certificate, by name: anchors first, and those whose key is the one
    /// that the certificate names before others.
    fn issuers_of(&self, last: &Parsed, path: &[&Parsed]) -> Vec<(&'p Parsed, Origin)> {
        let anchors = self.anchors.iter().map(|anchor| (anchor, Origin::Anchor));
        let given = self.given.iter().map(|given| (given, Origin::Given));
        let named = last.extensions.authority.as_ref().and_then(|named| named.identifier.as_ref());
        let mut issuers: Vec<_> = anchors
            .chain(given)
            .filter(|(issuer, _)| issuer.subject == last.issuer)
            .filter(|(issuer, _)| !path.iter().any(|below| below.is_same_authority(issuer)))
            .collect();
        issuers.sort_by_key(|(issuer, _)| {
            named.is_some() && issuer.extensions.key_identifier.as_ref() != named
        });
        issuers
    }

    fn check(
        &mut self,
        issuer: &Parsed,
        origin: Origin,
        path: &[&Parsed],
    ) -> Result<(), ChainError> {
        check_issuer(issuer, origin, path, self.policy, self.at, &self.work)?;
        let last = path.last().ok_or(ChainError::Empty)?;
        let key = issuer.key.as_ref().map_err(|_| ChainError::UnsupportedAlgorithm)?;
        if last.algorithm().is_none() {
            return Err(ChainError::UnsupportedAlgorithm);
        }
        let pair = (std::ptr::from_ref(*last), std::ptr::from_ref(issuer));
        let good = match self.signatures.get(&pair) {
            Some(known) => *known,
            None => {
                self.work.signature()?;
                let good = last.is_signed_by(key);
                self.signatures.insert(pair, good);
                good
            }
        };
        if good { Ok(()) } else { Err(ChainError::BadSignature) }
    }

    fn note(&mut self, fault: ChainError) {
        let rank = match fault {
            ChainError::UnknownIssuer => Rank::NoIssuer,
            ChainError::BadSignature => Rank::Signature,
            _ => Rank::Rule,
        };
        if rank > self.fault.0 {
            self.fault = (rank, fault);
        }
    }
}
