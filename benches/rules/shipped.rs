//! What the packs that ship cost: facts that stand ready, as a backtest reads them.

use crate::{SAMPLES, facts::Sample, measure};
use simbind_benches::{Chance, median, table};
use simbind_rules::{
    ChainId, CheckKind, Facts, RuleBook,
    facts::{
        AppIdentity, CertificateStatus, ChainState, ChallengeState, CounterState, Provenance,
        SignatureState, SimState,
    },
};
use std::{hint::black_box, time::Duration};

const ROUNDS: usize = 15;
const CARRIER: &str = "docomo";

pub struct Shipped {
    /// Nanoseconds of one evaluation.
    pub nanos: f64,
    rules: usize,
    fired: f64,
}

/// The rules of the nation and of one carrier, asked about logins.
pub fn measure() -> Shipped {
    let book = RuleBook::shipped().expect("the shipped packs compile");
    let chain = book.chain(Some(CARRIER), None);
    let mut chance = Chance::new(11);
    let checks: Vec<_> = (0..SAMPLES).map(|_| login(&mut chance)).collect();
    let fired: usize = checks.iter().map(|facts| evaluate(&book, chain, facts)).sum();
    let mut ask = |facts: &Facts| _ = black_box(evaluate(&book, chain, facts));
    let times: Vec<_> = (0..ROUNDS).map(|_| measure::round(&mut ask, &checks, 1024)).collect();
    Shipped {
        nanos: median(&times),
        rules: book.explain(chain, CheckKind::Login, &checks[0]).len(),
        fired: fired as f64 / checks.len() as f64,
    }
}

fn evaluate(book: &RuleBook, chain: ChainId, facts: &Facts) -> usize {
    book.evaluate(chain, CheckKind::Login, facts).fired.len()
}

/// A login in which most things are as they should be.
fn login(chance: &mut Chance) -> Facts {
    let mut facts = Sample::any(chance).facts();
    facts.set_certificate_chain(ChainState::Valid);
    facts.set_certificate_status(CertificateStatus::Good);
    facts.set_certificate_status_age(Duration::from_secs(600));
    facts.set_transcript_signature(SignatureState::Valid);
    facts.set_transcript_skew(Duration::from_millis(300));
    facts.set_challenge_state(ChallengeState::Fresh);
    facts.set_handset_match_provenance(Provenance::DeviceAttested);
    facts.set_counter_state(CounterState::Advanced);
    facts.set_pin_failures(0);
    facts.set_app_identity(AppIdentity::Listed);
    facts.set_sim_state(SimState::Active);
    facts
}

impl Shipped {
    pub fn table(&self) -> String {
        let title = format!(
            "The packs that ship: a login of {CARRIER} by {} rules of two layers over facts that \
             stand ready; {:.1} rules spoke on average",
            self.rules, self.fired
        );
        let rate = 1e9 / self.nanos / 1e6;
        let row = vec![
            "RuleBook::evaluate".to_owned(),
            format!("{:.3}", self.nanos / 1000.0),
            format!("{rate:.1}"),
        ];
        table(&title, &["", "µs", "million decisions a second"], &[row])
    }
}
