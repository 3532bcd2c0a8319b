//! One person's way through the counter, step by step, for tests that stop between any two.

use super::booth::{Booth, Secret};
use crate::{
    clock::SimClock,
    connections::Connections,
    play::calls::Calls,
    world::{World, person::Person},
};
use prost::bytes::Bytes;
use simbind_proto::v1::{self, CounterVariant};
use tonic::Status;

/// One person's way through the counter.
pub struct Walk<'a> {
    world: &'a World,
    clock: &'a dyn SimClock,
    person: Person,
    variant: CounterVariant,
    ticket: v1::Ticket,
    codes: Option<v1::TicketCodes>,
    secret: Secret,
    /// The last step that was done on the card: a step once more is told once more, and the card is
    /// as it was.
    on_card: usize,
}

impl<'a> Walk<'a> {
    /// The steps that [`Self::take`] takes, by number.
    pub const STEPS: [&'static str; 8] =
        ["open", "join", "sim", "load", "certificate", "pin", "handset", "activate"];

    /// A person of a number, with an Android or an iPhone, who has yet to come to the counter.
    ///
    /// # Errors
    /// Where the person cannot be made.
    pub fn new(
        world: &'a World,
        clock: &'a dyn SimClock,
        number: u64,
        variant: CounterVariant,
        platform: v1::Platform,
    ) -> Result<Self, crate::WorldError> {
        let person = Person::make(world, number, super::compare::traits(platform))?;
        Ok(Self {
            world,
            clock,
            person,
            variant,
            ticket: v1::Ticket::default(),
            codes: None,
            secret: Bytes::new(),
            on_card: 0,
        })
    }

    /// The ticket as it was seen last.
    pub const fn ticket(&self) -> &v1::Ticket {
        &self.ticket
    }

    /// The codes that the clerk handed over.
    pub const fn codes(&self) -> Option<&v1::TicketCodes> {
        self.codes.as_ref()
    }

    /// The phone's secret, once it has joined.
    pub fn secret(&self) -> Bytes {
        self.secret.clone()
    }

    /// Takes a step, over these connections. The same step once more is the same request.
    ///
    /// # Errors
    /// What the server answers.
    pub async fn take(
        &mut self,
        connections: &Connections,
        step: usize,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let calls = Calls::new(connections);
        self.on_card(step)?;
        let request = format!("walk-{}-{step}", self.person.reference);
        let mut booth = Booth::of((&calls, self.world, self.clock), &self.person, request);
        booth.take_up(self.ticket.clone(), self.codes.clone(), self.secret.clone());
        let (phone, bound) = (self.secret.clone(), &mut self.person.handsets.bound);
        match step {
            0 => booth.open(self.variant).await?,
            1 => drop(booth.join(0, 1).await?),
            2 => booth.see_sim(&self.person).await?,
            3 => booth.loaded(&phone).await?,
            4 => booth.written(&phone, &self.person.sim, bound).await?,
            5 => booth.pin_set(&phone).await?,
            6 => booth.attest(&phone, bound).await?,
            7 => drop(booth.activate(&phone, &self.person.sim, bound).await?),
            _ => return Err(Status::out_of_range("there is no such step").into()),
        }
        (self.ticket, self.codes, self.secret) = booth.put_down();
        Ok(())
    }

    /// What a step does on the card, once.
    fn on_card(&mut self, step: usize) -> Result<(), crate::WorldError> {
        if step <= self.on_card {
            return Ok(());
        }
        self.on_card = step;
        match step {
            3 => self.person.sim.load(),
            4 => self.person.sim.write(self.world),
            5 => self.person.sim.set_pin(),
            _ => Ok(()),
        }
    }
}
