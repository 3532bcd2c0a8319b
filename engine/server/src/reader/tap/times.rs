use crate::reader::{Card, Step};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Where the time of a tap went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// From the card to the verdict.
    pub total: Duration,
    /// Waiting for the card, by what it was asked.
    pub card: BTreeMap<Step, Duration>,
    /// Waiting for the PIN to be entered.
    pub person: Duration,
    /// Waiting for the engine's challenge.
    pub challenge: Duration,
    /// Waiting for the engine's decision.
    pub decision: Duration,
    /// The signing exchange alone, which is part of the card's time; `None` where nothing was
    /// signed.
    pub round_trip: Option<Duration>,
    /// The commands that the card was sent.
    pub commands: u32,
}

impl Parts {
    /// Waiting for the card.
    pub fn card(&self) -> Duration {
        self.card.values().fold(Duration::ZERO, |sum, time| sum.saturating_add(*time))
    }

    /// Waiting for the engine.
    pub fn engine(&self) -> Duration {
        self.challenge.saturating_add(self.decision)
    }

    /// What is left: the agent's own time.
    pub fn own(&self) -> Duration {
        let others = self.card().saturating_add(self.person).saturating_add(self.engine());
        self.total.saturating_sub(others)
    }

    /// Adds the time that it took to connect to the card.
    #[must_use]
    pub fn connected(mut self, time: Duration) -> Self {
        self.total = self.total.saturating_add(time);
        self.card.insert(Step::Connect, time);
        self
    }
}

/// Counts the waits of a tap apart.
#[derive(Debug, Default)]
pub(super) struct Stopwatch {
    pub(super) person: Duration,
    pub(super) challenge: Duration,
    pub(super) decision: Duration,
    pub(super) round_trip: Option<Duration>,
}

/// Does something, and adds the time that it took.
pub(super) fn timed<T>(time: &mut Duration, waiting: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let answer = waiting();
    *time = time.saturating_add(began.elapsed());
    answer
}

impl Stopwatch {
    pub(super) fn parts(self, total: Duration, card: &Card<'_>) -> Parts {
        let Self { person, challenge, decision, round_trip } = self;
        let commands = card.commands();
        let card = card.waited().clone();
        Parts { total, card, person, challenge, decision, round_trip, commands }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agents_own_time_is_what_nobody_else_took() {
        let millis = Duration::from_millis;
        let parts = Parts {
            total: millis(1000),
            card: BTreeMap::from([(Step::Applet, millis(40)), (Step::Signature, millis(60))]),
            person: millis(700),
            challenge: millis(10),
            decision: millis(140),
            round_trip: Some(millis(60)),
            commands: 9,
        };
        assert_eq!(parts.own(), millis(50), "the round trip is part of the card's time");
        assert_eq!(parts.clone().connected(millis(30)).own(), millis(50), "the card's too");
        assert_eq!(Parts { total: millis(1), ..parts }.own(), Duration::ZERO);
    }
}
