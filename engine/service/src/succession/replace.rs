//! A new certificate takes the place of another: renewed, on another handset, on another SIM.

use super::{
    owner::{OwnerProof, Wanted, keep_line},
    write::Draft,
};
use crate::{
    attest::{HandsetRequest, Verified},
    digest::sha256,
    engine::{Engine, Standing},
    error::ServiceError,
    ledger::SuccessionKind,
    lifecycle::source,
    ports::{store::Store, vault::Vault},
};
use serde::{Deserialize, Serialize};
use simbind_core::{
    binding::{
        Binding, BoundCertificate, CardEnd, CounterPolicy, KeyHome, Next, NotSucceeded,
        Replacement, Sim, TooLong,
    },
    ids::{BindingId, CallerId, RequestId},
    time::Timestamp,
    transcript::OwnerAct,
};

impl From<NotSucceeded> for ServiceError {
    fn from(refused: NotSucceeded) -> Self {
        Self::Refused(refused.to_string())
    }
}

/// A renewal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RenewRequest {
    /// The binding whose certificate ends.
    pub binding: BindingId,
    /// The new certificate's chain, leaf first, DER.
    pub chain: Vec<Vec<u8>>,
    /// How the owner was identified.
    pub owner: OwnerProof,
    /// When the person's card ends, where the counter saw it.
    pub card_ends: CardEnd,
}

/// Another handset.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HandsetChange {
    /// The binding.
    pub binding: BindingId,
    /// The new certificate's chain, leaf first, DER.
    pub chain: Vec<Vec<u8>>,
    /// The handset.
    pub handset: HandsetRequest,
    /// The place, from 0, of the one that it replaces.
    pub place: usize,
    /// The SIM, where that is another too.
    pub sim: Option<Sim>,
    /// Where the new key sits.
    pub key_home: KeyHome,
    /// Whether the applet counts.
    pub counter: CounterPolicy,
    /// How the owner was identified.
    pub owner: OwnerProof,
    /// When the person's card ends, where the counter saw it.
    pub card_ends: CardEnd,
}

/// Another SIM.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SimChange {
    /// The binding.
    pub binding: BindingId,
    /// The new certificate's chain, leaf first, DER.
    pub chain: Vec<Vec<u8>>,
    /// The SIM.
    pub sim: Sim,
    /// Whether its applet counts.
    pub counter: CounterPolicy,
    /// How the owner was identified.
    pub owner: OwnerProof,
    /// When the person's card ends, where the counter saw it.
    pub card_ends: CardEnd,
}

/// What shall follow a binding.
pub(super) struct Plan<'a> {
    id: BindingId,
    certificate: BoundCertificate,
    owner: &'a OwnerProof,
    card_ends: CardEnd,
    /// `None` for a renewal.
    change: Option<Replacement>,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Renews a binding's certificate. Old and new are usable side by side for the overlap of its
    /// packs; then the old one is superseded by itself. The same request gives the first answer again.
    ///
    /// # Errors
    /// Where a field is wrong, the owner is not proved, or the state does not allow it.
    pub async fn renew(
        &self,
        by: &CallerId,
        request: &RequestId,
        asked: RenewRequest,
    ) -> Result<Standing, ServiceError> {
        let draft = Draft {
            kind: SuccessionKind::Renewed,
            by,
            request,
            digest: crate::digest::of(&asked)?,
            old: asked.binding,
            receipt: None,
            attested: None,
        };
        if let Some(made) = self.made_before(by, request, draft.digest).await? {
            return self.binding(made).await;
        }
        let plan = Plan {
            id: BindingId::from_bytes(self.random()?),
            certificate: self.new_certificate(&asked.chain).await?,
            owner: &asked.owner,
            card_ends: asked.card_ends,
            change: None,
        };
        self.succeed(draft, &plan).await
    }

    /// Replaces a handset, with a new certificate; the old binding is over in the same entry.
    ///
    /// # Errors
    /// As for [`Self::renew`].
    pub async fn replace_handset(
        &self,
        by: &CallerId,
        request: &RequestId,
        mut asked: HandsetChange,
    ) -> Result<Standing, ServiceError> {
        let mut draft = Draft {
            kind: SuccessionKind::HandsetReplaced,
            by,
            request,
            digest: crate::digest::of(&asked)?,
            old: asked.binding,
            receipt: None,
            attested: None,
        };
        if let Some(made) = self.made_before(by, request, draft.digest).await? {
            return self.binding(made).await;
        }
        if let Some(sim) = &mut asked.sim {
            self.serve_by_configuration("sim.serving", &mut sim.serving)?;
        }
        let certificate = self.new_certificate(&asked.chain).await?;
        let Verified { handset, receipt, challenge } =
            self.handset(asked.handset.clone(), self.now())?;
        draft.attested = challenge;
        draft.receipt = receipt.map(|receipt| (handset.clone(), receipt));
        let plan = Plan {
            id: BindingId::from_bytes(self.random()?),
            certificate,
            owner: &asked.owner,
            card_ends: asked.card_ends,
            change: Some(Replacement::Handset {
                place: asked.place,
                handset: Box::new(handset),
                sim: asked.sim,
                key_home: asked.key_home,
                counter: asked.counter,
            }),
        };
        self.succeed(draft, &plan).await
    }

    /// Replaces the SIM, with a new certificate; the old binding is over in the same entry. The new
    /// one belongs to the line that is named: what the old carrier says is no more heard for it.
    ///
    /// # Errors
    /// As for [`Self::renew`].
    pub async fn replace_sim(
        &self,
        by: &CallerId,
        request: &RequestId,
        mut asked: SimChange,
    ) -> Result<Standing, ServiceError> {
        let draft = Draft {
            kind: SuccessionKind::SimReplaced,
            by,
            request,
            digest: crate::digest::of(&asked)?,
            old: asked.binding,
            receipt: None,
            attested: None,
        };
        if let Some(made) = self.made_before(by, request, draft.digest).await? {
            return self.binding(made).await;
        }
        self.serve_by_configuration("sim.serving", &mut asked.sim.serving)?;
        let plan = Plan {
            id: BindingId::from_bytes(self.random()?),
            certificate: self.new_certificate(&asked.chain).await?,
            owner: &asked.owner,
            card_ends: asked.card_ends,
            change: Some(Replacement::Sim { sim: asked.sim, counter: asked.counter }),
        };
        self.succeed(draft, &plan).await
    }

    /// The binding that follows another by a plan, and the challenge that the card used.
    pub(super) async fn follow(
        &self,
        by: &CallerId,
        plan: &Plan<'_>,
        old: &mut Binding,
    ) -> Result<(Binding, Option<[u8; 16]>), ServiceError> {
        let now = self.now();
        let Plan { id, certificate, owner, card_ends, change } = plan;
        let mut change = change.clone();
        if let Some(Replacement::Handset { sim: Some(sim), .. } | Replacement::Sim { sim, .. }) =
            &mut change
        {
            keep_line(owner, &old.sim, sim)?;
        }
        let (act, sim, handset_key) = match &change {
            None => (OwnerAct::Renew, None, None),
            Some(Replacement::Handset { handset, sim, .. }) => {
                (OwnerAct::ReplaceHandset, sim.as_ref(), handset.key().spki().map(sha256))
            }
            Some(Replacement::Sim { sim, .. }) => (OwnerAct::ReplaceSim, Some(sim), None),
        };
        let sim = sim.unwrap_or(&old.sim).clone();
        let wanted = Wanted { act, sim: &sim, certificate: Some(certificate.id), handset_key };
        let shown = self.owner(by, old, owner, &wanted).await?;
        let card_ends = sooner(*card_ends, shown.card_ends, old.card_ends);
        self.not_too_long("certificate_chain", certificate, card_ends)?;
        let next = Next { id: *id, certificate: certificate.clone(), seen: shown.seen };
        let new = match change {
            None => old.renew(next, self.life_terms(old).overlap, now)?,
            Some(change) => old.replace(next, change, &source(by)?, now)?,
        };
        Ok((Binding { card_ends, ..new }, shown.challenge))
    }

    async fn new_certificate(&self, chain: &[Vec<u8>]) -> Result<BoundCertificate, ServiceError> {
        let verified = self
            .chain(chain, self.now())
            .map_err(|error| ServiceError::invalid("certificate_chain", error))?;
        let certificate = crate::enrol::bound(&verified, chain)?;
        self.not_revoked(&certificate).await?;
        Ok(certificate)
    }

    /// Refuses a certificate that is valid for longer than configured, or past the person's card,
    /// where its end is known.
    pub(crate) fn not_too_long(
        &self,
        field: &'static str,
        certificate: &BoundCertificate,
        card_ends: CardEnd,
    ) -> Result<(), ServiceError> {
        let validity: (Timestamp, Timestamp) = (certificate.not_before, certificate.not_after);
        let longest = self.settings.bounds.certificate_validity;
        let wrong = |error: TooLong| ServiceError::invalid(field, error);
        longest.allows(validity, card_ends).map_err(wrong)
    }
}

/// What the counter saw of the card's end is newer than what was enrolled; what the card itself
/// shows counts where it is the sooner one.
fn sooner(told: CardEnd, shown: CardEnd, known: CardEnd) -> CardEnd {
    match (told, shown, known) {
        (CardEnd::At(told), CardEnd::At(shown), _) => CardEnd::At(told.min(shown)),
        (CardEnd::At(end), CardEnd::Unsaid, _) | (CardEnd::Unsaid, CardEnd::At(end), _) => {
            CardEnd::At(end)
        }
        (CardEnd::Unsaid, CardEnd::Unsaid, known) => known,
    }
}
