//! The time that a run lives in.

use simbind_core::time::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};

/// Where a run reads the time, and how it moves it.
pub trait SimClock: Send + Sync {
    /// The instant of now.
    fn now(&self) -> Timestamp;

    /// Moves the time forward to the given instant. Never moves it back.
    fn advance_to(&self, to: Timestamp);

    /// Whether [`Self::advance_to`] does anything. Kinds that need hours to pass are left out of a
    /// run in which it does not.
    fn is_virtual(&self) -> bool {
        true
    }
}

/// A clock that stands still until it is moved. The server under test reads the same one.
#[derive(Debug)]
pub struct VirtualClock(AtomicI64);

impl VirtualClock {
    /// A clock that shows the given instant.
    pub const fn new(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.as_millis()))
    }
}

impl SimClock for VirtualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Acquire))
    }

    fn advance_to(&self, to: Timestamp) {
        self.0.fetch_max(to.as_millis(), Ordering::AcqRel);
    }
}

/// The machine's clock. It cannot be moved.
#[derive(Clone, Copy, Debug, Default)]
pub struct WallClock;

impl SimClock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock adapter of the simulator")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let millis = since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX));
        Timestamp::from_millis(millis)
    }

    fn advance_to(&self, _to: Timestamp) {}

    fn is_virtual(&self) -> bool {
        false
    }
}

/// The wire form of an instant.
pub(crate) fn to_proto(at: Timestamp) -> prost_types::Timestamp {
    let nanos = at.as_millis().rem_euclid(1000) * 1_000_000;
    prost_types::Timestamp { seconds: at.as_secs(), nanos: i32::try_from(nanos).unwrap_or(0) }
}
