use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use simbind_rules::facts::FeedHealth;
use std::time::Duration;

/// How far our clock may have been ahead when a feed was heard for that to count still.
const MOST_AHEAD: Duration = Duration::from_secs(300);

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
    /// Heard once more. A time that our clock was far ahead at gives way.
    pub fn hear(&mut self, at: Timestamp) {
        let credible = self.last_heard.filter(|last| *last <= at.plus(MOST_AHEAD));
        self.last_heard = credible.max(Some(at));
    }

    /// How long it has been silent; `None` where it was never heard, or at a time far ahead: a
    /// clock that was wrong must not make a silent feed healthy.
    pub fn silence(&self, now: Timestamp) -> Option<Duration> {
        let credible = self.last_heard.filter(|heard| *heard <= now.plus(MOST_AHEAD));
        credible.map(|heard| now.since(heard))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_far_ahead_does_not_keep_a_feed_healthy() {
        let hour = Duration::from_secs(3600);
        let terms = FeedTerms { lag: hour, max_silence: 2 * hour, horizon: hour };
        let now = Timestamp::from_secs(1_790_000_000);
        let mut feed = Feed::default();
        assert_eq!(feed.health(&terms, now), FeedHealth::Silent);
        feed.hear(now.plus(48 * hour));
        assert_eq!((feed.silence(now), feed.health(&terms, now)), (None, FeedHealth::Silent));
        feed.hear(now);
        assert_eq!(feed.health(&terms, now), FeedHealth::Healthy);
        feed.hear(now.minus(Duration::from_secs(10)));
        assert_eq!(feed.last_heard, Some(now), "a little disorder changes nothing");
        let at = |after: Duration| feed.health(&terms, now.plus(after));
        assert_eq!((at(hour), at(2 * hour)), (FeedHealth::Healthy, FeedHealth::Lagging));
        assert_eq!(at(2 * hour + Duration::from_millis(1)), FeedHealth::Silent);
    }
}
