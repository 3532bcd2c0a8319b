//! Taking answers in. What this acknowledges is on disk and counts in every later decision.

use super::{
    CertificateName, CertificateRef,
    lists::{CurrentList, Points},
};
use crate::{
    engine::{Engine, TRIES, contended, engine_caller},
    error::ServiceError,
    ledger::{CertificateRow, StateEntry, StatusRow, decode_row, keys},
    ports::{
        status::ListName,
        store::{Expected, Store, StoreError},
        vault::{KeyId, Vault},
    },
    sealing,
};
use simbind_core::{
    ids::{AuthorityId, CallerId},
    status::{Answer, Known, RevocationReason, SKEW, Source, Standing, Taken},
    time::Timestamp,
};
use simbind_evidence::{
    certificate::Authority,
    status::{CertStatus, Nonce, Serial, StatusError, StatusRules, verify_ocsp_of_any_age},
};
use std::{sync::Arc, time::Duration};

/// What is told of a list of authorities, or of attributes.
pub(super) const OF_NOBODY: &str = "speaks for none of the issuer's certificates of persons";
/// How long the issuer's word that a certificate is good stands for a fresh answer.
const WORD_HOLDS: Duration = Duration::from_secs(24 * 3600);

/// A certificate's serial with its sign: ones that are negative are never taken in.
pub(super) fn exact(name: &CertificateName) -> Option<Serial> {
    Serial::of_unsigned(name.serial.as_bytes())
}

/// What a caller tells of certificates.
#[derive(Clone, Debug)]
pub enum Told {
    /// A list of all that an issuer has revoked or holds, DER.
    List(Vec<u8>),
    /// A responder's answer about a certificate, DER.
    Answer(CertificateRef, Vec<u8>),
    /// The issuer's own word about a certificate.
    Word(CertificateRef, Word),
}

/// An issuer's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// How the certificate stands.
    pub standing: Standing,
    /// Since when that is so.
    pub as_of: Timestamp,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Takes in what an issuer's caller tells.
    ///
    /// # Errors
    /// Where it does not verify, is of an issuer that is not known or not this caller's, or the
    /// store cannot be written.
    pub async fn push_status(&self, by: &CallerId, told: Told) -> Result<Taken, ServiceError> {
        match told {
            Told::List(der) => self.push_list(by, der).await,
            Told::Answer(certificate, der) => {
                let field = "ocsp.certificate";
                let name = self.named(certificate).await?;
                let issuer = self.status.issuers.brought_by(by, &name.issuer, field)?;
                let answer = self
                    .answered(issuer, &name, &der, Nonce::NotAsked, Source::Responder)
                    .map_err(|error| ServiceError::invalid("ocsp.response", error))?;
                let why = "says that the responder does not know the certificate";
                let answer = answer.ok_or_else(|| ServiceError::invalid("ocsp.response", why))?;
                self.learn(by, &name, answer).await
            }
            Told::Word(certificate, word) => {
                let name = self.named(certificate).await?;
                self.status.issuers.spoken_for(by, &name.issuer, "word.certificate")?;
                let now = self.now();
                if word.as_of > now.plus(SKEW) {
                    return Err(ServiceError::invalid("word.as_of", "is in the future"));
                }
                let good = word.standing == Standing::Good;
                let answer = Answer {
                    standing: word.standing,
                    source: Source::Word,
                    as_of: word.as_of,
                    next: good.then(|| word.as_of.plus(WORD_HOLDS)),
                    learned_at: now,
                };
                self.learn(by, &name, answer).await
            }
        }
    }

    /// What a responder's answer says of a certificate; `None` where it does not know it.
    pub(super) fn answered(
        &self,
        issuer: &Authority,
        name: &CertificateName,
        der: &[u8],
        nonce: Nonce<'_>,
        source: Source,
    ) -> Result<Option<Answer>, StatusError> {
        let now = self.now();
        let serial = exact(name).ok_or(StatusError::OtherSerial)?;
        let rules = StatusRules::default();
        let answer = verify_ocsp_of_any_age(der, issuer, &serial, nonce, rules, now)?;
        let standing = match answer.status() {
            CertStatus::Good => Standing::Good,
            CertStatus::Held { since } => Standing::Held { since },
            CertStatus::Revoked { since, reason } => {
                Standing::Revoked { since, reason: RevocationReason::of(reason.number()) }
            }
            CertStatus::Unknown => return Ok(None),
        };
        let (as_of, next) = (answer.this_update(), Some(answer.valid_until()));
        Ok(Some(Answer { standing, source, as_of, next, learned_at: now }))
    }

    /// A list of whichever known issuer made it.
    async fn push_list(&self, by: &CallerId, der: Vec<u8>) -> Result<Taken, ServiceError> {
        let mut refused = None;
        for (id, authority) in self.status.issuers.all() {
            match self.verified_list(authority, &der).await? {
                Ok(list) if !list.speaks_of_persons() => {
                    return Err(ServiceError::invalid("crl", OF_NOBODY));
                }
                Ok(list) => {
                    self.status.issuers.brought_by(by, id, "crl")?;
                    return self.take_list(by, id, list, &der).await;
                }
                Err(StatusError::WrongIssuer) => {}
                Err(error) => refused = Some(error),
            }
        }
        Err(ServiceError::invalid("crl", refused.unwrap_or(StatusError::WrongIssuer)))
    }

    /// Verifies a list apart from the threads that answer.
    pub(super) async fn verified_list(
        &self,
        authority: &Authority,
        der: &[u8],
    ) -> Result<Result<CurrentList, StatusError>, ServiceError> {
        let (authority, der, now) = (authority.clone(), der.to_vec(), self.now());
        let verified =
            tokio::task::spawn_blocking(move || CurrentList::verify(&der, &authority, now));
        verified.await.map_err(|_| ServiceError::unavailable("verifying a list panicked"))
    }

    /// Keeps a verified list and lets it count, unless a newer one does.
    pub(super) async fn take_list(
        &self,
        by: &CallerId,
        issuer: &AuthorityId,
        list: CurrentList,
        der: &[u8],
    ) -> Result<Taken, ServiceError> {
        let lists = &self.status.lists;
        let Some(_turn) = lists.turn(issuer).await else {
            return Err(ServiceError::NotFound("issuer"));
        };
        let scope = list.scope();
        let before = lists.before(issuer, scope)?;
        if let Some(before) = &before {
            if before.digest == list.digest {
                return Ok(Taken::Known);
            }
            if !list.comes_after(before) {
                return Ok(Taken::Overtaken);
            }
            // Revoked is for good: one that the new list leaves out is kept by itself.
            for name in before.left_out_of(&list, issuer) {
                if let Some(answer) = before.answer(name.serial.as_bytes(), Points::Unknown)
                    && self.is_bound(&name).await?
                {
                    self.learn(&engine_caller()?, &name, answer).await?;
                }
            }
        }
        let (files, bytes) = (Arc::clone(&lists.files), der.to_vec());
        let name = ListName { issuer: *issuer, scope };
        let kept = tokio::task::spawn_blocking(move || files.keep(&name, &bytes)).await;
        let kept = kept.map_err(|_| ServiceError::unavailable("keeping a list panicked"))?;
        kept.map_err(ServiceError::unavailable)?;
        let entry = StateEntry::ListTaken {
            list: name,
            by: by.clone(),
            digest: list.digest,
            this_update: list.list.this_update(),
            next_update: list.list.next_update(),
            learned_at: list.learned_at,
        };
        self.append_state(&entry, Vec::new()).await?;
        let revoked = list.revoked_since(before.as_deref(), issuer);
        lists.put(issuer, list);
        for name in &revoked {
            self.end_bound(name).await?;
        }
        Ok(Taken::Taken)
    }

    async fn is_bound(&self, name: &CertificateName) -> Result<bool, ServiceError> {
        let row = keys::serial(&*self.vault, name)?;
        let snapshot = self.store.read(&[row]).await?;
        Ok(matches!(snapshot.values.first(), Some(Some(_))))
    }

    /// Takes an answer about one certificate in; on disk when this answers.
    pub(crate) async fn learn(
        &self,
        by: &CallerId,
        name: &CertificateName,
        answer: Answer,
    ) -> Result<Taken, ServiceError> {
        let row = keys::status(&*self.vault, name)?;
        let bound = keys::serial(&*self.vault, name)?;
        for _ in 0..TRIES {
            let snapshot = self.store.read(&[row.clone(), bound.clone()]).await?;
            let [before, binding] = &*snapshot.values else { return Err(contended()) };
            let (mut known, sealed_by, expected) = match before {
                Some(stored) => {
                    let StatusRow { known, key } = decode_row(&stored.value)?;
                    (known, Some(key), Expected::Version(stored.version))
                }
                None => (Known::default(), None, Expected::Absent),
            };
            match known.take(answer) {
                Taken::Taken => {}
                other => {
                    // What a fault kept from being ended is, when the same is told again.
                    self.end_if_revoked(name, &answer).await?;
                    return Ok(other);
                }
            }
            let binding = binding.as_ref().map(|stored| decode_row(&stored.value)).transpose()?;
            let key = self.status_key(sealed_by, binding).await?;
            let entry = StateEntry::StatusLearned {
                certificate: sealing::seal(&*self.vault, key, sealing::CERTIFICATE, name)?,
                by: by.clone(),
                answer,
            };
            match self.append_state(&entry, vec![(row.clone(), expected)]).await {
                Ok(_) => {
                    self.end_if_revoked(name, &answer).await?;
                    return Ok(Taken::Taken);
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    async fn end_if_revoked(
        &self,
        name: &CertificateName,
        answer: &Answer,
    ) -> Result<(), ServiceError> {
        match answer.standing {
            Standing::Revoked { .. } => self.end_bound(name).await,
            Standing::Good | Standing::Held { .. } => Ok(()),
        }
    }

    /// The key that seals the name of a certificate: its person's, where it is bound, so that
    /// erasing the person erases it; otherwise one of its own.
    async fn status_key(
        &self,
        before: Option<KeyId>,
        binding: Option<CertificateRow>,
    ) -> Result<KeyId, ServiceError> {
        if let Some(CertificateRow { binding }) = binding {
            match self.binding(binding).await {
                Ok(standing) => return Ok(standing.key),
                Err(ServiceError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        match before {
            Some(key) => Ok(key),
            None => Ok(self.vault.new_key().await?),
        }
    }
}
