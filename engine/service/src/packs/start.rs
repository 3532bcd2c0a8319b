//! Which packs are in service after a start: what a person put there stands; those of the
//! configuration only while nobody did.

use super::{
    Diagnostic, InForce, InService, OnTrial, Packs, Quota, Workshop, shadow::Shadow, texts,
    texts::append,
};
use crate::{
    engine::{TRIES, contended, engine_caller},
    error::ServiceError,
    ledger::{StateEntry, decode_row, keys},
    ports::{
        clock::Clock,
        store::{Expected, Position, Store, StoreError},
    },
    settings::{BrokenPacks, PackTerms},
};
use arc_swap::ArcSwap;
use simbind_core::{
    rollout::{Act, Change, Guided, Origin, Rollout},
    time::Timestamp,
};
use simbind_rules::{PackSource, PacksHash};
use std::sync::Arc;

/// Why packs have another hash than before.
pub(crate) const RENAMED: &str = "the same packs have another hash with this version of simbind";

/// Why a share ends at a start.
const UNAPPROVED: &str = "the nation's pack changes, and no second person has approved the packs";

/// The packs that the configuration names.
#[derive(Clone, Debug)]
pub struct Configured {
    /// Their texts.
    pub sources: Vec<PackSource>,
    /// How the configuration holds them.
    pub origin: Origin,
}

impl From<Vec<PackSource>> for Configured {
    fn from(sources: Vec<PackSource>) -> Self {
        Self { sources, origin: Origin::Texts }
    }
}

/// What is in service and staged by the ledger, and the version of its row.
pub(crate) async fn read_rollout(
    store: &impl Store,
) -> Result<(Rollout, Option<Position>), ServiceError> {
    let row = store.read(&[keys::rollout()?]).await?;
    match row.values.into_iter().next().flatten() {
        Some(row) => Ok((decode_row(&row.value)?, Some(row.version))),
        None => Ok((Rollout::default(), None)),
    }
}

/// Appends a change where nothing else was changed since the state was read.
pub(crate) async fn append_change(
    store: &impl Store,
    change: Change,
    version: Option<Position>,
) -> Result<Position, StoreError> {
    let expected = version.map_or(Expected::Absent, Expected::Version);
    let entry = StateEntry::PacksChanged(change);
    append(store, &entry, vec![(keys::rollout()?, expected)]).await
}

/// A change that the engine makes by itself.
pub(crate) fn own_change(
    act: Act,
    packs: PacksHash,
    at: Timestamp,
    why: &str,
) -> Result<Change, ServiceError> {
    let why = why.parse().map_err(ServiceError::unavailable)?;
    Ok(Change { act, packs, by: engine_caller()?, at, why })
}

fn lines(found: &[Diagnostic]) -> String {
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

impl Packs {
    /// The packs that are in service by the ledger, or by the configuration.
    pub(crate) async fn restore(
        store: &impl Store,
        clock: &Arc<dyn Clock>,
        configured: Configured,
        terms: &PackTerms,
        most_keys: usize,
    ) -> Result<Self, ServiceError> {
        let workshop = Workshop::new(clock, most_keys);
        let start = Start { store, now: clock.now(), workshop, terms };
        for _ in 0..TRIES {
            match start.force(configured.clone()).await {
                Ok(force) => {
                    return Ok(Self {
                        current: ArcSwap::from_pointee(force),
                        workshop: start.workshop,
                        changing: tokio::sync::Mutex::default(),
                        quota: Quota::new(terms.new_text),
                    });
                }
                Err(Fault::Conflict) => {}
                Err(Fault::Service(error)) => return Err(error),
            }
        }
        Err(contended())
    }
}

enum Fault {
    /// Another change came first.
    Conflict,
    Service(ServiceError),
}

impl<E: Into<ServiceError>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Service(error.into())
    }
}

struct Start<'a, S> {
    store: &'a S,
    now: Timestamp,
    workshop: Workshop,
    terms: &'a PackTerms,
}

/// The ledger's state while the start goes on.
struct At {
    rollout: Rollout,
    version: Option<Position>,
}

impl<S: Store> Start<'_, S> {
    async fn force(&self, configured: Configured) -> Result<InForce, Fault> {
        let (rollout, version) = read_rollout(self.store).await?;
        let mut at = At { rollout, version };
        let by_person =
            at.rollout.live().filter(|_| at.rollout.guided() != Guided::ByConfiguration);
        let live = match by_person.map(|live| live.packs) {
            Some(packs) => self.kept_live(&mut at, packs, configured).await?,
            None => {
                let act = Act::Configured { origin: configured.origin };
                self.configured(&mut at, act, configured.sources).await?
            }
        };
        let staged = self.staged(&mut at, &live).await?;
        Ok(InForce { version: at.version.unwrap_or_default(), live, staged })
    }

    async fn note(&self, at: &mut At, act: Act, packs: PacksHash, why: &str) -> Result<(), Fault> {
        let change = own_change(act, packs, self.now, why)?;
        let after = at.rollout.after(&change);
        match append_change(self.store, change, at.version).await {
            Ok(version) => *at = At { rollout: after, version: Some(version) },
            Err(StoreError::Conflict) => return Err(Fault::Conflict),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// The packs of the configuration, with a change in the ledger where they were not in service.
    async fn configured(
        &self,
        at: &mut At,
        act: Act,
        sources: Vec<PackSource>,
    ) -> Result<Arc<InService>, Fault> {
        let packs = self.workshop.check(sources).await?;
        let packs = packs.map_err(|found| ServiceError::invalid("packs", lines(&found)))?;
        texts::record(self.store, &packs).await?;
        let hash = packs.book.hash();
        let forced = matches!(act, Act::Recovered { .. });
        match at.rollout.live().map(|live| live.packs) {
            Some(live) if live == hash && !forced => {}
            Some(live) if !forced && self.holds(live, packs.sources()).await? => {
                self.note(at, Act::Renamed { was: live }, hash, RENAMED).await?;
            }
            _ => self.note(at, act, hash, "the packs of the configuration").await?,
        }
        Ok(packs)
    }

    /// Whether a hash stands for these texts.
    async fn holds(&self, hash: PacksHash, sources: &[PackSource]) -> Result<bool, ServiceError> {
        let known = texts::sources_of(self.store, hash).await?.unwrap_or_default();
        let texts = known.iter().map(|source| &source.text);
        Ok(texts.eq(sources.iter().map(|source| &source.text)))
    }

    /// The packs that a person put in service.
    async fn kept_live(
        &self,
        at: &mut At,
        hash: PacksHash,
        configured: Configured,
    ) -> Result<Arc<InService>, Fault> {
        match self.compiled(at, hash).await? {
            Ok(live) => {
                self.tell_of_configured(&live, configured.sources).await?;
                Ok(live)
            }
            Err(why) if self.terms.broken == BrokenPacks::TakeConfigured => {
                tracing::error!(packs = %hash, %why, "the packs in service cannot be used: those of the configuration take their place");
                let act = Act::Recovered { origin: configured.origin };
                self.configured(at, act, configured.sources).await
            }
            Err(why) => {
                let why = format!(
                    "the packs in service by the ledger ({hash}) cannot be used: {why}\nset `packs.recover = true` to start with those of the configuration in their place"
                );
                Err(ServiceError::invalid("packs", why).into())
            }
        }
    }

    async fn tell_of_configured(
        &self,
        live: &InService,
        configured: Vec<PackSource>,
    ) -> Result<(), ServiceError> {
        if live.sources() == configured {
            return Ok(());
        }
        let in_service = live.book.hash();
        match self.workshop.check(configured).await? {
            Ok(other) if other.book.hash() == in_service => {}
            Ok(other) => tracing::warn!(
                %in_service,
                configured = %other.book.hash(),
                "the packs of the configuration are not in service: others were put there"
            ),
            Err(found) => tracing::warn!(
                %in_service,
                problems = found.len(),
                "the packs of the configuration do not compile, and others are in service"
            ),
        }
        Ok(())
    }

    /// Staged packs go on where they were; such as cannot be used any more are withdrawn.
    async fn staged(&self, at: &mut At, live: &InService) -> Result<Option<OnTrial>, Fault> {
        let Some(staged) = at.rollout.staged() else { return Ok(None) };
        let (hash, staged_at) = (staged.version.packs, staged.version.at);
        match self.compiled(at, hash).await? {
            Ok(packs) => {
                let (approval, nation) = (self.terms.approval, live.nation_beside(&packs));
                let stage = at.rollout.stage_in_effect(approval, nation);
                if stage != at.rollout.staged().map(|staged| staged.stage) {
                    let packs = packs.book.hash();
                    tracing::warn!(%packs, "the staged packs decide for nobody: they lack an approval");
                    self.note(at, Act::Shadowed, packs, UNAPPROVED).await?;
                }
                let shadow = Arc::new(Shadow::new(self.now));
                Ok(stage.map(|stage| OnTrial { packs, stage, at: staged_at, shadow }))
            }
            Err(why) => {
                tracing::error!(packs = %hash, %why, "the staged packs cannot be used, and are withdrawn");
                let told = "they do not compile with this version of simbind";
                self.note(at, Act::Withdrawn, hash, told).await?;
                Ok(None)
            }
        }
    }

    /// The packs of a hash, compiled by this version of the program. Where the same texts have
    /// another hash now, the ledger is told so.
    async fn compiled(
        &self,
        at: &mut At,
        hash: PacksHash,
    ) -> Result<Result<Arc<InService>, String>, Fault> {
        let Some(sources) = texts::sources_of(self.store, hash).await? else {
            return Ok(Err("the ledger does not hold their texts".into()));
        };
        let packs = match self.workshop.compile_again(sources).await? {
            Ok(packs) => packs,
            Err(found) => return Ok(Err(lines(&found))),
        };
        let is = packs.book.hash();
        if is != hash {
            texts::record(self.store, &packs).await?;
            self.note(at, Act::Renamed { was: hash }, is, RENAMED).await?;
        }
        Ok(Ok(packs))
    }
}
