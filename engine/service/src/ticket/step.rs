use super::write::{Asked, Speaker};
use crate::{
    attest::{HandsetRequest, Verified},
    challenge::Purpose,
    engine::Engine,
    enrol::{bound, chain_fault},
    error::ServiceError,
    ledger::TicketChange,
    ports::{store::Store, vault::Vault},
};
use serde::Serialize;
use simbind_core::{
    binding::{CardEnd, CounterPolicy, KeyHome, Sim},
    ids::{CertificateId, RequestId, TicketId},
    ticket::{Act, Code, Moved, Record, Ticket, Way, Written},
    time::Timestamp,
};

/// A certificate that was written.
#[derive(Clone, Debug)]
pub struct CertificateRequest {
    /// Its chain, leaf first, DER.
    pub chain: Vec<Vec<u8>>,
    /// Where the key sits.
    pub key_home: KeyHome,
    /// Whether the applet counts.
    pub counter: CounterPolicy,
    /// The certificate of the person's physical card.
    pub card: Option<CertificateId>,
    /// What the phone read from the terminal, where it wrote the certificate itself.
    pub shown: Option<Code>,
}

/// A step that was done.
#[derive(Clone, Debug)]
pub enum Deed {
    /// The applet was downloaded.
    Loaded,
    /// The PIN was set.
    PinSet,
    /// The SIM was seen.
    Sim(Sim),
    /// The certificate was written.
    Certificate(CertificateRequest),
    /// The handset was seen.
    Handset(HandsetRequest),
}

impl Deed {
    fn digest(&self, id: TicketId, seen: Option<&Verified>) -> Result<[u8; 32], ServiceError> {
        fn of<T: Serialize>(what: &str, id: TicketId, of: T) -> Result<[u8; 32], ServiceError> {
            crate::digest::of(&(what, id, of))
        }
        match self {
            Self::Loaded => of("loaded", id, ()),
            Self::PinSet => of("pin", id, ()),
            Self::Sim(sim) => of("sim", id, sim),
            // The code that was read changes each minute, and is none of the content.
            Self::Certificate(CertificateRequest { chain, key_home, counter, card, shown }) => {
                of("certificate", id, (chain, key_home, counter, card, shown.is_some()))
            }
            // Each attestation is made anew; the key that it attests says which handset it is.
            Self::Handset(_) => of("handset", id, seen.map(|seen| seen.handset.key().spki())),
        }
    }

    /// Whether it is for this speaker to tell.
    fn may_be_told_by(&self, speaker: &Speaker) -> Result<(), ServiceError> {
        let fits = match (self, speaker) {
            (Self::Loaded | Self::PinSet | Self::Handset(_), Speaker::Phone { .. })
            | (Self::Sim(_), Speaker::Terminal(_)) => true,
            (Self::Certificate(written), Speaker::Phone { .. }) => written.shown.is_some(),
            (Self::Certificate(written), Speaker::Terminal(_)) => written.shown.is_none(),
            _ => false,
        };
        if fits {
            return Ok(());
        }
        Err(ServiceError::invalid(
            "step",
            match (self, speaker) {
                (Self::Certificate(_), Speaker::Phone { .. }) => {
                    "a phone that wrote a certificate shows the code that it read from the terminal"
                }
                (Self::Certificate(_), Speaker::Terminal(_)) => {
                    "a terminal that wrote a certificate shows no code"
                }
                (_, Speaker::Phone { .. }) => "is for the terminal to tell",
                (_, Speaker::Terminal(_)) => "is for the phone to tell",
            },
        ))
    }
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Records a step of a ticket. The same again changes nothing.
    ///
    /// # Errors
    /// Where the step is not this speaker's, what it shows does not verify, another step comes
    /// first, or the ticket is over.
    pub async fn record_step(
        &self,
        speaker: &Speaker,
        request: RequestId,
        id: TicketId,
        deed: Deed,
    ) -> Result<Ticket, ServiceError> {
        deed.may_be_told_by(speaker)?;
        let kept = self.kept_ticket(id).await?;
        self.may_see(speaker, &kept.ticket)?;
        let now = self.now();
        let seen = match &deed {
            Deed::Handset(request) => {
                Some(self.handset_for(request.clone(), &Purpose::Ticket(id), now)?)
            }
            _ => None,
        };
        let asked = Asked { request, digest: deed.digest(id, seen.as_ref())? };
        if self.changed_before(speaker.caller(), &asked).await?.is_some() {
            return Ok(kept.ticket);
        }
        let record = match deed {
            Deed::Loaded => Record::Loaded,
            Deed::PinSet => Record::PinSet,
            Deed::Sim(mut sim) => {
                self.serve_by_configuration("sim.serving", &mut sim.serving)?;
                Record::Sim(sim)
            }
            Deed::Certificate(request) => {
                let written = self.written(&kept.ticket, request, now).await?;
                Record::Certificate(Box::new(written))
            }
            Deed::Handset(_) => match &seen {
                Some(seen) => Record::Handset(Box::new(seen.handset.clone())),
                None => return Err(ServiceError::unavailable("a handset was not verified")),
            },
        };
        let seen: Option<&Verified> = seen.as_ref();
        self.change_ticket((speaker, &asked), id, TicketChange::Step, seen, |ticket, now| {
            self.may_change(speaker, ticket)?;
            Ok(ticket.record(record.clone(), now)?)
        })
        .await
    }

    /// A certificate that verifies, is not revoked, and came there as the ticket asks for.
    async fn written(
        &self,
        ticket: &Ticket,
        request: CertificateRequest,
        now: Timestamp,
    ) -> Result<Written, ServiceError> {
        let CertificateRequest { chain, key_home, counter, card, shown } = request;
        let way = match shown {
            None => Way::Reader,
            Some(code) if self.was_shown(ticket, &code, now) => Way::ShownCode,
            Some(_) => {
                let why = "is not what this ticket's terminal shows now";
                return Err(ServiceError::invalid("certificate.shown_code", why));
            }
        };
        let field = "certificate.certificate_chain";
        let verified = self.chain(&chain, now).map_err(|error| chain_fault(field, &error))?;
        let certificate = bound(&verified, &chain)?;
        self.not_revoked(&certificate).await?;
        self.not_too_long(field, &certificate, CardEnd::Unsaid)?;
        Ok(Written { certificate, key_home, counter, card, way })
    }

    /// Gives a ticket up: it is over, and so is its pending binding.
    ///
    /// # Errors
    /// Where there is none for this speaker, or it is over.
    pub async fn give_up_ticket(
        &self,
        speaker: &Speaker,
        request: RequestId,
        id: TicketId,
    ) -> Result<Ticket, ServiceError> {
        let asked = Asked { request, digest: crate::digest::of(&("give up", id))? };
        let act = match speaker {
            Speaker::Terminal(_) => Act::GiveUpAtCounter,
            Speaker::Phone { .. } => Act::GiveUpOnPhone,
        };
        self.change_ticket((speaker, &asked), id, TicketChange::GivenUp, None, |ticket, now| {
            ticket.end_at(act, now)?;
            Ok(Moved::On)
        })
        .await
    }
}
