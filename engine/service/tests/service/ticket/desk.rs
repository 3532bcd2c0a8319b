use crate::support::{PACK, Person, TestEngine, World, caller};
use simbind_core::{
    ids::{CertificateId, Iccid, TicketId},
    ticket::{Ticket, Variant},
    transcript::Activation,
};
use simbind_service::{
    ServiceError,
    check::HandsetWord,
    proof::KeysProof,
    settings::Bounds,
    ticket::{
        Activated, CertificateRequest, CounterTerms, Deed, JoinRequest, Joined, OpenRequest,
        Opened, PhoneSecret, ShownOrTyped, Speaker, Terminal,
    },
};
use std::sync::Arc;

/// A clerk's terminal, a person, and the person's phone.
pub(super) struct Desk {
    pub(super) world: World,
    pub(super) engine: Arc<TestEngine>,
    pub(super) person: Person,
    pub(super) terminal: Terminal,
    pub(super) secret: PhoneSecret,
    pub(super) opened: Opened,
}

pub(super) fn terms(variant: Variant) -> CounterTerms {
    CounterTerms { variant, ..CounterTerms::default() }
}

impl Desk {
    /// A ticket that was just opened.
    pub(super) async fn open(terms: CounterTerms) -> Self {
        Self::at(World::with_counter(terms).await).await
    }

    async fn at(world: World) -> Self {
        let person = Person::new(&world.authority, 1);
        let engine = Arc::clone(&world.engine);
        let terminal = engine.terminal(&caller("terminal-1")).unwrap();
        let opened = open(&engine, &terminal, "open-1", "person-1").await.unwrap();
        let secret = PhoneSecret::new([0xAB; 32]);
        Self { world, engine, person, terminal, secret, opened }
    }

    /// With other bounds.
    pub(super) async fn with(tune: impl FnOnce(&mut Bounds)) -> Self {
        Self::at(World::with(PACK, tune).await).await
    }

    pub(super) async fn of(variant: Variant) -> Self {
        Self::open(terms(variant)).await
    }

    pub(super) fn id(&self) -> TicketId {
        self.opened.ticket.id
    }

    pub(super) fn at_terminal(&self) -> Speaker {
        Speaker::Terminal(self.terminal.clone())
    }

    pub(super) fn on_phone(&self) -> Speaker {
        Speaker::Phone { through: caller("app"), secret: self.secret.clone() }
    }

    /// What the person types or the phone reads.
    pub(super) async fn good_code(&self) -> ShownOrTyped {
        match &self.opened.codes {
            Some(codes) => ShownOrTyped::Typed {
                access: codes.access.clone(),
                password: codes.password.clone(),
            },
            None => {
                let shown = self.engine.show_code(&self.terminal, self.id()).await.unwrap();
                ShownOrTyped::Shown(shown.code)
            }
        }
    }

    pub(super) async fn join_with(
        &self,
        request: &str,
        code: ShownOrTyped,
        secret: &PhoneSecret,
    ) -> Result<Joined, ServiceError> {
        let join = JoinRequest { code, secret: secret.clone() };
        self.engine.join_ticket(&caller("app"), request.parse().unwrap(), &join).await
    }

    pub(super) async fn join(&self) -> Joined {
        self.join_with("join-1", self.good_code().await, &self.secret).await.unwrap()
    }

    pub(super) async fn step(
        &self,
        speaker: &Speaker,
        request: &str,
        deed: Deed,
    ) -> Result<Ticket, ServiceError> {
        self.engine.record_step(speaker, request.parse().unwrap(), self.id(), deed).await
    }

    pub(super) fn sim(&self) -> Deed {
        Deed::Sim(self.person.asked(&self.engine, &self.world.authority).sim)
    }

    pub(super) fn certificate(&self) -> CertificateRequest {
        let asked = self.person.asked(&self.engine, &self.world.authority);
        CertificateRequest {
            chain: asked.chain,
            key_home: asked.key_home,
            counter: asked.counter,
            card: None,
            shown: None,
        }
    }

    pub(super) async fn challenge(&self) -> Vec<u8> {
        let found = self.engine.ticket_of_phone(&caller("app"), &self.secret, self.id()).await;
        found.unwrap().1.unwrap().bytes.to_vec()
    }

    pub(super) async fn handset(&self) -> Deed {
        let challenge = self.challenge().await;
        let authority = &self.world.authority;
        Deed::Handset(match &self.person.iphone {
            Some(iphone) => iphone.request_for(challenge, authority),
            None => self.person.phone.request_for(challenge, authority),
        })
    }

    /// Steps by number, each with a request of its own, so that a test can stop between any two.
    pub(super) async fn take(&self, step: usize) -> Result<(), ServiceError> {
        let (terminal, phone) = (self.at_terminal(), self.on_phone());
        match step {
            0 => {
                self.join_with("join-1", self.good_code().await, &self.secret).await?;
            }
            1 => drop(self.step(&terminal, "sim-1", self.sim()).await?),
            2 => drop(self.step(&phone, "load-1", Deed::Loaded).await?),
            3 => {
                let mut written = self.certificate();
                let speaker = if self.person.iphone.is_some() {
                    let shown = self.engine.show_code(&self.terminal, self.id()).await?;
                    written.shown = Some(shown.code);
                    phone
                } else {
                    terminal
                };
                drop(self.step(&speaker, "write-1", Deed::Certificate(written)).await?);
            }
            4 => drop(self.step(&phone, "pin-1", Deed::PinSet).await?),
            5 => drop(self.step(&phone, "handset-1", self.handset().await).await?),
            _ => drop(self.activate("activate-1").await?),
        }
        Ok(())
    }

    /// The number of steps of [`Self::take`].
    pub(super) const STEPS: usize = 7;

    /// Takes all the steps before the activation.
    pub(super) async fn all_but_activated(&self) {
        for step in 0..Self::STEPS - 1 {
            self.take(step).await.unwrap();
        }
    }

    pub(super) fn handset_key(&self) -> [u8; 32] {
        match &self.person.iphone {
            Some(iphone) => iphone.key_hash(),
            None => self.person.phone.key_hash(),
        }
    }

    /// The message that is signed at the end.
    pub(super) fn message(&self, challenge: &[u8], iccid: Iccid) -> Vec<u8> {
        let certificate: CertificateId = self.person.certificate();
        let (ticket, handset_key) = (self.id(), &self.handset_key());
        Activation { challenge, ticket, certificate: &certificate, iccid, handset_key }.encode()
    }

    pub(super) async fn proof(&self) -> KeysProof {
        let challenge = self.challenge().await;
        let message = self.message(&challenge, self.person.iccid);
        let handset = match &self.person.iphone {
            Some(iphone) => HandsetWord::Assertion(iphone.assert(&message)),
            None => self.person.phone.prove(&message),
        };
        KeysProof { challenge, signature: self.person.signs(&message), handset }
    }

    pub(super) async fn activate_with(
        &self,
        request: &str,
        proof: &KeysProof,
    ) -> Result<Activated, ServiceError> {
        let phone = (&caller("app"), &self.secret);
        self.engine.activate_ticket(phone, request.parse().unwrap(), self.id(), proof).await
    }

    pub(super) async fn activate(&self, request: &str) -> Result<Activated, ServiceError> {
        self.activate_with(request, &self.proof().await).await
    }

    pub(super) async fn ticket(&self) -> Ticket {
        self.engine.ticket(self.id(), None).await.unwrap()
    }
}

pub(super) async fn open(
    engine: &TestEngine,
    terminal: &Terminal,
    request: &str,
    person: &str,
) -> Result<Opened, ServiceError> {
    let open = OpenRequest {
        person: person.parse().unwrap(),
        identity_check: "check-1".parse().unwrap(),
        variant: None,
    };
    engine.open_ticket(terminal, request.parse().unwrap(), open).await
}
