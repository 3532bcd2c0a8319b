//! One play of the day, in peace or with kills.

use crate::{
    clock::FileClock,
    ledgers,
    plan::{Kills, Plan},
    relay::{Cuts, Relay},
    scenario::scenario,
    served::{self, Process},
};
use sim_sim::{Carrier, Connections, Names, World, catalogue::Kind, report::Verdict};
use std::{collections::BTreeMap, ops::Deref};

/// What came of a play.
pub(crate) struct Played {
    pub(crate) decisions: String,
    pub(crate) left_out: Vec<Kind>,
    /// Steps that got no answer, with what was said.
    pub(crate) faults: Vec<String>,
    pub(crate) ledgers: BTreeMap<String, usize>,
    cuts: Cuts,
}

impl Deref for Played {
    type Target = Cuts;

    fn deref(&self) -> &Cuts {
        &self.cuts
    }
}

/// Plays the day. `waves` is how many there are, where some of them are drawn.
pub(crate) async fn run(seed: u64, people: usize, kills: Kills, waves: usize) -> Played {
    let folder = tempfile::Builder::new().prefix("simbind-life-").tempdir().unwrap();
    let world = World::new(seed, people).unwrap();
    served::prepare(folder.path(), &world);
    let scenario = scenario();
    let clock = FileClock::of(folder.path());
    clock.set(scenario.starts_at());
    let process = Process::start(folder.path()).await;
    let relay = Relay::new(folder.path(), process, Plan::of(kills, waves, seed));
    let connections = connections(&relay).await;
    let played = sim_sim::play(&world, &scenario, &connections, &clock, |_| ()).await;
    drop(connections);
    let report = played.unwrap();
    let (cuts, process) = relay.finish().await;
    process.kill().await;
    let ledgers = ledgers::counted(&served::data(folder.path())).await;
    let faults = report.outcomes().iter().filter(|o| matches!(o.verdict, Verdict::Fault(_)));
    let faults = faults.map(|o| format!("{} {}: {}", o.person, o.kind.name(), o.words)).collect();
    let (decisions, left_out) = (report.decisions(), report.left_out().to_vec());
    Played { decisions, left_out, faults, ledgers, cuts }
}

async fn connections(relay: &Relay) -> Connections {
    let mut carriers = BTreeMap::new();
    for carrier in Carrier::ALL {
        carriers.insert(carrier, relay.channel(carrier.id()).await);
    }
    Connections {
        bank: relay.channel("bank").await,
        other_party: relay.channel("shop").await,
        doors: relay.channel("doors").await,
        counter: relay.channel("city-hall").await,
        other_counter: relay.channel("ward-office").await,
        enrolment_app: relay.channel("enrolment-app").await,
        analyst: relay.channel("analyst").await,
        issuer: Some(relay.channel("issuer").await),
        carriers,
        platform: None,
        told_apart: true,
        names: Names::usual(),
    }
}
