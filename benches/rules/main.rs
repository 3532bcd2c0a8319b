//! A decision by rules beside other engines: the same policy, the same facts, the same verdicts.
//! The time of a decision holds making the engine's input of a check's typed facts.

mod byhand;
mod engines;
mod facts;
mod measure;
mod policy;
mod shipped;
mod targets;
mod tenants;

use crate::{
    engines::Decider,
    facts::Sample,
    policy::{Ask, Rule},
    tenants::Tenants,
};
use simbind_benches::{Chance, print, table};

/// So many that a processor cannot learn what comes next.
const SAMPLES: usize = 16_384;

/// Rules, samples that every engine is shown to agree on, and rounds of measuring.
const SIZES: [(usize, usize, usize); 3] = [(20, 2_048, 15), (200, 1_024, 15), (2_000, 96, 7)];
const TENANTS: [usize; 3] = [1, 50, 1_000];

/// The times of one size, by engine, and how long the packs of all tenants took to compile.
pub struct Measured {
    rules: usize,
    times: Vec<(String, f64)>,
    mix: Mix,
    compiled: Vec<f64>,
}

/// What the policy says to the samples.
struct Mix {
    verdicts: [usize; 3],
    held: f64,
}

fn main() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let sizes: Vec<_> =
        SIZES.iter().map(|(rules, verified, rounds)| size(*rules, *verified, *rounds)).collect();
    let mut tables: Vec<_> = sizes.iter().map(Measured::table).collect();
    let shipped = shipped::measure();
    tables.push(shipped.table());
    let targets = targets::all(&sizes, growth());
    tables.push(targets::table(&targets));
    print(
        &tables,
        &serde_json::json!({
            "bench": "rules",
            "load_average_before": load.split(' ').next(),
            "results": sizes.iter().map(Measured::json).collect::<Vec<_>>(),
            "shipped_packs_nanoseconds": shipped.nanos,
            "targets": targets.iter().map(targets::Target::json).collect::<Vec<_>>(),
        }),
    );
}

fn size(count: usize, verified: usize, rounds: usize) -> Measured {
    let rules = policy::rules(count);
    let mut chance = Chance::new(7);
    let samples: Vec<_> = (0..SAMPLES).map(|_| Sample::any(&mut chance)).collect();
    let mut engines = engines::all(&rules);
    if count == byhand::RULES {
        engines.push(Box::new(byhand::ByHand));
    }
    let mix = verify(&rules, &mut engines, &samples[..verified]);
    let mut compiled = Vec::new();
    for tenants in TENANTS {
        let many = Tenants::new(&rules, tenants);
        many.verify(&rules, &samples);
        compiled.push(many.compiled.as_secs_f64());
        engines.push(Box::new(many));
    }
    let nanos = measure::measure(&mut engines, &samples, rounds);
    let names = engines.iter().map(|engine| engine.name().to_owned());
    Measured { rules: count, times: names.zip(nanos).collect(), mix, compiled }
}

/// What a decision costs at the second size over the first, measured in turns.
fn growth() -> f64 {
    let mut chance = Chance::new(7);
    let samples: Vec<_> = (0..SAMPLES).map(|_| Sample::any(&mut chance)).collect();
    let ours = |count| engines::ours(&policy::rules(count));
    let mut both = [ours(SIZES[0].0), ours(SIZES[1].0)];
    let times = measure::measure(&mut both, &samples, SIZES[0].2);
    times[1] / times[0]
}

/// That every engine finds the same rules to hold and gives the same verdict, on every sample.
fn verify(rules: &[Rule], engines: &mut [Box<dyn Decider>], samples: &[Sample]) -> Mix {
    let mut mix = Mix { verdicts: [0; 3], held: 0.0 };
    for sample in samples {
        let fired: Vec<_> = (0..rules.len()).filter(|at| rules[*at].holds(sample)).collect();
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

impl Measured {
    /// Nanoseconds of a decision of an engine.
    fn nanos(&self, engine: &str) -> Option<f64> {
        self.times.iter().find(|(name, _)| name == engine).map(|(_, nanos)| *nanos)
    }

    fn table(&self) -> String {
        let ours = self.nanos(engines::OURS).unwrap_or(f64::NAN);
        let row = |(name, nanos): &(String, f64)| {
            vec![name.clone(), format!("{:.3}", nanos / 1000.0), format!("{:.2}", nanos / ours)]
        };
        let rows: Vec<_> = self.times.iter().map(row).collect();
        let [allow, step_up, deny] = self.mix.verdicts;
        let checks = allow + step_up + deny;
        let title = format!(
            "A decision at {} rules over 20 facts: {allow} of {checks} checks allowed, {step_up} \
             stepped up, {deny} denied, {:.1} rules held on average; all engines agree. The packs \
             of {TENANTS:?} tenants took {:.2?} s to compile.",
            self.rules, self.mix.held, self.compiled,
        );
        table(&title, &["engine", "µs", "times ours"], &rows)
    }

    fn json(&self) -> serde_json::Value {
        let times = self.times.iter().map(|(name, nanos)| (name.clone(), (*nanos).into()));
        let [allow, step_up, deny] = self.mix.verdicts;
        serde_json::json!({
            "rules": self.rules,
            "allow": allow, "step_up": step_up, "deny": deny,
            "rules_held": self.mix.held,
            "nanoseconds": times.collect::<serde_json::Map<_, _>>(),
            "compile_seconds": self.compiled,
        })
    }
}
