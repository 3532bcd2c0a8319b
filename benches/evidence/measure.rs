//! What one call costs, by work that takes turns.

use simbind_benches::{Watch, median};
use std::time::{Duration, Instant};

/// How long a job runs in a round. The system tells a processor's time in steps of some
/// milliseconds.
const ROUND: Duration = Duration::from_millis(150);
/// How long calls run between two looks at the clock.
const LOOK: Duration = Duration::from_millis(2);

/// A call to be measured.
pub struct Job<'j> {
    /// What is done.
    pub name: String,
    /// The signatures that it verifies, as the libraries' bare jobs are named.
    pub signatures: Vec<&'static str>,
    call: Box<dyn FnMut() + 'j>,
}

impl<'j> Job<'j> {
    /// A job; `call` panics where the work does not end as it must.
    pub fn new(name: impl Into<String>, call: impl FnMut() + 'j) -> Self {
        Self { name: name.into(), signatures: Vec::new(), call: Box::new(call) }
    }

    /// With the signatures that it verifies.
    pub fn over(mut self, signatures: &[&'static str]) -> Self {
        self.signatures = signatures.to_vec();
        self
    }
}

/// Microseconds of the processor's time for one call of each job: the median of rounds in which
/// they take turns.
pub fn measure(jobs: &mut [Job<'_>], rounds: usize) -> Vec<f64> {
    let chunks: Vec<u32> = jobs.iter_mut().map(chunk).collect();
    let mut times = vec![Vec::new(); jobs.len()];
    for _ in 0..rounds {
        for ((job, times), chunk) in jobs.iter_mut().zip(&mut times).zip(&chunks) {
            times.push(round(job, *chunk));
        }
    }
    times.iter().map(|times| median(times)).collect()
}

/// How many calls to make between two looks at the clock; this also warms up.
fn chunk(job: &mut Job<'_>) -> u32 {
    let began = Instant::now();
    let mut calls = 0;
    while calls == 0 || began.elapsed() < LOOK {
        (job.call)();
        calls += 1;
    }
    calls
}

fn round(job: &mut Job<'_>, chunk: u32) -> f64 {
    let watch = Watch::start();
    let began = Instant::now();
    let mut calls = 0;
    while began.elapsed() < ROUND {
        (0..chunk).for_each(|_| (job.call)());
        calls += chunk;
    }
    watch.cost().processor.as_secs_f64() * 1e6 / f64::from(calls)
}
