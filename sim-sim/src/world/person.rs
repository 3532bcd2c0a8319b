//! A person with a SIM, handsets and a line.

use super::{
    World, WorldError,
    authority::Branch,
    carrier::Carrier,
    handset::{Handset, Model},
    numbers,
    sim::{Applet, Sim},
};
use crate::seeded;
use rand::Rng as _;

/// What a person has; a story decides it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traits {
    pub(crate) carrier: Carrier,
    pub(crate) applet: Applet,
    pub(crate) model: Model,
    /// Who issues the certificates.
    pub(crate) branch: Branch,
}

/// A person.
pub(crate) struct Person {
    pub(crate) reference: String,
    pub(crate) carrier: Carrier,
    pub(crate) line_ref: String,
    pub(crate) msisdn: String,
    pub(crate) sim: Sim,
    /// A second SIM of the same person, for a conversion or a new contract.
    pub(crate) next_sim: Sim,
    /// The bound handset, the person's other one, a loaner, and a stranger's.
    pub(crate) handsets: Handsets,
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
        // Whoever has an iPhone gets another, and so does whoever wants to be taken for its owner.
        let android = Model { suite: traits.model.suite, ..Model::android(1) };
        let second = if traits.model.is_iphone() { Model::IPHONE } else { android };
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
            handsets: Handsets {
                bound: handset(0, traits.model)?,
                other: handset(1, second)?,
                loaner: handset(2, android)?,
                foreign: handset(3, second)?,
            },
        })
    }
}
