//! The callers' connections to the engine.

use crate::world::carrier::Carrier;
use std::collections::BTreeMap;
use tonic::transport::Channel;

/// A connection for each caller: who asks is told by its client certificate alone.
#[derive(Clone, Debug)]
pub struct Connections {
    /// The relying party `bank`, with the operations `balance`, `application` and `transfer`.
    pub bank: Channel,
    /// Another relying party, `shop`.
    pub other_party: Channel,
    /// The host of the readers `door-1`, `counter-1` and `terminal-1`.
    pub doors: Channel,
    /// The counter `city-hall`.
    pub counter: Channel,
    /// The carriers' feeds.
    pub carriers: BTreeMap<Carrier, Channel>,
    /// Whether the callers can be told apart. Where they cannot (no TLS), kinds that rest on it
    /// are left out.
    pub told_apart: bool,
}

impl Connections {
    /// One connection for all callers, as a server without TLS takes it.
    pub fn plaintext(channel: Channel) -> Self {
        Self {
            bank: channel.clone(),
            other_party: channel.clone(),
            doors: channel.clone(),
            counter: channel.clone(),
            carriers: Carrier::ALL.into_iter().map(|c| (c, channel.clone())).collect(),
            told_apart: false,
        }
    }

    /// A carrier's connection; the counter's where none was given, which the engine then refuses.
    pub(crate) fn carrier(&self, carrier: Carrier) -> Channel {
        self.carriers.get(&carrier).unwrap_or(&self.counter).clone()
    }
}
