//! The packs in service, and those that were.

mod fetch;

pub use fetch::Named;

use crate::{
    engine::{Engine, engine_caller},
    error::ServiceError,
    ledger::{PacksRow, StateEntry, decode_row, keys},
    limits::Limits,
    ports::{
        clock::Clock,
        store::{Expected, Store, StoreError},
        vault::Vault,
    },
};
use arc_swap::ArcSwap;
use simbind_core::binding::Serving;
use simbind_rules::{ChainId, CheckKind, Diagnostic, PackSource, RuleBook, run_tests};
use std::sync::Arc;

/// Packs, compiled, with their limits. One snapshot serves a whole check.
pub(crate) struct InService {
    pub(crate) book: RuleBook,
    pub(crate) limits: Limits,
    sources: Vec<PackSource>,
}

pub(crate) struct Packs {
    current: ArcSwap<InService>,
}

impl Packs {
    pub(crate) fn compile(
        sources: Vec<PackSource>,
        clock: &Arc<dyn Clock>,
        most_keys: usize,
    ) -> Result<Self, ServiceError> {
        let book = check(&sources).map_err(|found| {
            let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
            ServiceError::invalid("packs", lines.join("\n"))
        })?;
        let chains = book.packs().iter().filter_map(|pack| book.chain_of_pack(&pack.id));
        let declared: Vec<_> = chains
            .flat_map(|chain| {
                let logins = book.limits(chain, CheckKind::Login).iter();
                let checks = logins.chain(book.limits(chain, CheckKind::Tap));
                checks.chain(book.event_limits(chain)).cloned().collect::<Vec<_>>()
            })
            .collect();
        let limits = Limits::new(declared.iter(), clock, most_keys);
        Ok(Self { current: ArcSwap::from_pointee(InService { book, limits, sources }) })
    }

    pub(crate) fn in_service(&self) -> Arc<InService> {
        self.current.load_full()
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

impl InService {
    /// The chain of a line; the nation's where no line is known.
    pub(crate) fn chain(&self, serving: Option<&Serving>) -> ChainId {
        let Some(Serving { carrier, host }) = serving else { return self.book.chain(None, None) };
        let network = host.as_ref().unwrap_or(carrier);
        self.book.chain(Some(network.as_str()), Some(carrier.as_str()))
    }
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Keeps the packs' texts in the ledger, so that decisions can be replayed after a change.
    pub(crate) async fn record_packs(&self) -> Result<(), ServiceError> {
        let current = self.packs.in_service();
        let hash = current.book.hash().0;
        let key = keys::packs(&hash)?;
        let known = self.store.read(std::slice::from_ref(&key)).await?;
        if known.values.iter().any(Option::is_some) {
            return Ok(());
        }
        let texts = |source: &PackSource| (source.name.clone(), source.text.clone());
        let sources = current.sources.iter().map(texts).collect();
        let entry = StateEntry::PacksActivated { hash, sources, by: engine_caller()? };
        match self.append_state(&entry, vec![(key, Expected::Absent)]).await {
            Ok(_) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The packs of a hash: those in service, or compiled again from the ledger's texts.
    pub(crate) async fn packs_of(&self, hash: [u8; 32]) -> Result<PacksOf, ServiceError> {
        let current = self.packs.in_service();
        if current.book.hash().0 == hash {
            return Ok(PacksOf::Current(current));
        }
        let snapshot = self.store.read(&[keys::packs(&hash)?]).await?;
        let Some(row) = snapshot.values.into_iter().next().flatten() else {
            return Ok(PacksOf::Missing);
        };
        let row: PacksRow = decode_row(&row.value)?;
        let sources: Vec<_> =
            row.sources.into_iter().map(|(name, text)| PackSource { name, text }).collect();
        match RuleBook::compile(&sources) {
            Ok(book) if book.hash().0 == hash => Ok(PacksOf::Earlier(Box::new(book))),
            _ => Ok(PacksOf::Missing),
        }
    }

    /// The packs in service: what stands in each, and the hash over all.
    pub fn packs(&self) -> (Vec<simbind_rules::PackInfo>, [u8; 32]) {
        let current = self.packs.in_service();
        (current.book.packs().to_vec(), current.book.hash().0)
    }
}

/// Packs by their hash.
pub(crate) enum PacksOf {
    Current(Arc<InService>),
    Earlier(Box<RuleBook>),
    Missing,
}

impl PacksOf {
    pub(crate) fn book(&self) -> Option<&RuleBook> {
        match self {
            Self::Current(current) => Some(&current.book),
            Self::Earlier(book) => Some(book),
            Self::Missing => None,
        }
    }
}
