//! How long a check takes at 10 thousand, 100 thousand and, with `SIMBIND_BENCH_FULL=1`, 1 million
//! bindings, on one server that grows. The checks are of bindings drawn evenly from all there are:
//! first while the engine has not checked them before and must read them from the index, then once
//! more while they are in its memory.
//!
//! `SIMBIND_BENCH_CHECKS` is how many bindings are checked.

use simbind_benches::{
    Authority, Chance, Driven, Member, Server, Shape, ask, connections, drive, enrol, make, print,
    runtime, setting, table,
};
use std::{ops::Range, time::Instant};
use tokio::runtime::Runtime;
use tonic::transport::Channel;

const CONNECTIONS: usize = 8;
const IN_FLIGHT: usize = 32;
/// Bindings that are made and enrolled in one go.
const PART: u64 = 20_000;

fn main() {
    let checks = setting("SIMBIND_BENCH_CHECKS", 2_000);
    let mut sizes = vec![10_000, 100_000];
    if std::env::var("SIMBIND_BENCH_FULL").is_ok_and(|full| full == "1") {
        sizes.push(1_000_000);
    }
    let authority = Authority::draw();
    let server = Server::start(&authority);
    let client = runtime("client");
    let channels = client.block_on(connections(server.address, CONNECTIONS));
    let mut world = World { authority, client, channels, kept: Vec::new(), chance: Chance::new(1) };
    let mut measured: Vec<Size> = Vec::new();
    let mut bindings = 0;
    for size in sizes {
        let began = Instant::now();
        // Of each part of the bindings, as many are kept as the draws from it can need.
        world.grow(bindings..size, checks);
        let enrolled = (size - bindings) as f64 / began.elapsed().as_secs_f64();
        bindings = size;
        measured.push(world.measure(size, checks, enrolled));
    }
    report(&measured, checks);
}

struct World {
    authority: Authority,
    client: Runtime,
    channels: Vec<Channel>,
    /// Bindings whose keys are kept, with the numbers that they stand for.
    kept: Vec<(Range<u64>, Vec<Member>)>,
    chance: Chance,
}

/// What was measured at one size: one at a time and several at once, each first from the index and
/// then from memory.
struct Size {
    bindings: u64,
    enrolled_per_second: f64,
    runs: [Driven; 4],
}

const RUNS: [&str; 4] = [
    "one at a time, first check",
    "one at a time, checked before",
    "32 in flight, first check",
    "32 in flight, checked before",
];

impl World {
    fn grow(&mut self, numbers: Range<u64>, checks: usize) {
        let wanted = 4 * checks as u64;
        let every = ((numbers.end - numbers.start) / wanted).max(1);
        let mut kept = Vec::new();
        for begin in numbers.clone().step_by(PART as usize) {
            let part = begin..(begin + PART).min(numbers.end);
            let members = make(&self.authority, part.clone(), false);
            self.client.block_on(enrol(&self.authority, &self.channels, &members));
            let numbered = part.zip(members).filter(|(number, _)| number % every == 0);
            kept.extend(numbered.map(|(_, member)| member));
        }
        self.kept.push((numbers, kept));
    }

    fn measure(&mut self, bindings: u64, checks: usize, enrolled_per_second: f64) -> Size {
        let runs = [(1, checks), (IN_FLIGHT, 2 * checks)].map(|(in_flight, count)| {
            let chosen = choose(&mut self.kept, &mut self.chance, bindings, count);
            ["first", "again"].map(|word| {
                let id = format!("{word}-{bindings}-{in_flight}");
                let questions = self.client.block_on(ask(&id, &self.channels, &chosen));
                let channels = &self.channels[..in_flight.min(CONNECTIONS)];
                let asked = drive(Shape::Unary, channels, in_flight, questions);
                self.client.block_on(asked)
            })
        });
        let [[a, b], [c, d]] = runs;
        Size { bindings, enrolled_per_second, runs: [a, b, c, d] }
    }
}

/// Bindings that were never chosen before, each part in proportion to its size: they are moved to
/// the end of their part, and the next choice is made before them.
fn choose<'a>(
    kept: &'a mut [(Range<u64>, Vec<Member>)],
    chance: &mut Chance,
    bindings: u64,
    count: usize,
) -> Vec<&'a Member> {
    let mut chosen: Vec<&Member> = Vec::with_capacity(count);
    for (numbers, members) in kept {
        let share = (numbers.end - numbers.start) as usize * count / bindings as usize;
        let first = members.len() - share;
        members.rotate_left(share);
        chosen.extend(&members[first..]);
    }
    for at in (1..chosen.len()).rev() {
        chosen.swap(at, chance.below(at + 1));
    }
    chosen
}

fn report(measured: &[Size], checks: usize) {
    let (mut rows, mut results) = (Vec::new(), Vec::new());
    let smallest = &measured[0];
    for size in measured {
        let mut runs = serde_json::Map::new();
        for ((name, driven), base) in RUNS.iter().zip(&size.runs).zip(&smallest.runs) {
            let of = |driven: &Driven, share| driven.figures.quantile(share) as f64;
            let (p50, p99) = (of(driven, 0.5), of(driven, 0.99));
            let ratio = p50 / of(base, 0.5);
            rows.push(vec![
                format!("{}: {name}", size.bindings),
                format!("{:.0}", p50),
                format!("{:.0}", p99),
                format!("{ratio:.2}"),
            ]);
            let values = serde_json::json!({
                "checks": driven.figures.len(), "p50_us": p50, "p99_us": p99,
                "p50_times_smallest": ratio, "allow_step_up_deny_fault": driven.verdicts,
            });
            runs.insert((*name).to_owned(), values);
        }
        results.push(serde_json::json!({
            "bindings": size.bindings, "enrolled_per_second": size.enrolled_per_second.round(),
            "runs": runs,
        }));
    }
    let title = format!("A check by the number of bindings; {checks} bindings checked by one");
    let header = ["bindings", "p50 µs", "p99 µs", "p50, times smallest"];
    let json = serde_json::json!({ "bench": "bindings", "results": results });
    print(&[table(&title, &header, &rows)], &json);
}
