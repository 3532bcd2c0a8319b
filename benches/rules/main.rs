//! A decision by rules beside other engines: the same policy, the same facts, the same verdicts.
//! The time of a decision holds making the engine's input of a check's typed facts.

mod engines;
mod facts;
mod policy;

use crate::{
    engines::Decider,
    facts::Sample,
    policy::{Ask, Rule},
};
use simbind_benches::{Chance, median, print, table};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

const SAMPLES: usize = 1024;
const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(60);

fn main() {
    let mut tables = Vec::new();
    let mut results = Vec::new();
    for count in [20, 200] {
        let rules = policy::rules(count);
        let mut chance = Chance::new(7);
        let samples: Vec<_> = (0..SAMPLES).map(|_| Sample::any(&mut chance)).collect();
        let mut engines = engines::all(&rules);
        let mix = verify(&rules, &mut engines, &samples);
        let times = measure(&mut engines, &samples);
        let ours = times[0];
        let row = |engine: &dyn Decider, nanos: f64| {
            vec![
                engine.name().to_owned(),
                format!("{:.3}", nanos / 1000.0),
                format!("{:.1}", nanos / ours),
            ]
        };
        let rows: Vec<_> = engines
            .iter()
            .zip(&times)
            .map(|(engine, nanos)| row(engine.as_ref(), *nanos))
            .collect();
        let title = format!(
            "A decision at {count} rules over 20 facts: {} of {SAMPLES} checks allowed, {} stepped \
             up, {} denied, {:.1} rules held on average; all engines agree",
            mix.verdicts[0], mix.verdicts[1], mix.verdicts[2], mix.held
        );
        tables.push(table(&title, &["engine", "µs", "times ours"], &rows));
        let by_engine: serde_json::Map<_, _> =
            engines.iter().zip(&times).map(|(e, t)| (e.name().to_owned(), (*t).into())).collect();
        results.push(serde_json::json!({
            "rules": count,
            "allow": mix.verdicts[0], "step_up": mix.verdicts[1], "deny": mix.verdicts[2],
            "rules_held": mix.held,
            "nanoseconds": by_engine,
        }));
    }
    print(&tables, &serde_json::json!({ "bench": "rules", "results": results }));
}

/// What the policy says to the samples.
struct Mix {
    verdicts: [usize; 3],
    held: f64,
}

/// That every engine finds the same rules to hold and gives the same verdict, on every sample.
fn verify(rules: &[Rule], engines: &mut [Box<dyn Decider>], samples: &[Sample]) -> Mix {
    let mut mix = Mix { verdicts: [0; 3], held: 0.0 };
    for sample in samples {
        let fired = engines[0].fired(sample);
        let ask = fired.iter().map(|number| rules[*number].ask).max().unwrap_or(Ask::Allow);
        for engine in engines.iter_mut() {
            assert_eq!(engine.fired(sample), fired, "{} on {sample:?}", engine.name());
            assert_eq!(engine.decide(sample), ask, "{} on {sample:?}", engine.name());
        }
        mix.verdicts[ask as usize] += 1;
        mix.held += fired.len() as f64 / samples.len() as f64;
    }
    mix
}

/// Nanoseconds of a decision: the median of rounds in which the engines take turns.
fn measure(engines: &mut [Box<dyn Decider>], samples: &[Sample]) -> Vec<f64> {
    let mut times = vec![Vec::new(); engines.len()];
    for round in 0..=ROUNDS {
        for (engine, times) in engines.iter_mut().zip(&mut times) {
            let nanos = one_round(engine.as_mut(), samples);
            // The first round warms up.
            if round > 0 {
                times.push(nanos);
            }
        }
    }
    times.iter().map(|times| median(times)).collect()
}

fn one_round(engine: &mut dyn Decider, samples: &[Sample]) -> f64 {
    let began = Instant::now();
    let mut chunks = samples.chunks(128).cycle();
    let mut decided = 0_u32;
    while began.elapsed() < ROUND {
        for sample in chunks.next().unwrap_or_default() {
            black_box(engine.decide(black_box(sample)));
        }
        decided += 128;
    }
    began.elapsed().as_nanos() as f64 / f64::from(decided)
}
