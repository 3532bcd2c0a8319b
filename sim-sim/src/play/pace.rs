//! How fast taps follow each other where the time is real: a reader takes one at a time.

use std::time::Duration;
use tokio::{sync::Mutex, time::Interval};

/// The least time between two taps.
const TAP: Duration = Duration::from_millis(40);

/// Lets taps wait for their turn.
pub(crate) struct Pace(Option<Mutex<Interval>>);

impl Pace {
    /// No waiting in virtual time; a turn for each tap in real time.
    pub(crate) fn new(is_virtual: bool) -> Self {
        Self((!is_virtual).then(|| Mutex::new(tokio::time::interval(TAP))))
    }

    /// Waits for a turn.
    pub(crate) async fn turn(&self) {
        if let Some(interval) = &self.0 {
            interval.lock().await.tick().await;
        }
    }
}
