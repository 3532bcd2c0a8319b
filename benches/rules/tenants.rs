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

/// Books of one tenant, of which one is asked at a time: what a tenant costs differs, and one
/// tenant is to cost as much as many do on average.
const ALONE: usize = 16;

/// Our engine; each decision asks another tenant of the book.
pub struct Tenants {
    name: String,
    books: Vec<Book>,
    turn: usize,
    /// How long it took to compile the packs of a book.
    pub compiled: Duration,
}

struct Book {
    book: RuleBook,
    /// Tenants with their chains.
    chains: Vec<(usize, ChainId)>,
    turns: Vec<ChainId>,
}

/// What a tenant has of its own: its rule, and the number of the rule that it makes a deny.
fn own(rules: &[Rule], tenant: usize) -> (Rule, Option<usize>) {
    let stepping: Vec<_> = (0..rules.len()).filter(|at| rules[*at].ask == Ask::StepUp).collect();
    let harder = stepping.get(tenant % stepping.len().max(1)).copied();
    let number = rules.len() + tenant;
    (policy::own_rule(&mut Chance::new(1_000 + tenant as u64), number), harder)
}

fn pack(rules: &[Rule], tenant: usize) -> PackSource {
    let (rule, harder) = own(rules, tenant);
    let mut text = format!(
        "[pack]\nid = \"t{tenant}\"\nextends = \"bench\"\n\
         applies_to = {{ carrier = \"t{tenant}\" }}\n"
    );
    if let Some(harder) = harder {
        let _ = write!(text, "[[adjust]]\nrule = \"r{harder}\"\nverdict = \"deny\"\n");
    }
    policy::put(&mut text, rules.len(), &rule);
    PackSource { name: format!("t{tenant}"), text }
}

impl Book {
    fn new(rules: &[Rule], tenants: impl Iterator<Item = usize> + Clone) -> Self {
        let mut sources = vec![PackSource { name: "nation".into(), text: policy::pack(rules) }];
        sources.extend(tenants.clone().map(|tenant| pack(rules, tenant)));
        let book = RuleBook::compile(&sources).expect("the packs compile");
        let chain = |tenant: usize| (tenant, book.chain(Some(&format!("t{tenant}")), None));
        let chains: Vec<_> = tenants.map(chain).collect();
        let mut chance = Chance::new(3);
        let turns = (0..TURNS).map(|_| chains[chance.below(chains.len())].1).collect();
        Self { book, chains, turns }
    }
}

impl Tenants {
    /// So many tenants under the policy.
    pub fn new(rules: &[Rule], tenants: usize) -> Self {
        let began = Instant::now();
        let books = match tenants {
            1 => (0..ALONE).map(|tenant| Book::new(rules, tenant..tenant + 1)).collect(),
            many => vec![Book::new(rules, 0..many)],
        };
        let compiled = began.elapsed() / u32::try_from(books.len()).unwrap_or(1);
        let name = match tenants {
            1 => "simbind, 1 tenant".to_owned(),
            many => format!("simbind, {many} tenants"),
        };
        Self { name, books, turn: 0, compiled }
    }

    /// That each tenant gets what its rules say, taken one by one.
    pub fn verify(&self, rules: &[Rule], samples: &[Sample]) {
        let chains =
            self.books.iter().flat_map(|book| book.chains.iter().map(move |at| (&book.book, at)));
        for (book, &(tenant, chain)) in chains {
            let (rule, harder) = own(rules, tenant);
            for sample in samples.iter().skip(tenant % 7).step_by(1 + samples.len() / 4) {
                let mut expected = if rule.holds(sample) { rule.ask } else { Ask::Allow };
                for (number, rule) in rules.iter().enumerate().filter(|(_, r)| r.holds(sample)) {
                    let harder = harder == Some(number);
                    expected = expected.max(if harder { Ask::Deny } else { rule.ask });
                }
                let outcome = book.evaluate(chain, CheckKind::Login, &sample.facts());
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
        let book = &self.books[self.turn / TURNS % self.books.len()];
        let chain = book.turns[self.turn % TURNS];
        self.turn += 1;
        engines::ask(&book.book.evaluate(chain, CheckKind::Login, &sample.facts()))
    }

    fn fired(&mut self, _: &Sample) -> Vec<usize> {
        unreachable!("tenants are verified by themselves")
    }
}
