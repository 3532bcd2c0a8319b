//! Finding packs, chains, parameters and limits.

use std::time::Duration;

use super::{ChainId, DeclaredFeed, Layer, PacksHash, RuleBook, RuleRef};
use crate::diagnostic::Diagnostic;
use crate::pack::LimitKey;
use crate::reason::ReasonCode;
use crate::verdict::CheckKind;

/// A pack in service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackInfo {
    /// Its id.
    pub id: String,
    /// The name of its source.
    pub source: String,
    /// The pack it extends; the nation's extends none.
    pub extends: Option<String>,
    /// How far from the nation it stands.
    pub layer: Layer,
    /// The feed behind its lines, as declared by it or by its host.
    pub feed: Option<DeclaredFeed>,
    /// Rules of its own.
    pub rules: usize,
    /// Limits of its own.
    pub limits: usize,
    /// Tests of its own.
    pub tests: usize,
}

/// How many checks may come in a time; limits of all layers hold together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its id, one in a chain.
    pub id: String,
    /// What is counted by, all together: two keys count each pair apart.
    pub per: Vec<LimitKey>,
    /// Checks in a period, from 1 to 1,000,000.
    pub count: u32,
    /// The period, at most a day.
    pub period: Duration,
    /// Checks that may come at once, from 1 to 1,000,000.
    pub burst: u32,
    /// Why a check over it is refused.
    pub reason: ReasonCode,
}

impl RuleBook {
    /// The hash of the packs and of the catalogue of reasons.
    pub const fn hash(&self) -> PacksHash {
        self.hash
    }

    /// What is doubtful in the packs, and does not keep them from serving.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The packs, in the order in which they were given.
    pub fn packs(&self) -> &[PackInfo] {
        &self.packs
    }

    /// The chain that stands for a line.
    ///
    /// An MVNO's own, if it has a pack and `carrier` is its host, itself or not given; else the
    /// carrier's, if that has a pack; else the nation's.
    pub fn chain(&self, carrier: Option<&str>, mvno: Option<&str>) -> ChainId {
        if let Some(mvno) = mvno
            && let Some((host, chain)) = self.mvnos.get(mvno)
            && carrier.is_none_or(|carrier| carrier == host || carrier == mvno)
        {
            return *chain;
        }
        carrier.and_then(|carrier| self.carriers.get(carrier)).copied().unwrap_or(self.root)
    }

    /// The chain of the pack with that id.
    pub fn chain_of_pack(&self, id: &str) -> Option<ChainId> {
        let at = self.packs.iter().position(|pack| pack.id == id)?;
        u16::try_from(at).ok().map(ChainId)
    }

    /// The pack whose chain this is.
    pub fn pack_of_chain(&self, chain: ChainId) -> Option<&PackInfo> {
        self.packs.get(usize::from(chain.0))
    }

    /// The place of the pack that a rule stands in.
    pub(super) fn pack_at(&self, rule: RuleRef) -> Option<usize> {
        let at = usize::try_from(rule.0).ok()?;
        self.rules.get(at).map(|info| info.pack)
    }

    /// A rule's name, `pack/rule`; a question mark for a rule of another book.
    pub fn rule_name(&self, rule: RuleRef) -> String {
        let info = usize::try_from(rule.0).ok().and_then(|at| self.rules.get(at));
        let pack = info.and_then(|info| self.packs.get(info.pack));
        match (pack, info) {
            (Some(pack), Some(info)) => format!("{}/{}", pack.id, info.id),
            _ => "?".to_owned(),
        }
    }

    /// A rule's condition, as its pack has it; `None` for a rule of another book.
    pub fn rule_condition(&self, rule: RuleRef) -> Option<&str> {
        let info = usize::try_from(rule.0).ok().and_then(|at| self.rules.get(at));
        info.map(|info| &*info.when)
    }

    /// A rule's id in its pack; `None` for a rule of another book.
    pub(super) fn rule_id(&self, rule: RuleRef) -> Option<&str> {
        let at = usize::try_from(rule.0).ok()?;
        self.rules.get(at).map(|info| info.id.as_str())
    }

    /// The value of a duration parameter in a chain; `None` if there is none of that name.
    pub fn param_duration(&self, chain: ChainId, name: &str) -> Option<Duration> {
        let ms = self.param(chain, name, crate::pack::ParamType::Duration)?;
        u64::try_from(ms).ok().map(Duration::from_millis)
    }

    /// The value of a count parameter in a chain; `None` if there is none of that name.
    pub fn param_int(&self, chain: ChainId, name: &str) -> Option<u32> {
        u32::try_from(self.param(chain, name, crate::pack::ParamType::Int)?).ok()
    }

    fn param(&self, chain: ChainId, name: &str, ty: crate::pack::ParamType) -> Option<i64> {
        let chain = self.chains.get(usize::from(chain.0))?;
        (chain.param_types.get(name) == Some(&ty)).then(|| chain.params.get(name).copied())?
    }

    /// The limits of a chain for a kind of check.
    pub fn limits(&self, chain: ChainId, kind: CheckKind) -> &[Limit] {
        self.chains.get(usize::from(chain.0)).map_or(&[], |chain| match kind {
            CheckKind::Login => &chain.login_limits,
            CheckKind::Tap => &chain.tap_limits,
        })
    }

    /// The limits of a chain for the events of a carrier's feed.
    pub fn event_limits(&self, chain: ChainId) -> &[Limit] {
        self.chains.get(usize::from(chain.0)).map_or(&[], |chain| &chain.event_limits)
    }
}
