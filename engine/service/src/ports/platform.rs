//! The carrier's platform (SP-TSM), which loads, locks and deletes the applet over the air.

use simbind_core::{
    applet::{Action, OrderRef, Refusal},
    ids::{CarrierId, Eid, Iccid, OrderId},
    time::Timestamp,
};
use std::{future::Future, time::Duration};
use thiserror::Error;

/// An order, as the platform is told it. The same order can come more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// The carrier whose platform it is.
    pub platform: CarrierId,
    /// The carrier of the SIM: that one, or an MVNO of it.
    pub carrier: CarrierId,
    /// The order's id.
    pub id: OrderId,
    /// Its place among the orders of this SIM: one with a lower number than one that was carried
    /// out must not be.
    pub sequence: OrderRef,
    /// What is to be done.
    pub action: Action,
    /// The SIM.
    pub iccid: Iccid,
    /// Its eUICC, for an eSIM.
    pub eid: Option<Eid>,
    /// When the order was given.
    pub given_at: Timestamp,
    /// How long the answer may take, all in all.
    pub timeout: Duration,
}

/// What the platform answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It has the order, and will tell what became of it.
    Accepted,
    /// It is done.
    Confirmed,
    /// It will not be done.
    Refused(Refusal),
}

/// Why nothing was answered. It is shown to operators, so it names nobody.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlatformFault {
    /// It took too long.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// It cannot be reached, or says that it cannot answer now.
    #[error("{0}")]
    Unreachable(String),
    /// What it answers is no answer.
    #[error("the answer says nothing")]
    Unreadable,
}

/// Tells platforms.
pub trait Platform: Send + Sync + 'static {
    /// Tells a platform an order. It keeps the bounds of the instruction.
    fn instruct(
        &self,
        instruction: &Instruction,
    ) -> impl Future<Output = Result<Said, PlatformFault>> + Send;
}
