use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::select;

use super::super::evaluate::judge;
use super::super::{RuleBook, run_tests};
use super::lines;
use crate::facts::{
    AppIdentity, BootState, Channel, CounterState, Fact, FactType, Facts, FeedHealth, HandsetProof,
    HandsetRelation, KeyHome, Knowledge, Match, Platform, Provenance, SecurityLevel, Sensitivity,
    SignatureState, usual_facts,
};
use crate::verdict::{CheckKind, Severity, Verdict};

fn shipped() -> &'static RuleBook {
    static BOOK: LazyLock<RuleBook> =
        LazyLock::new(|| RuleBook::shipped().unwrap_or_else(|found| panic!("{}", lines(&found))));
    &BOOK
}

#[test]
fn the_shipped_packs_compile_and_pass_their_tests() {
    let report = run_tests(shipped());
    let failed: Vec<_> = report.failures.iter().map(ToString::to_string).collect();
    assert!(report.is_ok(), "{}", failed.join("\n"));
    assert!(report.passed > 100);
}

#[test]
fn every_shipped_rule_is_tested_both_ways_by_its_own_pack() {
    let report = run_tests(shipped());
    assert!(report.never_fired.is_empty(), "no test fires {:#?}", report.never_fired);
    assert!(report.never_silent.is_empty(), "every test fires {:#?}", report.never_silent);
}

#[test]
fn every_reason_of_the_catalogue_is_the_engine_s_or_a_pack_s() {
    let sources = RuleBook::shipped_sources();
    for reason in crate::reason::ReasonCode::all().skip(21) {
        let quoted = format!("\"{reason}\"");
        assert!(sources.iter().any(|source| source.text.contains(&quoted)), "{reason} is unused");
    }
}

#[test]
fn an_honest_login_meets_no_rule_in_any_chain() {
    let book = shipped();
    let mut facts = usual_facts();
    facts.set_binding_key_home(KeyHome::Sim);
    facts.set_binding_platform(Platform::Android);
    facts.set_check_channel(Channel::AppLogin);
    facts.set_transcript_signature(SignatureState::Valid);
    facts.set_handset_match(Match::Yes);
    facts.set_handset_match_provenance(Provenance::DeviceAttested);
    facts.set_handset_relation(HandsetRelation::Bound);
    facts.set_handset_proof(HandsetProof::Valid);
    facts.set_handset_attestation_level(SecurityLevel::Tee);
    facts.set_handset_boot(BootState::Verified);
    facts.set_app_identity(AppIdentity::Listed);
    facts.set_counter_state(CounterState::Advanced);
    let packs: Vec<_> = book.packs().iter().map(|pack| pack.id.clone()).collect();
    assert_eq!(packs.len(), 9);
    for pack in packs {
        let chain = book.chain_of_pack(&pack).unwrap();
        for health in
            [FeedHealth::Healthy, FeedHealth::Lagging, FeedHealth::Silent, FeedHealth::None]
        {
            for sensitivity in [Sensitivity::View, Sensitivity::Apply, Sensitivity::Pay] {
                facts.set_feed_health(health);
                facts.set_relying_party_sensitivity(sensitivity);
                let outcome = book.evaluate(chain, CheckKind::Login, &facts);
                assert_eq!(outcome.verdict, Verdict::Allow, "{pack} {health:?} {outcome:?}");
                assert!(outcome.fired.is_empty());
            }
        }
    }
}

#[test]
fn nothing_known_is_never_allowed() {
    let book = shipped();
    for at in 0..book.packs().len() {
        let id = book.packs()[at].id.clone();
        let chain = book.chain_of_pack(&id).unwrap();
        for kind in [CheckKind::Login, CheckKind::Tap] {
            let outcome = book.evaluate(chain, kind, &Facts::default());
            assert_eq!(outcome.verdict, Verdict::Deny, "{id}");
        }
    }
}

/// Facts of every kind; what is never unknown is known.
fn any_facts() -> impl Strategy<Value = Facts> {
    let picks: Vec<_> = Fact::ALL
        .iter()
        .map(|fact| {
            let values: Vec<i64> = match fact.ty() {
                FactType::Enum(of) => (0_i64..).take(of.variants.len()).collect(),
                FactType::Duration => {
                    vec![0, 100, 200, 1_000, 3_600_000, 86_400_000, 864_000_000, i64::MAX]
                }
                FactType::Int | FactType::Bool => vec![0, 1],
            };
            let known = select(values).prop_map(Some);
            match fact.knowledge() {
                Knowledge::Always { .. } => known.boxed(),
                Knowledge::Sometimes { .. } => prop_oneof![3 => known, 1 => Just(None)].boxed(),
            }
        })
        .collect();
    picks.prop_map(|picked| {
        let mut facts = Facts::default();
        for (fact, value) in Fact::ALL.iter().zip(picked) {
            if let Some(value) = value {
                facts.put(*fact, value);
            }
        }
        facts
    })
}

/// A check in which few things are wrong, so that verdicts of all kinds come about.
fn nearly_honest() -> impl Strategy<Value = Facts> {
    let wrong = prop::sample::subsequence(Fact::ALL.to_vec(), 0..6);
    (any_facts(), wrong).prop_map(|(any, wrong)| {
        let mut facts = usual_facts();
        facts.set_binding_key_home(KeyHome::Sim);
        facts.set_binding_platform(Platform::Android);
        facts.set_handset_match(Match::Yes);
        facts.set_handset_match_provenance(Provenance::DeviceAttested);
        facts.set_handset_attestation_level(SecurityLevel::Tee);
        facts.set_handset_boot(BootState::Verified);
        for fact in wrong {
            match any.slot(fact) {
                Some(value) => facts.put(fact, value),
                None => facts.forget(fact),
            }
        }
        facts
    })
}

proptest! {
    #[test]
    fn no_chain_is_milder_than_the_nation_at_its_loosest(
        facts in prop_oneof![any_facts(), nearly_honest()],
    ) {
        let book = shipped();
        for kind in [CheckKind::Login, CheckKind::Tap] {
            let floor = judge(book.chains[0].loosest.of(kind), &facts).verdict;
            for chain in &book.chains {
                let stands = judge(chain.stands.of(kind), &facts).verdict;
                prop_assert!(stands.severity() >= floor.severity());
                if let (Verdict::StepUp(stands), Verdict::StepUp(floor)) = (stands, floor) {
                    prop_assert!(stands.is_subset(floor));
                }
            }
        }
    }

    #[test]
    fn an_allow_has_no_reason_and_anything_else_has_one(
        facts in prop_oneof![any_facts(), nearly_honest()],
    ) {
        let book = shipped();
        for kind in [CheckKind::Login, CheckKind::Tap] {
            for pack in book.packs() {
                let chain = book.chain_of_pack(&pack.id).unwrap();
                let outcome = book.evaluate(chain, kind, &facts);
                let allowed = outcome.verdict.severity() == Severity::Allow;
                prop_assert_eq!(allowed, outcome.reasons.is_empty());
            }
        }
    }

    #[test]
    fn recorded_facts_give_the_same_outcome(facts in any_facts()) {
        let book = shipped();
        let again = Facts::from_bytes(&facts.to_bytes()).unwrap();
        prop_assert_eq!(&again, &facts);
        let chain = book.chain(Some("docomo"), None);
        let first = book.evaluate(chain, CheckKind::Tap, &facts);
        prop_assert_eq!(first, book.evaluate(chain, CheckKind::Tap, &again));
    }
}
