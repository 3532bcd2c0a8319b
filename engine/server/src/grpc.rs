//! The gRPC handlers. Messages of the contract stop here: `wire` parses them into domain types and
//! writes answers back; past it nothing knows the contract.

mod backtest;
mod binding;
mod certificate_status;
mod check;
mod counter;
mod decision;
mod event;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod help;
mod party;
mod pin;
mod platform;
mod reader;
mod registry;
mod rollout;
mod rule;
mod status;
mod stream;
mod succession;
mod wire;

pub(crate) use backtest::backtest_request;
pub use party::Parties;
pub use reader::Lists;
pub(crate) use wire::{backtest_part, explained_facts, platform_instruction, platform_said};

use crate::telemetry::Metrics;
use simbind_proto::v1::{
    binding_service_server::BindingServiceServer, check_service_server::CheckServiceServer,
    counter_service_server::CounterServiceServer, decision_service_server::DecisionServiceServer,
    help_service_server::HelpServiceServer, pin_service_server::PinServiceServer,
    platform_service_server::PlatformServiceServer, reader_service_server::ReaderServiceServer,
    registry_service_server::RegistryServiceServer, rollout_service_server::RolloutServiceServer,
    rule_service_server::RuleServiceServer, sim_event_service_server::SimEventServiceServer,
    status_service_server::StatusServiceServer, succession_service_server::SuccessionServiceServer,
};
use simbind_service::{
    Engine,
    ports::{store::Store, vault::Vault},
};
use std::sync::Arc;

/// The largest message with a signed bundle, in bytes: a bundle has at most 4 MiB.
const BUNDLE_MESSAGE: usize = simbind_service::bundle::MOST_BYTES + (8 << 10);

/// The largest message with an issuer's list, in bytes.
const LIST_MESSAGE: usize = simbind_evidence::status::MAX_CRL_BYTES + (8 << 10);

/// The largest message with a registry's files, in bytes.
const REGISTRY_MESSAGE: usize = simbind_service::registry::MESSAGE_BYTES + (8 << 10);

/// What every handler works over. Cheap to clone.
pub struct Api<S, V>(Arc<Shared<S, V>>);

struct Shared<S, V> {
    engine: Engine<S, V>,
    parties: Parties,
    metrics: Metrics,
    bounds: ApiBounds,
    lists: Lists,
}

/// What a call may ask for.
#[derive(Clone, Copy, Debug)]
pub struct ApiBounds {
    /// Messages of one stream in work at once.
    pub stream_in_flight: usize,
    /// Events of a batch.
    pub batch_events: usize,
}

impl<S, V> Clone for Api<S, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Store, V: Vault> Api<S, V> {
    /// Handlers over an engine; `lists` signs lists of refusals.
    pub fn new(
        engine: Engine<S, V>,
        parties: Parties,
        metrics: Metrics,
        bounds: ApiBounds,
        lists: Lists,
    ) -> Self {
        Self(Arc::new(Shared { engine, parties, metrics, bounds, lists }))
    }

    /// The engine.
    pub fn engine(&self) -> &Engine<S, V> {
        &self.0.engine
    }

    /// The services, each with this bound on a message's bytes.
    pub fn services(&self, message_bytes: usize) -> Services<S, V> {
        Services {
            binding: BindingServiceServer::new(self.clone())
                .max_decoding_message_size(message_bytes),
            check: CheckServiceServer::new(self.clone()).max_decoding_message_size(message_bytes),
            counter: CounterServiceServer::new(self.clone())
                .max_decoding_message_size(message_bytes),
            decision: DecisionServiceServer::new(self.clone())
                .max_decoding_message_size(message_bytes),
            event: SimEventServiceServer::new(self.clone())
                .max_decoding_message_size(message_bytes),
            registry: RegistryServiceServer::new(self.clone())
                .max_decoding_message_size(message_bytes.max(REGISTRY_MESSAGE)),
            help: HelpServiceServer::new(self.clone()).max_decoding_message_size(message_bytes),
            rollout: RolloutServiceServer::new(self.clone())
                .max_decoding_message_size(message_bytes.max(BUNDLE_MESSAGE)),
            rule: RuleServiceServer::new(self.clone()).max_decoding_message_size(message_bytes),
            platform: PlatformServiceServer::new(self.clone())
                .max_decoding_message_size(message_bytes),
            reader: ReaderServiceServer::new(self.clone()).max_decoding_message_size(message_bytes),
            pin: PinServiceServer::new(self.clone()).max_decoding_message_size(message_bytes),
            status: StatusServiceServer::new(self.clone())
                .max_decoding_message_size(message_bytes.max(LIST_MESSAGE)),
            succession: SuccessionServiceServer::new(self.clone())
                .max_decoding_message_size(message_bytes),
        }
    }
}

/// The services of the contract.
pub struct Services<S, V> {
    /// Bindings.
    pub binding: BindingServiceServer<Api<S, V>>,
    /// Checks.
    pub check: CheckServiceServer<Api<S, V>>,
    /// Issue at the counter.
    pub counter: CounterServiceServer<Api<S, V>>,
    /// Decisions.
    pub decision: DecisionServiceServer<Api<S, V>>,
    /// SIM events.
    pub event: SimEventServiceServer<Api<S, V>>,
    /// Handsets and readers.
    pub registry: RegistryServiceServer<Api<S, V>>,
    /// The help desk.
    pub help: HelpServiceServer<Api<S, V>>,
    /// Packs on their way into service.
    pub rollout: RolloutServiceServer<Api<S, V>>,
    /// Rules.
    pub rule: RuleServiceServer<Api<S, V>>,
    /// The carriers' platforms.
    pub platform: PlatformServiceServer<Api<S, V>>,
    /// What readers' agents need.
    pub reader: ReaderServiceServer<Api<S, V>>,
    /// PINs.
    pub pin: PinServiceServer<Api<S, V>>,
    /// The status of certificates.
    pub status: StatusServiceServer<Api<S, V>>,
    /// Bindings that follow one another.
    pub succession: SuccessionServiceServer<Api<S, V>>,
}
