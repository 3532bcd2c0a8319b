//! The server killed between any two steps of each flow: whatever people, attackers, carriers and
//! issuers of sim-sim do is played twice from one seed, once in peace, and once with `kill -9`
//! after steps, their replies lost and the steps repeated on the server that was started again.
//! Both must end in the same decisions and leave the same entries in the ledgers.
//!
//! Every call of sim-sim goes through a relay of this test, so a flow that sim-sim learns is taken
//! along. Calls that are in work at once are cut together: the server is killed while it works on
//! them, or when it has done them all and no reply was read; it is started again, and the same bytes
//! are sent once more.
//!
//! The server is this executable in a process of its own, by a clock that stands in a file: so days
//! pass for flows that take days, and no product has a way to be told the time.
//!
//! `SIMBIND_LIFE_KILLS` sets the number of kills (9), `all` for one after every step;
//! `SIMBIND_LIFE_SEED` the seed (the day), `SIMBIND_LIFE_PEOPLE` how many people play (150).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod clock;
mod ledgers;
mod plan;
mod relay;
mod run;
mod scenario;
mod served;

use plan::Kills;
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    time::Instant,
};

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap())
}

/// Another seed each day, so that what the test command kills goes round.
fn seed() -> u64 {
    number("SIMBIND_LIFE_SEED").unwrap_or_else(|| {
        let day = time::OffsetDateTime::now_utc().to_julian_day();
        u64::try_from(day).unwrap()
    })
}

fn kills() -> Kills {
    match env::var("SIMBIND_LIFE_KILLS").as_deref() {
        Ok("all") => Kills::All,
        Ok(text) => Kills::Some(text.parse().unwrap()),
        Err(_) => Kills::Some(9),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn flows_end_the_same_though_the_server_is_killed_between_their_steps() {
    let (seed, kills) = (seed(), kills());
    let people = usize::try_from(number("SIMBIND_LIFE_PEOPLE").unwrap_or(150)).unwrap();
    let began = Instant::now();
    let peace = Box::pin(run::run(seed, people, Kills::Some(0), 0)).await;
    let in_peace = began.elapsed();
    println!("seed {seed}, {people} people: {} waves in {in_peace:.1?}", peace.waves);
    // No gateway of a carrier's platform is played here: `--test platform` kills beside its own.
    let left_out: Vec<_> = peace.left_out.iter().filter(|kind| !kind.needs_platform()).collect();
    assert!(left_out.is_empty(), "not played: {left_out:?}");
    assert!(peace.faults.is_empty(), "seed {seed}, in peace:\n{}", peace.faults.join("\n"));
    let cut = Box::pin(run::run(seed, people, kills, peace.waves)).await;
    println!(
        "{} kills, after {} of {} calls; {:.1?}",
        cut.kills,
        cut.calls_cut,
        cut.calls,
        began.elapsed()
    );
    let not_drawn = scenario::not_drawn(&cut.decisions);
    println!("kinds that were not drawn: {not_drawn:?}");
    for (method, (calls, cut)) in &cut.by_method {
        println!("  {method}: {cut} of {calls} cut");
    }
    assert!(cut.faults.is_empty(), "seed {seed}, with kills:\n{}", cut.faults.join("\n"));
    let differ = differences(&peace.decisions, &cut.decisions);
    assert!(differ.is_empty(), "seed {seed}: in peace, then with kills:\n{}", differ.join("\n"));
    let lines = |ledgers: &BTreeMap<String, usize>| {
        let line = |(kind, count): (&String, &usize)| format!("{count} {kind}\n");
        ledgers.iter().map(line).collect::<String>()
    };
    let differ = differences(&lines(&peace.ledgers), &lines(&cut.ledgers));
    assert!(
        differ.is_empty(),
        "seed {seed}: entries in peace, then with kills:\n{}",
        differ.join("\n")
    );
    assert!(cut.kills > 0 && cut.calls_cut > 0, "nothing was cut");
}

/// The lines that only one of the two has.
fn differences(peace: &str, cut: &str) -> Vec<String> {
    let (before, after): (BTreeSet<&str>, BTreeSet<&str>) =
        (peace.lines().collect(), cut.lines().collect());
    let gone = before.difference(&after).map(|line| format!("- {line}"));
    let come = after.difference(&before).map(|line| format!("+ {line}"));
    let mut all: Vec<String> = gone.chain(come).collect();
    all.sort_by_key(|line| line.get(2..).unwrap_or_default().to_owned());
    all
}

/// Not a test: the process that is killed. It serves where the test above started it, and is over
/// at once elsewhere.
#[tokio::test(flavor = "multi_thread")]
async fn the_process_that_is_killed() {
    Box::pin(served::serve_if_told()).await;
}
