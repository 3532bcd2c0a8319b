//! The run itself.

use super::{
    actor::{Actor, Shared},
    calls::Calls,
    enrol,
    feed::Heart,
    issuer::Desk,
    pace::Pace,
};
use crate::{
    clock::SimClock,
    connections::Connections,
    report::Report,
    scenario::{Scenario, Span},
    story::{self, Action, Stage},
    world::{World, WorldError, person::Person},
};
use futures::{StreamExt as _, stream};
use std::{collections::BTreeMap, time::Duration};
use thiserror::Error;
use tonic::Status;

/// The most people who act at once.
const IN_FLIGHT: usize = 64;
const MINUTE: Duration = Duration::from_secs(60);

/// Why a run ended early.
#[derive(Debug, Error)]
pub enum PlayError {
    /// The world cannot be made.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The time of the machine is not a year's.
    #[error(
        "{0} takes virtual time, and a server that runs already has none: leave its address out"
    )]
    Time(String),
    /// The server does not take a carrier's heartbeat.
    #[error("the server does not take a heartbeat: {0}")]
    Feed(#[from] Status),
    /// The server does not take a list that it must take.
    #[error("the server does not take the issuer's list: {0}")]
    Issuer(Status),
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many people of so many are enrolled.
    Enrolling(usize, usize),
    /// So many steps of so many are done.
    Playing(usize, usize),
}

/// A person and the actions left of the day, by tick.
struct Part {
    actor: Actor,
    before: Vec<Action>,
    ticks: BTreeMap<u32, Vec<Action>>,
}

/// Plays a scenario in a world against a server. Decisions follow from the seed alone; ids differ.
///
/// # Errors
/// Where the world cannot be made, or the server takes no heartbeat. A check that fails is no
/// error: it is in the report.
pub async fn play(
    world: &World,
    scenario: &Scenario,
    connections: &Connections,
    clock: &dyn SimClock,
    mut progress: impl FnMut(Progress),
) -> Result<Report, PlayError> {
    if matches!(scenario.span, Span::Year(_)) && !clock.is_virtual() {
        return Err(PlayError::Time(scenario.name().to_owned()));
    }
    let calls = Calls::new(connections);
    let pace = Pace::new(clock.is_virtual());
    let names = &connections.names;
    let desk = Desk::default();
    let platform = connections.platform.as_deref();
    let shared = Shared { world, calls: &calls, clock, names, pace: &pace, desk: &desk, platform };
    let stage = Stage {
        time_moves: clock.is_virtual(),
        callers_told_apart: connections.told_apart,
        status_told: desk.open(&shared).await?,
        platform_played: platform.is_some(),
    };
    let (kinds, left_out) = story::cast(world, scenario, stage);
    let mut heart = Heart::new(world.seed);
    let mut parts = Vec::with_capacity(kinds.len());
    for (index, kind) in kinds.into_iter().enumerate() {
        parts.push(Some(part(world, scenario, stage, index, kind)?));
    }
    heart.beat(&shared, MINUTE).await?;
    enrol_all(&mut parts, &shared, &mut progress).await;
    settle(scenario, &shared, &mut heart).await?;
    desk.begin_day(&shared).await?;
    take_the_day(&mut parts, scenario, &shared, &mut heart, &mut progress).await?;
    let outcomes = parts.into_iter().flatten().flat_map(|part| part.actor.outcomes);
    let (name, goal) = (scenario.name().to_owned(), scenario.goal());
    Ok(Report::new(name, world.seed, goal, outcomes.collect(), left_out))
}

fn part(
    world: &World,
    scenario: &Scenario,
    stage: Stage,
    index: usize,
    kind: crate::catalogue::Kind,
) -> Result<Part, WorldError> {
    let script = story::write(world, scenario, stage, index, kind);
    let number = u64::try_from(index).unwrap_or(u64::MAX);
    let person = Person::make(world, number, script.traits)?;
    let mut ticks: BTreeMap<u32, Vec<Action>> = BTreeMap::new();
    for (minute, action) in script.steps {
        ticks.entry(minute / scenario.time.tick_minutes).or_default().push(action);
    }
    Ok(Part { actor: Actor::new(index, kind, person), before: script.before, ticks })
}

/// Enrols everybody. Whoever is refused takes no further part.
async fn enrol_all(
    parts: &mut [Option<Part>],
    shared: &Shared<'_>,
    progress: &mut impl FnMut(Progress),
) {
    let total = parts.len();
    let mut done = 0;
    let mut running = stream::iter(parts.iter_mut().flatten())
        .map(|part| async move {
            enrol::enrol(&mut part.actor, shared).await;
            if part.actor.binding_id.is_empty() {
                part.ticks.clear();
                return;
            }
            for action in std::mem::take(&mut part.before) {
                part.actor.act(shared, &action).await;
            }
        })
        .buffer_unordered(IN_FLIGHT);
    while running.next().await.is_some() {
        done += 1;
        progress(Progress::Enrolling(done, total));
    }
}

/// Lets the days after enrolment pass, with the carriers' heartbeats.
async fn settle(
    scenario: &Scenario,
    shared: &Shared<'_>,
    heart: &mut Heart,
) -> Result<(), PlayError> {
    if !shared.clock.is_virtual() {
        return Ok(());
    }
    let every = MINUTE * 60 * scenario.time.settle_heartbeat_hours;
    let end = shared.clock.now().plus(MINUTE * 60 * 24 * scenario.time.settle_days);
    while shared.clock.now() < end {
        shared.clock.advance_to(shared.clock.now().plus(every).min(end));
        heart.beat(shared, every).await?;
    }
    Ok(())
}

/// Takes the day tick by tick: within one, people act at once; the time moves when all are done.
async fn take_the_day(
    parts: &mut [Option<Part>],
    scenario: &Scenario,
    shared: &Shared<'_>,
    heart: &mut Heart,
    progress: &mut impl FnMut(Progress),
) -> Result<(), PlayError> {
    let mut due: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut total = 0;
    for (index, part) in parts.iter().enumerate() {
        for (tick, actions) in part.iter().flat_map(|part| &part.ticks) {
            due.entry(*tick).or_default().push(index);
            total += actions.len();
        }
    }
    let start = shared.clock.now();
    let length = MINUTE * scenario.time.tick_minutes;
    let every = MINUTE * scenario.time.heartbeat_minutes;
    let mut done = 0;
    for (tick, who) in due {
        let begins = start.plus(length * tick);
        while shared.clock.is_virtual() && shared.clock.now() < begins {
            shared.clock.advance_to(shared.clock.now().plus(every).min(begins));
            heart.beat(shared, every).await?;
            shared.desk.renew(shared, scenario.lists_every()).await?;
        }
        let taken: Vec<Part> =
            who.iter().filter_map(|i| parts.get_mut(*i).and_then(Option::take)).collect();
        let mut running = stream::iter(taken)
            .map(|part| act_in_tick(part, tick, shared))
            .buffer_unordered(IN_FLIGHT);
        while let Some((part, acted)) = running.next().await {
            done += acted;
            progress(Progress::Playing(done, total));
            let slot = parts.get_mut(part.actor.index);
            if let Some(slot) = slot {
                *slot = Some(part);
            }
        }
    }
    Ok(())
}

async fn act_in_tick(mut part: Part, tick: u32, shared: &Shared<'_>) -> (Part, usize) {
    let actions = part.ticks.remove(&tick).unwrap_or_default();
    for action in &actions {
        part.actor.act(shared, action).await;
    }
    (part, actions.len())
}
