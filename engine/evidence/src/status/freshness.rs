use super::StatusError;
use simbind_core::time::Timestamp;
use std::time::Duration;

/// Whether an answer still holds at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// The next answer is not due yet.
    Current,
    /// The next answer is due, for this long.
    Overdue(Duration),
}

/// What an answer's times are measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusRules {
    clock_skew: Duration,
    age_without_next_update: Duration,
}

impl Default for StatusRules {
    /// Clocks five minutes apart; one hour for an answer that does not say when the next one comes.
    fn default() -> Self {
        Self {
            clock_skew: Duration::from_secs(300),
            age_without_next_update: Duration::from_secs(3600),
        }
    }
}

impl StatusRules {
    /// The most that clocks may be taken to differ: one hour.
    pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(3600);

    /// How far the issuer's clock may go before ours; at most [`Self::MAX_CLOCK_SKEW`]. It only
    /// lets answers in that were made a little later than now, and never lengthens one's life.
    #[must_use]
    pub fn with_clock_skew(self, skew: Duration) -> Self {
        Self { clock_skew: skew.min(Self::MAX_CLOCK_SKEW), ..self }
    }

    /// How long an OCSP answer without nextUpdate counts from its thisUpdate. Such a responder says
    /// that newer words are there at all times (RFC 6960 section 4.2.2.1), so an old one says
    /// little; without a bound it would hold for ever.
    #[must_use]
    pub fn with_age_without_next_update(self, age: Duration) -> Self {
        Self { age_without_next_update: age, ..self }
    }

    /// Until when an answer counts.
    pub(super) fn valid_until(self, this: Timestamp, next: Option<Timestamp>) -> Timestamp {
        next.unwrap_or_else(|| this.plus(self.age_without_next_update))
    }

    /// An answer's own times, and that it is not from the future.
    pub(super) fn check_times(
        self,
        this: Timestamp,
        next: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<(), StatusError> {
        if next.is_some_and(|next| next < this) {
            return Err(StatusError::Backwards);
        }
        if this > at.plus(self.clock_skew) { Err(StatusError::NotYetValid) } else { Ok(()) }
    }
}

impl Freshness {
    /// Of what counts up to and with a time.
    pub(super) fn of(until: Timestamp, at: Timestamp) -> Self {
        if at > until { Self::Overdue(at.since(until)) } else { Self::Current }
    }

    pub(super) fn strict(self) -> Result<(), StatusError> {
        match self {
            Self::Current => Ok(()),
            Self::Overdue(by) => Err(StatusError::Stale { by }),
        }
    }
}
