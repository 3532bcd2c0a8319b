//! The background work of status: fetches what is due, so much at once at most.

use super::fetch::Fetcher;
use crate::grpc::Api;
use simbind_service::ports::{store::Store, vault::Vault};
use std::time::Duration;
use tokio::{sync::watch, task::JoinSet};

/// How often what is due is looked for.
const LOOK: Duration = Duration::from_millis(500);
/// The most fetches at once.
const AT_ONCE: usize = 32;

/// Fetches until the server stops.
pub(super) async fn keep_fresh<S: Store, V: Vault>(
    api: Api<S, V>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut ticks = tokio::time::interval(LOOK);
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        while open.try_join_next().is_some() {}
        let room = AT_ONCE.saturating_sub(open.len());
        for job in api.engine().status_jobs(room) {
            let api = api.clone();
            open.spawn(async move { api.engine().run_status_job(job, &Fetcher).await });
        }
    }
}
