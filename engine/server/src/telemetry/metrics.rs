mod platforms;

use platforms::PlatformGauges;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use simbind_service::platform::PlatformFigures;
use std::{fmt, sync::Arc, time::Duration};

/// Labels of a check. Each value comes from a closed list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Check {
    /// `login` or `tap`.
    pub kind: &'static str,
    /// `allow`, `step_up` or `deny`.
    pub verdict: &'static str,
}

/// Labels of a SIM event.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Event {
    /// What became of it: `applied`, `duplicate`, `kept_unknown_line`, `kept_id_reused`, `refused`.
    pub status: &'static str,
}

/// Labels of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Ledger {
    /// `state` or `decisions`.
    pub ledger: &'static str,
}

/// Labels of a group commit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct LedgerCommit {
    /// `state` or `decisions`.
    pub ledger: &'static str,
    /// `ok` or `failed`.
    pub result: &'static str,
}

/// Labels of a queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Queue {
    /// Its name in the code, such as `checks`.
    pub queue: &'static str,
}

/// Labels of a limit that was reached.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Limit {
    /// What it is keyed by: `certificate`, `iccid`, `imei`, `relying_party`, `reader`, `feed`, or
    /// `in_flight` and `queue` for bounds of the server.
    pub per: &'static str,
}

/// Labels of a change of the packs in service or staged.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PackChange {
    /// `staged`, `approved`, `advanced`, `withdrawn`, `rolled_back`, `snoozed` or `snooze_ended`.
    change: &'static str,
}

/// Labels of a reading of the status list of attestation keys.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ListReading {
    /// `ok` or `failed`.
    result: &'static str,
}

/// How staged packs stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StagedPacks {
    /// 0 where none are staged, 1 where they are evaluated without effect, 2 where they decide for
    /// a share.
    pub stage: i64,
    /// The share in thousandths.
    pub share_permille: i64,
    /// Checks that were answered by both since they were staged.
    pub checks: u64,
    /// Those whose verdicts differ.
    pub differ: u64,
}

/// Counters and histograms. Cheap to clone; all clones count together.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    checks: Family<Check, Counter>,
    events: Family<Event, Counter>,
    decision_seconds: Histogram,
    commits: Family<LedgerCommit, Counter>,
    commit_entries: Family<Ledger, Histogram, fn() -> Histogram>,
    store_healthy: Gauge,
    queues: Family<Queue, Gauge>,
    limits: Family<Limit, Counter>,
    pack_changes: Family<PackChange, Counter>,
    staged_stage: Gauge,
    staged_share: Gauge,
    staged_checks: Gauge,
    staged_differ: Gauge,
    list_readings: Family<ListReading, Counter>,
    list_age: Gauge,
    platforms: PlatformGauges,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// From 50 µs to 1.6 s, each bucket twice the one before.
fn seconds() -> Histogram {
    Histogram::new(prometheus_client::metrics::histogram::exponential_buckets(50e-6, 2.0, 16))
}

/// From 1 to 2,048 entries.
fn entries() -> Histogram {
    Histogram::new(prometheus_client::metrics::histogram::exponential_buckets(1.0, 2.0, 12))
}

impl Metrics {
    /// All counters at zero; the store counts as healthy.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("simbind");
        let inner = Inner {
            checks: Family::default(),
            events: Family::default(),
            decision_seconds: seconds(),
            commits: Family::default(),
            commit_entries: Family::new_with_constructor(entries as fn() -> Histogram),
            store_healthy: Gauge::default(),
            queues: Family::default(),
            limits: Family::default(),
            pack_changes: Family::default(),
            staged_stage: Gauge::default(),
            staged_share: Gauge::default(),
            staged_checks: Gauge::default(),
            staged_differ: Gauge::default(),
            list_readings: Family::default(),
            list_age: Gauge::default(),
            platforms: PlatformGauges::default(),
            registry: Registry::default(),
        };
        inner.store_healthy.set(1);
        inner.platforms.register(&mut registry);
        registry.register("checks", "Checks decided, by kind and verdict", inner.checks.clone());
        registry.register(
            "events",
            "SIM events taken, by what became of them",
            inner.events.clone(),
        );
        registry.register_with_unit(
            "decision_duration",
            "From a check's arrival to its recorded decision",
            Unit::Seconds,
            inner.decision_seconds.clone(),
        );
        registry.register("ledger_commits", "Group commits of a ledger", inner.commits.clone());
        registry.register(
            "ledger_commit_entries",
            "Entries in a group commit",
            inner.commit_entries.clone(),
        );
        registry.register(
            "store_healthy",
            "1 while the ledgers can be written, 0 otherwise",
            inner.store_healthy.clone(),
        );
        registry.register("queue_length", "What waits in a queue", inner.queues.clone());
        registry.register("limit_hits", "Requests that reached a limit", inner.limits.clone());
        registry.register(
            "attestation_list_readings",
            "Readings of the changed status list of attestation keys",
            inner.list_readings.clone(),
        );
        registry.register_with_unit(
            "attestation_list_age",
            "Age of the status list of attestation keys",
            Unit::Seconds,
            inner.list_age.clone(),
        );
        register_packs(&mut registry, &inner);
        Self(Arc::new(Inner { registry, ..inner }))
    }

    /// The packs in service, those staged or a snooze were changed.
    pub fn packs_changed(&self, change: &'static str) {
        self.0.pack_changes.get_or_create(&PackChange { change }).inc();
    }

    /// The file of the status list of attestation keys changed, and was read or could not be.
    pub fn attestation_list_read(&self, ok: bool) {
        let result = if ok { "ok" } else { "failed" };
        self.0.list_readings.get_or_create(&ListReading { result }).inc();
    }

    /// How old the status list of attestation keys is.
    pub fn attestation_list_age(&self, age: Duration) {
        self.0.list_age.set(i64::try_from(age.as_secs()).unwrap_or(i64::MAX));
    }

    /// How staged packs stand.
    pub fn staged_packs(&self, staged: StagedPacks) {
        let StagedPacks { stage, share_permille, checks, differ } = staged;
        let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.0.staged_stage.set(stage);
        self.0.staged_share.set(share_permille);
        self.0.staged_checks.set(whole(checks));
        self.0.staged_differ.set(whole(differ));
    }

    /// A check was decided.
    pub fn decided(&self, check: &Check, took: Duration) {
        self.0.checks.get_or_create(check).inc();
        self.0.decision_seconds.observe(took.as_secs_f64());
    }

    /// An event was taken or refused.
    pub fn event(&self, event: &Event) {
        self.0.events.get_or_create(event).inc();
    }

    /// A ledger committed a group of entries, or could not.
    pub fn committed(&self, commit: &LedgerCommit, entries: u32) {
        self.0.commits.get_or_create(commit).inc();
        let ledger = Ledger { ledger: commit.ledger };
        self.0.commit_entries.get_or_create(&ledger).observe(f64::from(entries));
    }

    /// Whether the ledgers can be written.
    pub fn store_healthy(&self, healthy: bool) {
        self.0.store_healthy.set(i64::from(healthy));
    }

    /// How much waits in a queue.
    pub fn queue(&self, queue: &Queue, length: usize) {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        self.0.queues.get_or_create(queue).set(length);
    }

    /// How the carriers' platforms stand.
    pub fn platforms(&self, figures: &[PlatformFigures]) {
        self.0.platforms.set(figures);
    }

    /// A request reached a limit.
    pub fn limited(&self, limit: &Limit) {
        self.0.limits.get_or_create(limit).inc();
    }

    /// All of it in the OpenMetrics text format.
    ///
    /// # Errors
    /// Never in practice: writing to a `String` does not fail.
    pub fn render(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}

fn register_packs(registry: &mut Registry, inner: &Inner) {
    registry.register(
        "pack_changes",
        "Changes of the packs in service or staged, and of snoozes",
        inner.pack_changes.clone(),
    );
    let gauges = [
        ("staged_packs_stage", "0 none, 1 without effect, 2 for a share", &inner.staged_stage),
        ("staged_packs_share_permille", "The share of certificates", &inner.staged_share),
        ("staged_packs_checks", "Checks answered by both since staged", &inner.staged_checks),
        ("staged_packs_differences", "Those whose verdicts differ", &inner.staged_differ),
    ];
    for (name, help, gauge) in gauges {
        registry.register(name, help, gauge.clone());
    }
}
