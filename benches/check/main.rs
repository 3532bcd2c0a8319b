//! `CheckLogin` at 256 in flight over 8 connections beside two echo servers: one that verifies the
//! same signatures, and one that also group-commits a record of the same size. Each server has a
//! runtime of its own in this process; client and servers share the processors. Challenges are
//! drawn and signatures made before the clock starts.
//!
//! `SIMBIND_BENCH_BINDINGS`, `SIMBIND_BENCH_CHECKS` (in a round) and `SIMBIND_BENCH_ROUNDS` change
//! the size; `SIMBIND_BENCH_ONLY=simbind` leaves the echo servers out, for profiling.

mod echo;
mod log;

use crate::{
    echo::{Echo, key_table},
    log::Log,
};
use simbind_benches::{
    Authority, Chance, Driven, Member, Server, Shape, ask, connections, drive, enrol, make, median,
    print, runtime, setting, table,
};
use tonic::transport::Channel;

const CONNECTIONS: usize = 8;
const IN_FLIGHT: usize = 256;
const WARM_UP: usize = 20_000;

fn main() {
    let sizes = Sizes {
        bindings: setting("SIMBIND_BENCH_BINDINGS", 10_000),
        checks: setting("SIMBIND_BENCH_CHECKS", 60_000),
        rounds: setting("SIMBIND_BENCH_ROUNDS", 3),
    };
    let (mut rows, mut results) = (Vec::new(), Vec::new());
    for handset in [true, false] {
        for outcome in measure(&sizes, handset) {
            outcome.rows(&mut rows);
            results.push(outcome.json());
        }
    }
    let header = ["server", "checks/s", "p50 ms", "p99 ms", "of the second", "p99, times it"];
    let title = format!(
        "Checks of {} bindings, {IN_FLIGHT} in flight over {CONNECTIONS} connections: medians of \
         {} rounds of {}",
        sizes.bindings, sizes.rounds, sizes.checks
    );
    let json = serde_json::json!({
        "bench": "check",
        "bindings": sizes.bindings, "in_flight": IN_FLIGHT, "connections": CONNECTIONS,
        "checks_in_a_round": sizes.checks, "rounds": sizes.rounds,
        "results": results,
    });
    print(&[table(&title, &header, &rows)], &json);
}

struct Sizes {
    bindings: usize,
    checks: usize,
    rounds: usize,
}

/// One shape with one kind of binding; the servers in the order of the table.
struct Outcome {
    shape: Shape,
    signatures: usize,
    record_bytes: usize,
    servers: Vec<(&'static str, Vec<Driven>)>,
}

/// A server's medians over the rounds: checks a second, p50 and p99 in microseconds.
#[derive(Clone, Copy)]
struct Medians {
    rate: f64,
    p50: f64,
    p99: f64,
}

impl Medians {
    fn of(rounds: &[Driven]) -> Self {
        let over = |of: &dyn Fn(&Driven) -> f64| median(&rounds.iter().map(of).collect::<Vec<_>>());
        Self {
            rate: over(&Driven::rate),
            p50: over(&|driven| driven.figures.quantile(0.5) as f64),
            p99: over(&|driven| driven.figures.quantile(0.99) as f64),
        }
    }
}

impl Outcome {
    /// Throughput and p99 as multiples of those of the second echo server in the same round: the
    /// medians of that, since other work on the machine weighs on a whole round.
    fn beside_second(&self, rounds: &[Driven]) -> Option<(f64, f64)> {
        let (_, second) = self.servers.iter().find(|(name, _)| *name == COMMITS)?;
        let over = |of: &dyn Fn(&Driven) -> f64| {
            let each = rounds.iter().zip(second).map(|(driven, second)| of(driven) / of(second));
            median(&each.collect::<Vec<_>>())
        };
        Some((over(&Driven::rate), over(&|driven| driven.figures.quantile(0.99) as f64)))
    }

    fn rows(&self, rows: &mut Vec<Vec<String>>) {
        for (name, rounds) in &self.servers {
            let medians = Medians::of(rounds);
            let beside = self.beside_second(rounds);
            let shown = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
            rows.push(vec![
                format!("{}, {} signatures: {name}", self.shape.name(), self.signatures),
                format!("{:.0}", medians.rate),
                format!("{:.2}", medians.p50 / 1000.0),
                format!("{:.2}", medians.p99 / 1000.0),
                shown(beside.map(|(rate, _)| format!("{:.0} %", rate * 100.0))),
                shown(beside.map(|(_, p99)| format!("{p99:.2}"))),
            ]);
        }
    }

    fn json(&self) -> serde_json::Value {
        let server = |(name, rounds): &(&str, Vec<Driven>)| {
            let Medians { rate, p50, p99 } = Medians::of(rounds);
            let beside = self.beside_second(rounds);
            let rates: Vec<_> = rounds.iter().map(|driven| driven.rate().round()).collect();
            let verdicts: Vec<_> = rounds.iter().map(|driven| driven.verdicts).collect();
            serde_json::json!({
                "server": name, "checks_per_second": rate.round(), "p50_us": p50, "p99_us": p99,
                "throughput_of_second": beside.map(|(rate, _)| rate),
                "p99_times_second": beside.map(|(_, p99)| p99),
                "rounds": rates, "allow_step_up_deny_fault": verdicts,
            })
        };
        serde_json::json!({
            "shape": self.shape.name(), "signatures": self.signatures,
            "record_bytes": self.record_bytes,
            "servers": self.servers.iter().map(server).collect::<Vec<_>>(),
        })
    }
}

const VERIFIES: &str = "echo, verifies";
const COMMITS: &str = "echo, verifies and commits";
const OURS: &str = "simbind";

fn measure(sizes: &Sizes, handset: bool) -> Vec<Outcome> {
    let authority = Authority::draw();
    let members = make(&authority, 0..sizes.bindings as u64, handset);
    let server = Server::start(&authority);
    let client = runtime("client");
    let ours = client.block_on(connections(server.address, CONNECTIONS));
    client.block_on(enrol(&authority, &ours, &members));
    let mut asking = Asking { members: &members, chance: Chance::new(3), turn: 0 };
    let before = server.bytes_of("decisions");
    let questions = client.block_on(asking.questions(WARM_UP, &ours));
    let warm_up = client.block_on(drive(Shape::Unary, &ours, IN_FLIGHT, questions));
    let record_bytes = (server.bytes_of("decisions") - before) as usize / WARM_UP;
    let decision = warm_up.sample.clone().expect("a decision");
    let folder = tempfile::tempdir().expect("a folder");
    let only_ours = std::env::var("SIMBIND_BENCH_ONLY").is_ok_and(|only| only == "simbind");
    let mut echoes = Vec::new();
    if !only_ours {
        let keys = key_table(&members);
        let file = std::fs::File::create(folder.path().join("log")).expect("a file");
        let log = Log::new(file, record_bytes);
        echoes.push((VERIFIES, Echo::start(keys.clone(), decision.clone(), None)));
        echoes.push((COMMITS, Echo::start(keys, decision, Some(log))));
    }
    let mut servers: Vec<(&'static str, Vec<Channel>)> = Vec::new();
    for (name, echo) in &echoes {
        servers.push((name, client.block_on(connections(echo.address, CONNECTIONS))));
    }
    servers.push((OURS, ours.clone()));
    [Shape::Unary, Shape::Stream]
        .into_iter()
        .map(|shape| {
            let mut outcome = Outcome {
                shape,
                signatures: 1 + usize::from(handset),
                record_bytes,
                servers: servers.iter().map(|(name, _)| (*name, Vec::new())).collect(),
            };
            for round in 0..sizes.rounds {
                let questions = client.block_on(asking.questions(sizes.checks, &ours));
                // The servers take turns in being the first.
                for place in 0..servers.len() {
                    let at = (place + round) % servers.len();
                    let asked = drive(shape, &servers[at].1, IN_FLIGHT, questions.clone());
                    outcome.servers[at].1.push(client.block_on(asked));
                }
            }
            outcome
        })
        .collect()
}

/// Makes questions of bindings by chance, never with one id twice.
struct Asking<'a> {
    members: &'a [Member],
    chance: Chance,
    turn: u32,
}

impl Asking<'_> {
    async fn questions(
        &mut self,
        count: usize,
        channels: &[Channel],
    ) -> Vec<simbind_proto::v1::CheckLoginRequest> {
        self.turn += 1;
        let (members, chance) = (self.members, &mut self.chance);
        let chosen: Vec<_> = (0..count).map(|_| &members[chance.below(members.len())]).collect();
        ask(&format!("c{}", self.turn), channels, &chosen).await
    }
}
