//! Verifications a second on one core, of each kind of evidence, beside the bare signatures by the
//! two libraries in the same run.
//!
//! The processor's time counts, so that other work on the machine weighs little.
//! `SIMBIND_BENCH_ROUNDS` changes how often each job has its turn.

mod bare;
mod measure;

use bare::{Kind, Sample};
use measure::{Job, measure};
use simbind_benches::{print, setting, table};

fn main() {
    let rounds = setting("SIMBIND_BENCH_ROUNDS", 7);
    let samples: Vec<Sample> = Kind::ALL.into_iter().map(Sample::draw).collect();
    let mut jobs: Vec<Job<'_>> =
        samples.iter().flat_map(|s| [s.ring(), s.aws(), s.aws_parsed()]).collect();
    let times = measure(&mut jobs, rounds);
    let rows: Vec<Vec<String>> = jobs
        .iter()
        .zip(&times)
        .map(|(job, time)| {
            vec![job.name.clone(), format!("{time:.1}"), format!("{:.0}", 1e6 / time)]
        })
        .collect();
    let results: Vec<_> = jobs
        .iter()
        .zip(&times)
        .map(|(job, time)| serde_json::json!({ "job": job.name, "us": time }))
        .collect();
    let title = format!("Bare verifications on one core: medians of {rounds} rounds");
    let json = serde_json::json!({ "bench": "evidence", "results": results });
    print(&[table(&title, &["signature", "µs", "a second"], &rows)], &json);
}
