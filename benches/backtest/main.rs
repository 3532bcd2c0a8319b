//! How many recorded decisions are decided again in a second, on one core: from facts, from ledger
//! entries in memory, and from the ledger on disk through the store. The packs that ship were
//! those that decided; they are tried, and others that change some decisions.
//!
//! The processor's time counts, so that other work on the machine weighs little. The file is in the
//! system's cache. `SIMBIND_BENCH_DECISIONS` and `SIMBIND_BENCH_ROUNDS` change the size.

mod decisions;
mod disk;

use decisions::Sample;
use simbind_benches::{Chance, Cost, Watch, median, print, setting, table};
use simbind_rules::{PackSource, RuleBook, Severity};
use simbind_service::{
    backtest::{Terms, Trial, Tried},
    ledger::encode_decision,
};
use std::{hint::black_box, time::Duration};

/// A rule that changes some.
const STRICTER: &str = r#"
[[rule]]
id = "old-binding"
on = ["login", "tap"]
when = "binding.age > duration('390d')"
verdict = "step_up"
unknown = "ignore"
step_up = ["counter"]
reason = "STATUS_STALE"
"#;

/// How often a round goes over all decisions: the system tells a processor's time in steps of some
/// milliseconds.
const PASSES: usize = 8;

/// Changed decisions are named as the command asks for them.
const TERMS: Terms = Terms { from: None, to: None, most_changes: 10_000 };

fn main() {
    let count = setting("SIMBIND_BENCH_DECISIONS", 300_000);
    let rounds = setting("SIMBIND_BENCH_ROUNDS", 5);
    let book = RuleBook::shipped().expect("the packs that ship compile");
    let mut chance = Chance::new(1);
    let samples: Vec<Sample> =
        (0..count as u64).map(|number| decisions::any(&mut chance, &book, number)).collect();
    let entries: Vec<Vec<u8>> =
        samples.iter().map(|s| encode_decision(&s.entry).expect("an entry")).collect();
    let bytes = entries.iter().map(Vec::len).sum::<usize>() / count;
    let folder = disk::fill(&entries);
    let disk = disk::Disk::open(folder.path());
    let mut results = Vec::new();
    for (name, more) in [("the same packs", ""), ("one more rule", STRICTER)] {
        let tried = packs(more);
        let changed = check(&tried, &samples, &entries);
        let mut add = |from: &'static str, costs: Vec<Cost>| {
            results.push(Measured { packs: name, changed, from, costs, count });
        };
        let measure = |work: &mut dyn FnMut()| -> Vec<Cost> {
            let round = |_| {
                let watch = Watch::start();
                (0..PASSES).for_each(|_| work());
                watch.cost()
            };
            (0..rounds).map(round).collect()
        };
        add("facts", measure(&mut || by_facts(&tried, &samples)));
        add("entries in memory", measure(&mut || by_entries(&tried, &entries)));
        add("the ledger on disk", measure(&mut || by_disk(&disk, &tried, count)));
    }
    report(&results, bytes, rounds);
}

fn packs(more: &str) -> Tried {
    let sources = RuleBook::shipped_sources().into_iter().map(|source| {
        let nation = source.text.contains("id = \"jp-national\"");
        PackSource { text: source.text + if nation { more } else { "" }, name: source.name }
    });
    RuleBook::compile(&sources.collect::<Vec<_>>()).expect("the packs compile").into()
}

/// Shows that what is measured decides, and gives how many change.
fn check(tried: &Tried, samples: &[Sample], entries: &[Vec<u8>]) -> u64 {
    let of = |rank| samples.iter().filter(|s| s.entry.verdict.severity() == rank).count();
    for rank in [Severity::Allow, Severity::StepUp, Severity::Deny] {
        assert!(of(rank) > 0, "no decision of the day is {rank}");
    }
    let mut trial = Trial::new(tried.clone(), TERMS);
    entries.iter().for_each(|entry| drop(trial.take(entry)));
    let summary = trial.summary(Duration::ZERO);
    assert_eq!(summary.decisions, entries.len() as u64, "all are read");
    summary.changed
}

fn by_facts(tried: &Tried, samples: &[Sample]) {
    let book = tried.book();
    for Sample { entry, facts, chain } in samples {
        black_box(simbind_core::check::rule(book, *chain, entry.kind, black_box(facts), None));
    }
}

fn by_entries(tried: &Tried, entries: &[Vec<u8>]) {
    let mut trial = Trial::new(tried.clone(), TERMS);
    for entry in entries {
        black_box(trial.take(black_box(entry)));
    }
    black_box(trial.summary(Duration::ZERO));
}

fn by_disk(disk: &disk::Disk, tried: &Tried, count: usize) {
    assert_eq!(disk.run(tried, TERMS).decisions, count as u64, "all are read");
}

/// One row.
struct Measured {
    packs: &'static str,
    changed: u64,
    from: &'static str,
    costs: Vec<Cost>,
    count: usize,
}

impl Measured {
    /// Decisions a second: by the processor's time and by the clock.
    fn rates(&self) -> (f64, f64) {
        let rate = |took: fn(&Cost) -> Duration| {
            let each = self
                .costs
                .iter()
                .map(|cost| (self.count * PASSES) as f64 / took(cost).as_secs_f64());
            median(&each.collect::<Vec<_>>())
        };
        (rate(|cost| cost.processor), rate(|cost| cost.clock))
    }
}

fn report(results: &[Measured], bytes: usize, rounds: usize) {
    let (mut rows, mut json) = (Vec::new(), Vec::new());
    let count = results.first().map_or(0, |first| first.count);
    for measured in results {
        let (core, clock) = measured.rates();
        rows.push(vec![
            format!("{}: from {}", measured.packs, measured.from),
            measured.changed.to_string(),
            format!("{:.2}", core / 1e6),
            format!("{:.0}", 1e9 / core),
            format!("{:.2}", clock / 1e6),
        ]);
        json.push(serde_json::json!({
            "packs": measured.packs, "from": measured.from, "changed": measured.changed,
            "decisions_per_core_second": core.round(), "decisions_per_second": clock.round(),
        }));
    }
    let title = format!(
        "{count} recorded decisions of {bytes} bytes decided again: medians of {rounds} rounds"
    );
    let header =
        ["packs", "changed", "million a core's second", "ns each", "million a second by the clock"];
    let json = serde_json::json!({
        "bench": "backtest", "decisions": count, "entry_bytes": bytes, "rounds": rounds,
        "results": json,
    });
    print(&[table(&title, &header, &rows)], &json);
}
