//! What an issuer revoked ends: the binding of the certificate, for its own reason.

use super::{CertificateName, lists::Points};
use crate::{
    engine::{Engine, Standing, engine_caller},
    error::ServiceError,
    ledger::{CertificateRow, decode_row, keys},
    ports::{store::Store, vault::Vault},
};
use simbind_core::{
    binding::{End, LifecycleReason, State},
    status::Standing as Word,
};

impl<S: Store, V: Vault> Engine<S, V> {
    /// Ends the binding of a certificate where its issuer revoked it. Where it is bound to nobody,
    /// or its binding is over, nothing changes.
    pub(super) async fn end_bound(&self, name: &CertificateName) -> Result<(), ServiceError> {
        let row = keys::serial(&*self.vault, name)?;
        let snapshot = self.store.read(&[row]).await?;
        let Some(Some(stored)) = snapshot.values.first() else { return Ok(()) };
        let CertificateRow { binding } = decode_row(&stored.value)?;
        let standing = match self.binding(binding).await {
            Err(ServiceError::NotFound(_)) => return Ok(()),
            other => other?,
        };
        let of_it = CertificateName::of(&standing.binding.certificate) == *name;
        if !of_it || !self.issuer_revoked(&standing).await? {
            return Ok(());
        }
        match self.revoke(&engine_caller()?, binding, LifecycleReason::Issuer).await {
            Ok(_) | Err(ServiceError::Refused(_) | ServiceError::NotFound(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn issuer_revoked(&self, standing: &Standing) -> Result<bool, ServiceError> {
        let certificate = &standing.binding.certificate;
        let points = Points::Known(&certificate.points);
        let word = self.standing_of(&CertificateName::of(certificate), points).await?;
        Ok(word.is_some_and(|word| matches!(word.standing, Word::Revoked { .. })))
    }

    /// A binding as it stands now: over, where its issuer revoked the certificate or its time has
    /// passed, also where that is not written yet.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn as_it_stands(&self, mut standing: Standing) -> Result<Standing, ServiceError> {
        standing.binding.state = standing.binding.state_at(self.now());
        let over = matches!(standing.binding.state, State::Ended { .. });
        if !over && self.issuer_revoked(&standing).await? {
            let (end, why) = (End::Revoked, LifecycleReason::Issuer);
            standing.binding.state = State::Ended { end, why };
        }
        Ok(standing)
    }
}
