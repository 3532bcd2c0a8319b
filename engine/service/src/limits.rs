//! Rate limits that packs declare, counted by governor. Keys are hashed with a secret seed, and
//! their number has a ceiling.
//!
//! What a check proved of itself is counted apart from what it only says: whoever names another's
//! certificate, SIM or handset without holding the key uses up nothing of that person's.

mod clock;
mod kept;
#[cfg(test)]
mod tests;

use crate::ports::clock::Clock as Time;
use clock::{LimitClock, LimitInstant};
use governor::{Quota, RateLimiter, clock::Clock as _, middleware::NoOpMiddleware};
use kept::Kept;
use parking_lot::Mutex;
use simbind_rules::{Limit, LimitKey, ReasonCode};
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    num::NonZeroU32,
    sync::{Arc, Weak},
    time::Duration,
};

/// The longest time that a burst may stand for; a larger burst is cut to it.
const LONGEST_BURST: Duration = Duration::from_secs(10 * 366 * 86_400);
/// The longest wait that is told to a caller.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

type Limiter = RateLimiter<u64, Kept, LimitClock, NoOpMiddleware<LimitInstant>>;

/// What a limit can count by. A relying party, a reader and a feed are known by their caller's
/// certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subjects<'a> {
    pub(crate) certificate: Option<Named<'a>>,
    pub(crate) iccid: Option<Named<'a>>,
    pub(crate) imei: Option<Named<'a>>,
    pub(crate) relying_party: Option<&'a str>,
    pub(crate) reader: Option<&'a str>,
    pub(crate) carrier_feed: Option<&'a str>,
}

/// Something that a check names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    pub(crate) name: std::borrow::Cow<'a, [u8]>,
    /// Whether the check proved that it comes from what it names.
    pub(crate) proved: bool,
}

impl Subjects<'_> {
    /// What is counted under a key, and whether it was proved.
    fn part(&self, key: LimitKey) -> Option<(&[u8], bool)> {
        match key {
            LimitKey::Certificate => self.certificate.as_ref().map(Named::part),
            LimitKey::Iccid => self.iccid.as_ref().map(Named::part),
            LimitKey::Imei => self.imei.as_ref().map(Named::part),
            LimitKey::RelyingParty => self.relying_party.map(known),
            LimitKey::Reader => self.reader.map(known),
            LimitKey::CarrierFeed => self.carrier_feed.map(known),
        }
    }
}

impl Named<'_> {
    fn part(&self) -> (&[u8], bool) {
        (&self.name, self.proved)
    }
}

const fn known(name: &str) -> (&[u8], bool) {
    (name.as_bytes(), true)
}

/// A limit that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    /// Why what is over it is refused.
    pub(crate) reason: ReasonCode,
    /// When it may be tried again.
    pub(crate) retry_after: Duration,
}

/// The two counts of one declared limit.
struct Counted {
    limit: Limit,
    proved: Limiter,
    claimed: Limiter,
}

/// By the limit's id. Packs of different carriers may use one id for different limits.
type ById<T> = HashMap<String, Vec<T>>;

/// The counts of all packs that are held: a limit that two versions of the packs declare alike is
/// one, so that a new version gives nobody a fresh allowance.
pub(crate) struct LimitPool {
    shared: Mutex<ById<Weak<Counted>>>,
    clock: LimitClock,
    seed: RandomState,
    most_keys: usize,
}

impl LimitPool {
    /// A pool whose limits each keep at most this many keys that were proved, and as many that
    /// were not.
    pub(crate) fn new(time: &Arc<dyn Time>, most_keys: usize) -> Self {
        let (clock, seed) = (LimitClock::new(time), RandomState::new());
        Self { shared: Mutex::default(), clock, seed, most_keys }
    }

    /// Limits for these declarations, with the counts that are there.
    pub(crate) fn limits<'a>(&self, declared: impl Iterator<Item = &'a Limit>) -> Limits {
        let mut counted: ById<Arc<Counted>> = HashMap::new();
        let mut shared = self.shared.lock();
        for limit in declared {
            let own = counted.entry(limit.id.clone()).or_default();
            if own.iter().any(|counted| counted.limit == *limit) {
                continue;
            }
            let alike = shared.entry(limit.id.clone()).or_default();
            let there = alike.iter().filter_map(Weak::upgrade);
            let found = there.into_iter().find(|counted| counted.limit == *limit);
            let Some(found) = found.or_else(|| self.counted(limit)) else { continue };
            alike.retain(|counted| counted.strong_count() > 0);
            if !alike.iter().any(|counted| std::ptr::eq(counted.as_ptr(), &raw const *found)) {
                alike.push(Arc::downgrade(&found));
            }
            own.push(found);
        }
        shared.retain(|_, alike| alike.iter().any(|counted| counted.strong_count() > 0));
        drop(shared);
        Limits { counted, clock: self.clock.clone(), seed: self.seed.clone() }
    }

    fn counted(&self, limit: &Limit) -> Option<Arc<Counted>> {
        let quota = quota(limit)?;
        let limiter = || RateLimiter::new(quota, Kept::new(self.most_keys), self.clock.clone());
        let (proved, claimed) = (limiter(), limiter());
        Some(Arc::new(Counted { limit: limit.clone(), proved, claimed }))
    }

    /// Forgets keys whose allowance is whole again.
    pub(crate) fn forget_rested(&self) {
        let shared = self.shared.lock();
        let held: Vec<_> = shared.values().flatten().filter_map(Weak::upgrade).collect();
        drop(shared);
        for counted in held {
            for limiter in [&counted.proved, &counted.claimed] {
                limiter.retain_recent();
                limiter.shrink_to_fit();
            }
        }
    }
}

/// All limits of one set of packs.
pub(crate) struct Limits {
    counted: ById<Arc<Counted>>,
    clock: LimitClock,
    seed: RandomState,
}

impl Limits {
    /// Counts against each limit of a chain; the first that is reached.
    pub(crate) fn count(&self, declared: &[Limit], subjects: &Subjects<'_>) -> Option<Reached> {
        let mut reached = None;
        for limit in declared {
            let alike = self.counted.get(&limit.id).into_iter().flatten();
            let Some(counted) = alike.into_iter().find(|counted| counted.limit == *limit) else {
                continue;
            };
            let over = counted.over(&self.seed, &self.clock, subjects);
            reached = reached.or(over);
        }
        reached
    }
}

impl Counted {
    fn over(
        &self,
        seed: &RandomState,
        clock: &LimitClock,
        subjects: &Subjects<'_>,
    ) -> Option<Reached> {
        let parts = self.limit.per.iter().map(|key| subjects.part(*key));
        let parts: Vec<(&[u8], bool)> = parts.collect::<Option<_>>()?;
        let proved = parts.iter().all(|(_, proved)| *proved);
        let limiter = if proved { &self.proved } else { &self.claimed };
        let refused = limiter.check_key(&seed.hash_one(parts)).err()?;
        let retry_after = refused.wait_time_from(clock.now()).min(LONGEST_WAIT);
        Some(Reached { reason: self.limit.reason, retry_after })
    }
}

fn quota(limit: &Limit) -> Option<Quota> {
    let rate = NonZeroU32::new(limit.count)?;
    let each = limit.period.checked_div(rate.get())?.max(Duration::from_nanos(1));
    let most = LONGEST_BURST.as_nanos().checked_div(each.as_nanos())?;
    let burst = limit.burst.min(u32::try_from(most).unwrap_or(u32::MAX));
    Some(Quota::with_period(each)?.allow_burst(NonZeroU32::new(burst)?))
}
