use super::{
    check::Checker,
    model::{Limits, StoreSizes},
    raw::{Number, RawLimits, RawStore, Text},
};
use std::{ops::RangeInclusive, time::Duration};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 1 << 20,
            streams_per_connection: 1024,
            checks_in_flight: 4096,
            stream_in_flight: 512,
            ledger_queue: 4096,
            batch_events: 1000,
            request_timeout: 10 * SECOND,
            drain: 20 * SECOND,
            challenge_lifetime: 2 * MINUTE,
            enrolment_challenge_lifetime: 10 * MINUTE,
            step_up_lifetime: 15 * MINUTE,
            used_challenges: 4_000_000,
            used_tokens: 1_000_000,
            token_skew: 5 * SECOND,
            hot_bindings: 200_000,
            verified_chains: 50_000,
            support_code_life: 14 * DAY,
            wrong_codes: 20,
            limit_keys: 1_000_000,
        }
    }
}

impl Default for StoreSizes {
    fn default() -> Self {
        Self { cache_bytes: 256 << 20, segment_bytes: 256 << 20, snapshot_entries: 500_000 }
    }
}

pub(super) struct Ranges<'c, 's>(pub(super) &'c mut Checker<'s>);

impl Ranges<'_, '_> {
    pub(super) fn number<T>(
        &mut self,
        field: &str,
        value: Option<&Number>,
        range: RangeInclusive<u64>,
        usual: T,
    ) -> T
    where
        T: TryFrom<u64>,
    {
        let Some(value) = value else { return usual };
        let number = *value.get_ref();
        match T::try_from(number).ok().filter(|_| range.contains(&number)) {
            Some(number) => number,
            None => {
                let (from, to) = range.into_inner();
                self.0.at(value, field, format!("{number} is not within {from} and {to}"));
                usual
            }
        }
    }

    pub(super) fn time(
        &mut self,
        field: &str,
        value: Option<&Text>,
        range: RangeInclusive<Duration>,
        usual: Duration,
    ) -> Duration {
        let Some(value) = value else { return usual };
        match self.0.duration(field, value) {
            Some(time) if !range.contains(&time) => {
                let (from, to) = range.into_inner();
                self.0.at(value, field, format!("{time:?} is not within {from:?} and {to:?}"));
                usual
            }
            Some(time) => time,
            None => usual,
        }
    }
}

pub(super) fn limits(raw: &RawLimits, checker: &mut Checker<'_>) -> Limits {
    let d = Limits::default();
    let mut r = Ranges(checker);
    Limits {
        message_bytes: r.number(
            "limits.message_bytes",
            raw.message_bytes.as_ref(),
            65_536..=64 << 20,
            d.message_bytes,
        ),
        streams_per_connection: r.number(
            "limits.streams_per_connection",
            raw.streams_per_connection.as_ref(),
            1..=65_536,
            d.streams_per_connection,
        ),
        checks_in_flight: r.number(
            "limits.checks_in_flight",
            raw.checks_in_flight.as_ref(),
            1..=1 << 20,
            d.checks_in_flight,
        ),
        stream_in_flight: r.number(
            "limits.stream_in_flight",
            raw.stream_in_flight.as_ref(),
            1..=65_536,
            d.stream_in_flight,
        ),
        ledger_queue: r.number(
            "limits.ledger_queue",
            raw.ledger_queue.as_ref(),
            1..=1 << 20,
            d.ledger_queue,
        ),
        batch_events: r.number(
            "limits.batch_events",
            raw.batch_events.as_ref(),
            1..=1000,
            d.batch_events,
        ),
        request_timeout: r.time(
            "limits.request_timeout",
            raw.request_timeout.as_ref(),
            Duration::from_millis(100)..=10 * MINUTE,
            d.request_timeout,
        ),
        drain: r.time("limits.drain", raw.drain.as_ref(), Duration::ZERO..=10 * MINUTE, d.drain),
        challenge_lifetime: r.time(
            "limits.challenge_lifetime",
            raw.challenge_lifetime.as_ref(),
            5 * SECOND..=10 * MINUTE,
            d.challenge_lifetime,
        ),
        enrolment_challenge_lifetime: r.time(
            "limits.enrolment_challenge_lifetime",
            raw.enrolment_challenge_lifetime.as_ref(),
            5 * SECOND..=HOUR,
            d.enrolment_challenge_lifetime,
        ),
        step_up_lifetime: r.time(
            "limits.step_up_lifetime",
            raw.step_up_lifetime.as_ref(),
            MINUTE..=30 * DAY,
            d.step_up_lifetime,
        ),
        used_tokens: r.number(
            "limits.used_tokens",
            raw.used_tokens.as_ref(),
            1..=100_000_000,
            d.used_tokens,
        ),
        token_skew: r.time(
            "limits.token_skew",
            raw.token_skew.as_ref(),
            Duration::ZERO..=MINUTE,
            d.token_skew,
        ),
        used_challenges: r.number(
            "limits.used_challenges",
            raw.used_challenges.as_ref(),
            1000..=1 << 28,
            d.used_challenges,
        ),
        hot_bindings: r.number(
            "limits.hot_bindings",
            raw.hot_bindings.as_ref(),
            1..=1 << 28,
            d.hot_bindings,
        ),
        support_code_life: r.time(
            "limits.support_code_life",
            raw.support_code_life.as_ref(),
            HOUR..=90 * DAY,
            d.support_code_life,
        ),
        wrong_codes: r.number(
            "limits.wrong_codes",
            raw.wrong_codes.as_ref(),
            1..=1000,
            d.wrong_codes,
        ),
        verified_chains: r.number(
            "limits.verified_chains",
            raw.verified_chains.as_ref(),
            1..=1 << 28,
            d.verified_chains,
        ),
        limit_keys: r.number(
            "limits.limit_keys",
            raw.limit_keys.as_ref(),
            1000..=1 << 28,
            d.limit_keys,
        ),
    }
}

pub(super) fn store(raw: &RawStore, checker: &mut Checker<'_>) -> StoreSizes {
    let d = StoreSizes::default();
    let mut r = Ranges(checker);
    StoreSizes {
        cache_bytes: r.number(
            "store.cache_bytes",
            raw.cache_bytes.as_ref(),
            1 << 20..=1 << 40,
            d.cache_bytes,
        ),
        segment_bytes: r.number(
            "store.segment_bytes",
            raw.segment_bytes.as_ref(),
            1 << 20..=1 << 40,
            d.segment_bytes,
        ),
        snapshot_entries: r.number(
            "store.snapshot_entries",
            raw.snapshot_entries.as_ref(),
            1000..=1 << 40,
            d.snapshot_entries,
        ),
    }
}
