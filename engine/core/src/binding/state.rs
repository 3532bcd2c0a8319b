use super::table::{Act, Phase, Refused, TRANSITIONS};
use serde::{Deserialize, Serialize};
use simbind_rules::facts::BindingState;

/// Where a binding stands in its life. An ended binding stays ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Enrolled; something is still to be seen.
    Pending,
    /// In use.
    Active,
    /// Something broke: every check asks for the card or a counter until it is proved anew.
    Suspended {
        /// What broke.
        why: LifecycleReason,
    },
    /// On hold, and why.
    Held {
        /// Why.
        why: LifecycleReason,
        /// What a release gives back.
        before: Before,
    },
    /// Over.
    Ended {
        /// How it ended.
        end: End,
        /// Why.
        why: LifecycleReason,
    },
}

/// What a held binding was, and is again after the hold. A suspension that comes while it is held
/// is kept here, so that a hold and its release never undo one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Before {
    /// Something was still to be seen.
    Pending,
    /// In use.
    Active,
    /// Suspended.
    Suspended {
        /// What broke.
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
    /// The carrier gave out another SIM for the line.
    SimReissued,
    /// The eSIM moved to another handset.
    EsimMoved,
    /// The number left for another carrier.
    PortedOut,
    /// The contract went to another person.
    LineTransferred,
    /// The contract was inherited.
    LineInherited,
    /// The handset or the SIM was thrown away or given away.
    Disposed,
    /// A newer certificate took its place.
    Renewed,
    /// A newer handset took its place.
    ModelChanged,
    /// Another SIM took its place.
    SimChanged,
    /// The ICCID or the number was given to somebody else.
    Recycled,
    /// The enrolment was given up.
    GivenUp,
}

impl LifecycleReason {
    /// How much a hold for it weighs. A weightier one takes the place of another.
    const fn weight(self) -> u8 {
        match self {
            Self::CounterRegressed => 3,
            Self::Stolen => 2,
            Self::Lost => 1,
            _ => 0,
        }
    }

    /// Whether somebody else may have the phone.
    pub const fn is_loss(self) -> bool {
        matches!(self, Self::Lost | Self::Stolen)
    }
}

impl State {
    /// In use, and on hold.
    pub const fn held(why: LifecycleReason) -> Self {
        Self::Held { why, before: Before::Active }
    }

    /// The state without what belongs to it.
    pub const fn phase(self) -> Phase {
        match self {
            Self::Pending => Phase::Pending,
            Self::Active => Phase::Active,
            Self::Suspended { .. } => Phase::Suspended,
            Self::Held { .. } => Phase::Held,
            Self::Ended { end: End::Revoked, .. } => Phase::Revoked,
            Self::Ended { end: End::Expired, .. } => Phase::Expired,
            Self::Ended { end: End::Superseded, .. } => Phase::Superseded,
        }
    }

    /// Whether it is suspended, or will be when its hold is lifted.
    pub const fn is_suspended(self) -> bool {
        matches!(self, Self::Suspended { .. } | Self::Held { before: Before::Suspended { .. }, .. })
    }

    /// The state after the act, as [`TRANSITIONS`] has it. `why` counts where the new state has a
    /// reason. A hold of what is held keeps the weightier reason, so that the same hold again, or a
    /// second caller's, changes nothing; a suspension keeps its first reason.
    ///
    /// # Errors
    /// Where the table has no such transition, and for the release of a suspected clone.
    pub fn apply(self, act: Act, why: LifecycleReason) -> Result<Self, Refused> {
        let to = self.after(act, why).ok_or_else(|| Refused::of(self.phase(), act))?;
        let possible = TRANSITIONS.iter().any(|transition| {
            (transition.from, transition.act, transition.to) == (self.phase(), act, to.phase())
        });
        match self {
            _ if !possible => Err(Refused::of(self.phase(), act)),
            Self::Held { why: LifecycleReason::CounterRegressed, .. } if act == Act::Release => {
                Err(Refused::Cloned)
            }
            _ => Ok(to),
        }
    }

    /// What the act would make of it, whether or not it may.
    const fn after(self, act: Act, why: LifecycleReason) -> Option<Self> {
        match (act, self) {
            (Act::Release, Self::Held { before, .. }) => Some(before.state()),
            (Act::Release, _) => None,
            (Act::Hold, Self::Held { why: known, .. }) if why.weight() <= known.weight() => {
                Some(self)
            }
            (Act::Hold, Self::Held { before, .. }) => Some(Self::Held { why, before }),
            (Act::Hold, Self::Pending) => Some(Self::Held { why, before: Before::Pending }),
            (Act::Hold, Self::Suspended { why: broke }) => {
                Some(Self::Held { why, before: Before::Suspended { why: broke } })
            }
            (Act::Hold, _) => Some(Self::held(why)),
            (Act::Suspend, Self::Held { why: held, before: Before::Active }) => {
                Some(Self::Held { why: held, before: Before::Suspended { why } })
            }
            (Act::Suspend, Self::Held { .. } | Self::Suspended { .. }) => Some(self),
            (Act::Suspend, _) => Some(Self::Suspended { why }),
            (
                Act::Reprove | Act::Resume,
                Self::Held { why: held, before: Before::Suspended { .. } },
            ) => Some(Self::held(held)),
            (Act::Reprove | Act::Resume, Self::Held { .. }) => Some(self),
            (Act::Activate | Act::Reprove | Act::Resume, _) => Some(Self::Active),
            (Act::GiveUp | Act::Revoke, _) => Some(Self::Ended { end: End::Revoked, why }),
            (Act::Expire, _) => Some(Self::Ended { end: End::Expired, why }),
            (Act::Supersede, _) => Some(Self::Ended { end: End::Superseded, why }),
        }
    }

    /// The fact that rules read.
    pub const fn fact(self) -> BindingState {
        match self {
            Self::Pending => BindingState::Pending,
            Self::Active => BindingState::Active,
            Self::Suspended { .. } => BindingState::Suspended,
            Self::Held { .. } => BindingState::Held,
            Self::Ended { end: End::Revoked, .. } => BindingState::Revoked,
            Self::Ended { end: End::Expired, .. } => BindingState::Expired,
            Self::Ended { end: End::Superseded, .. } => BindingState::Superseded,
        }
    }
}

impl Before {
    const fn state(self) -> State {
        match self {
            Self::Pending => State::Pending,
            Self::Active => State::Active,
            Self::Suspended { why } => State::Suspended { why },
        }
    }
}
