use crate::{error::ServiceError, ports::status::Place};
use simbind_core::ids::{AuthorityId, CallerId};
use simbind_evidence::certificate::Authority;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// What configuration says of status.
#[derive(Clone, Debug, Default)]
pub struct StatusTerms {
    /// The issuers that are known.
    pub issuers: Vec<IssuerTerms>,
    /// Where their answers are to be had.
    pub sources: Vec<SourceTerms>,
}

/// An issuer.
#[derive(Clone, Debug)]
pub struct IssuerTerms {
    /// Its name and key.
    pub authority: Authority,
    /// The callers that may speak for it. Where none is named, nobody's word about it is taken, and
    /// whoever is an issuer's caller may bring what it signed.
    pub speakers: BTreeSet<CallerId>,
}

/// What a source gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A list of all its certificates.
    List,
    /// Answers about one at a time.
    Responder,
}

/// A source of answers.
#[derive(Clone, Debug)]
pub struct SourceTerms {
    /// Whose.
    pub issuer: AuthorityId,
    /// What it gives.
    pub kind: SourceKind,
    /// Where it is; `None` where its answers are pushed in.
    pub place: Option<Place>,
    /// How often it is asked.
    pub every: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
}

impl SourceTerms {
    /// A source whose answers are pushed in.
    pub const fn pushed(issuer: AuthorityId, kind: SourceKind) -> Self {
        let (every, timeout) = (Duration::from_secs(3600), Duration::from_secs(10));
        Self { issuer, kind, place: None, every, timeout }
    }
}

/// The issuers that are known.
#[derive(Debug)]
pub(crate) struct Issuers(BTreeMap<AuthorityId, IssuerTerms>);

impl Issuers {
    pub(crate) fn new(terms: Vec<IssuerTerms>) -> Self {
        let mut known: BTreeMap<AuthorityId, IssuerTerms> = BTreeMap::new();
        for issuer in terms {
            let IssuerTerms { authority, speakers } = issuer;
            let id = authority.id();
            let one = IssuerTerms { authority, speakers: BTreeSet::new() };
            known.entry(id).or_insert(one).speakers.extend(speakers);
        }
        Self(known)
    }

    pub(crate) fn get(&self, id: &AuthorityId) -> Option<&Authority> {
        self.0.get(id).map(|issuer| &issuer.authority)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&AuthorityId, &Authority)> {
        self.0.iter().map(|(id, issuer)| (id, &issuer.authority))
    }

    /// Whether configuration names the caller as one that speaks for the issuer.
    pub(crate) fn speaks_for(&self, by: &CallerId, id: &AuthorityId) -> bool {
        self.0.get(id).is_some_and(|issuer| issuer.speakers.contains(by))
    }

    /// The issuer, if it is known and the caller's own word about its certificates counts.
    pub(super) fn spoken_for(
        &self,
        by: &CallerId,
        id: &AuthorityId,
        field: &'static str,
    ) -> Result<&Authority, ServiceError> {
        let issuer = self.known(id, field)?;
        if issuer.speakers.is_empty() {
            let why = "is of an issuer that nobody speaks for: name the caller at its source";
            return Err(ServiceError::invalid(field, why));
        }
        issuer.heard_from(by, field)
    }

    /// The issuer, if it is known and the caller may bring what it signed.
    pub(super) fn brought_by(
        &self,
        by: &CallerId,
        id: &AuthorityId,
        field: &'static str,
    ) -> Result<&Authority, ServiceError> {
        let issuer = self.known(id, field)?;
        if issuer.speakers.is_empty() {
            return Ok(&issuer.authority);
        }
        issuer.heard_from(by, field)
    }

    fn known(&self, id: &AuthorityId, field: &'static str) -> Result<&IssuerTerms, ServiceError> {
        self.0.get(id).ok_or_else(|| {
            ServiceError::invalid(field, "is of an issuer that the configuration does not know")
        })
    }
}

impl IssuerTerms {
    fn heard_from(&self, by: &CallerId, field: &'static str) -> Result<&Authority, ServiceError> {
        if self.speakers.contains(by) {
            return Ok(&self.authority);
        }
        let why = "is of an issuer that this caller does not speak for";
        Err(ServiceError::invalid(field, why))
    }
}
