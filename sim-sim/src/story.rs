//! What each person's day holds: steps in virtual time, made from the seed before the run begins.

mod action;
mod attack;
mod casting;
pub(crate) mod counter;
pub(crate) mod events;
mod honest;
pub(crate) mod life;
mod parts;
pub(crate) mod platform;
pub(crate) mod registry;
mod script;
pub(crate) mod state;
pub(crate) mod succession;
#[cfg(test)]
mod tests;
mod year;

pub(crate) use action::{
    Action, CheckPlan, EventPlan, Hand, Happening, LineBy, Operation, Place, Reader, Reading, Slot,
    Speaker, Standing, Staple, Twist, Voice,
};
pub(crate) use casting::{Stage, cast, write};
