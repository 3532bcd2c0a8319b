//! Rate limits that packs declare, kept by governor. Keys are hashed with a secret seed, and their
//! number has a ceiling: at the ceiling an unknown key counts as over its limit.

use crate::ports::clock::Clock as Time;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, Reference},
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::keyed::DashMapStateStore,
};
use simbind_rules::{LimitKey, ReasonCode};
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// The clock of the process as governor wants it: never going back.
#[derive(Clone)]
pub(crate) struct LimitClock {
    time: Arc<dyn Time>,
    latest: Arc<AtomicU64>,
}

/// An instant of [`LimitClock`], in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LimitInstant(u64);

fn millis(nanos: Nanos) -> u64 {
    nanos.as_u64() / 1_000_000
}

impl std::ops::Add<Nanos> for LimitInstant {
    type Output = Self;

    fn add(self, other: Nanos) -> Self {
        Self(self.0.saturating_add(millis(other)))
    }
}

impl Reference for LimitInstant {
    fn duration_since(&self, earlier: Self) -> Nanos {
        Duration::from_millis(self.0.saturating_sub(earlier.0)).into()
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }
}

impl Clock for LimitClock {
    type Instant = LimitInstant;

    fn now(&self) -> LimitInstant {
        let now = u64::try_from(self.time.now().as_millis()).unwrap_or(0);
        LimitInstant(self.latest.fetch_max(now, Ordering::Relaxed).max(now))
    }
}

type Limiter = RateLimiter<u64, DashMapStateStore<u64>, LimitClock, NoOpMiddleware<LimitInstant>>;

/// What a limit can count by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subjects<'a> {
    pub(crate) certificate: &'a [u8],
    pub(crate) iccid: Option<String>,
    pub(crate) imei: Option<String>,
    pub(crate) relying_party: Option<&'a str>,
    pub(crate) reader: Option<&'a str>,
    pub(crate) carrier_feed: Option<&'a str>,
}

impl Subjects<'_> {
    fn part(&self, key: LimitKey) -> Option<&[u8]> {
        match key {
            LimitKey::Certificate => Some(self.certificate),
            LimitKey::Iccid => self.iccid.as_deref().map(str::as_bytes),
            LimitKey::Imei => self.imei.as_deref().map(str::as_bytes),
            LimitKey::RelyingParty => self.relying_party.map(str::as_bytes),
            LimitKey::Reader => self.reader.map(str::as_bytes),
            LimitKey::CarrierFeed => self.carrier_feed.map(str::as_bytes),
        }
    }
}

/// All limits of one set of packs.
pub(crate) struct Limits {
    limiters: HashMap<String, Limiter>,
    seed: RandomState,
    most_keys: usize,
}

impl Limits {
    /// Limits for these declarations, each with at most this many keys.
    pub(crate) fn new<'a>(
        declared: impl Iterator<Item = &'a simbind_rules::Limit>,
        time: &Arc<dyn Time>,
        most_keys: usize,
    ) -> Self {
        let clock = LimitClock { time: Arc::clone(time), latest: Arc::default() };
        let limiters = declared
            .filter_map(|limit| {
                let limiter =
                    RateLimiter::new(quota(limit)?, DashMapStateStore::default(), clock.clone());
                Some((limit.id.clone(), limiter))
            })
            .collect();
        Self { limiters, seed: RandomState::new(), most_keys }
    }

    /// Counts a check against each limit of its chain; the reason of the first that is reached.
    pub(crate) fn count(
        &self,
        declared: &[simbind_rules::Limit],
        subjects: &Subjects<'_>,
    ) -> Option<ReasonCode> {
        let mut reached = None;
        for limit in declared {
            let Some(limiter) = self.limiters.get(&limit.id) else { continue };
            let parts: Option<Vec<&[u8]>> =
                limit.per.iter().map(|key| subjects.part(*key)).collect();
            let Some(parts) = parts else { continue };
            let key = self.seed.hash_one(parts);
            let full = limiter.len() >= self.most_keys;
            if full || limiter.check_key(&key).is_err() {
                reached = reached.or(Some(limit.reason));
            }
        }
        reached
    }

    /// Forgets keys whose allowance is whole again.
    pub(crate) fn forget_rested(&self) {
        self.limiters.values().for_each(RateLimiter::retain_recent);
    }
}

fn quota(limit: &simbind_rules::Limit) -> Option<Quota> {
    let rate = NonZeroU32::new(limit.count)?;
    let burst = NonZeroU32::new(limit.burst)?;
    Some(Quota::with_period(limit.period.checked_div(rate.get())?)?.allow_burst(burst))
}
