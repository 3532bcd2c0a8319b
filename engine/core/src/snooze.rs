//! Snoozes: a rule held down to its floor for one binding, for a time, for a reason.

#[cfg(test)]
mod tests;

use crate::{
    ids::{CallerId, DecisionId, SnoozeId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{str::FromStr, sync::Arc, time::Duration};
use thiserror::Error;

/// A rule by its name, `pack/rule`: at most 256 printable ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RuleName(Arc<str>);

/// A text that names no rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("is no name of a rule like `pack/rule`")]
pub struct RuleNameError;

impl RuleName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RuleName {
    type Err = RuleNameError;

    fn from_str(text: &str) -> Result<Self, RuleNameError> {
        let printable = text.len() <= 256 && text.bytes().all(|b| b.is_ascii_graphic());
        match text.split_once('/') {
            Some((pack, rule))
                if printable && !pack.is_empty() && !rule.is_empty() && !rule.contains('/') =>
            {
                Ok(Self(text.into()))
            }
            _ => Err(RuleNameError),
        }
    }
}

impl TryFrom<String> for RuleName {
    type Error = RuleNameError;

    fn try_from(text: String) -> Result<Self, RuleNameError> {
        text.parse()
    }
}

impl From<RuleName> for String {
    fn from(name: RuleName) -> Self {
        name.0.as_ref().to_owned()
    }
}

/// A snooze. `W` is its reason, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze<W> {
    /// Its id.
    pub id: SnoozeId,
    /// The rule.
    pub rule: RuleName,
    /// SHA-256 of its condition: another condition under the same name inherits no snooze.
    pub condition: [u8; 32],
    /// From when.
    pub from: Timestamp,
    /// Until when, that moment not included: at most [`Snoozes::LONGEST`] after `from`, earlier
    /// where it was ended before.
    pub until: Timestamp,
    /// The decision that led to it.
    pub decision: DecisionId,
    /// Who set it.
    pub by: CallerId,
    /// Why.
    pub why: W,
}

impl<W> Snooze<W> {
    /// Whether the rule is held down at a moment.
    pub fn is_open(&self, at: Timestamp) -> bool {
        at < self.until
    }
}

/// Why a snooze is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SnoozeRefused {
    /// It would have ended.
    #[error("the snooze would end before it begins")]
    Past,
    /// It would be too long.
    #[error("a snooze lasts at most 30 days")]
    Long,
    /// The rule is snoozed already.
    #[error("the rule is snoozed for this binding already")]
    Snoozed,
    /// Too many rules are.
    #[error("16 rules are snoozed for this binding; at most so many can be")]
    Many,
    /// The decision led to one before.
    #[error("this decision led to a snooze of the rule before; name a newer one")]
    Reused,
    /// There is no such snooze, or it is over.
    #[error("there is no such open snooze")]
    NotOpen,
}

/// The snoozes of one binding: the open ones, and the newest of those that are over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snoozes<W>(Vec<Snooze<W>>);

impl<W> Default for Snoozes<W> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<W: Clone> Snoozes<W> {
    /// The most that are open.
    pub const MOST_OPEN: usize = 16;
    /// The most that are over and still listed.
    pub const MOST_OVER: usize = 16;
    /// The longest.
    pub const LONGEST: Duration = Duration::from_secs(30 * 86_400);
    /// How old the decision may be that leads to one.
    pub const OLDEST_DECISION: Duration = Duration::from_secs(7 * 86_400);

    /// The rules that are held down at a moment.
    pub fn open(&self, at: Timestamp) -> impl Iterator<Item = &Snooze<W>> {
        self.0.iter().filter(move |snooze| snooze.is_open(at))
    }

    /// All that are known, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = &Snooze<W>> {
        self.0.iter().rev()
    }

    /// Whether one more may be set.
    ///
    /// # Errors
    /// Why it may not.
    pub fn permit(&self, snooze: &Snooze<W>) -> Result<(), SnoozeRefused> {
        if !snooze.is_open(snooze.from) {
            return Err(SnoozeRefused::Past);
        }
        if snooze.until > snooze.from.plus(Self::LONGEST) {
            return Err(SnoozeRefused::Long);
        }
        if self.open(snooze.from).any(|open| open.rule == snooze.rule) {
            return Err(SnoozeRefused::Snoozed);
        }
        let led_before =
            |known: &&Snooze<W>| known.rule == snooze.rule && known.decision == snooze.decision;
        if self.0.iter().any(|known| led_before(&known)) {
            return Err(SnoozeRefused::Reused);
        }
        if self.open(snooze.from).count() >= Self::MOST_OPEN {
            return Err(SnoozeRefused::Many);
        }
        Ok(())
    }

    /// With one more. Of those that are over by then, the oldest are forgotten.
    #[must_use]
    pub fn with(&self, snooze: Snooze<W>) -> Self {
        let at = snooze.from;
        let over = self.0.iter().filter(|known| !known.is_open(at)).count();
        let mut forgotten = over.saturating_sub(Self::MOST_OVER);
        let mut kept = self.0.clone();
        kept.retain(|known| {
            let forget = forgotten > 0 && !known.is_open(at);
            forgotten = forgotten.saturating_sub(usize::from(forget));
            !forget
        });
        kept.push(snooze);
        Self(kept)
    }

    /// Whether one may be ended now.
    ///
    /// # Errors
    /// Where there is none of that id that is open.
    pub fn permit_end(&self, id: SnoozeId, at: Timestamp) -> Result<(), SnoozeRefused> {
        let found = self.open(at).any(|snooze| snooze.id == id);
        if found { Ok(()) } else { Err(SnoozeRefused::NotOpen) }
    }

    /// With one ended.
    #[must_use]
    pub fn without(&self, id: SnoozeId, at: Timestamp) -> Self {
        let mut left = self.clone();
        let ended = left.0.iter_mut().filter(|snooze| snooze.id == id);
        ended.for_each(|snooze| snooze.until = snooze.until.min(at));
        left
    }
}
