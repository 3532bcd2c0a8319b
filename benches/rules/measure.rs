//! Times of a decision, by engines that take turns.

use crate::{engines::Decider, facts::Sample};
use simbind_benches::median;
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

const ROUND: Duration = Duration::from_millis(60);
/// How long decisions run between two looks at the clock, and the most of them.
const LOOK: Duration = Duration::from_micros(500);
const MOST: usize = 1024;

/// Nanoseconds of a decision of each engine: the median of rounds in which they take turns.
pub fn measure(engines: &mut [Box<dyn Decider>], samples: &[Sample], rounds: usize) -> Vec<f64> {
    let mut times = vec![Vec::new(); engines.len()];
    let chunks: Vec<_> = engines.iter_mut().map(|e| chunk(e.as_mut(), samples)).collect();
    for _ in 0..rounds {
        for ((engine, times), chunk) in engines.iter_mut().zip(&mut times).zip(&chunks) {
            times.push(round(&mut |sample| _ = black_box(engine.decide(sample)), samples, *chunk));
        }
    }
    times.iter().map(|times| median(times)).collect()
}

/// How many decisions to make between two looks at the clock; this also warms up.
fn chunk(engine: &mut dyn Decider, samples: &[Sample]) -> usize {
    let began = Instant::now();
    let mut decided = 0;
    for sample in samples.iter().cycle() {
        black_box(engine.decide(black_box(sample)));
        decided += 1;
        if decided >= MOST || began.elapsed() > LOOK {
            break;
        }
    }
    decided.next_power_of_two()
}

/// Nanoseconds of one call, over a round.
pub fn round<T>(decide: &mut impl FnMut(&T), samples: &[T], chunk: usize) -> f64 {
    let began = Instant::now();
    let mut chunks = samples.chunks(chunk).cycle();
    let mut decided = 0_u32;
    while began.elapsed() < ROUND {
        let chunk = chunks.next().unwrap_or_default();
        chunk.iter().for_each(|sample| decide(black_box(sample)));
        decided += chunk.len() as u32;
    }
    began.elapsed().as_nanos() as f64 / f64::from(decided.max(1))
}
