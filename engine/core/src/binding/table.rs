//! What may become of a binding: every transition there is.

use Act::{Activate, Expire, GiveUp, Hold, Release, Reprove, Resume, Revoke, Supersede, Suspend};
use Phase::{Active, Expired, Held, Pending, Revoked, Superseded, Suspended};
use thiserror::Error;

/// A state without its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Enrolled; something is still to be seen.
    Pending,
    /// In use.
    Active,
    /// In use with the card or a counter alone, until it is proved anew.
    Suspended,
    /// On hold.
    Held,
    /// Somebody ended it.
    Revoked,
    /// Time ended it.
    Expired,
    /// A newer binding took its place.
    Superseded,
}

/// What can be done to a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Act {
    /// Everything has been seen.
    Activate,
    /// Something broke.
    Suspend,
    /// SIM, handset and person were proved together again.
    Reprove,
    /// What had suspended it was taken back.
    Resume,
    /// It must not be used.
    Hold,
    /// The hold is over.
    Release,
    /// The enrolment is not finished.
    GiveUp,
    /// It is over.
    Revoke,
    /// Its certificate's time passed.
    Expire,
    /// A newer binding takes its place.
    Supersede,
}

/// One transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// From here,
    pub from: Phase,
    /// by this,
    pub act: Act,
    /// to there.
    pub to: Phase,
}

const fn step(from: Phase, act: Act, to: Phase) -> Transition {
    Transition { from, act, to }
}

/// Every transition that there is. Where an act leads to several states, what the binding was
/// before the hold says to which.
pub const TRANSITIONS: &[Transition] = &[
    step(Pending, Activate, Active),
    step(Pending, Hold, Held),
    step(Pending, GiveUp, Revoked),
    step(Pending, Revoke, Revoked),
    step(Pending, Expire, Expired),
    step(Active, Suspend, Suspended),
    step(Active, Reprove, Active),
    step(Active, Hold, Held),
    step(Active, Revoke, Revoked),
    step(Active, Expire, Expired),
    step(Active, Supersede, Superseded),
    step(Suspended, Suspend, Suspended),
    step(Suspended, Reprove, Active),
    step(Suspended, Resume, Active),
    step(Suspended, Hold, Held),
    step(Suspended, Revoke, Revoked),
    step(Suspended, Expire, Expired),
    step(Suspended, Supersede, Superseded),
    step(Held, Suspend, Held),
    step(Held, Reprove, Held),
    step(Held, Resume, Held),
    step(Held, Hold, Held),
    step(Held, Release, Pending),
    step(Held, Release, Active),
    step(Held, Release, Suspended),
    step(Held, Revoke, Revoked),
    step(Held, Expire, Expired),
    step(Held, Supersede, Superseded),
];

/// A change of state that must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// The binding is over.
    #[error("the binding has ended and cannot change")]
    Ended,
    /// It is not on hold.
    #[error("the binding is not on hold")]
    NotHeld,
    /// It is not pending.
    #[error("the binding is not pending")]
    NotPending,
    /// Something is still to be seen before this.
    #[error("the binding is not active yet")]
    NotActive,
    /// It is not suspended.
    #[error("the binding is not suspended")]
    NotSuspended,
    /// Its certificate is still valid.
    #[error("the binding's certificate has not expired")]
    NotExpired,
    /// A hold for a suspected clone does not pass: the key may be in two places.
    #[error("a binding held for a regressed signature counter can only be ended")]
    Cloned,
}

impl Refused {
    /// Why the act is none of the state's.
    pub(super) const fn of(from: Phase, act: Act) -> Self {
        match (from, act) {
            (Revoked | Expired | Superseded, _) => Self::Ended,
            (_, Activate | GiveUp) => Self::NotPending,
            (_, Release) => Self::NotHeld,
            (_, Resume) => Self::NotSuspended,
            _ => Self::NotActive,
        }
    }
}

impl Phase {
    /// All, in the order of a life.
    pub const ALL: [Self; 7] = [Pending, Active, Suspended, Held, Revoked, Expired, Superseded];

    /// Whether it is over.
    pub const fn is_end(self) -> bool {
        matches!(self, Revoked | Expired | Superseded)
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Pending => "pending",
            Active => "active",
            Suspended => "suspended",
            Held => "held",
            Revoked => "revoked",
            Expired => "expired",
            Superseded => "superseded",
        }
    }
}

impl Act {
    /// All, in the order of a life.
    pub const ALL: [Self; 10] =
        [Activate, Suspend, Reprove, Resume, Hold, Release, GiveUp, Revoke, Expire, Supersede];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Activate => "activate",
            Suspend => "suspend",
            Reprove => "reprove",
            Resume => "resume",
            Hold => "hold",
            Release => "release",
            GiveUp => "give up",
            Revoke => "revoke",
            Expire => "expire",
            Supersede => "supersede",
        }
    }
}
