//! What work costs: by the clock, and by the time that it had a processor.

use std::{
    fs,
    time::{Duration, Instant},
};

/// A measurement under way.
pub struct Watch {
    began: Instant,
    spent: Duration,
}

/// What work took.
#[derive(Clone, Copy)]
pub struct Cost {
    /// By the clock.
    pub clock: Duration,
    /// On processors, over all threads of this process.
    pub processor: Duration,
}

impl Watch {
    /// Begins now.
    pub fn start() -> Self {
        Self { began: Instant::now(), spent: spent() }
    }

    /// What was taken since.
    pub fn cost(&self) -> Cost {
        Cost { clock: self.began.elapsed(), processor: spent() - self.spent }
    }
}

/// The time that the threads of this process have had a processor. A machine that is shared does
/// not count in it, but for caches.
fn spent() -> Duration {
    let tasks = fs::read_dir("/proc/self/task").expect("Linux tells of threads");
    let of = |task: fs::DirEntry| -> Option<u64> {
        let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse().ok()
    };
    Duration::from_nanos(tasks.flatten().filter_map(of).sum())
}
