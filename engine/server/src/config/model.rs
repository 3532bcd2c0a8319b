use crate::callers::Role;
use simbind_core::app::AppList;
use simbind_core::binding::Longest;
use simbind_core::ids::{CallerId, CarrierId, ReaderId, RelyingPartyId};
use simbind_core::{refusals::OfflineUse, registry::ReaderBuild};
use simbind_evidence::{certificate::Profile, oid::Oid};
use simbind_rules::facts::{ReaderProfile, Sensitivity};
use simbind_service::{
    attestation_status::ListAge, platform::PlatformTerms, ports::status::Place,
    refusals::RefusalTerms, settings::PackTerms, status::SourceKind, ticket::CounterTerms,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    path::PathBuf,
    time::Duration,
};

/// All that `simbind serve` is told before it starts. Made by [`Config::load`], which checks it as
/// a whole.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens.
    pub listen: Listen,
    /// The data folder.
    pub data: PathBuf,
    /// Certificate, key and client authority; without them only loopback is served.
    pub tls: Option<TlsFiles>,
    /// What evidence is verified against.
    pub trust: Trust,
    /// The apps that may carry a login; empty where none is known.
    pub apps: AppList,
    /// Login backends.
    pub relying_parties: Vec<RelyingParty>,
    /// Readers.
    pub readers: Vec<Reader>,
    /// Carriers and MVNOs.
    pub carriers: Vec<Carrier>,
    /// All callers with all of their roles, those that follow from the lists above included.
    pub callers: Vec<ConfiguredCaller>,
    /// Bounds on what callers can make grow.
    pub limits: Limits,
    /// Who says how certificates stand.
    pub status: Vec<StatusSource>,
    /// The carriers' platforms.
    pub platforms: Vec<Platform>,
    /// How often orders to them that are due are looked for: every half second, and oftener only
    /// where the time is not the machine's.
    pub platform_look: Duration,
    /// Issue at counters, and where callers stand.
    pub counter: CounterTerms,
    /// Where the first packs come from, and how others do.
    pub packs: Packs,
    /// Lists of refusals for readers.
    pub refusals: RefusalTerms,
    /// Sizes of the store.
    pub store: StoreSizes,
}

/// The rule packs.
#[derive(Clone, Debug)]
pub struct Packs {
    /// Where those come from that are in service first.
    pub origin: PackOrigin,
    /// On which terms others come into service.
    pub terms: PackTerms,
}

/// Where the first packs come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackOrigin {
    /// They ship with the binary.
    Shipped,
    /// The `.toml` files of a folder.
    Folder(PathBuf),
    /// A signed bundle.
    Bundle(PathBuf),
}

/// Where the server listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listen {
    /// gRPC. Port 0 picks a free one.
    pub grpc: SocketAddr,
    /// The Prometheus endpoint, if any.
    pub metrics: Option<SocketAddr>,
}

/// PEM files for mutual TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's chain, leaf first.
    pub certificate: PathBuf,
    /// The server's key.
    pub key: PathBuf,
    /// The authority of the callers' certificates.
    pub client_ca: PathBuf,
}

/// What evidence is verified against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// PEM files with the anchors of user-authentication certificates.
    pub certificates: Vec<PathBuf>,
    /// PEM files with the roots of handset attestation.
    pub attestation_roots: Vec<PathBuf>,
    /// PEM files with the roots of App Attest.
    pub apple_roots: Vec<PathBuf>,
    /// The attestation status list (JSON), if any.
    pub attestation_status: Option<PathBuf>,
    /// How often the list's file is looked at for a change.
    pub attestation_status_every: Duration,
    /// How old the list may be for an attestation to be taken.
    pub attestation_status_max_age: ListAge,
    /// Certificate policies of which a user certificate must name one; empty: any.
    pub required_policies: Vec<Oid>,
    /// How user certificates, their authorities and the anchors must be made.
    pub certificate_profile: Profile,
    /// How long a certificate that is to be bound may be valid from its first instant to its end;
    /// 1 to 36500 days.
    pub certificate_longest: Longest,
}

/// A login backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// Its name.
    pub id: RelyingPartyId,
    /// Whose client certificate speaks for it.
    pub caller: CallerId,
    /// Its operations and how sensitive each is: at least one.
    pub operations: BTreeMap<String, Sensitivity>,
}

impl RelyingParty {
    /// How sensitive an operation is. One that is empty or unknown counts as the most sensitive
    /// that the relying party has.
    pub fn sensitivity(&self, operation: &str) -> Sensitivity {
        let strongest = || {
            self.operations.values().copied().max_by_key(|s| *s as u8).unwrap_or(Sensitivity::Pay)
        };
        self.operations.get(operation).copied().unwrap_or_else(strongest)
    }
}

/// A reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Its name.
    pub id: ReaderId,
    /// Whose client certificate speaks for it.
    pub caller: CallerId,
    /// What kind it is.
    pub profile: ReaderProfile,
    /// How sensitive a tap at it is.
    pub sensitivity: Sensitivity,
    /// Its model and firmware, as the registry of readers has them; `None` where they are not told.
    pub build: Option<ReaderBuild>,
    /// What its agent may do while the engine cannot be reached.
    pub offline: OfflineUse,
}

/// A carrier or an MVNO, and its feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carrier {
    /// Its name.
    pub id: CarrierId,
    /// Whose client certificate speaks for it.
    pub caller: CallerId,
    /// The carrier whose network an MVNO rents.
    pub host: Option<CarrierId>,
    /// MVNOs that it may also speak for.
    pub mvnos: BTreeSet<CarrierId>,
    /// How far back its feed can see.
    pub horizon: Duration,
    /// How long its feed may be silent and still count as healthy.
    pub max_silence: Duration,
    /// How late its events usually come.
    pub lag: Duration,
}

/// A source of an issuer's answers about its certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusSource {
    /// The issuer's own certificate, PEM.
    pub issuer: PathBuf,
    /// What it gives.
    pub kind: SourceKind,
    /// Where it is; `None` where its answers are pushed in.
    pub place: Option<Place>,
    /// How often it is asked.
    pub every: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
    /// The caller that may speak for the issuer.
    pub caller: Option<CallerId>,
}

/// A carrier's platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// Whose it is, and when it is told what.
    pub terms: PlatformTerms,
    /// Where it is.
    pub url: String,
    /// How it and we know each other; `None` on this machine alone.
    pub tls: Option<PlatformTls>,
}

/// PEM files for mutual TLS with a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformTls {
    /// The authority of its certificate.
    pub ca: PathBuf,
    /// Our chain, leaf first.
    pub certificate: PathBuf,
    /// Our key.
    pub key: PathBuf,
}

/// A caller and its roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfiguredCaller {
    /// The DNS name in its client certificate.
    pub name: CallerId,
    /// What it may do: at least one.
    pub roles: BTreeSet<Role>,
}

/// Bounds on what callers can make grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest message taken, in bytes.
    pub message_bytes: usize,
    /// Concurrent calls on one connection.
    pub streams_per_connection: u32,
    /// Checks in work at once, over all connections.
    pub checks_in_flight: usize,
    /// Messages of one stream in work at once.
    pub stream_in_flight: usize,
    /// Appends that wait for each ledger.
    pub ledger_queue: usize,
    /// Events in a batch.
    pub batch_events: usize,
    /// How long a unary call may take.
    pub request_timeout: Duration,
    /// How long the server finishes what it took in after it was told to stop.
    pub drain: Duration,
    /// How long a challenge of a check lives.
    pub challenge_lifetime: Duration,
    /// How long a challenge of an enrolment lives.
    pub enrolment_challenge_lifetime: Duration,
    /// How long a step-up can be answered.
    pub step_up_lifetime: Duration,
    /// Used challenges that are remembered until they would have ended; more are answered as busy.
    pub used_challenges: usize,
    /// Used tokens of handsets that are remembered.
    pub used_tokens: usize,
    /// How far the clocks of handsets may be from ours.
    pub token_skew: Duration,
    /// Bindings that checks read from memory.
    pub hot_bindings: usize,
    /// Verified chains that are held in memory.
    pub verified_chains: usize,
    /// How long a support code can be asked for.
    pub support_code_life: Duration,
    /// Codes an hour that one caller may ask for and that stand for nothing.
    pub wrong_codes: u32,
    /// Keys of one rate limit.
    pub limit_keys: usize,
}

/// Sizes of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreSizes {
    /// What the index may keep in memory, in bytes.
    pub cache_bytes: u64,
    /// The size at which a ledger begins a new segment, in bytes.
    pub segment_bytes: u64,
    /// After so many entries of the state ledger the index is written to a snapshot.
    pub snapshot_entries: u64,
}
