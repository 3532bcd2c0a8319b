use proptest::prelude::*;

use super::*;
use crate::book::checks::tests::{crossed, shipped_and};
use crate::book::verdicts::tests::{book_of, everything, read_by, rule};
use crate::facts::usual_facts_of;
use crate::facts::worlds::WORLDS;

fn distance(a: &Facts, b: &Facts) -> usize {
    Fact::ALL.iter().filter(|fact| a.slot(**fact) != b.slot(**fact)).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_set_of_facts_is_milder_by_fewer_changes(
        rules in prop::collection::vec(rule(), 1..4),
        pick in any::<prop::sample::Index>(),
    ) {
        let book = book_of(&rules);
        let kind = CheckKind::Login;
        let rules = book.chains[0].stands.of(kind);
        let every = everything(&read_by(rules.iter()));
        let now = pick.get(&every);
        let rank = |facts: &Facts| judge(rules, facts).verdict.severity();
        let nearest = |wanted: Severity| {
            let right = every.iter().filter(|facts| rank(facts) == wanted);
            right.map(|facts| distance(now, facts)).min()
        };
        let ranks = [Severity::StepUp, Severity::Allow].into_iter();
        let milder = ranks.filter(|wanted| *wanted < rank(now));
        let expected: Vec<_> =
            milder.filter_map(|wanted| Some((wanted, nearest(wanted)?))).collect();
        let least = expected.iter().map(|(_, changes)| *changes).min();
        let found = book.milder(ChainId(0), kind, now);
        if let Some(milder) = &found {
            let mut facts = now.clone();
            for change in &milder.changes {
                let becomes = change.becomes.as_deref().unwrap_or("unknown");
                prop_assert_eq!(now.text(change.fact), change.was.clone());
                facts.set_by_name(change.fact.name(), becomes).unwrap();
            }
            prop_assert_eq!(rank(&facts), milder.verdict);
        }
        let told = found.as_ref().map(|milder| (milder.verdict, milder.changes.len()));
        let ordered = rules.iter().any(|rule| format!("{:?}", rule.cond).contains("Facts {"));
        if ordered {
            prop_assert!(found.is_none_or(|milder| !milder.fewest));
        } else {
            prop_assert_eq!(told.map(|(_, changes)| changes), least);
            prop_assert!(told.is_none_or(|told| expected.contains(&told)));
        }
    }
}

/// Facts of a login from an iPhone: what is never unknown at its usual value, and these.
fn login(given: &[(&str, &str)]) -> Facts {
    let mut facts = usual_facts_of(CheckKind::Login);
    facts.set_by_name("binding.platform", "ios").unwrap();
    for (name, value) in given {
        facts.set_by_name(name, value).unwrap();
    }
    facts
}

fn nearest(kind: CheckKind, facts: &Facts) -> Option<(Severity, Vec<String>)> {
    let book = RuleBook::shipped().unwrap();
    let milder = book.milder(book.chain(None, None), kind, facts)?;
    assert!(milder.fewest);
    let changes = milder.changes.iter().map(|change| {
        let text = |value: &Option<String>| value.clone().unwrap_or("?".to_owned());
        format!("{}: {} to {}", change.fact.name(), text(&change.was), text(&change.becomes))
    });
    Some((milder.verdict, changes.collect()))
}

#[test]
fn the_packs_that_ship_say_what_would_have_to_differ() {
    let pays = [
        ("relying_party.sensitivity", "pay"),
        ("certificate.status", "good"),
        ("certificate.status_age", "30h"),
    ];
    // It would also be allowed for less than a payment, and that was not asked.
    let fresh = vec!["certificate.status_age: 1d6h to 1d".to_owned()];
    assert_eq!(nearest(CheckKind::Login, &login(&pays)), Some((Severity::Allow, fresh)));
    // Unknown would do for a step-up, and a verified one for an allow.
    let started = [("handset.attestation_level", "tee"), ("handset.boot", "unverified")];
    let android = [("binding.platform", "android"), started[0], started[1]];
    let verified = vec!["handset.boot: unverified to verified".to_owned()];
    assert_eq!(nearest(CheckKind::Login, &login(&android)), Some((Severity::Allow, verified)));
    let revoked = [("certificate.status", "revoked"), ("certificate.status_age", "1h")];
    let good = (Severity::Allow, vec!["certificate.status: revoked to good".to_owned()]);
    assert_eq!(nearest(CheckKind::Login, &login(&revoked)), Some(good));
    assert_eq!(nearest(CheckKind::Login, &login(&[])), None, "an allow is the mildest");
}

#[test]
fn every_chain_that_ships_is_drawn_within_what_is_kept() {
    let book = RuleBook::shipped().unwrap();
    for chain in &book.chains {
        for kind in [CheckKind::Login, CheckKind::Tap] {
            let rules = chain.stands.of(kind);
            let mut field =
                Field::of(kind, rules.iter(), Diagrams::within(KEPT / 2, &Steps::new(u64::MAX)))
                    .unwrap();
            assert!(field.verdict(rules).is_ok(), "half of it is enough");
        }
    }
}

#[test]
fn what_would_have_to_differ_is_possible() {
    // A handset that matches is no foreign one, and a bare tap carries no proof.
    let book = RuleBook::shipped().unwrap();
    let foreign = [
        ("binding.key_home", "sim"),
        ("handset.match", "no"),
        ("handset.match_provenance", "self_reported"),
        ("handset.match_age", "0s"),
        ("handset.relation", "foreign"),
    ];
    let facts = login(&foreign);
    let milder = book.milder(book.chain(None, None), CheckKind::Login, &facts).unwrap();
    let mut other = facts.clone();
    for change in &milder.changes {
        other
            .set_by_name(change.fact.name(), change.becomes.as_deref().unwrap_or("unknown"))
            .unwrap();
    }
    for law in WORLDS.iter().filter(|law| law.holds(CheckKind::Login, &facts)) {
        assert!(law.holds(CheckKind::Login, &other), "{}: {:?}", law.says, milder.changes);
    }
}

#[test]
fn facts_that_lack_what_is_always_known_have_no_milder_verdict() {
    let book = RuleBook::shipped().unwrap();
    assert_eq!(book.milder(book.chain(None, None), CheckKind::Login, &Facts::new()), None);
}

#[test]
fn a_search_by_trying_finds_what_is_one_change_away() {
    let book = RuleBook::shipped().unwrap();
    let rules = book.chains[0].stands.of(CheckKind::Login);
    let facts = login(&[("sim.latch", "reissued")]);
    let found = search(rules, CheckKind::Login, &facts, Severity::Allow).unwrap();
    assert_eq!(distance(&facts, &found), 1);
}

#[test]
fn past_its_steps_a_search_claims_no_fewest_change() {
    let book = RuleBook::shipped().unwrap();
    let chain = &book.chains[0];
    let facts = login(&[("sim.latch", "reissued")]);
    let within = |most: u64| {
        reach(chain, CheckKind::Login, &facts, Severity::Allow, &Steps::new(most)).unwrap()
    };
    assert!(within(STEPS / 10).fewest, "the packs that ship need less than a tenth");
    assert!(!within(100).fewest);
}

#[test]
fn rules_made_to_be_hard_leave_an_answer_that_is_not_said_to_be_the_least() {
    let book = RuleBook::compile_unchecked(&shipped_and(&crossed("hard", 1))).unwrap();
    let facts = login(&[("sim.latch", "reissued")]);
    let found = book.milder(ChainId(0), CheckKind::Login, &facts);
    assert!(found.is_none_or(|milder| !milder.fewest));
}
