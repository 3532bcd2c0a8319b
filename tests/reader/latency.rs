//! Where the time of a tap goes, part by part: the agent as a process of its own at a real pcscd, with
//! the virtual SIM in it, and a real server. `SIMBIND_TAPS=1000` with release builds is the measure;
//! the table and one line of JSON are printed with `--nocapture`.

use super::{
    agent::{Agent, CardFolder, stack},
    scene::Scene,
};
use serde_json::{Map, Value, json};
use sim_sim::card::{Algorithm, testing};
use simbind_tests::{Signal, workspace_root};
use std::{collections::BTreeMap, fs};
use tempfile::TempDir;

/// The taps of one card that the shipped packs let through within a minute are fewer.
const LIMITS: [&str; 3] = ["rate = \"30/1m\"", "rate = \"60/1m\"", "rate = \"50/1s\""];

fn packs_without_limits() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for pack in fs::read_dir(workspace_root().join("rules/packs")).unwrap() {
        let pack = pack.unwrap();
        let text = fs::read_to_string(pack.path()).unwrap();
        let text = LIMITS.iter().fold(text, |text, rate| text.replace(rate, "rate = \"9999/1s\""));
        fs::write(dir.path().join(pack.file_name()), text).unwrap();
    }
    dir
}

/// The waits of taps, in microseconds, by part.
#[derive(Default)]
struct Times(BTreeMap<String, Vec<u64>>);

impl Times {
    fn add(&mut self, told: &Value) {
        for (part, time) in told["micros"].as_object().unwrap() {
            match time {
                Value::Object(steps) => {
                    for (step, time) in steps {
                        self.put(format!("card: {step}"), time);
                    }
                }
                time => self.put(part.clone(), time),
            }
        }
        let beside = ["own", "engine"].map(|part| told["micros"][part].as_u64().unwrap());
        self.put("own + engine".to_owned(), &json!(beside.iter().sum::<u64>()));
    }

    fn put(&mut self, part: String, time: &Value) {
        self.0.entry(part).or_default().push(time.as_u64().unwrap());
    }

    /// The 50th and the 99th of a hundred, and the longest, of each part.
    fn told(mut self) -> Map<String, Value> {
        let part = |(part, times): (&String, &mut Vec<u64>)| {
            times.sort_unstable();
            let at = |percent: usize| times[(times.len() - 1) * percent / 100];
            (part.clone(), json!({ "p50": at(50), "p99": at(99), "max": at(100) }))
        };
        self.0.iter_mut().map(part).collect()
    }
}

#[tokio::test]
async fn each_tap_says_where_its_time_went() {
    let taps: usize = std::env::var("SIMBIND_TAPS").map_or(4, |taps| taps.parse().unwrap());
    let Some(mut stack) = stack().await else { return };
    let packs = packs_without_limits();
    let config = format!("[packs]\ndir = {:?}\n", packs.path());
    let mut scene = Scene::configured(Algorithm::Rsa2048, Some(&config)).await;
    scene.bind().await;
    let card = CardFolder::new(&scene.card());
    let mut agent = Agent::with(&stack, scene.server.address(), &[], "cards = 16\n").await;
    let (mut times, mut verdicts) = (Times::default(), BTreeMap::<String, usize>::new());
    for tap in 0..=taps {
        if tap % 200 == 0 {
            scene.seen_at_home().await;
        }
        stack.insert(card.path(), &[]).await.unwrap();
        let told = agent.tap(testing::USER_PIN).await;
        stack.remove(Signal::Kill).await.unwrap();
        assert!(told["verdict"].is_string(), "{told}");
        *verdicts.entry(told["verdict"].to_string()).or_default() += 1;
        // The first one reads the certificates, which are kept from then on.
        if tap > 0 {
            times.add(&told);
        }
    }
    let told = times.told();
    println!("{:<24}{:>10}{:>10}{:>10}", "µs", "p50", "p99", "longest");
    for (part, figures) in &told {
        let [p50, p99, most] = ["p50", "p99", "max"].map(|name| figures[name].to_string());
        println!("{part:<24}{p50:>10}{p99:>10}{most:>10}");
    }
    println!("{}", json!({ "taps": taps, "verdicts": verdicts, "micros": told }));
    for part in ["own", "engine", "challenge", "decision", "round_trip", "card: signature"] {
        assert!(told.contains_key(part), "{part} in {told:?}");
    }
}
