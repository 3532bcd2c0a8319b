//! A clerk's terminal with one ticket, and the phones that come to it.

use super::durations::{Doing, Tally};
use crate::{
    clock::SimClock,
    play::{
        actor::{ActError, Shared},
        calls::{Calls, patiently},
    },
    seeded,
    world::{
        World,
        handset::{Handset, Proof},
        person::Person,
        sim::Sim,
    },
};
use prost::bytes::Bytes;
use rand::RngCore as _;
use simbind_core::{
    ids::CertificateId,
    ticket::{Code, CodeKind},
    transcript::Activation,
};
use simbind_proto::v1::{
    self, counter_service_client::CounterServiceClient, join_ticket_request::Code as Shown,
    record_step_request::Step,
};
use tonic::{Status, transport::Channel};

/// What stands for a phone in its ticket.
pub(crate) type Secret = Bytes;

/// A terminal with one ticket.
pub(crate) struct Booth<'a> {
    calls: &'a Calls,
    terminal: &'a CounterServiceClient<Channel>,
    world: &'a World,
    clock: &'a dyn SimClock,
    person: String,
    /// The person's physical card, which the clerk reads with the certificate.
    card: Bytes,
    /// What the request ids begin with: the same step is the same request.
    request: String,
    requests: u32,
    ticket: v1::Ticket,
    codes: Option<v1::TicketCodes>,
    secret: Secret,
    pub(super) tally: Tally,
}

fn malformed(what: &'static str) -> ActError {
    Status::internal(what).into()
}

impl<'a> Booth<'a> {
    pub(crate) fn at(shared: &Shared<'a>, person: &Person, request: String) -> Self {
        Self::of((shared.calls, shared.world, shared.clock), person, request)
    }

    pub(super) fn of(
        (calls, world, clock): (&'a Calls, &'a World, &'a dyn SimClock),
        person: &Person,
        request: String,
    ) -> Self {
        Self {
            calls,
            terminal: &calls.terminal,
            world,
            clock,
            person: person.reference.clone(),
            card: person.card.certificate_sha256.clone(),
            request,
            requests: 0,
            ticket: v1::Ticket::default(),
            codes: None,
            secret: Bytes::new(),
            tally: Tally::default(),
        }
    }

    /// Goes on with a ticket where it was left.
    pub(super) fn take_up(
        &mut self,
        ticket: v1::Ticket,
        codes: Option<v1::TicketCodes>,
        secret: Secret,
    ) {
        (self.ticket, self.codes, self.secret) = (ticket, codes, secret);
    }

    /// The ticket as it is left.
    pub(super) fn put_down(self) -> (v1::Ticket, Option<v1::TicketCodes>, Secret) {
        (self.ticket, self.codes, self.secret)
    }

    fn next_request(&mut self) -> String {
        self.requests += 1;
        format!("{}/{}", self.request, self.requests)
    }

    /// Goes on at a terminal of another office.
    pub(super) const fn move_to_another_office(&mut self) {
        self.terminal = &self.calls.other_terminal;
    }

    /// The secret of the phone that joined last.
    pub(crate) fn secret(&self) -> Secret {
        self.secret.clone()
    }

    /// The clerk checks the identity and opens a ticket.
    pub(crate) async fn open(&mut self, variant: v1::CounterVariant) -> Result<(), ActError> {
        self.tally.note(Doing::IdentityCheck, 1);
        let request = v1::OpenTicketRequest {
            request_id: self.next_request(),
            person_ref: self.person.clone(),
            identity_check_ref: format!("check:{}", self.request),
            variant: variant.into(),
        };
        let answer = patiently(|| {
            let (mut client, request) = (self.terminal.clone(), request.clone());
            async move { client.open_ticket(request).await }
        });
        let v1::OpenTicketResponse { ticket, codes } = answer.await?;
        self.take(ticket, codes)
    }

    /// The clerk gives out new codes.
    pub(crate) async fn recode(&mut self) -> Result<(), ActError> {
        let request = v1::ResumeTicketRequest {
            request_id: self.next_request(),
            ticket_id: self.ticket.ticket_id.clone(),
            new_codes: true,
        };
        let answer = patiently(|| {
            let (mut client, request) = (self.terminal.clone(), request.clone());
            async move { client.resume_ticket(request).await }
        });
        let v1::ResumeTicketResponse { ticket, codes } = answer.await?;
        self.take(ticket, codes)
    }

    fn take(
        &mut self,
        ticket: Option<v1::Ticket>,
        codes: Option<v1::TicketCodes>,
    ) -> Result<(), ActError> {
        self.ticket = ticket.ok_or_else(|| malformed("no ticket in the answer"))?;
        if let Some(v1::TicketCodes { access_code, password }) = &codes {
            self.tally.note(Doing::HandOver, 1);
            if !password.is_empty() {
                self.tally.note(Doing::HandOverApart, 1);
            }
            let _ = access_code;
        }
        self.codes = codes;
        Ok(())
    }

    /// What the terminal shows, for a phone to read.
    async fn shown(&mut self) -> Result<String, ActError> {
        self.tally.note(Doing::ReadShown, 1);
        let request = v1::ShowCodeRequest { ticket_id: self.ticket.ticket_id.clone() };
        let answer = patiently(|| {
            let (mut client, request) = (self.terminal.clone(), request.clone());
            async move { client.show_code(request).await }
        });
        Ok(answer.await?.code)
    }

    /// What the person types or the phone reads.
    async fn code(&mut self) -> Result<Shown, ActError> {
        let Some(codes) = self.codes.clone() else {
            return Ok(Shown::ShownCode(self.shown().await?));
        };
        for code in [&codes.access_code, &codes.password].into_iter().filter(|c| !c.is_empty()) {
            let characters = code.chars().filter(|c| *c != '-').count();
            self.tally.typed(u32::try_from(characters).unwrap_or(u32::MAX));
        }
        Ok(Shown::Codes(codes))
    }

    /// A phone shows the codes.
    pub(crate) async fn join(&mut self, person: usize, phone: u64) -> Result<Secret, ActError> {
        let code = self.code().await?;
        self.join_with(code, person, phone).await
    }

    async fn join_with(
        &mut self,
        code: Shown,
        person: usize,
        phone: u64,
    ) -> Result<Secret, ActError> {
        let number = u64::try_from(person).unwrap_or(u64::MAX);
        let mut secret = [0; 32];
        let purpose = format!("phone secret {phone} {}", self.person);
        seeded::generator(self.world.seed, &purpose, number).fill_bytes(&mut secret);
        let secret = Bytes::copy_from_slice(&secret);
        let request = v1::JoinTicketRequest {
            request_id: self.next_request(),
            code: Some(code),
            phone_secret: secret.clone(),
        };
        patiently(|| {
            let (mut client, request) = (self.calls.enrolment_app.clone(), request.clone());
            async move { client.join_ticket(request).await }
        })
        .await?;
        self.secret = secret.clone();
        Ok(secret)
    }

    /// Somebody who has the slip with the access code, or stands behind the person, guesses the rest.
    pub(crate) async fn guess(&mut self, person: usize, number: u8) -> Result<Secret, ActError> {
        let wrong = |kind: CodeKind, like: &str| -> Result<String, ActError> {
            let known = if kind == CodeKind::Password {
                simbind_core::ticket::Locator::from_random([0; 4])
            } else {
                let read = Code::parse(kind, like).map_err(|_| malformed("no code"))?;
                read.locator().ok_or_else(|| malformed("a code without a locator"))?
            };
            Ok(Code::new(kind, known, &[number; 16]).to_text().as_str().to_owned())
        };
        let code = match self.codes.clone() {
            None => {
                let shown = self.shown().await?;
                Shown::ShownCode(wrong(CodeKind::Shown, &shown)?)
            }
            Some(codes) if codes.password.is_empty() => Shown::Codes(v1::TicketCodes {
                access_code: wrong(CodeKind::AccessAlone, &codes.access_code)?,
                password: String::new(),
            }),
            Some(codes) => Shown::Codes(v1::TicketCodes {
                password: wrong(CodeKind::Password, "")?,
                access_code: codes.access_code,
            }),
        };
        self.join_with(code, person, 9).await
    }

    async fn record(&mut self, secret: Secret, step: Step) -> Result<(), ActError> {
        let request = v1::RecordStepRequest {
            request_id: self.next_request(),
            ticket_id: self.ticket.ticket_id.clone(),
            phone_secret: secret.clone(),
            step: Some(step),
        };
        let client = if secret.is_empty() { self.terminal } else { &self.calls.enrolment_app };
        let answer = patiently(|| {
            let (mut client, request) = (client.clone(), request.clone());
            async move { client.record_step(request).await }
        });
        self.ticket = answer.await?.ticket.unwrap_or_default();
        Ok(())
    }

    /// The terminal sees the SIM: its reader reads it, or the clerk types what an iPhone shows.
    pub(crate) async fn see_sim(&mut self, person: &Person) -> Result<(), ActError> {
        let iphone = person.handsets.bound.model.is_iphone();
        self.tally.note(if iphone { Doing::TypeIccid } else { Doing::ReadSim }, 1);
        let sim = v1::SeenSim {
            iccid: person.sim.iccid.clone(),
            eid: String::new(),
            serving: Some(person.carrier.serving()),
            line_ref: person.line_ref.clone(),
            msisdn: person.msisdn.clone(),
        };
        self.record(Secret::new(), Step::Sim(sim)).await
    }

    /// The applet is loaded on the SIM, and the phone says so.
    pub(crate) async fn load(&mut self, phone: &Secret, sim: &Sim) -> Result<(), ActError> {
        sim.load()?;
        self.loaded(phone).await
    }

    /// The phone says that the applet is loaded.
    pub(super) async fn loaded(&mut self, phone: &Secret) -> Result<(), ActError> {
        self.tally.note(Doing::LoadApplet, 1);
        self.record(phone.clone(), Step::Loaded(v1::AppletLoaded {})).await
    }

    /// The SIM makes its key pair, and the certificate is written: by the reader, or by an iPhone that
    /// reads a code.
    pub(crate) async fn write(
        &mut self,
        phone: &Secret,
        sim: &mut Sim,
        handset: &Handset,
    ) -> Result<(), ActError> {
        sim.write(self.world)?;
        self.written(phone, sim, handset).await
    }

    /// The certificate that was written is told.
    pub(super) async fn written(
        &mut self,
        phone: &Secret,
        sim: &Sim,
        handset: &Handset,
    ) -> Result<(), ActError> {
        let iphone = handset.model.is_iphone();
        let shown_code = if iphone { self.shown().await? } else { String::new() };
        self.tally.note(if iphone { Doing::WriteByPhone } else { Doing::WriteByReader }, 1);
        let counter = if sim.applet.counts {
            v1::SignatureCounter::Present
        } else {
            v1::SignatureCounter::None
        };
        let written = v1::WrittenCertificate {
            certificate_chain: sim.chain.clone(),
            key_home: v1::KeyHome::Sim.into(),
            signature_counter: counter.into(),
            card_certificate_sha256: self.card.clone(),
            shown_code,
        };
        let who = if iphone { phone.clone() } else { Secret::new() };
        self.record(who, Step::Certificate(written)).await
    }

    /// The person sets a PIN, and the applet is in use.
    pub(crate) async fn set_pin(&mut self, phone: &Secret, sim: &Sim) -> Result<(), ActError> {
        sim.set_pin()?;
        self.pin_set(phone).await
    }

    /// The phone says that there is a PIN.
    pub(super) async fn pin_set(&mut self, phone: &Secret) -> Result<(), ActError> {
        self.tally.note(Doing::SetPin, 1);
        self.record(phone.clone(), Step::PinSet(v1::PinSet {})).await
    }

    async fn challenge(&self, phone: &Secret) -> Result<Bytes, ActError> {
        let request = v1::GetTicketRequest {
            ticket_id: self.ticket.ticket_id.clone(),
            phone_secret: phone.clone(),
        };
        let answer = patiently(|| {
            let (mut client, request) = (self.calls.enrolment_app.clone(), request.clone());
            async move { client.get_ticket(request).await }
        });
        Ok(answer.await?.challenge)
    }

    /// The handset shows its attestation.
    pub(crate) async fn attest(
        &mut self,
        phone: &Secret,
        handset: &Handset,
    ) -> Result<(), ActError> {
        self.tally.note(Doing::Attest, 1);
        let challenge = self.challenge(phone).await?;
        let evidence = handset.evidence(self.world, &challenge, self.clock.now())?;
        self.record(phone.clone(), Step::Handset(evidence)).await
    }

    /// SIM and handset sign that they belong together.
    pub(crate) async fn activate(
        &mut self,
        phone: &Secret,
        sim: &Sim,
        handset: &mut Handset,
    ) -> Result<String, ActError> {
        use v1::activate_ticket_request::Handset as Word;
        self.tally.note(Doing::Activate, 1);
        let challenge = self.challenge(phone).await?;
        let sha: [u8; 32] = (&*sim.certificate_sha256)
            .try_into()
            .map_err(|_| malformed("a certificate without a digest"))?;
        let message = Activation {
            challenge: &challenge,
            ticket: self.ticket.ticket_id.parse()?,
            certificate: &CertificateId::from_sha256(sha),
            iccid: sim.iccid.parse()?,
            handset_key: &handset.key_sha256(),
        };
        let message = message.encode();
        handset.open(sim, handset.model.suite.holder())?;
        let word = match handset.prove(&message)? {
            Proof::Signature(signature) => Word::HandsetSignature(signature),
            Proof::Assertion(assertion) => Word::AppAttestAssertion(assertion),
        };
        let request = v1::ActivateTicketRequest {
            request_id: self.next_request(),
            ticket_id: self.ticket.ticket_id.clone(),
            phone_secret: phone.clone(),
            challenge,
            signature: Some(sim.sign(&message)?),
            handset: Some(word),
        };
        let answer = patiently(|| {
            let (mut client, request) = (self.calls.enrolment_app.clone(), request.clone());
            async move { client.activate_ticket(request).await }
        });
        Ok(answer.await?.binding.unwrap_or_default().binding_id)
    }
}
