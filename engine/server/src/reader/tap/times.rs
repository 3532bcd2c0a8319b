use crate::reader::Card;
use std::time::{Duration, Instant};

/// Where the time of a tap went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// From the card to the verdict.
    pub total: Duration,
    /// Waiting for the card.
    pub card: Duration,
    /// Waiting for the PIN to be entered.
    pub person: Duration,
    /// Waiting for the engine.
    pub engine: Duration,
    /// The signing exchange alone, which is part of the card's time; `None` where nothing was
    /// signed.
    pub round_trip: Option<Duration>,
    /// The commands that the card was sent.
    pub commands: u32,
}

impl Parts {
    /// What is left: the agent's own time.
    pub fn own(&self) -> Duration {
        let others = self.card.saturating_add(self.person).saturating_add(self.engine);
        self.total.saturating_sub(others)
    }
}

/// Counts the waits of a tap apart.
#[derive(Debug, Default)]
pub(super) struct Stopwatch {
    person: Duration,
    engine: Duration,
    pub(super) round_trip: Option<Duration>,
}

impl Stopwatch {
    /// Counts what is done as waiting for the engine.
    pub(super) fn engine<T>(&mut self, asking: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let answer = asking();
        self.engine = self.engine.saturating_add(began.elapsed());
        answer
    }

    /// Counts what is done as waiting for the person.
    pub(super) fn person<T>(&mut self, asking: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let answer = asking();
        self.person = self.person.saturating_add(began.elapsed());
        answer
    }

    pub(super) fn parts(&self, total: Duration, card: &Card<'_>) -> Parts {
        Parts {
            total,
            card: card.waited(),
            person: self.person,
            engine: self.engine,
            round_trip: self.round_trip,
            commands: card.commands(),
        }
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
            card: millis(100),
            person: millis(700),
            engine: millis(150),
            round_trip: Some(millis(60)),
            commands: 9,
        };
        assert_eq!(parts.own(), millis(50), "the round trip is part of the card's time");
        assert_eq!(Parts { total: millis(1), ..parts }.own(), Duration::ZERO);
    }
}
