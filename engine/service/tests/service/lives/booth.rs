//! Tickets at random: any step at any time, at two terminals, with codes given out anew, given up
//! or left to their time.

use super::life::{Life, Seen};
use crate::support::{Person, TestEngine, World, caller};
use simbind_core::{
    ids::{CertificateId, RequestId, TicketId},
    ticket::{State as TicketState, Step, Ticket, Variant},
    transcript::Activation,
};
use simbind_service::{
    ServiceError,
    proof::KeysProof,
    ticket::{
        CertificateRequest, Deed, JoinRequest, OpenRequest, PhoneSecret, ShownOrTyped, Speaker,
        Terminal, TicketCodes,
    },
};

/// A ticket, with the phone that is for it.
pub(super) struct Booth {
    pub(super) ticket: TicketId,
    pub(super) owner: usize,
    pub(super) over: Option<TicketState>,
    codes: Option<TicketCodes>,
    secret: PhoneSecret,
}

/// What a person types.
#[derive(Clone, Copy)]
enum Typed {
    Right,
    WithoutPassword,
}

impl Booth {
    fn phone(&self) -> Speaker {
        Speaker::Phone { through: caller("app"), secret: self.secret.clone() }
    }

    fn certificate(person: &Person, engine: &TestEngine, world: &World) -> Deed {
        let asked = person.asked(engine, &world.authority);
        Deed::Certificate(CertificateRequest {
            chain: asked.chain,
            key_home: asked.key_home,
            counter: asked.counter,
            card: None,
            shown: None,
        })
    }
}

impl Life {
    /// One step of a ticket, or a new one.
    pub(super) async fn at_a_booth(&mut self) -> Result<(), ServiceError> {
        let open: Vec<_> =
            (0..self.booths.len()).filter(|at| self.booths[*at].over.is_none()).collect();
        let at = self.dice.one(&open).copied();
        let place = match at {
            Some(at) if open.len() > 2 || self.dice.roll(6) > 0 => at,
            _ => return self.open_ticket().await,
        };
        // Mostly some steps in a row, as at a counter, and now and then one out of its turn.
        let steps = 1 + self.dice.roll(9);
        let mut done = Ok(());
        for _ in 0..steps {
            self.asked += 1;
            let kind = match self.dice.roll(5) {
                0 => self.dice.roll(10),
                _ => self.turn_of(place).await,
            };
            done = self.take_a_step(place, kind).await;
            self.look_at_ticket(place).await;
            match &done {
                Err(error) if !super::expected(error) => return done,
                _ => {}
            }
        }
        done
    }

    /// The step that comes next.
    async fn turn_of(&self, place: usize) -> u64 {
        let ticket = self.engine.ticket(self.booths[place].ticket, None).await.unwrap();
        let steps =
            [Step::Joined, Step::Sim, Step::Loaded, Step::Certificate, Step::Pin, Step::Handset];
        let next = steps.iter().position(|step| !ticket.progress.done.has(*step));
        u64::try_from(next.unwrap_or(steps.len())).unwrap()
    }

    fn ask(&self) -> RequestId {
        format!("b{}", self.asked).parse().unwrap()
    }

    async fn open_ticket(&mut self) -> Result<(), ServiceError> {
        self.asked += 1;
        let terminal = self.terminal();
        let known = self.person();
        let owner = if self.dice.roll(3) == 0 {
            known
        } else {
            let name = self.people[known].name.clone();
            let next = self.certified(&name);
            self.people.push(next);
            self.people.len() - 1
        };
        let person = &self.people[owner];
        let open = OpenRequest {
            person: person.name.parse().unwrap(),
            identity_check: "check-1".parse().unwrap(),
            variant: None,
        };
        let request = self.ask();
        let opened = self.engine.open_ticket(&terminal, request, open).await?;
        assert_eq!(opened.ticket.variant, Variant::TwoCodes);
        let mut secret = [0xAB; 32];
        secret[..4].copy_from_slice(&self.step.to_be_bytes());
        self.booths.push(Booth {
            ticket: opened.ticket.id,
            owner,
            over: None,
            codes: opened.codes,
            secret: PhoneSecret::new(secret),
        });
        Ok(())
    }

    /// One of the two terminals of an office.
    fn terminal(&mut self) -> Terminal {
        let name = if self.dice.roll(12) == 0 { "terminal-2" } else { "terminal-1" };
        let own = self.engine.terminal(&caller("terminal-1")).unwrap();
        Terminal { name: caller(name), ..own }
    }

    async fn take_a_step(&mut self, place: usize, kind: u64) -> Result<(), ServiceError> {
        let (terminal, request) = (self.terminal(), self.ask());
        let engine = std::sync::Arc::clone(&self.engine);
        let booth = &self.booths[place];
        let (id, phone) = (booth.ticket, booth.phone());
        let person = &self.people[booth.owner];
        let (speaker, deed) = match kind {
            0 => return self.join(place, Typed::Right).await,
            1 => {
                let mut sim = person.asked(&engine, &self.world.authority).sim;
                if self.dice.roll(8) == 0 {
                    sim.iccid = self.coming_sim();
                }
                (Speaker::Terminal(terminal), Deed::Sim(sim))
            }
            2 => (phone, Deed::Loaded),
            3 => {
                let deed = Booth::certificate(person, &engine, &self.world);
                (Speaker::Terminal(terminal), deed)
            }
            4 => (phone, Deed::PinSet),
            5 => {
                let found = engine.ticket_of_phone(&caller("app"), &booth.secret, id).await?;
                let Some(challenge) = found.1 else { return Ok(()) };
                let challenge = challenge.bytes.to_vec();
                let asked = person.phone.request_for(challenge, &self.world.authority);
                (phone, Deed::Handset(asked))
            }
            6 => return self.activate(place).await,
            7 => return self.join(place, Typed::WithoutPassword).await,
            8 => {
                let opened = engine.recode_ticket(&terminal, request, id).await?;
                self.booths[place].codes = opened.codes;
                return Ok(());
            }
            _ if self.dice.roll(2) == 0 => {
                return engine.resume_ticket(&terminal, request, id).await.map(drop);
            }
            _ => {
                let at_home = self.dice.roll(2) == 0;
                let speaker = if at_home { phone } else { Speaker::Terminal(terminal) };
                return engine.give_up_ticket(&speaker, request, id).await.map(drop);
            }
        };
        engine.record_step(&speaker, request, id, deed).await.map(drop)
    }

    /// The phone shows its codes.
    async fn join(&mut self, place: usize, typed: Typed) -> Result<(), ServiceError> {
        let booth = &self.booths[place];
        let Some(codes) = &booth.codes else { return Ok(()) };
        let password = match typed {
            Typed::Right => codes.password.clone(),
            Typed::WithoutPassword => None,
        };
        let code = ShownOrTyped::Typed { access: codes.access.clone(), password };
        let join = JoinRequest { code, secret: booth.secret.clone() };
        let request = self.ask();
        self.engine.join_ticket(&caller("app"), request, &join).await.map(drop)
    }

    async fn activate(&mut self, place: usize) -> Result<(), ServiceError> {
        let booth = &self.booths[place];
        let app = caller("app");
        let phone = (&app, &booth.secret);
        let found = self.engine.ticket_of_phone(phone.0, phone.1, booth.ticket).await?;
        let (ticket, Some(challenge)) = found else { return Ok(()) };
        let Some((sim, _)) = &ticket.sim else { return Ok(()) };
        let person = &self.people[booth.owner];
        let (challenge, certificate) = (challenge.bytes.to_vec(), person.certificate());
        let message = activation(&challenge, &ticket, &certificate, sim.iccid, person);
        let proof = KeysProof {
            signature: person.signs(&message),
            handset: person.phone.prove(&message),
            challenge,
        };
        let request = self.ask();
        let iccid = sim.iccid;
        let made = self.engine.activate_ticket(phone, request, booth.ticket, &proof).await?;
        let owner = booth.owner;
        self.people[owner].iccid = iccid;
        self.acknowledged(owner, &made.standing);
        *self.tally.entry("activated").or_default() += 1;
        Ok(())
    }

    /// A pending binding is acknowledged with the step that made it; a ticket that is over stays so.
    pub(super) async fn look_at_ticket(&mut self, place: usize) {
        let Booth { ticket, owner, .. } = self.booths[place];
        let ticket = self.engine.ticket(ticket, None).await.expect("no ticket is lost");
        let state = ticket.state_at(self.engine.now());
        if let Some(before) = self.booths[place].over {
            assert_eq!(state, before, "step {}: a ticket that is over stays over", self.step);
        } else if state != TicketState::Open {
            self.booths[place].over = Some(state);
        }
        if let Ok(standing) = self.engine.binding(ticket.binding).await {
            let state = standing.binding.state;
            self.seen.entry(ticket.binding).or_insert(Seen::new(owner, state));
        }
    }
}

fn activation(
    challenge: &[u8],
    ticket: &Ticket,
    certificate: &CertificateId,
    iccid: simbind_core::ids::Iccid,
    person: &Person,
) -> Vec<u8> {
    let handset_key = &person.phone.key_hash();
    Activation { challenge, ticket: ticket.id, certificate, iccid, handset_key }.encode()
}
