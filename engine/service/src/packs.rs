//! The packs in service, those that are staged, and those that were.

mod fetch;
mod name;
mod quota;
pub(crate) mod shadow;
pub(crate) mod start;
pub(crate) mod texts;
mod workshop;

pub use fetch::Named;
pub use name::{PackNameError, check_pack_name};
pub(crate) use quota::Quota;
pub use shadow::{ChangeCount, ChangedDecision, ShadowReport};
pub use start::Configured;

use crate::{
    engine::Engine,
    error::ServiceError,
    limits::{LimitPool, Limits},
    ports::{
        store::{Position, Store},
        vault::{LookupKind, Vault},
    },
};
use arc_swap::ArcSwap;
use shadow::Shadow;
use simbind_core::{
    binding::Serving,
    ids::CertificateId,
    rollout::{Nation, Stage},
    time::Timestamp,
};
use simbind_rules::{ChainId, CheckKind, Diagnostic, PackSource, PacksHash, RuleBook, run_tests};
use std::sync::Arc;
pub(crate) use texts::text_digest;
use workshop::Workshop;

/// Packs, compiled, with their limits.
pub(crate) struct InService {
    pub(crate) book: RuleBook,
    pub(crate) limits: Limits,
    sources: Vec<PackSource>,
    /// SHA-256 of the text of the nation's pack.
    nation: [u8; 32],
    found: Found,
}

/// What was looked at when packs were compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    /// All, and their tests: they may go into service.
    Good,
    /// That they compile: they were found good before.
    GoodBefore,
}

/// What decides now. One snapshot of it serves a whole check.
pub(crate) struct InForce {
    /// The version of the row of the ledger's state that this is of.
    pub(crate) version: Position,
    pub(crate) live: Arc<InService>,
    pub(crate) staged: Option<OnTrial>,
}

/// Staged packs.
pub(crate) struct OnTrial {
    pub(crate) packs: Arc<InService>,
    pub(crate) stage: Stage,
    /// When they were staged: the place of a certificate is hashed with it, so that it is another
    /// in each rollout, and stays where the packs have another hash by a newer compiler.
    pub(crate) at: Timestamp,
    pub(crate) shadow: Arc<Shadow>,
}

pub(crate) struct Packs {
    current: ArcSwap<InForce>,
    workshop: Workshop,
    /// Held while what is in service is changed or followed.
    pub(crate) changing: tokio::sync::Mutex<()>,
    /// How much more may be staged.
    pub(crate) quota: Quota,
}

impl Packs {
    /// What decides now.
    pub(crate) fn current(&self) -> Arc<InForce> {
        self.current.load_full()
    }

    /// The packs in service for all that are not in the share of staged ones.
    pub(crate) fn in_service(&self) -> Arc<InService> {
        Arc::clone(&self.current.load().live)
    }

    pub(crate) fn put(&self, force: InForce) {
        self.current.store(Arc::new(force));
    }

    pub(crate) const fn workshop(&self) -> &Workshop {
        &self.workshop
    }

    /// Forgets what limits keep of those whose allowance is whole again.
    pub(crate) fn forget_rested(&self) {
        self.workshop.forget_rested();
    }
}

/// Compiles packs and runs their tests.
///
/// # Errors
/// All that is wrong with them.
pub fn check(sources: &[PackSource]) -> Result<RuleBook, Vec<Diagnostic>> {
    let book = RuleBook::compile(sources)?;
    let report = run_tests(&book);
    if report.is_ok() {
        return Ok(book);
    }
    Err(report.failures.into_iter().map(Diagnostic::from).collect())
}

impl InForce {
    /// The packs that decide for a certificate: the staged ones where it is in their share.
    pub(crate) fn deciding(
        &self,
        vault: &impl Vault,
        certificate: Option<CertificateId>,
    ) -> &Arc<InService> {
        let (Some(trial), Some(certificate)) = (&self.staged, certificate) else {
            return &self.live;
        };
        let Stage::Share(share) = trial.stage else { return &self.live };
        let parts: [&[u8]; 2] = [&trial.at.as_millis().to_be_bytes(), certificate.as_bytes()];
        let place = vault.lookup(LookupKind::Share, &parts);
        let [a, b, c, d, e, f, g, h, ..] = place.0;
        if share.holds([a, b, c, d, e, f, g, h]) { &trial.packs } else { &self.live }
    }
}

impl InForce {
    /// Whether the packs that decide for a certificate are these.
    pub(crate) fn decides_by(
        &self,
        vault: &impl Vault,
        certificate: Option<CertificateId>,
        packs: PacksHash,
    ) -> bool {
        self.deciding(vault, certificate).hash() == packs
    }
}

impl InService {
    pub(crate) const fn hash(&self) -> PacksHash {
        self.book.hash()
    }

    fn new(book: RuleBook, sources: Vec<PackSource>, found: Found, pool: &LimitPool) -> Self {
        let chains = book.packs().iter().filter_map(|pack| book.chain_of_pack(&pack.id));
        let declared: Vec<_> = chains
            .flat_map(|chain| {
                let logins = book.limits(chain, CheckKind::Login).iter();
                let checks = logins.chain(book.limits(chain, CheckKind::Tap));
                checks.chain(book.event_limits(chain)).cloned().collect::<Vec<_>>()
            })
            .collect();
        let limits = pool.limits(declared.iter());
        let nation = book.packs().iter().position(|pack| pack.extends.is_none());
        let nation = nation.and_then(|at| sources.get(at));
        let nation = nation.map_or([0; 32], |source| text_digest(&source.text));
        Self { book, limits, sources, nation, found }
    }

    /// The chain of a line; the nation's where no line is known.
    pub(crate) fn chain(&self, serving: Option<&Serving>) -> ChainId {
        let Some(Serving { carrier, host }) = serving else { return self.book.chain(None, None) };
        let network = host.as_ref().unwrap_or(carrier);
        self.book.chain(Some(network.as_str()), Some(carrier.as_str()))
    }

    /// Whether these and others hold the same pack of the nation.
    pub(crate) fn nation_beside(&self, other: &Self) -> Nation {
        if self.nation == other.nation { Nation::Same } else { Nation::Differs }
    }

    pub(crate) fn sources(&self) -> &[PackSource] {
        &self.sources
    }
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// The packs of a hash: those that are held, or compiled again from the ledger's texts.
    pub(crate) async fn packs_of(&self, hash: [u8; 32]) -> Result<PacksOf, ServiceError> {
        let hash = PacksHash(hash);
        let current = self.packs.current();
        let staged = current.staged.as_ref().map(|trial| &trial.packs);
        let mut held = staged.into_iter().chain([&current.live]);
        if let Some(held) = held.find(|held| held.book.hash() == hash) {
            return Ok(PacksOf::Here(Arc::clone(held)));
        }
        if let Some(kept) = self.packs.workshop.kept(hash) {
            return Ok(PacksOf::Here(kept));
        }
        let Some(sources) = texts::sources_of(&*self.store, hash).await? else {
            return Ok(PacksOf::Missing);
        };
        match self.packs.workshop.compile_again(sources).await? {
            // The ledger names the texts themselves, so that these are those packs, whatever hash
            // this version of the program gives them.
            Ok(packs) => {
                self.packs.workshop.keep(hash, &packs);
                Ok(PacksOf::Here(packs))
            }
            Err(_) => Ok(PacksOf::Missing),
        }
    }

    /// Compiles packs and runs their tests, and keeps nothing: what is doubtful and their hash, or
    /// all that is wrong with them.
    ///
    /// # Errors
    /// Where too many ask at once.
    pub async fn try_packs(
        &self,
        sources: Vec<PackSource>,
    ) -> Result<Result<(Vec<Diagnostic>, PacksHash), Vec<Diagnostic>>, ServiceError> {
        let turn = self.compiling.take().await?;
        let checked = turn.work(move || check(&sources)).await?;
        Ok(checked.map(|book| (book.warnings().to_vec(), book.hash())))
    }

    /// The packs in service: what stands in each, and the hash over all.
    pub fn packs(&self) -> (Vec<simbind_rules::PackInfo>, [u8; 32]) {
        let current = self.packs.in_service();
        (current.book.packs().to_vec(), current.book.hash().0)
    }
}

/// Packs by their hash.
pub(crate) enum PacksOf {
    Here(Arc<InService>),
    Missing,
}

impl PacksOf {
    pub(crate) fn book(&self) -> Option<&RuleBook> {
        match self {
            Self::Here(packs) => Some(&packs.book),
            Self::Missing => None,
        }
    }
}
