//! The policy as a nation's pack, with a pack of each of many tenants under it. Each tenant adds a
//! rule of its own and makes one of the nation's harder.

use crate::{
    engines::{self, Decider},
    facts::Sample,
    policy::{self, Ask, Rule},
};
use simbind_benches::Chance;
use simbind_rules::{ChainId, CheckKind, PackSource, RuleBook};
use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

/// Places in the list of who asks next.
const TURNS: usize = 4096;

/// Our engine; each decision asks another tenant.
pub struct Tenants {
    name: String,
    book: RuleBook,
    chains: Vec<ChainId>,
    turns: Vec<ChainId>,
    turn: usize,
    /// How long it took to compile all packs.
    pub compiled: Duration,
}

/// What a tenant has of its own: its rule, and the number of the rule that it makes a deny.
fn own(rules: &[Rule], tenant: usize) -> (Rule, Option<usize>) {
    let stepping: Vec<_> = (0..rules.len()).filter(|at| rules[*at].ask == Ask::StepUp).collect();
    let harder = stepping.get(tenant % stepping.len().max(1)).copied();
    (policy::rule(&mut Chance::new(1_000 + tenant as u64)), harder)
}

impl Tenants {
    /// So many tenants under the policy.
    pub fn new(rules: &[Rule], tenants: usize) -> Self {
        let mut sources = vec![PackSource { name: "nation".into(), text: policy::pack(rules) }];
        for tenant in 0..tenants {
            let (rule, harder) = own(rules, tenant);
            let mut text = format!(
                "[pack]\nid = \"t{tenant}\"\nextends = \"bench\"\n\
                 applies_to = {{ carrier = \"t{tenant}\" }}\n"
            );
            if let Some(harder) = harder {
                let _ = write!(text, "[[adjust]]\nrule = \"r{harder}\"\nverdict = \"deny\"\n");
            }
            policy::put(&mut text, rules.len(), &rule);
            sources.push(PackSource { name: format!("t{tenant}"), text });
        }
        let began = Instant::now();
        let book = RuleBook::compile(&sources).expect("the packs compile");
        let compiled = began.elapsed();
        let chain = |tenant: usize| book.chain(Some(&format!("t{tenant}")), None);
        let chains: Vec<_> = (0..tenants).map(chain).collect();
        let mut chance = Chance::new(3);
        let turns = (0..TURNS).map(|_| chains[chance.below(tenants)]).collect();
        let name = match tenants {
            1 => "simbind, 1 tenant".to_owned(),
            many => format!("simbind, {many} tenants"),
        };
        Self { name, book, chains, turns, turn: 0, compiled }
    }

    /// That each tenant gets what its rules say, taken one by one.
    pub fn verify(&self, rules: &[Rule], samples: &[Sample]) {
        for (tenant, chain) in self.chains.iter().enumerate() {
            let (rule, harder) = own(rules, tenant);
            for sample in samples.iter().skip(tenant % 7).step_by(1 + samples.len() / 4) {
                let mut expected = rule.holds(sample).then_some(rule.ask).unwrap_or(Ask::Allow);
                for (number, rule) in rules.iter().enumerate().filter(|(_, r)| r.holds(sample)) {
                    let harder = harder == Some(number);
                    expected = expected.max(if harder { Ask::Deny } else { rule.ask });
                }
                let outcome = self.book.evaluate(*chain, CheckKind::Login, &sample.facts());
                assert_eq!(engines::ask(&outcome), expected, "tenant {tenant} on {sample:?}");
            }
        }
    }
}

impl Decider for Tenants {
    fn name(&self) -> &str {
        &self.name
    }

    fn decide(&mut self, sample: &Sample) -> Ask {
        self.turn = (self.turn + 1) % TURNS;
        let chain = self.turns[self.turn];
        engines::ask(&self.book.evaluate(chain, CheckKind::Login, &sample.facts()))
    }

    fn fired(&mut self, _: &Sample) -> Vec<usize> {
        unreachable!("tenants are verified by themselves")
    }
}
