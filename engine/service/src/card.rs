//! The person's physical card: who it is, and whether its issuer still lets it prove anything.

use crate::{
    engine::Engine,
    enrol::{named, points_of},
    error::ServiceError,
    ports::{store::Store, vault::Vault},
    status::{CertificateName, Points},
};
use simbind_core::binding::Binding;
use simbind_core::{ids::PointId, status::Standing, time::Timestamp};
use simbind_evidence::signature::{self, SignatureScheme};
use std::time::Duration;

/// How long a newer answer about a card may be owed before the card proves nothing.
const CARD_LAPSE: Duration = Duration::from_secs(7 * 86_400);

/// What a card brings.
#[derive(Clone, Debug)]
pub(crate) struct CardWord<'a> {
    /// Its chain.
    pub(crate) chain: &'a [Vec<u8>],
    /// How it signed.
    pub(crate) scheme: SignatureScheme,
    /// The signature.
    pub(crate) signature: &'a [u8],
}

/// The fields of a request that a card's word came in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CardFields {
    pub(crate) chain: &'static str,
    pub(crate) signature: &'static str,
}

/// What is looked up of a card at its issuer.
pub(crate) struct CardStanding {
    name: CertificateName,
    points: Vec<PointId>,
    /// Its end.
    pub(crate) ends: Timestamp,
    chain_field: &'static str,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Verifies the word of the card that was enrolled with a binding.
    pub(crate) async fn card_of(
        &self,
        binding: &Binding,
        word: CardWord<'_>,
        message: &[u8],
        fields: CardFields,
    ) -> Result<CardStanding, ServiceError> {
        let certificate = self
            .chain(word.chain, self.now())
            .map_err(|error| ServiceError::invalid(fields.chain, error))?;
        if binding.card != Some(certificate.id()) {
            let why = "is not the card that was enrolled with the binding";
            return Err(ServiceError::invalid(fields.chain, why));
        }
        let name = named(&certificate, fields.chain)?;
        let points = points_of(word.chain);
        let ends = certificate.valid_until();
        let card = CardStanding { name, points, ends, chain_field: fields.chain };
        self.card_stands(&card).await?;
        signature::verify(certificate.public_key(), word.scheme, message, word.signature)
            .map_err(|error| ServiceError::invalid(fields.signature, error))?;
        Ok(card)
    }

    /// Refuses a card that its issuer revoked or holds, or of which it has owed an answer for long.
    pub(crate) async fn card_stands(&self, card: &CardStanding) -> Result<(), ServiceError> {
        let field = card.chain_field;
        let Some(answer) = self.standing_of(&card.name, Points::Known(&card.points)).await? else {
            return Ok(());
        };
        if answer.standing != Standing::Good {
            let why = "is a card that its issuer revoked or holds";
            return Err(ServiceError::invalid(field, why));
        }
        if answer.overdue(self.now()) > CARD_LAPSE {
            let why = "is a card of which its issuer has said nothing for too long";
            return Err(ServiceError::invalid(field, why));
        }
        Ok(())
    }
}
