//! The carriers' heartbeats.

use super::{actor::Shared, event::publish};
use crate::{clock::to_proto, world::carrier::Carrier};
use simbind_core::time::Timestamp;
use simbind_proto::v1::{self, sim_event::Kind};
use std::time::Duration;
use tonic::Status;

/// Beats when it is due.
pub(super) struct Heart {
    last: Option<Timestamp>,
    beats: u64,
    seed: u64,
}

impl Heart {
    pub(super) const fn new(seed: u64) -> Self {
        Self { last: None, beats: 0, seed }
    }

    /// Beats once for each carrier where the last time lies so far back.
    pub(super) async fn beat(
        &mut self,
        shared: &Shared<'_>,
        every: Duration,
    ) -> Result<(), Status> {
        let now = shared.clock.now();
        if self.last.is_some_and(|last| now.since(last) < every) {
            return Ok(());
        }
        self.last = Some(now);
        self.beats += 1;
        let beat = |carrier: Carrier| v1::SimEvent {
            event_id: format!("beat-{}-{}-{}", self.seed, now.as_millis(), self.beats),
            carrier_id: carrier.id().to_owned(),
            occurred_at: Some(to_proto(now)),
            line: None,
            kind: Some(Kind::Heartbeat(v1::Heartbeat { horizon_days: 0 })),
        };
        let sent = Carrier::ALL.map(|carrier| publish(shared, carrier, vec![beat(carrier)]));
        futures::future::try_join_all(sent).await?;
        Ok(())
    }
}
