use std::time::Duration;

use super::{
    BindingState, Fact, FactType, Facts, FactsDecodeError, Knowledge, Match, SetFactError,
};

#[test]
fn numbers_and_names_are_unique_and_rise() {
    let mut last = 0;
    for fact in Fact::ALL {
        assert!(fact.number() > last, "{}", fact.name());
        last = fact.number();
        assert_eq!(Fact::from_number(fact.number()), Some(*fact));
        assert_eq!(Fact::from_name(fact.name()), Some(*fact));
        assert!(fact.name().split('.').count() == 2, "{}", fact.name());
    }
}

#[test]
fn every_usual_value_is_a_value_of_its_fact() {
    for fact in Fact::ALL {
        if let Knowledge::Always { usual } = fact.knowledge() {
            Facts::default().set_by_name(fact.name(), usual).unwrap();
        }
    }
    assert_eq!(super::usual_facts().missing().count(), 0);
}

#[test]
fn nothing_is_known_at_first_and_what_is_set_is_read_back() {
    let mut facts = Facts::default();
    assert_eq!(facts.known().count(), 0);
    assert_eq!(facts.handset_match(), None);
    facts.set_handset_match(Match::No);
    facts.set_binding_state(BindingState::Active);
    facts.set_binding_age(Duration::MAX);
    facts.set_pin_failures(u32::MAX);
    assert_eq!(facts.handset_match(), Some(Match::No));
    assert_eq!(facts.binding_age(), Some(Duration::MAX));
    assert_eq!(facts.pin_failures(), Some(u32::MAX));
    facts.forget(Fact::HandsetMatch);
    assert_eq!(facts.handset_match(), None);
}

#[test]
fn the_encoding_is_the_recorded_one() {
    let mut facts = Facts::default();
    facts.set_binding_state(BindingState::Active);
    facts.set_handset_match(Match::No);
    facts.set_handset_match_age(Duration::from_millis(300));
    facts.set_pin_failures(3);
    let golden = [1, 1, 2, 15, 1, 17, 0xac, 0x02, 36, 3];
    assert_eq!(facts.to_bytes(), golden);
    assert_eq!(Facts::from_bytes(&golden), Ok(facts));
}

#[test]
fn the_encoding_of_a_binding_s_life_is_the_recorded_one() {
    let given = [
        ("binding.state", "suspended"),
        ("binding.identified", "home_card"),
        ("binding.released_age", "1ms"),
        ("certificate.remaining", "0s"),
        ("change.cause", "unsaid"),
        ("change.expected", "unannounced"),
        ("applet.order", "delete"),
        ("applet.order_age", "2ms"),
        ("applet.state", "deleted"),
        ("handset.listing", "withdrawn"),
        ("handset.nfc", "several"),
        ("handset.secure_element", "sim"),
        ("reader.listing", "unlisted"),
        ("reader.trial", "failed"),
        ("pin.reset_age", "3ms"),
    ];
    let mut facts = Facts::default();
    given.into_iter().for_each(|(name, text)| facts.set_by_name(name, text).unwrap());
    let golden = [
        1, 1, 7, 48, 2, 49, 1, 50, 0, 51, 11, 52, 5, 53, 4, 54, 2, 55, 2, 56, 2, 57, 4, 58, 2, 59,
        3, 60, 2, 61, 3,
    ];
    assert_eq!(facts.to_bytes(), golden);
    assert_eq!(Facts::from_bytes(&golden), Ok(facts));
}

#[test]
fn bytes_that_are_no_facts_are_refused() {
    use FactsDecodeError as E;
    let cases: [(&[u8], E); 9] = [
        (&[], E::Version),
        (&[2], E::Version),
        (&[1, 200, 1, 0], E::UnknownFact { number: 200 }),
        (&[1, 2, 0, 1, 0], E::Order { number: 1 }),
        (&[1, 1, 0, 1, 0], E::Order { number: 1 }),
        (&[1, 1, 8], E::Value { fact: "binding.state" }),
        (&[1, 1], E::Malformed),
        (&[1, 1, 0x80, 0], E::Malformed),
        (&[1, 4, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2], E::Malformed),
    ];
    for (bytes, error) in cases {
        assert_eq!(Facts::from_bytes(bytes), Err(error), "{bytes:?}");
    }
}

#[test]
fn a_fact_is_read_back_with_every_slot_of_its_type_and_no_other() {
    let near = [0, 1, i64::from(u8::MAX), i64::from(u32::MAX), i64::MAX - 1];
    let slots: Vec<i64> =
        (0..40).chain(near.into_iter().flat_map(|slot| [slot, slot + 1])).collect();
    for fact in Fact::ALL {
        for slot in &slots {
            let mut bytes = vec![1, u8::try_from(fact.number()).unwrap()];
            let mut rest = u64::try_from(*slot).unwrap();
            while rest > 0x7f {
                bytes.push(u8::try_from(rest & 0x7f).unwrap() | 0x80);
                rest >>= 7;
            }
            bytes.push(u8::try_from(rest).unwrap());
            let mut facts = Facts::new();
            facts.put(*fact, *slot);
            let expected = if fact.accepts(*slot) {
                Ok(facts)
            } else {
                Err(FactsDecodeError::Value { fact: fact.name() })
            };
            assert_eq!(Facts::from_bytes(&bytes), expected, "{} {slot}", fact.name());
        }
    }
}

#[test]
fn every_value_survives_its_encoding_and_its_text() {
    for fact in Fact::ALL {
        let values: Vec<i64> = match fact.ty() {
            FactType::Enum(of) => (0_i64..).take(of.variants.len()).collect(),
            FactType::Duration => vec![0, 1, 86_400_000, i64::MAX],
            FactType::Int => vec![0, 1, i64::from(u32::MAX)],
            FactType::Bool => vec![0, 1],
        };
        for value in values {
            let mut facts = Facts::default();
            facts.put(*fact, value);
            assert_eq!(Facts::from_bytes(&facts.to_bytes()).as_ref(), Ok(&facts));
            let mut again = Facts::default();
            again.set_by_name(fact.name(), &facts.text(*fact).unwrap()).unwrap();
            assert_eq!(again, facts);
        }
    }
}

#[test]
fn a_misspelt_fact_or_value_is_named_with_the_nearest() {
    let mut facts = Facts::default();
    let error = facts.set_by_name("handset.mach", "no").unwrap_err();
    assert_eq!(error.suggestion(), Some("handset.match"));
    let error = facts.set_by_name("sim.latch", "reisued").unwrap_err();
    assert_eq!(error.suggestion(), Some("reissued"));
    let error = facts.set_by_name("binding.state", "unknown").unwrap_err();
    assert_eq!(error, SetFactError::NeverUnknown { fact: "binding.state" });
    assert!(facts.set_by_name("pin.failures", "-1").is_err());
    assert!(facts.set_by_name("pin.failures", "4294967296").is_err());
    assert_eq!(facts, Facts::default());
}
