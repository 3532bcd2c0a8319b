//! A person with a SIM, handsets and a line.

use super::{
    World, WorldError,
    authority::Branch,
    card::Card,
    carrier::Carrier,
    handset::{Handset, Model},
    numbers,
    sim::{Applet, Sim},
};
use crate::seeded;
use rand::Rng as _;

/// How many handsets and SIMs a person can come by later.
const LATER: u64 = 64;
/// The first number of those: past all that people have at the beginning.
const FIRST_LATER: u64 = 100_000_000;

/// What a person has; a story decides it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traits {
    pub(crate) carrier: Carrier,
    pub(crate) applet: Applet,
    pub(crate) model: Model,
    /// Who issues the certificates.
    pub(crate) branch: Branch,
}

impl Traits {
    /// What the other handset is: whoever has an iPhone gets another, and so does whoever wants to be
    /// taken for its owner.
    pub(crate) fn second_model(self) -> Model {
        let android = Model { suite: self.model.suite, ..Model::android(1) };
        if self.model.is_iphone() { Model::IPHONE } else { android }
    }
}

/// A person.
pub(crate) struct Person {
    pub(crate) reference: String,
    pub(crate) carrier: Carrier,
    pub(crate) line_ref: String,
    pub(crate) msisdn: String,
    pub(crate) sim: Sim,
    /// The physical card.
    pub(crate) card: Card,
    /// A second SIM of the same person, for a conversion or a new contract.
    pub(crate) next_sim: Sim,
    /// The bound handset, the person's other one, a loaner, and a stranger's.
    pub(crate) handsets: Handsets,
    number: u64,
    traits: Traits,
    /// How many handsets and SIMs came later.
    later: u64,
}

/// The handsets of a story.
pub(crate) struct Handsets {
    pub(crate) bound: Handset,
    pub(crate) other: Handset,
    pub(crate) loaner: Handset,
    pub(crate) foreign: Handset,
}

impl Person {
    /// Makes the person with the given number in the world.
    pub(crate) fn make(world: &World, number: u64, traits: Traits) -> Result<Self, WorldError> {
        let token: u128 = seeded::generator(world.seed, "person", number).random();
        let line: u64 = seeded::generator(world.seed, "line", number).random();
        let handset = |place, model| Handset::make(world, number * 4 + place, model);
        let android = Model { suite: traits.model.suite, ..Model::android(1) };
        let second = traits.second_model();
        Ok(Self {
            reference: format!("prs-{token:032x}"),
            carrier: traits.carrier,
            line_ref: format!("line-{line:016x}"),
            msisdn: numbers::msisdn(world.seed, number),
            sim: Sim::make(world, number * 2, traits.carrier, traits.applet, traits.branch)?,
            next_sim: Sim::make(
                world,
                number * 2 + 1,
                traits.carrier,
                traits.applet,
                traits.branch,
            )?,
            card: Card::make(world, number)?,
            handsets: Handsets {
                bound: handset(0, traits.model)?,
                other: handset(1, second)?,
                loaner: handset(2, android)?,
                foreign: handset(3, second)?,
            },
            number,
            traits,
            later: 0,
        })
    }

    /// The other handset becomes the first.
    pub(crate) const fn adopt(&mut self) {
        std::mem::swap(&mut self.handsets.bound, &mut self.handsets.other);
    }

    /// Another person has the line from now on.
    pub(crate) fn become_another(&mut self, world: &World) -> Result<(), WorldError> {
        self.reference.push_str("-heir");
        self.card = self.other_card(world)?;
        Ok(())
    }

    /// A card that is not the person's.
    pub(crate) fn other_card(&mut self, world: &World) -> Result<Card, WorldError> {
        Card::make(world, self.later_number())
    }

    /// Another carrier serves the line, and the next SIM is of that one.
    pub(crate) fn change_carrier(&mut self, world: &World) -> Result<(), WorldError> {
        self.carrier = self.carrier.rival();
        self.traits.carrier = self.carrier;
        self.take_sim(world)
    }

    /// A number in the world for something that came later: no other thing of its sort has it.
    const fn later_number(&mut self) -> u64 {
        self.later = (self.later + 1) % LATER;
        FIRST_LATER + self.number * LATER + self.later
    }

    /// Another other handset.
    pub(crate) fn take_handset(&mut self, world: &World) -> Result<(), WorldError> {
        let number = self.later_number();
        self.handsets.other = Handset::make(world, number, self.traits.second_model())?;
        Ok(())
    }

    /// Another next SIM.
    pub(crate) fn take_sim(&mut self, world: &World) -> Result<(), WorldError> {
        let (number, traits) = (self.later_number(), self.traits);
        self.next_sim = Sim::make(world, number, traits.carrier, traits.applet, traits.branch)?;
        Ok(())
    }
}
