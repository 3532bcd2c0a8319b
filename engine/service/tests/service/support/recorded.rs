//! Decisions as they would have been recorded: facts by chance, decided by a book.

use simbind_core::{
    check::{after_step_up, rule_snoozed},
    ids::DecisionId,
    time::Timestamp,
};
use simbind_rules::{
    ChainId, CheckKind, Fact, Facts, ReasonCode, RuleBook, StepUpMethod,
    facts::{FactType, Knowledge},
};
use simbind_service::{
    ledger::{DecisionEntry, FiredEntry, LimitEntry, encode_decision},
    ports::store::{Append, LedgerKind, Store},
};
use std::time::Duration;

/// Chance that repeats (SplitMix64).
pub(crate) struct Recorded {
    seed: u64,
    count: u64,
}

impl Recorded {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, count: 0 }
    }

    fn next(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.seed ^ (self.seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).unwrap()
    }

    fn of<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// Facts of a check, each mostly one that speaks for the owner, so that not all is refused.
    fn facts(&mut self) -> Facts {
        let mut facts = Facts::new();
        for fact in Fact::ALL {
            let odd = self.below(60) == 0;
            let usual = match fact.knowledge() {
                Knowledge::Always { usual } => Some(usual),
                Knowledge::Sometimes { .. } => None,
            };
            let long = ["changed_age", "binding.age", "horizon"];
            let value = match (fact.ty(), usual) {
                (_, Some(usual)) if !odd => usual.to_owned(),
                (_, None) if self.below(40) == 0 => continue,
                (FactType::Enum(of), _) if odd => self.of(of.variants).to_owned(),
                (FactType::Enum(of), _) => of.variants[0].to_owned(),
                (FactType::Duration, _) if odd => self.of(&["1m", "30h", "400d"]).to_owned(),
                (FactType::Duration, _) if long.iter().any(|name| fact.name().contains(name)) => {
                    self.of(&["100d", "400d"]).to_owned()
                }
                (FactType::Duration, _) => "20s".to_owned(),
                (FactType::Int, _) => self.below(6).to_string(),
                (FactType::Bool, _) => self.of(&["true", "false"]).to_owned(),
            };
            facts.set_by_name(fact.name(), &value).unwrap();
        }
        facts
    }

    /// A decision by a book, at a time.
    pub(crate) fn decide(&mut self, book: &RuleBook, at: Timestamp) -> DecisionEntry {
        self.count += 1;
        let (carrier, host) = self.of(&[
            (None, None),
            (Some("docomo"), None),
            (Some("kddi"), None),
            (Some("iij"), Some("docomo")),
            (Some("aqua-mobile"), Some("docomo")),
        ]);
        let kind = self.of(&[CheckKind::Login, CheckKind::Tap]);
        let facts = self.facts();
        let limit = (self.below(20) == 0).then_some("RATE_LIMITED");
        let proved = (self.below(10) == 0).then(|| self.of(&StepUpMethod::ALL));
        let mut id = [0; 16];
        id[..6].copy_from_slice(&at.as_millis().to_be_bytes()[2..]);
        id[8..].copy_from_slice(&self.count.to_be_bytes());
        let mut entry = DecisionEntry {
            id: DecisionId::from_bytes(id),
            parent: None,
            kind,
            caller: "bank".parse().unwrap(),
            audience: self.of(&["rp:bank", "rp:shop", "reader:door-1"]).to_owned(),
            request: format!("r-{}", self.count).parse().unwrap(),
            digest: [1; 32],
            challenge: None,
            binding: None,
            carrier: carrier.map(|name| name.parse().unwrap()),
            host: host.map(|name| name.parse().unwrap()),
            facts: facts.to_bytes(),
            limit: limit.map(|reason| LimitEntry {
                reason: reason.to_owned(),
                retry_at: at.plus(Duration::from_secs(60)),
            }),
            proved,
            verdict: simbind_rules::Verdict::Deny,
            reasons: Vec::new(),
            edge: None,
            fired: Vec::new(),
            packs: book.hash().0,
            decided_at: at,
            position: 0,
            snoozed: Vec::new(),
            token: None,
        };
        let ruling = again(book, &entry);
        entry.verdict = ruling.answer.verdict();
        entry.reasons = ruling.reasons.iter().map(|reason| reason.as_str().to_owned()).collect();
        entry.edge = ruling.edge;
        let fired = ruling.fired.iter().map(|fired| {
            let name = book.rule_name(fired.rule);
            let (pack, rule) = name.split_once('/').unwrap();
            FiredEntry { pack: pack.to_owned(), rule: rule.to_owned(), held: true }
        });
        entry.fired = fired.collect();
        entry
    }

    /// Appends so many decisions to a store, one a second, and gives them.
    pub(crate) async fn append(
        &mut self,
        store: &impl Store,
        book: &RuleBook,
        from: Timestamp,
        count: u32,
    ) -> Vec<DecisionEntry> {
        let mut all = Vec::new();
        for second in 0..count {
            let entry = self.decide(book, from.plus(Duration::from_secs(second.into())));
            let bytes = encode_decision(&entry).unwrap();
            let append = Append { entry: bytes.into(), expect: Vec::new() };
            store.append(LedgerKind::Decisions, append).await.unwrap();
            all.push(entry);
        }
        all
    }
}

/// Decides a recorded decision again, one step after the other.
pub(crate) fn again(book: &RuleBook, entry: &DecisionEntry) -> simbind_core::check::Ruling {
    let facts = Facts::from_bytes(&entry.facts).unwrap();
    let limit = entry.limit.as_ref().and_then(|limit| ReasonCode::from_name(&limit.reason));
    let snoozed: Vec<_> = entry.snoozed.iter().filter_map(|name| book.rule_ref(name)).collect();
    let ruling = rule_snoozed(book, chain(book, entry), entry.kind, &facts, limit, &snoozed);
    match entry.proved {
        Some(method) => after_step_up(ruling, method),
        None => ruling,
    }
}

fn chain(book: &RuleBook, entry: &DecisionEntry) -> ChainId {
    let Some(carrier) = &entry.carrier else { return book.chain(None, None) };
    let network = entry.host.as_ref().unwrap_or(carrier);
    book.chain(Some(network.as_str()), Some(carrier.as_str()))
}
