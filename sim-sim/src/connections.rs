//! The callers' connections to the engine.

use crate::{
    platform::PlayedPlatform,
    story::{Operation, Reader},
    world::carrier::Carrier,
};
use std::{collections::BTreeMap, sync::Arc};
use tonic::transport::Channel;

/// How the server's configuration names what the callers ask for.
#[derive(Clone, Debug)]
pub struct Names {
    /// An operation of the bank with sensitivity `view`.
    pub view: String,
    /// One with sensitivity `apply`.
    pub apply: String,
    /// One with sensitivity `pay`.
    pub pay: String,
    /// A reader with sensitivity `view`.
    pub door: String,
    /// A reader with sensitivity `apply`.
    pub counter: String,
    /// A second reader with sensitivity `view`.
    pub terminal: String,
}

impl Names {
    /// Operations `balance`, `application`, `transfer`; readers `door-1`, `counter-1`,
    /// `terminal-1`.
    pub fn usual() -> Self {
        Self::of(["balance", "application", "transfer", "door-1", "counter-1", "terminal-1"])
    }

    /// The names of a loopback server without configuration.
    pub fn local() -> Self {
        Self::of(["view", "apply", "pay", "local-door", "local-counter", "local-door"])
    }

    fn of(names: [&str; 6]) -> Self {
        let [view, apply, pay, door, counter, terminal] = names.map(str::to_owned);
        Self { view, apply, pay, door, counter, terminal }
    }

    pub(crate) fn operation(&self, operation: Operation) -> &str {
        match operation {
            Operation::Balance => &self.view,
            Operation::Application => &self.apply,
            Operation::Transfer => &self.pay,
        }
    }

    pub(crate) fn reader(&self, reader: Reader) -> &str {
        match reader {
            Reader::Door => &self.door,
            Reader::Counter => &self.counter,
            Reader::Terminal => &self.terminal,
        }
    }
}

/// A connection for each caller: who asks is told by its client certificate alone.
#[derive(Clone, Debug)]
pub struct Connections {
    /// A relying party with an operation of each sensitivity.
    pub bank: Channel,
    /// Another relying party.
    pub other_party: Channel,
    /// The host of the readers.
    pub doors: Channel,
    /// A counter.
    pub counter: Channel,
    /// A counter of another office.
    pub other_counter: Channel,
    /// The backend of the app with which people enrol at a counter.
    pub enrolment_app: Channel,
    /// An analyst.
    pub analyst: Channel,
    /// The issuer of people's certificates; `None` where it does not tell how they stand.
    pub issuer: Option<Channel>,
    /// The carriers' feeds.
    pub carriers: BTreeMap<Carrier, Channel>,
    /// The carriers' platforms, where the server sends them orders.
    pub platform: Option<Arc<PlayedPlatform>>,
    /// Whether the callers can be told apart. Where they cannot (no TLS), kinds that rest on it
    /// are left out.
    pub told_apart: bool,
    /// How the server names operations and readers.
    pub names: Names,
}

impl Connections {
    /// One connection for all callers, as a server without TLS takes it.
    pub fn plaintext(channel: Channel) -> Self {
        Self {
            bank: channel.clone(),
            other_party: channel.clone(),
            doors: channel.clone(),
            counter: channel.clone(),
            other_counter: channel.clone(),
            enrolment_app: channel.clone(),
            analyst: channel.clone(),
            issuer: Some(channel.clone()),
            carriers: Carrier::ALL.into_iter().map(|c| (c, channel.clone())).collect(),
            platform: None,
            told_apart: false,
            names: Names::local(),
        }
    }

    /// A carrier's connection; the counter's where none was given, which the engine then refuses.
    pub(crate) fn carrier(&self, carrier: Carrier) -> Channel {
        self.carriers.get(&carrier).unwrap_or(&self.counter).clone()
    }
}
