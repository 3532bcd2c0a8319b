//! What each person's day holds: steps in virtual time, made from the seed before the run begins.

mod action;
mod attack;
mod casting;
mod honest;
mod script;
#[cfg(test)]
mod tests;

pub(crate) use action::{
    Action, CheckPlan, EventPlan, Hand, Happening, LineBy, Operation, Place, Reader, Reading, Slot,
    Speaker, Standing, Staple, Twist, Voice,
};
pub(crate) use casting::{Stage, cast, write};
