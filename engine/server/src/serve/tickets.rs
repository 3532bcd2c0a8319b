//! Enrolment tickets whose time has passed are ended.

use super::until;
use crate::grpc::Api;
use simbind_service::ports::{store::Store, vault::Vault};
use std::time::Duration;
use tokio::sync::watch;

/// How often overdue tickets are looked for.
const EVERY: Duration = Duration::from_secs(5);
/// The most that are ended at one time.
const MOST: usize = 256;

pub(super) async fn end_overdue<S: Store, V: Vault>(
    api: Api<S, V>,
    stopped: watch::Receiver<bool>,
) {
    let sweep = async {
        let mut ticks = tokio::time::interval(EVERY);
        loop {
            ticks.tick().await;
            if let Err(error) = api.engine().end_overdue_tickets(MOST).await {
                tracing::warn!(%error, "tickets that are overdue could not be ended");
            }
        }
    };
    tokio::select! {
        () = sweep => {}
        () = until(stopped) => {}
    }
}
