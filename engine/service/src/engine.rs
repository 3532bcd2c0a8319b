//! The engine: the use cases' shared state over the ports.

use crate::{
    attestation_status::ListInForce,
    chains::Chains,
    challenge::{Challenges, UsedChallenges},
    error::ServiceError,
    feeds::Feeds,
    help::WrongCodes,
    hot::{HotBindings, HotDecisions},
    ledger::{BindingRow, decode_row, keys},
    packs::Packs,
    platform::Platforms,
    ports::{
        clock::{Clock, Entropy},
        status::KeptLists,
        store::{Append, LedgerKind, Position, Store, StoreError},
        vault::{KeyId, Vault},
    },
    refusals::Refusals,
    registry::Registries,
    sealing,
    settings::Settings,
    status::{Issuers, Lists, Schedule, Status, Watch},
    ticket::Terminal,
    tokens::UsedTokens,
    turns::Turns,
};
use simbind_core::{
    binding::Binding,
    ids::{BindingId, CallerId, CarrierId},
    line::LineView,
    time::Timestamp,
};
use simbind_evidence::certificate::{ChainError, VerifiedCertificate};
use simbind_rules::facts::FeedHealth;
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;

/// The adapters that the engine works over.
#[derive(Debug)]
pub struct Ports<S, V> {
    /// The store.
    pub store: Arc<S>,
    /// The vault.
    pub vault: Arc<V>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The issuers' lists.
    pub lists: Arc<dyn KeptLists>,
}

impl std::fmt::Debug for dyn Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

impl std::fmt::Debug for dyn Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy")
    }
}

/// The engine.
pub struct Engine<S, V> {
    pub(crate) store: Arc<S>,
    pub(crate) vault: Arc<V>,
    pub(crate) clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    pub(crate) settings: Settings,
    pub(crate) challenges: Challenges,
    pub(crate) enrolment: Challenges,
    pub(crate) used: UsedChallenges,
    pub(crate) used_tokens: UsedTokens,
    pub(crate) hot: HotBindings,
    pub(crate) chains: Chains,
    pub(crate) decisions: HotDecisions,
    pub(crate) feeds: Feeds,
    pub(crate) packs: Packs,
    pub(crate) registries: Registries,
    pub(crate) attestation_list: ListInForce,
    pub(crate) in_flight: Semaphore,
    pub(crate) backtests: Arc<Semaphore>,
    pub(crate) explaining: Turns,
    /// For packs that somebody brings.
    pub(crate) compiling: Turns,
    pub(crate) status: Status,
    pub(crate) wrong_codes: WrongCodes,
    pub(crate) platforms: Platforms,
    pub(crate) refusals: Refusals,
}

/// A binding as it stands, with what a change of it needs.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The binding.
    pub binding: Binding,
    /// The position that wrote it.
    pub version: Position,
    pub(crate) key: KeyId,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Makes the engine, with what must be restored before it serves: the feeds, the packs, and the
    /// challenges that were used and have not ended.
    ///
    /// # Errors
    /// Where the store cannot be read or the packs cannot be recorded.
    pub async fn start(
        ports: Ports<S, V>,
        mut settings: Settings,
        configured: impl Into<crate::packs::Configured>,
        challenge_key: &[u8; 32],
    ) -> Result<Self, ServiceError> {
        let Ports { store, vault, clock, entropy, lists } = ports;
        let bounds = settings.bounds;
        let packs =
            Packs::restore(&*store, &clock, configured.into(), &settings.packs, bounds.limit_keys)
                .await?;
        let registries =
            Registries::new(crate::registry::restore(&*store).await?, settings.packs.new_text);
        let feeds = Feeds::restore(&*store, &settings.carriers).await?;
        let attestation_list = std::mem::take(&mut settings.trust.attestation_list);
        let terms = std::mem::take(&mut settings.status);
        let issuers = Issuers::new(terms.issuers);
        let status = Status {
            lists: Lists::restore(&*store, lists, &issuers, clock.now()).await?,
            issuers,
            schedule: Schedule::new(terms.sources),
            watch: Watch::new(bounds.watched_certificates),
        };
        let platforms = std::mem::take(&mut settings.platforms);
        let platforms = Platforms::new(platforms, &settings.carriers);
        let engine = Self {
            attestation_list: ListInForce::new(attestation_list),
            challenges: Challenges::new(challenge_key, bounds.challenge_lifetime),
            enrolment: Challenges::new(challenge_key, bounds.enrolment_lifetime),
            used: UsedChallenges::new(bounds.used_challenges),
            used_tokens: UsedTokens::new(bounds.used_tokens),
            hot: HotBindings::new(bounds.hot_bindings),
            chains: Chains::new(bounds.verified_chains),
            decisions: HotDecisions::new(bounds.hot_decisions),
            in_flight: Semaphore::new(bounds.checks_in_flight),
            backtests: Arc::new(Semaphore::new(1)),
            explaining: Turns::new(),
            compiling: Turns::new(),
            store,
            vault,
            clock,
            entropy,
            settings,
            feeds,
            packs,
            registries,
            status,
            wrong_codes: WrongCodes::new(bounds.wrong_codes),
            platforms,
            refusals: Refusals::default(),
        };
        engine.restore_used().await?;
        Ok(engine)
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Verifies a certificate's chain by what is trusted, at this time.
    pub(crate) fn chain(
        &self,
        chain: &[Vec<u8>],
        now: Timestamp,
    ) -> Result<Arc<VerifiedCertificate>, ChainError> {
        let trust = &self.settings.trust;
        self.chains.verify(chain, (&trust.anchors, &trust.policy), now)
    }

    /// Whether the engine can do its work.
    ///
    /// # Errors
    /// Where the ledgers cannot be written.
    pub fn health(&self) -> Result<(), ServiceError> {
        Ok(self.store.health()?)
    }

    /// Work that is not urgent and bounds memory: to be called every few seconds.
    pub fn tidy(&self) {
        self.packs.forget_rested();
    }

    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], ServiceError> {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(crate) async fn append_state(
        &self,
        entry: &crate::ledger::StateEntry,
        expect: Vec<(crate::ports::store::Key, crate::ports::store::Expected)>,
    ) -> Result<Position, StoreError> {
        let entry = crate::ledger::encode_state(entry)?;
        self.store.append(LedgerKind::State, Append { entry: entry.into(), expect }).await
    }

    /// A binding by its id.
    ///
    /// # Errors
    /// Where there is none, or it was erased, or the store cannot be read.
    pub async fn binding(&self, id: BindingId) -> Result<Standing, ServiceError> {
        let key = keys::binding(id)?;
        let snapshot = self.store.read(std::slice::from_ref(&key)).await?;
        let missing = ServiceError::NotFound("binding");
        let Some(stored) = snapshot.values.into_iter().next().flatten() else {
            return Err(missing);
        };
        let row: BindingRow = decode_row(&stored.value)?;
        let binding = sealing::open(&*self.vault, sealing::BINDING, &row.sealed)?;
        let binding = binding.ok_or(missing)?;
        Ok(Standing { binding, version: stored.version, key: row.sealed.key })
    }
}

/// How a carrier's feed stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedStanding {
    /// Its health.
    pub health: FeedHealth,
    /// When it was last heard.
    pub last_heard: Option<Timestamp>,
    /// How far back it can see.
    pub horizon: Duration,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// How a carrier's feed stands; `None` where configuration names no such carrier.
    pub fn feed(&self, carrier: &CarrierId) -> Option<FeedStanding> {
        let (feed, terms) = self.feeds.get(carrier)?;
        Some(FeedStanding {
            health: feed.health(&terms, self.now()),
            last_heard: feed.last_heard,
            horizon: feed.horizon(&terms),
        })
    }

    /// A caller as a terminal of its office.
    ///
    /// # Errors
    /// None in practice: every caller's name is one for an office.
    pub fn terminal(&self, caller: &CallerId) -> Result<Terminal, ServiceError> {
        self.settings.counter.terminal(caller)
    }

    /// How long a step-up stays open.
    pub const fn step_up_lifetime(&self) -> Duration {
        self.settings.bounds.step_up_lifetime
    }

    /// What carriers say of a binding's line now.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn line_view(&self, binding: &Binding) -> Result<LineView, ServiceError> {
        let mut wanted = Vec::new();
        for hash in keys::line_hashes(&*self.vault, &binding.sim) {
            wanted.push(keys::history(hash)?);
        }
        let snapshot = self.store.read(&wanted).await?;
        let histories = self.histories(&snapshot.values)?;
        let histories: Vec<_> = histories.iter().collect();
        Ok(LineView::of(binding, &histories, self.now()))
    }
}

/// The caller that the engine itself is in records.
pub(crate) fn engine_caller() -> Result<CallerId, ServiceError> {
    "simbind".parse().map_err(ServiceError::unavailable)
}

/// How often an operation is tried that another change came before.
pub(crate) const TRIES: usize = 8;

/// What is answered when other changes came first every time.
pub(crate) fn contended() -> ServiceError {
    ServiceError::Busy { retry_after: std::time::Duration::from_millis(100) }
}
