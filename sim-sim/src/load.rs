//! Load: a closed loop of logins against a server, and how long each took.

mod asker;
mod fleet;
mod result;
mod worker;

pub use result::{LoadResult, Verdicts};

use crate::world::{World, WorldError};
use asker::Asker;
use fleet::Fleet;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use thiserror::Error;
use tonic::{Status, transport::Channel};

/// Why no load could be made.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The world cannot be made.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The server cannot be reached, or refused what must go before.
    #[error("before the load began: {0}")]
    Before(#[from] Status),
    /// A setting is outside its range.
    #[error("{0}")]
    Setting(&'static str),
    /// A worker ended by itself.
    #[error("a worker ended early")]
    Worker,
}

/// What load to make.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// For how long.
    pub duration: Duration,
    /// Checks under way at once, over all connections: at least one for each connection.
    pub in_flight: usize,
    /// Through `StreamChecks`, one stream for each connection, instead of unary calls.
    pub stream: bool,
    /// How many bindings take turns: 1 to [`World::MAX_PEOPLE`].
    pub bindings: usize,
    /// Take the bindings that an earlier load with the same seed enrolled.
    pub reuse: bool,
    /// Enrol handsets with an attested key, and have it sign too.
    pub handset_proof: bool,
    /// The operation that is asked for, as configuration names it.
    pub operation: String,
    /// The seed of the world.
    pub seed: u64,
}

/// How far a load is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadProgress {
    /// So many bindings of so many are enrolled.
    Enrolling(usize, usize),
    /// The load has begun.
    Loading,
}

/// Makes load over the given connections. `counter` enrols; the others ask.
///
/// # Errors
/// Where the load cannot begin. A check that fails is counted.
pub async fn load(
    options: &LoadOptions,
    counter: Channel,
    connections: Vec<Channel>,
    mut progress: impl FnMut(LoadProgress),
) -> Result<LoadResult, LoadError> {
    if connections.is_empty() || options.in_flight < connections.len() {
        return Err(LoadError::Setting("in-flight must be at least the number of connections"));
    }
    if !(1..=World::MAX_PEOPLE).contains(&options.bindings) {
        return Err(LoadError::Setting("bindings must be 1 to 10,000,000"));
    }
    let world = Arc::new(World::new(options.seed, options.bindings)?);
    let fleet = Arc::new(Fleet::make(&world, options).await?);
    if !options.reuse {
        fleet
            .enrol(&world, counter, |n| progress(LoadProgress::Enrolling(n, options.bindings)))
            .await?;
    }
    progress(LoadProgress::Loading);
    let mut askers = Vec::with_capacity(connections.len());
    for channel in &connections {
        askers.push(Arc::new(Asker::open(channel.clone(), options.stream).await?));
    }
    let began = Instant::now();
    let until = began + options.duration;
    let mut workers = tokio::task::JoinSet::new();
    for (number, asker) in (0..options.in_flight).zip(askers.iter().cycle()) {
        let turn = worker::Turn { number, of: options.in_flight, until };
        let operation = options.operation.clone();
        workers.spawn(worker::run(turn, Arc::clone(asker), Arc::clone(&fleet), operation));
    }
    let mut result = LoadResult::default();
    while let Some(done) = workers.join_next().await {
        result.add(&done.map_err(|_| LoadError::Worker)?);
    }
    result.seconds = began.elapsed().as_secs_f64();
    Ok(result)
}
