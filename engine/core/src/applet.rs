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
use std::time::Duration;

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

    /// The order that leads from one wish to another. `there` is whether the applet is on the SIM.
    const fn action_after(self, before: Self, there: There) -> Option<Action> {
        match (before, self) {
            (_, Self::Nothing) => None,
            (Self::Locked, Self::Loaded) if matches!(there, There::Yes) => Some(Action::Unlock),
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

/// What became of the key that this binding's certificate is for. A delete takes it, and loading the
/// applet again brings none back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Key {
    /// It is where it was.
    There,
    /// A delete may have been sent, and may have been carried out.
    InDoubt {
        /// When the delete was ordered.
        since: Timestamp,
    },
    /// It was deleted.
    Gone,
}

/// Whether the applet is on the SIM, as far as is known.
#[derive(Clone, Copy)]
enum There {
    Yes,
    Perhaps,
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
    key: Key,
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
            key: Key::There,
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
    /// that of the order, where one follows. Where an end is taken back whose delete may have been
    /// sent, the applet is loaded again, and what was known of its key stays.
    #[must_use]
    pub fn wishing(self, wish: Wish, id: OrderRef, now: Timestamp) -> Self {
        if self.wish == wish {
            return self;
        }
        let overtaken = self.open.map_or(self.closed, |open| Closed::Overtaken(open.id));
        let settled = self.stands == Stands::As(wish);
        let action = wish.action_after(self.wish, self.there()).filter(|_| !settled);
        let open = action.map(|action| Order::new(id, action, now));
        Self { wish, open, closed: overtaken, ..self }
    }

    /// The person was seen with the SIM at a time, and means to go on with it: what may have been
    /// deleted before was not. What is known to be deleted is.
    #[must_use]
    pub fn proved(self, at: Timestamp) -> Self {
        match self.key {
            Key::InDoubt { since } if at > since => Self { key: Key::There, ..self },
            Key::There | Key::InDoubt { .. } | Key::Gone => self,
        }
    }

    /// Another key was written into the applet: what became of the one before concerns nobody.
    #[must_use]
    pub fn with_new_key(self) -> Self {
        let deleted = matches!(self.confirmed, Confirmed::Was { wish: Wish::Deleted, .. });
        let confirmed = if deleted { Confirmed::Never } else { self.confirmed };
        Self { key: Key::There, confirmed, ..self }
    }

    /// What is left of it for a binding whose SIM serves a successor from now on.
    #[must_use]
    pub const fn handed_over(self) -> Self {
        Self { key: self.key, ..Self::seen() }
    }

    const fn there(&self) -> There {
        match (self.key, self.confirmed) {
            (Key::There, _) => There::Yes,
            // It was loaded again, and may have been locked since.
            (Key::Gone, Confirmed::Was { wish: Wish::Loaded | Wish::Locked, .. }) => There::Yes,
            (Key::InDoubt { since }, Confirmed::Was { wish: Wish::Loaded | Wish::Locked, at })
                if at.as_millis() > since.as_millis() =>
            {
                There::Yes
            }
            (Key::InDoubt { .. } | Key::Gone, _) => There::Perhaps,
        }
    }

    /// The open order is about to be sent; if nothing is heard, it is due again at `next`.
    #[must_use]
    pub fn sending(self, id: OrderRef, next: Timestamp) -> Self {
        let Some(open) = self.open.filter(|open| open.id == id) else { return self };
        let key = match (open.action, self.key) {
            (Action::Delete, Key::There) => Key::InDoubt { since: open.since },
            (_, key) => key,
        };
        Self { open: Some(open.sent(next)), stands: Stands::InDoubt, key, ..self }
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
                key: if open.action == Action::Delete { Key::Gone } else { self.key },
                stands: Stands::As(self.wish),
                confirmed: Confirmed::Was { wish: self.wish, at },
                open: None,
                closed: Closed::Confirmed(id),
                ..self
            },
            Answer::Needless => Self { open: None, closed: Closed::Overtaken(id), ..self },
            Answer::Accepted { again } => Self { open: Some(open.accepted(again, at)), ..self },
            Answer::Refused(why) => {
                let undone = open.action == Action::Delete && why != Refusal::NoApplet;
                let key = match self.key {
                    Key::InDoubt { .. } if undone => Key::There,
                    key => key,
                };
                Self { open: Some(open.refused(why, at)), key, ..self }
            }
        }
    }

    /// The facts that rules read: the open order with its age, and what was confirmed last. A delete
    /// that may have been carried out counts as open although another order followed it, and of an
    /// applet whose key is gone, one that was loaded again without it counts as deleted.
    pub fn facts(&self, now: Timestamp) -> (Option<(AppletOrder, Duration)>, Option<AppletState>) {
        let open = match (self.key, self.open) {
            (Key::InDoubt { since }, _) => Some((AppletOrder::Delete, now.since(since))),
            (_, open) => open.map(|open| (open.action.fact(), now.since(open.since))),
        };
        let state = match (self.key, self.confirmed) {
            (Key::Gone, _) | (_, Confirmed::Was { wish: Wish::Deleted, .. }) => {
                Some(AppletState::Deleted)
            }
            (_, Confirmed::Never | Confirmed::Was { wish: Wish::Nothing, .. }) => None,
            (_, Confirmed::Was { wish: Wish::Loaded, .. }) => Some(AppletState::Loaded),
            (_, Confirmed::Was { wish: Wish::Locked, .. }) => Some(AppletState::Locked),
        };
        (open, state)
    }
}
