use super::{AppletOrder, Taken};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// An order within its binding: the position of the entry that gave it, so that a later order has a
/// larger one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OrderRef(pub u64);

/// What the platform is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// To load the applet.
    Load,
    /// To lock it: it signs nothing any more.
    Lock,
    /// To unlock it.
    Unlock,
    /// To delete it with its key.
    Delete,
}

impl Action {
    /// The fact that rules read.
    pub const fn fact(self) -> AppletOrder {
        match self {
            Self::Load => AppletOrder::Load,
            Self::Lock => AppletOrder::Lock,
            Self::Unlock => AppletOrder::Unlock,
            Self::Delete => AppletOrder::Delete,
        }
    }
}

/// Why a platform refuses an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// It knows no such SIM.
    UnknownSim,
    /// The SIM cannot do it.
    Unsupported,
    /// It may not.
    NotPermitted,
    /// There is no applet of ours on the SIM.
    NoApplet,
    /// For another reason.
    Other,
}

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// To be sent.
    Due,
    /// Sent, and nothing was heard.
    Sent,
    /// The platform has it, and will tell.
    Accepted,
    /// The platform will not do it. It is not sent again, and stays open.
    Refused(Refusal),
}

/// What was heard of an order last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LastAnswer {
    /// Nothing.
    None,
    /// Something, at a time.
    At(Timestamp),
}

/// What a platform says of an order, or we find ourselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// It has it; if nothing more is heard, it is asked again at a time.
    Accepted {
        /// When.
        again: Timestamp,
    },
    /// It is done.
    Confirmed,
    /// It will not be done.
    Refused(Refusal),
    /// The order is not needed any more: the SIM serves another binding, or the person was erased.
    Needless,
}

/// An order that was not confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its id within the binding.
    pub id: OrderRef,
    /// What is to be done.
    pub action: Action,
    /// When it was given.
    pub since: Timestamp,
    /// How far it is.
    pub stage: Stage,
    /// How often it was sent.
    pub tries: u32,
    /// What was heard last.
    pub last: LastAnswer,
    next: Timestamp,
}

impl Order {
    pub(super) const fn new(id: OrderRef, action: Action, now: Timestamp) -> Self {
        let last = LastAnswer::None;
        Self { id, action, since: now, stage: Stage::Due, tries: 0, last, next: now }
    }

    /// When it is to be sent; `None` for one that was refused.
    pub const fn due(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::Due | Stage::Sent | Stage::Accepted => Some(self.next),
            Stage::Refused(_) => None,
        }
    }

    pub(super) fn sent(self, next: Timestamp) -> Self {
        // One that the platform has stays accepted: asking again takes nothing back.
        let stage = match self.stage {
            Stage::Due | Stage::Sent => Stage::Sent,
            other => other,
        };
        Self { stage, tries: self.tries.saturating_add(1), next, ..self }
    }

    pub(super) fn accepted(self, again: Timestamp, at: Timestamp) -> Self {
        Self { stage: Stage::Accepted, next: again, last: LastAnswer::At(at), ..self }
    }

    pub(super) fn refused(self, why: Refusal, at: Timestamp) -> Self {
        Self { stage: Stage::Refused(why), last: LastAnswer::At(at), ..self }
    }

    /// What an answer about this order comes to. A refusal is final but for a confirmation.
    pub(super) fn taking(&self, answer: Answer) -> Taken {
        match (self.stage, answer) {
            (Stage::Refused(_), Answer::Accepted { .. }) => Taken::Settled,
            (Stage::Refused(why), Answer::Refused(same)) if why == same => Taken::Known,
            (Stage::Accepted, Answer::Accepted { again }) if again <= self.next => Taken::Known,
            _ => Taken::Taken,
        }
    }
}
