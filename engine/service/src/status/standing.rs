//! How certificates and issuers stand.

use super::{
    CertificateName, CertificateRef, SourceFigures,
    lists::{CurrentList, Points},
};
use crate::{
    engine::Engine,
    error::ServiceError,
    hot::Loaded,
    ledger::{CertificateRow, StatusRow, decode_row, keys},
    ports::{store::Store, vault::Vault},
};
use simbind_core::{
    check::StatusFinding,
    ids::{AuthorityId, CallerId, ListScope},
    status::{Answer, Known, Source},
    time::Timestamp,
};
use simbind_evidence::status::Nonce;
use std::sync::Arc;

/// A list as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListState {
    /// Of which certificates it is.
    pub scope: ListScope,
    /// As of when it is true.
    pub this_update: Timestamp,
    /// When the next one is due.
    pub next_update: Timestamp,
    /// When it was learned.
    pub learned_at: Timestamp,
    /// How many certificates it names.
    pub entries: usize,
}

/// An issuer as it stands.
#[derive(Clone, Debug)]
pub struct IssuerState {
    /// Who.
    pub issuer: AuthorityId,
    /// Its lists that were taken, by their scope.
    pub lists: Vec<ListState>,
    /// Its sources.
    pub sources: Vec<SourceFigures>,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// How a certificate stands by all that is known; `None` where nobody has said anything.
    ///
    /// # Errors
    /// Where there is no such certificate, or the store cannot be read.
    pub async fn certificate_status(
        &self,
        certificate: CertificateRef,
    ) -> Result<(CertificateName, Option<Answer>), ServiceError> {
        let name = self.named(certificate).await?;
        let row = keys::serial(&*self.vault, &name)?;
        let bound = match self.store.read(&[row]).await?.values.first() {
            Some(Some(row)) => {
                let CertificateRow { binding } = decode_row(&row.value)?;
                self.binding(binding).await.ok().map(|standing| standing.binding)
            }
            _ => None,
        };
        let points = match &bound {
            Some(binding) => Points::Known(&binding.certificate.points),
            None => Points::Unknown,
        };
        let standing = self.standing_of(&name, points).await?;
        Ok((name, standing))
    }

    /// Whether configuration names the caller as one that speaks for an issuer.
    pub fn speaks_for_issuer(&self, by: &CallerId, issuer: &AuthorityId) -> bool {
        self.status.issuers.speaks_for(by, issuer)
    }

    /// How a certificate stands that need not be bound.
    pub(crate) async fn standing_of(
        &self,
        name: &CertificateName,
        points: Points<'_>,
    ) -> Result<Option<Answer>, ServiceError> {
        let snapshot = self.store.read(&[keys::status(&*self.vault, name)?]).await?;
        let known = match snapshot.values.first() {
            Some(Some(row)) => decode_row::<StatusRow>(&row.value)?.known,
            _ => Known::default(),
        };
        let list = self.status.lists.answer(&name.issuer, name.serial.as_bytes(), points);
        Ok(known.joined(list, None, self.now()))
    }

    /// How the certificate of a check stands, with what the check brought.
    pub(crate) fn issuer_word(
        &self,
        loaded: &Loaded,
        brought: Option<Answer>,
        now: Timestamp,
    ) -> Option<Answer> {
        let certificate = &loaded.binding.certificate;
        let lists = &self.status.lists;
        let points = Points::Known(&certificate.points);
        let list = lists.answer(&certificate.issuer, certificate.serial.as_bytes(), points);
        loaded.known.joined(list, brought, now)
    }

    /// How the certificate of a check stands, as rules read it. Of one that is not bound nobody is
    /// asked.
    pub(crate) fn status_finding(
        &self,
        loaded: Option<&Loaded>,
        brought: Option<Answer>,
        now: Timestamp,
    ) -> StatusFinding {
        let Some(loaded) = loaded else { return StatusFinding::NoSource };
        let issuer = &loaded.binding.certificate.issuer;
        match self.issuer_word(loaded, brought, now) {
            Some(answer) => answer.finding(now),
            None if self.status.schedule.has_source(issuer) => StatusFinding::Silent,
            None => StatusFinding::NoSource,
        }
    }

    /// What an answer says that was stapled to a check of a bound certificate; `None` where it does
    /// not verify, which is as if it had been left out.
    pub(crate) fn stapled(&self, loaded: &Loaded, der: &[u8]) -> Option<Answer> {
        let name = CertificateName::of(&loaded.binding.certificate);
        let issuer = self.status.issuers.get(&name.issuer)?;
        self.answered(issuer, &name, der, Nonce::NotAsked, Source::Stapled).ok().flatten()
    }

    /// The issuers that are known, with their lists and sources.
    pub fn issuers(&self) -> Vec<IssuerState> {
        let state = |issuer: &AuthorityId| IssuerState {
            issuer: *issuer,
            lists: self.status.lists.all(issuer).iter().map(state_of).collect(),
            sources: self.status.schedule.figures(issuer),
        };
        self.status.issuers.all().map(|(id, _)| state(id)).collect()
    }
}

fn state_of(current: &Arc<CurrentList>) -> ListState {
    ListState {
        scope: current.scope(),
        this_update: current.list.this_update(),
        next_update: current.list.next_update(),
        learned_at: current.learned_at,
        entries: current.list.len(),
    }
}
