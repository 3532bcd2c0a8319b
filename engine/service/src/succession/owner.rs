//! How the owner is identified for a change of a binding: in person, or by the physical card.

use crate::{
    card::{CardFields, CardWord},
    challenge::{Issued, Purpose},
    engine::Engine,
    error::ServiceError,
    ports::{store::Store, vault::Vault},
};
use serde::{Deserialize, Serialize};
use simbind_core::{
    binding::{Binding, CardEnd, Seen, Sim},
    ids::{CallerId, CertificateId, LineRef},
    transcript::{OwnerAct, OwnerMessage},
};
use simbind_evidence::signature::SignatureScheme;

const FIELDS: CardFields = CardFields {
    chain: "owner.card.card.certificate_chain",
    signature: "owner.card.card.signature",
};

/// How the owner is identified.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum OwnerProof {
    /// In person. The caller was found to be a counter.
    Ticket {
        /// The counter's reference of the identity check.
        reference: LineRef,
    },
    /// By the physical card.
    Card(CardSignature),
}

/// The card's word.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CardSignature {
    /// The challenge that it signed.
    pub challenge: Vec<u8>,
    /// Its chain.
    pub chain: Vec<Vec<u8>>,
    /// How it signed.
    #[serde(with = "crate::proof::scheme_number")]
    pub scheme: SignatureScheme,
    /// The signature.
    pub signature: Vec<u8>,
}

/// What the owner wants changed to what.
pub(crate) struct Wanted<'a> {
    pub(crate) act: OwnerAct,
    pub(crate) sim: &'a Sim,
    pub(crate) certificate: Option<CertificateId>,
    pub(crate) handset_key: Option<[u8; 32]>,
}

/// An owner who was identified.
pub(crate) struct Shown {
    pub(crate) seen: Seen,
    /// The challenge that is used by it.
    pub(crate) challenge: Option<[u8; 16]>,
    /// When the card ends, as the card itself says.
    pub(crate) card_ends: CardEnd,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Draws the challenge that a person's card signs for a change through this caller.
    ///
    /// # Errors
    /// Where no randomness can be had.
    pub fn owner_challenge(&self, by: &CallerId) -> Result<Issued, ServiceError> {
        let purpose = Purpose::Owner(by.clone());
        Ok(self.enrolment.issue(self.random()?, &purpose, self.now()))
    }

    /// Whether it is the owner who wants this. A challenge is used by the entry that is written.
    pub(crate) async fn owner(
        &self,
        by: &CallerId,
        binding: &Binding,
        proof: &OwnerProof,
        wanted: &Wanted<'_>,
    ) -> Result<Shown, ServiceError> {
        let word = match proof {
            OwnerProof::Ticket { .. } => {
                let seen = Seen::InPerson(self.settings.counter.place_of(by));
                return Ok(Shown { seen, challenge: None, card_ends: CardEnd::Unsaid });
            }
            OwnerProof::Card(word) => word,
        };
        let purpose = Purpose::Owner(by.clone());
        let field = "owner.card.challenge";
        let id = self.challenge_stands(field, &word.challenge, &purpose, self.now())?;
        let message = OwnerMessage {
            challenge: &word.challenge,
            act: wanted.act,
            binding: binding.id,
            iccid: wanted.sim.iccid,
            carrier: &wanted.sim.serving.carrier,
            certificate: wanted.certificate,
            handset_key: wanted.handset_key,
        };
        let CardSignature { chain, scheme, signature, .. } = word;
        let card = CardWord { chain, scheme: *scheme, signature };
        let card = self.card_of(binding, card, &message.encode(), FIELDS).await?;
        Ok(Shown { seen: Seen::ByCard, challenge: Some(id), card_ends: CardEnd::At(card.ends) })
    }
}

/// The card signs for a SIM and its carrier, and not for the names of the line: within one carrier
/// whoever brings its word leaves out or changes none by which the carrier speaks to the binding.
pub(super) fn keep_line(
    proof: &OwnerProof,
    bound: &Sim,
    told: &mut Sim,
) -> Result<(), ServiceError> {
    let moved = told.serving.carrier != bound.serving.carrier;
    if moved || matches!(proof, OwnerProof::Ticket { .. }) {
        return Ok(());
    }
    keep("sim.line_ref", bound.line_ref.as_ref(), &mut told.line_ref)?;
    keep("sim.msisdn", bound.msisdn.as_ref(), &mut told.msisdn)
}

fn keep<T: Clone + PartialEq>(
    field: &'static str,
    bound: Option<&T>,
    told: &mut Option<T>,
) -> Result<(), ServiceError> {
    match (bound, &told) {
        (Some(bound), Some(told)) if bound != told => {
            let why = "is another than the bound one, and only a counter can change it";
            Err(ServiceError::invalid(field, why))
        }
        (Some(bound), None) => {
            *told = Some(bound.clone());
            Ok(())
        }
        _ => Ok(()),
    }
}
