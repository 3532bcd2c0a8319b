//! Verifications a second on one core, of each kind of evidence, cold and cached, beside the bare
//! signatures by the two libraries in the same run.
//!
//! The processor's time counts, so that other work on the machine weighs little.
//! `SIMBIND_BENCH_ROUNDS` changes how often each job has its turn, and `SIMBIND_BENCH_ENTRIES` how
//! many entries the largest revocation list has.

mod bare;
mod kinds;
mod lists;
mod measure;
mod party;

use bare::{Kind, Sample};
use measure::{Job, measure};
use simbind_benches::{print, setting, table};
use std::collections::BTreeMap;

fn main() {
    let rounds = setting("SIMBIND_BENCH_ROUNDS", 7);
    let largest = setting("SIMBIND_BENCH_ENTRIES", 1_000_000) as u64;
    let samples: Vec<Sample> = Kind::ALL.into_iter().map(Sample::draw).collect();
    let mut jobs: Vec<Job<'_>> =
        samples.iter().flat_map(|s| [s.ring(), s.aws(), s.aws_parsed()]).collect();
    let bare = jobs.len();
    jobs.extend(kinds::chains());
    jobs.extend(kinds::android());
    jobs.extend(kinds::app_attest());
    jobs.extend(kinds::ocsp());
    jobs.extend(kinds::logins());
    for entries in [1000, 100_000, largest] {
        jobs.extend(lists::lists(entries));
    }
    let times = measure(&mut jobs, rounds);
    let costs: BTreeMap<&str, f64> =
        jobs.iter().zip(&times).take(bare).map(|(job, time)| (&*job.name, *time)).collect();
    let (mut bare_rows, mut rows, mut results) = (Vec::new(), Vec::new(), Vec::new());
    for (at, (job, time)) in jobs.iter().zip(&times).enumerate() {
        let second = format!("{:.0}", 1e6 / time);
        let signatures: f64 = job.signatures.iter().filter_map(|name| costs.get(name)).sum();
        results.push(serde_json::json!({
            "job": job.name, "us": time, "bare_us": signatures, "signatures": job.signatures.len(),
        }));
        let mut row = vec![job.name.clone(), format!("{time:.2}"), second];
        if at < bare {
            bare_rows.push(row);
            continue;
        }
        let count = job.signatures.len();
        let over_bare = [format!("{signatures:.1}"), format!("{:.2}", time / signatures)];
        row.push(count.to_string());
        row.extend(if count == 0 { [String::new(), String::new()] } else { over_bare });
        rows.push(row);
    }
    let title = format!("Bare verifications on one core: medians of {rounds} rounds");
    let bare = table(&title, &["signature", "µs", "a second"], &bare_rows);
    let title = "Evidence on one core, beside the bare cost of its signatures";
    let header = ["evidence", "µs", "a second", "signatures", "bare µs", "times bare"];
    let json = serde_json::json!({ "bench": "evidence", "results": results });
    print(&[bare, table(title, &header, &rows)], &json);
}
