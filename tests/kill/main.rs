//! `kill -9` under load and while starting, with sled's folder whole, damaged and gone.
//!
//! `SIMBIND_KILL_ROUNDS` sets the number of rounds (20), `SIMBIND_KILL_SEED` the seed (1).
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and says what it did"
)]

mod audit;
mod book;
mod damage;
mod load;
mod verify;

use book::{Book, below};
use damage::Damage;
use futures::future;
use load::{Worker, is_death};
use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;
use simbind_proto::v1;
use simbind_tests::{Authority, Launch, Server};
use std::{
    env,
    path::Path,
    sync::{Arc, atomic::AtomicU64},
    time::{Duration, Instant},
};
use verify::Verifier;

/// Workers at once, and over how many connections.
const WORKERS: usize = 12;
const CONNECTIONS: usize = 3;

fn number(name: &str, usual: u64) -> u64 {
    env::var(name).ok().map_or(usual, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_every_kill() {
    let rounds = u32::try_from(number("SIMBIND_KILL_ROUNDS", 20)).unwrap();
    let seed = number("SIMBIND_KILL_SEED", 1);
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new().unwrap();
    let launch = launch(dir.path(), &authority);
    let book = Arc::new(Book::new(authority));
    let numbers = Arc::new(AtomicU64::new(1));
    let (mut starts, mut damages, mut looked) = (0, 0, 0);
    let mut usual = Duration::from_millis(200);
    let began = Instant::now();
    for round in 0..rounds {
        let mut damaged = None;
        if round > 0 && below(&mut rng, 3) == 0 {
            let what = damage::damage(&dir.path().join("data/store"), &mut rng);
            println!("round {round}: {what:?}");
            damages += 1;
            damaged = Some(what);
        }
        for _ in 0..below(&mut rng, 3) {
            kill_while_starting(&launch, usual, &mut rng).await;
            starts += 1;
            // The one that was killed may have rebuilt what was damaged.
            damaged = None;
        }
        let starting = Instant::now();
        let server = launch.start().await.unwrap();
        usual = starting.elapsed();
        if damaged.is_some_and(Damage::is_seen) {
            assert!(server.said().contains("made anew"), "{damaged:?}: {}", server.said());
        }
        let channel = server.channel().await.unwrap();
        let verifier = Verifier { book: Arc::clone(&book), channel, round, older: 30 };
        looked += verifier.verify(&mut rng).await;
        let worker = |channel| Worker {
            book: Arc::clone(&book),
            numbers: Arc::clone(&numbers),
            round,
            channel,
        };
        let moment = Duration::from_millis(20 + below(&mut rng, 400));
        load_and_kill(server, worker, moment).await;
    }
    let server = launch.start().await.unwrap();
    let channel = server.channel().await.unwrap();
    let all = Verifier { book: Arc::clone(&book), channel, round: rounds, older: usize::MAX };
    looked += all.verify(&mut rng).await;
    let (status, said) = server.terminate().await.unwrap();
    assert!(status.success(), "{said}");
    let held = audit::audit(&dir.path().join("data")).await;
    compare(&book, &held);
    println!(
        "seed {seed}: {rounds} kills under load, {starts} while starting, {damages} damaged or \
         deleted indexes; {looked} looks; {held:?}; {:.1} s",
        began.elapsed().as_secs_f64()
    );
}

fn launch(dir: &Path, authority: &Authority) -> Launch {
    let anchors = dir.join("anchors.pem");
    authority.write(&anchors).unwrap();
    let config = dir.join("simbind.toml");
    // Long enough to see that a challenge is used, not that it has ended.
    std::fs::write(&config, "[limits]\nchallenge_lifetime = \"10m\"\n").unwrap();
    Launch::new(dir.join("data")).config(&config).trust(&anchors)
}

/// Starts a server and kills it at a moment on its way.
async fn kill_while_starting(launch: &Launch, usual: Duration, rng: &mut ChaCha20Rng) {
    let moment = usual.mul_f64(f64::from(u32::try_from(below(rng, 1100)).unwrap()) / 1000.0);
    let mut child = launch.spawn().unwrap();
    tokio::time::sleep(moment).await;
    child.kill().await.unwrap();
}

/// Lets workers work, and kills the server under them.
async fn load_and_kill(
    server: Server,
    worker: impl Fn(tonic::transport::Channel) -> Worker,
    moment: Duration,
) {
    let mut workers = Vec::new();
    for _ in 0..CONNECTIONS {
        let channel = server.channel().await.unwrap();
        for _ in 0..WORKERS / CONNECTIONS {
            workers.push(tokio::spawn(worker(channel.clone()).work()));
        }
    }
    tokio::time::sleep(moment).await;
    server.kill().await.unwrap();
    for ended in future::join_all(workers).await {
        let status = ended.unwrap();
        assert!(is_death(&status), "the server refused: {status:?}");
    }
}

/// The ledgers hold all that was acknowledged and nothing that was never sent.
fn compare(book: &Book, held: &audit::Audit) {
    let pages = book.pages();
    assert!(pages.enrolments.iter().all(|sent| sent.answer.is_some()));
    assert_eq!(held.enrolments, pages.enrolments.len());
    assert_eq!(held.events, pages.events.len());
    assert!(held.decisions >= pages.logins.len());
    let denied = |sent: &&book::Sent<book::Login, v1::Decision>| {
        let answer = sent.answer.as_ref().unwrap();
        matches!(answer.verdict, Some(v1::decision::Verdict::Deny(_)))
    };
    let count = pages.logins.iter().filter(denied).count();
    assert!(count > 0 && count < pages.logins.len(), "the events made no difference: {count}");
}
