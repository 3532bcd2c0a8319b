//! An engine with a clock that is set by hand, people to enrol, and checks of theirs.

mod iphone;
mod issuer;
mod lists;
mod people;
mod proved;
mod rebuilt;
mod recorded;
mod signed;
mod store;

pub(crate) use iphone::{APPLE_APP, DEVELOPED_APP, Iphone, OTHER_APPLE_APP, STRANGE_APP};
pub(crate) use issuer::serial;
pub(crate) use lists::KeptHere;
pub(crate) use people::{APP, BATCH_SERIAL, BUSINESS, Person, Phone, SIGNER, UI, apps, imei};
pub(crate) use proved::{in_person, reproved};
pub(crate) use recorded::{Recorded, again};
pub(crate) use store::{Fault, Faulty};

use parking_lot::Mutex;
use simbind_core::{
    app::AppList,
    ids::{AuthorityId, BindingId, CallerId, CarrierId},
    line::{EventKind, FeedTerms, LineName},
    registry::ReaderBuild,
    time::Timestamp,
};
use simbind_evidence::{
    android::AttestationRoots,
    apple::AppAttestRoots,
    certificate::{ChainPolicy, TrustAnchors},
};
use simbind_rules::PackSource;
use simbind_service::{
    Engine, Ports, ServiceError,
    attestation_status::{AttestationList, ListAge},
    ingest::{Message, Receipt, Tidings},
    ledger::{BindingRow, IndexProjection, decode_row, keys},
    platform::PlatformTerms,
    ports::{
        clock::{Clock, Entropy, NoEntropy},
        status::KeptLists,
        store::Store as _,
        vault::KeyId,
    },
    settings::{Bounds, CarrierTerms, PackTerms, Settings, Trust},
    status::{IssuerTerms, SourceTerms, StatusTerms},
    ticket::CounterTerms,
};
use simbind_store::{FileVault, MasterKey, MemoryStore, VaultConfig};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

pub(crate) type TestEngine = Engine<Faulty, FileVault>;

/// 2026-10-01T00:00:00Z.
pub(crate) const START: Timestamp = Timestamp::from_secs(1_790_812_800);

/// Rules that let in what no wall refuses, but for a few breaks.
pub(crate) const PACK: &str = r#"
[pack]
id = "nation"
applies_to = { country = "JP" }

[[rule]]
id = "foreign-handset"
on = ["login", "tap"]
when = "handset.latch == 'foreign'"
verdict = "deny"
reason = "HANDSET_MISMATCH"

[[rule]]
id = "pin-locked"
on = ["login", "tap"]
when = "pin.failures >= 3"
verdict = "deny"
reason = "PIN_LOCKED"

[[rule]]
id = "reissued"
on = ["login", "tap"]
when = "sim.latch == 'reissued'"
verdict = "step_up"
step_up = ["card", "counter"]
reason = "SIM_REISSUED"
"#;

/// A clock that is set by hand.
pub(crate) struct Hand(Mutex<Timestamp>);

impl Hand {
    pub(crate) fn move_on(&self, by: Duration) {
        let mut now = self.0.lock();
        *now = now.plus(by);
    }

    pub(crate) fn set_back(&self, by: Duration) {
        let mut now = self.0.lock();
        *now = now.minus(by);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock()
    }
}

/// Bytes that never repeat.
#[derive(Default)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        let next = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        bytes.fill(0x5A);
        bytes.iter_mut().rev().zip(next.iter().rev()).for_each(|(to, from)| *to = *from);
        Ok(())
    }
}

/// Settings that a test changes.
#[derive(Default)]
struct Tuned {
    list_age: ListAge,
    bounds: Bounds,
    packs: PackTerms,
    apps: Option<AppList>,
    sources: Vec<SourceTerms>,
    speakers: Speakers,
    counter: CounterTerms,
    platforms: Vec<PlatformTerms>,
}

/// Who speaks for our issuer.
#[derive(Default)]
enum Speakers {
    #[default]
    Issuer,
    Nobody,
}

/// All that an engine stands on, so that it can be started again.
pub(crate) struct World {
    pub(crate) engine: Arc<TestEngine>,
    pub(crate) store: Arc<Faulty>,
    pub(crate) clock: Arc<Hand>,
    pub(crate) authority: people::Authority,
    entropy: Arc<Counting>,
    pub(crate) lists: Arc<KeptHere>,
    vault: Arc<FileVault>,
    _dir: tempfile::TempDir,
}

pub(crate) fn pack(text: &str) -> Vec<PackSource> {
    vec![PackSource { name: "nation.toml".into(), text: text.into() }]
}

pub(crate) fn caller(name: &str) -> CallerId {
    name.parse().unwrap()
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(PACK, |_| {}).await
    }

    pub(crate) async fn with(text: &str, tune: impl FnOnce(&mut Bounds)) -> Self {
        let mut tuned = Tuned::default();
        tune(&mut tuned.bounds);
        Self::tuned(text, tuned).await
    }

    /// With sources of certificates' status.
    pub(crate) async fn with_sources(
        text: &str,
        sources: impl FnOnce(AuthorityId) -> Vec<SourceTerms>,
    ) -> Self {
        let authority = people::Authority::new();
        let sources = sources(authority.known().id());
        Self::of(authority, text, Tuned { sources, ..Tuned::default() }).await
    }

    /// Where the issuer is known as an anchor alone.
    pub(crate) async fn with_anchor_alone(text: &str) -> Self {
        Self::tuned(text, Tuned { speakers: Speakers::Nobody, ..Tuned::default() }).await
    }

    /// With carriers' platforms.
    pub(crate) async fn with_platforms(text: &str, platforms: Vec<PlatformTerms>) -> Self {
        Self::tuned(text, Tuned { platforms, ..Tuned::default() }).await
    }

    /// A restart with carriers' platforms.
    pub(crate) async fn restarted_with_platforms(
        &self,
        platforms: Vec<PlatformTerms>,
    ) -> Arc<TestEngine> {
        let tuned = Tuned { platforms, ..Tuned::default() };
        let Self { store, vault, authority, .. } = self;
        start(store, vault, &self.on(), authority, PACK, tuned).await.unwrap()
    }

    /// With other terms for packs.
    pub(crate) async fn with_packs(text: &str, tune: impl FnOnce(&mut PackTerms)) -> Self {
        let mut tuned = Tuned::default();
        tune(&mut tuned.packs);
        Self::tuned(text, tuned).await
    }

    /// With other terms for counters.
    pub(crate) async fn with_counter(counter: CounterTerms) -> Self {
        Self::tuned(PACK, Tuned { counter, ..Tuned::default() }).await
    }

    /// With a greatest age of the status list of attestation keys.
    pub(crate) async fn with_list_age(list_age: ListAge) -> Self {
        Self::tuned(PACK, Tuned { list_age, ..Tuned::default() }).await
    }

    async fn tuned(text: &str, tuned: Tuned) -> Self {
        Self::of(people::Authority::new(), text, tuned).await
    }

    async fn of(authority: people::Authority, text: &str, tuned: Tuned) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(Hand(Mutex::new(START)));
        let config = VaultConfig::new(dir.path().join("slots"));
        let vault = Arc::new(FileVault::open(config, MasterKey::new(&[7; 32])).unwrap());
        let told = Arc::clone(&clock);
        let memory = MemoryStore::new(
            Arc::new(IndexProjection::new(Arc::clone(&vault))),
            Arc::new(move || told.now()),
        );
        let store = Arc::new(Faulty::new(memory));
        let (entropy, lists) = (Arc::new(Counting::default()), Arc::new(KeptHere::default()));
        let on = On { clock: &clock, entropy: &entropy, lists: &lists };
        let engine = start(&store, &vault, &on, &authority, text, tuned).await.unwrap();
        Self { engine, store, clock, authority, entropy, lists, vault, _dir: dir }
    }

    /// Another engine over the same store, as after a restart.
    pub(crate) async fn restarted(&self, text: &str) -> Arc<TestEngine> {
        self.try_restarted(text, |_| {}).await.unwrap()
    }

    /// A restart after configuration has another list of apps.
    pub(crate) async fn restarted_with_apps(&self, apps: AppList) -> Arc<TestEngine> {
        self.restarted_by(PACK, apps).await
    }

    /// With other rules too.
    pub(crate) async fn restarted_by(&self, text: &str, apps: AppList) -> Arc<TestEngine> {
        let tuned = Tuned { apps: Some(apps), ..Tuned::default() };
        let Self { store, vault, authority, .. } = self;
        start(store, vault, &self.on(), authority, text, tuned).await.unwrap()
    }

    /// A restart that may be refused.
    pub(crate) async fn try_restarted(
        &self,
        text: &str,
        tune: impl FnOnce(&mut PackTerms),
    ) -> Result<Arc<TestEngine>, ServiceError> {
        let mut tuned = Tuned::default();
        tune(&mut tuned.packs);
        let Self { store, vault, authority, .. } = self;
        start(store, vault, &self.on(), authority, text, tuned).await
    }

    fn on(&self) -> On<'_> {
        let Self { clock, entropy, lists, .. } = self;
        On { clock, entropy, lists }
    }

    pub(crate) fn vault(&self) -> &FileVault {
        &self.vault
    }

    pub(crate) fn shared_vault(&self) -> Arc<FileVault> {
        Arc::clone(&self.vault)
    }

    /// An engine over another store of the same vault.
    pub(crate) async fn over(&self, memory: MemoryStore) -> Arc<TestEngine> {
        let (store, tuned) = (Arc::new(Faulty::new(memory)), Tuned::default());
        let Self { vault, authority, .. } = self;
        start(&store, vault, &self.on(), authority, PACK, tuned).await.unwrap()
    }

    /// Tells an event of a carrier about a SIM.
    pub(crate) async fn tell(
        &self,
        id: &str,
        phone: &Person,
        kind: EventKind,
    ) -> Result<Receipt, ServiceError> {
        self.engine.ingest(&self.message("docomo", id, phone, kind)).await
    }

    pub(crate) fn message(
        &self,
        carrier: &str,
        id: &str,
        person: &Person,
        kind: EventKind,
    ) -> Message {
        Message {
            id: id.parse().unwrap(),
            carrier: carrier.parse().unwrap(),
            occurred_at: self.clock.now(),
            tidings: Tidings::Happened { line: LineName::Iccid(person.iccid), kind },
        }
    }

    /// The key that seals a binding.
    pub(crate) async fn key_of(&self, id: BindingId) -> KeyId {
        let key = keys::binding(id).unwrap();
        let snapshot = self.store.read(&[key]).await.unwrap();
        let row = snapshot.values[0].as_ref().unwrap();
        decode_row::<BindingRow>(&row.value).unwrap().sealed.key
    }

    pub(crate) async fn view(&self, id: BindingId) -> simbind_core::line::LineView {
        let standing = self.engine.binding(id).await.unwrap();
        self.engine.line_view(&standing.binding).await.unwrap()
    }
}

/// The lesser things that an engine stands on.
struct On<'a> {
    clock: &'a Arc<Hand>,
    entropy: &'a Arc<Counting>,
    lists: &'a Arc<KeptHere>,
}

/// The model and firmware of our one reader.
fn door() -> ReaderBuild {
    ReaderBuild { model: "sato-door".parse().unwrap(), firmware: "2.1".parse().unwrap() }
}

async fn start(
    store: &Arc<Faulty>,
    vault: &Arc<FileVault>,
    &On { clock, entropy, lists }: &On<'_>,
    authority: &people::Authority,
    text: &str,
    Tuned { bounds, packs, apps, list_age, sources, speakers, counter, platforms }: Tuned,
) -> Result<Arc<TestEngine>, ServiceError> {
    let terms = FeedTerms {
        lag: Duration::from_secs(3600),
        max_silence: Duration::from_secs(86_400),
        horizon: Duration::from_secs(90 * 86_400),
    };
    let carrier = |name: &str| -> (CarrierId, CarrierTerms) {
        let host = (name == "aqua-mobile").then(|| "docomo".parse().unwrap());
        (name.parse().unwrap(), CarrierTerms { host, feed: terms })
    };
    let settings = Settings {
        trust: Trust {
            anchors: TrustAnchors::from_der([authority.certificate()]).unwrap(),
            policy: ChainPolicy::default(),
            attestation_roots: AttestationRoots::from_der([authority.certificate()]).unwrap(),
            attestation_list: AttestationList::None,
            attestation_list_age: list_age,
            apple_roots: AppAttestRoots::from_der([authority.apple.root_certificate()]).unwrap(),
            apps: apps.unwrap_or_else(people::apps),
        },
        readers: [("door-1".parse().unwrap(), door())].into(),
        carriers: [carrier("docomo"), carrier("kddi"), carrier("aqua-mobile")].into(),
        bounds,
        packs,
        status: StatusTerms {
            issuers: vec![IssuerTerms {
                authority: authority.known(),
                speakers: match speakers {
                    Speakers::Issuer => [caller("issuer")].into(),
                    Speakers::Nobody => [].into(),
                },
            }],
            sources,
        },
        counter,
        platforms,
    };
    let ports = Ports {
        store: Arc::clone(store),
        vault: Arc::clone(vault),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        entropy: Arc::clone(entropy) as Arc<dyn Entropy>,
        lists: Arc::clone(lists) as Arc<dyn KeptLists>,
    };
    Engine::start(ports, settings, pack(text), &[9; 32]).await.map(Arc::new)
}
