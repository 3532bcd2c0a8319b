use simbind_core::{applet::Backoff, ids::CarrierId};
use std::time::Duration;

/// What configuration says of a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformTerms {
    /// The carrier whose it is. It serves the carrier's MVNOs that have none of their own.
    pub carrier: CarrierId,
    /// How long an answer may take.
    pub timeout: Duration,
    /// When an order is sent again that was not answered.
    pub retry: Backoff,
    /// How long after it took an order a platform may be silent before it is asked again.
    pub patience: Duration,
    /// The most orders that it is told at once.
    pub at_once: usize,
}
