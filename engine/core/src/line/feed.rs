use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use simbind_rules::facts::FeedHealth;
use std::time::Duration;

/// What configuration says of a carrier's feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedTerms {
    /// Heard within this, the feed is healthy.
    pub lag: Duration,
    /// Not heard for longer than this, the feed is silent.
    pub max_silence: Duration,
    /// How far back the carrier can see.
    pub horizon: Duration,
}

/// When a feed was heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// The last time that anything came.
    pub last_heard: Option<Timestamp>,
    /// How far back the carrier says that it can see, in days; 0 where it has not said.
    pub horizon_days: u32,
}

impl Feed {
    /// Heard once more.
    pub fn hear(&mut self, at: Timestamp) {
        self.last_heard = self.last_heard.max(Some(at));
    }

    /// How long it has been silent; `None` where it was never heard.
    pub fn silence(&self, now: Timestamp) -> Option<Duration> {
        self.last_heard.map(|heard| now.since(heard))
    }

    /// How it stands.
    pub fn health(&self, terms: &FeedTerms, now: Timestamp) -> FeedHealth {
        match self.silence(now) {
            None => FeedHealth::Silent,
            Some(silence) if silence <= terms.lag => FeedHealth::Healthy,
            Some(silence) if silence <= terms.max_silence => FeedHealth::Lagging,
            Some(_) => FeedHealth::Silent,
        }
    }

    /// How far back it can see.
    pub fn horizon(&self, terms: &FeedTerms) -> Duration {
        match self.horizon_days {
            0 => terms.horizon,
            days => Duration::from_secs(u64::from(days) * 86_400),
        }
    }
}
