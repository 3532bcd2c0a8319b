//! The applet on a binding's SIM, as the carrier's platform (SP-TSM) runs it: what it should be,
//! what the platform confirmed, and the one order that is open between the two.

mod order;
mod retry;

#[cfg(test)]
mod tests;

pub use order::{Action, Answer, LastAnswer, Order, OrderRef, Refusal, Stage};
pub use retry::Backoff;
pub use simbind_rules::facts::{AppletOrder, AppletState};

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use simbind_rules::facts::BindingState;

/// What the applet should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wish {
    /// Not there yet: it was never loaded for this binding.
    Nothing,
    /// On the SIM, and usable.
    Loaded,
    /// On the SIM, and locked.
    Locked,
    /// Gone for good.
    Deleted,
}

impl Wish {
    /// What a binding in this state asks for. One that is suspended keeps its applet: the check
    /// that brings the card is signed by it.
    pub const fn of(state: BindingState) -> Self {
        match state {
            BindingState::None => Self::Nothing,
            BindingState::Pending | BindingState::Active | BindingState::Suspended => Self::Loaded,
            BindingState::Held => Self::Locked,
            BindingState::Revoked | BindingState::Expired | BindingState::Superseded => {
                Self::Deleted
            }
        }
    }

    /// The order that leads from one wish to another.
    const fn action_after(self, before: Self) -> Option<Action> {
        match (before, self) {
            (_, Self::Nothing) => None,
            (Self::Locked, Self::Loaded) => Some(Action::Unlock),
            (_, Self::Loaded) => Some(Action::Load),
            (_, Self::Locked) => Some(Action::Lock),
            (_, Self::Deleted) => Some(Action::Delete),
        }
    }
}

/// What is known of the applet as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Stands {
    /// As this wish has it: it was seen so, or confirmed.
    As(Wish),
    /// An order may have been carried out, or not.
    InDoubt,
}

/// What the platform confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confirmed {
    /// Nothing yet.
    Never,
    /// This, at a time.
    Was {
        /// What.
        wish: Wish,
        /// When it was told.
        at: Timestamp,
    },
}

/// The applet of one binding. At most one order is open; a newer wish overtakes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applet {
    wish: Wish,
    stands: Stands,
    confirmed: Confirmed,
    open: Option<Order>,
    closed: Closed,
}

/// The order that was closed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Closed {
    None,
    Confirmed(OrderRef),
    Overtaken(OrderRef),
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It counts.
    Taken,
    /// It says what was known.
    Known,
    /// A newer order took the place of the one that it is about: it changes nothing.
    Overtaken,
    /// The order was confirmed before, and that stands.
    Settled,
}

impl Applet {
    /// The applet of a SIM on which it was seen at work.
    pub const fn seen() -> Self {
        Self::starting(Wish::Loaded)
    }

    /// The applet of a SIM that has none yet.
    pub const fn absent() -> Self {
        Self::starting(Wish::Nothing)
    }

    const fn starting(wish: Wish) -> Self {
        Self {
            wish,
            stands: Stands::As(wish),
            confirmed: Confirmed::Never,
            open: None,
            closed: Closed::None,
        }
    }

    /// What it should be.
    pub const fn wish(&self) -> Wish {
        self.wish
    }

    /// What the platform confirmed last.
    pub const fn confirmed(&self) -> Confirmed {
        self.confirmed
    }

    /// The order that the platform has not confirmed, a refused one too.
    pub const fn open(&self) -> Option<&Order> {
        self.open.as_ref()
    }

    /// With another wish: the order that follows takes the place of the open one. Of an order that
    /// was never tried nothing is left, so a hold that is lifted at once orders nothing. `id` is
    /// that of the order, where one follows. Once a delete may have been sent, nothing follows it.
    #[must_use]
    pub fn wishing(self, wish: Wish, id: OrderRef, now: Timestamp) -> Self {
        let deleted = self.wish == Wish::Deleted && self.stands != Stands::As(wish);
        if self.wish == wish || deleted {
            return self;
        }
        let overtaken = self.open.map_or(self.closed, |open| Closed::Overtaken(open.id));
        let settled = self.stands == Stands::As(wish);
        let action = wish.action_after(self.wish).filter(|_| !settled);
        let open = action.map(|action| Order::new(id, action, now));
        Self { wish, open, closed: overtaken, ..self }
    }

    /// The open order is about to be sent; if nothing is heard, it is due again at `next`.
    #[must_use]
    pub fn sending(self, id: OrderRef, next: Timestamp) -> Self {
        let Some(open) = self.open.filter(|open| open.id == id) else { return self };
        Self { open: Some(open.sent(next)), stands: Stands::InDoubt, ..self }
    }

    /// What an answer about an order would come to.
    pub fn taking(&self, id: OrderRef, answer: Answer) -> Taken {
        match (self.open, self.closed) {
            (Some(open), _) if open.id == id => open.taking(answer),
            (_, Closed::Confirmed(closed)) if closed == id => match answer {
                Answer::Confirmed => Taken::Known,
                Answer::Accepted { .. } | Answer::Refused(_) | Answer::Needless => Taken::Settled,
            },
            _ => Taken::Overtaken,
        }
    }

    /// With an answer about an order. One about another order than the open one changes nothing.
    #[must_use]
    pub fn answered(self, id: OrderRef, answer: Answer, at: Timestamp) -> Self {
        let Some(open) = self.open.filter(|open| open.id == id) else { return self };
        if open.taking(answer) != Taken::Taken {
            return self;
        }
        match answer {
            Answer::Confirmed => Self {
                stands: Stands::As(self.wish),
                confirmed: Confirmed::Was { wish: self.wish, at },
                open: None,
                closed: Closed::Confirmed(id),
                ..self
            },
            Answer::Needless => Self { open: None, closed: Closed::Overtaken(id), ..self },
            Answer::Accepted { again } => Self { open: Some(open.accepted(again, at)), ..self },
            Answer::Refused(why) => Self { open: Some(open.refused(why, at)), ..self },
        }
    }

    /// The facts that rules read: the open order with its age, and what was confirmed last.
    pub fn facts(
        &self,
        now: Timestamp,
    ) -> (Option<(AppletOrder, std::time::Duration)>, Option<AppletState>) {
        let open = self.open.map(|open| (open.action.fact(), now.since(open.since)));
        let state = match self.confirmed {
            Confirmed::Never | Confirmed::Was { wish: Wish::Nothing, .. } => None,
            Confirmed::Was { wish: Wish::Loaded, .. } => Some(AppletState::Loaded),
            Confirmed::Was { wish: Wish::Locked, .. } => Some(AppletState::Locked),
            Confirmed::Was { wish: Wish::Deleted, .. } => Some(AppletState::Deleted),
        };
        (open, state)
    }
}
