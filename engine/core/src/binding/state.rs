use serde::{Deserialize, Serialize};
use simbind_rules::facts::BindingState;
use thiserror::Error;

/// Where a binding stands in its life. An ended binding stays ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Enrolled; something is still to be seen.
    Pending,
    /// In use.
    Active,
    /// On hold, and why.
    Held {
        /// Why.
        why: LifecycleReason,
    },
    /// Over.
    Ended {
        /// How it ended.
        end: End,
        /// Why.
        why: LifecycleReason,
    },
}

/// How a binding ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// Somebody ended it.
    Revoked,
    /// Its certificate's time passed.
    Expired,
    /// A newer binding took its place.
    Superseded,
}

/// Why a binding's state changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LifecycleReason {
    /// The owner asked.
    Owner,
    /// Reported lost.
    Lost,
    /// Reported stolen.
    Stolen,
    /// Found again.
    Found,
    /// The certificate's issuer said so.
    Issuer,
    /// The applet's signature counter went back.
    CounterRegressed,
    /// The line ended.
    LineEnded,
    /// A clerk's correction.
    Clerical,
    /// Time passed.
    Time,
}

/// A change of state that must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// The binding is over.
    #[error("the binding has ended and cannot change")]
    Ended,
    /// It is not on hold.
    #[error("the binding is not on hold")]
    NotHeld,
    /// It is on hold already.
    #[error("the binding is on hold already")]
    AlreadyHeld,
    /// It is not pending.
    #[error("the binding is not pending")]
    NotPending,
    /// A hold for a suspected clone does not pass: the key may be in two places.
    #[error("a binding held for a regressed signature counter can only be ended")]
    Cloned,
}

impl State {
    /// Everything has been seen.
    ///
    /// # Errors
    /// Unless it is pending.
    pub fn activate(self) -> Result<Self, Refused> {
        match self {
            Self::Pending => Ok(Self::Active),
            Self::Ended { .. } => Err(Refused::Ended),
            Self::Active | Self::Held { .. } => Err(Refused::NotPending),
        }
    }

    /// On hold.
    ///
    /// # Errors
    /// Where it has ended or is held already. A suspected clone may replace another hold.
    pub fn hold(self, why: LifecycleReason) -> Result<Self, Refused> {
        match (self, why) {
            (Self::Ended { .. }, _) => Err(Refused::Ended),
            (Self::Held { why: LifecycleReason::CounterRegressed }, _) => Err(Refused::AlreadyHeld),
            (Self::Held { .. }, LifecycleReason::CounterRegressed)
            | (Self::Pending | Self::Active, _) => Ok(Self::Held { why }),
            (Self::Held { .. }, _) => Err(Refused::AlreadyHeld),
        }
    }

    /// In use again.
    ///
    /// # Errors
    /// Unless it is held for a reason that can pass.
    pub fn release(self) -> Result<Self, Refused> {
        match self {
            Self::Held { why: LifecycleReason::CounterRegressed } => Err(Refused::Cloned),
            Self::Held { .. } => Ok(Self::Active),
            Self::Ended { .. } => Err(Refused::Ended),
            Self::Pending | Self::Active => Err(Refused::NotHeld),
        }
    }

    /// Over.
    ///
    /// # Errors
    /// Where it is over already.
    pub fn end(self, end: End, why: LifecycleReason) -> Result<Self, Refused> {
        match self {
            Self::Ended { .. } => Err(Refused::Ended),
            _ => Ok(Self::Ended { end, why }),
        }
    }

    /// The fact that rules read.
    pub const fn fact(self) -> BindingState {
        match self {
            Self::Pending => BindingState::Pending,
            Self::Active => BindingState::Active,
            Self::Held { .. } => BindingState::Held,
            Self::Ended { end: End::Revoked, .. } => BindingState::Revoked,
            Self::Ended { end: End::Expired, .. } => BindingState::Expired,
            Self::Ended { end: End::Superseded, .. } => BindingState::Superseded,
        }
    }
}
