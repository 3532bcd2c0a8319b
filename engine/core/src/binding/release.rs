//! How a hold is lifted: at once, or after loss and theft with a cool-down and perhaps two callers.

use super::{Act, Binding, LifecycleReason, Refused, Source, State};
use crate::{ids::CallerId, time::Timestamp};
use serde::{Deserialize, Serialize};
use simbind_rules::{LifeTerms, Persons};
use thiserror::Error;

/// A release that was asked for and waits for a second caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Who asked.
    pub by: CallerId,
    /// When.
    pub at: Timestamp,
}

/// Why a hold is not lifted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotReleased {
    /// The state does not allow it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// It was held for loss or theft too short a time ago.
    #[error("a hold for loss or theft cannot be lifted yet")]
    TooEarly {
        /// From when on it can be.
        from: Timestamp,
    },
    /// A release takes two callers, and none asked for it.
    #[error("nobody has asked for this release; it takes two callers")]
    NotAsked,
    /// The one who asked cannot confirm.
    #[error("the caller that asked for the release cannot confirm it; another one has to")]
    SameCaller,
}

impl Binding {
    /// From when on its hold can be lifted; `None` where it is not held, or held for good.
    pub fn releasable_from(&self, terms: &LifeTerms) -> Option<Timestamp> {
        let State::Held { why, .. } = self.state else { return None };
        let since = self.held.as_ref()?.since;
        match why {
            LifecycleReason::CounterRegressed => None,
            why if why.is_loss() => Some(since.plus(terms.release_cooldown)),
            _ => Some(since),
        }
    }

    /// Lifts a hold, or asks for it where two callers have to. The same once more changes nothing.
    ///
    /// # Errors
    /// Where no hold was there to be lifted, the cool-down runs, or the key may be cloned.
    pub fn release(
        &mut self,
        by: &CallerId,
        terms: &LifeTerms,
        now: Timestamp,
    ) -> Result<(), NotReleased> {
        match self.state_at(now) {
            State::Held { why, .. } if why.is_loss() => {
                self.cooled(terms, now)?;
                if terms.release_persons == Persons::One {
                    return Ok(self.lift(by, now)?);
                }
                if let Some(hold) = &mut self.held {
                    hold.release_asked.get_or_insert_with(|| Asked { by: by.clone(), at: now });
                }
                Ok(())
            }
            State::Pending | State::Active | State::Suspended { .. }
                if self.released_at.is_some() =>
            {
                Ok(())
            }
            _ => Ok(self.lift(by, now)?),
        }
    }

    /// Lifts a hold for loss or theft whose release another caller asked for. The same once more
    /// changes nothing.
    ///
    /// # Errors
    /// Where nobody asked, the same caller did, the cool-down runs, or there is no such hold.
    pub fn confirm_release(
        &mut self,
        by: &CallerId,
        terms: &LifeTerms,
        now: Timestamp,
    ) -> Result<(), NotReleased> {
        let state = self.state_at(now);
        if matches!(state, State::Pending | State::Active | State::Suspended { .. })
            && self.released_at.is_some()
        {
            return Ok(());
        }
        let State::Held { .. } = state else {
            return Err(Refused::of(state.phase(), Act::Release).into());
        };
        let asked = self.held.as_ref().and_then(|hold| hold.release_asked.as_ref());
        match asked {
            None => return Err(NotReleased::NotAsked),
            Some(asked) if asked.by == *by => return Err(NotReleased::SameCaller),
            Some(_) => self.cooled(terms, now)?,
        }
        Ok(self.lift(by, now)?)
    }

    fn cooled(&self, terms: &LifeTerms, now: Timestamp) -> Result<(), NotReleased> {
        match self.releasable_from(terms) {
            Some(from) if now < from => Err(NotReleased::TooEarly { from }),
            _ => Ok(()),
        }
    }

    fn lift(&mut self, by: &CallerId, now: Timestamp) -> Result<(), Refused> {
        let source = Source::Caller(by.clone());
        self.apply(Act::Release, LifecycleReason::Found, &source, now)
    }
}
