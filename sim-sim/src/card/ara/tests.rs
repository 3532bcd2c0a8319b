use super::{AppSigner, MOST_RULES, Rule, Rules, object, read_rules};
use crate::card::{JPKI_AID, Status};

fn rule(app: u8) -> Rule {
    Rule::new(JPKI_AID, AppSigner::from_sha256([app; 32])).unwrap()
}

fn store(rule: &Rule) -> Vec<u8> {
    object(0xF0, &rule.to_bytes())
}

#[test]
fn what_is_stored_is_given_out_and_once() {
    let mut rules = Rules::default();
    for app in [1, 2, 1] {
        rules.store(&store(&rule(app))).unwrap();
    }
    assert_eq!(read_rules(&rules.to_bytes()).unwrap(), [rule(1), rule(2)]);
}

#[test]
fn rules_go_by_applet_or_all_at_once() {
    let mut rules = Rules::default();
    let other = Rule::new(&[1; 5], AppSigner::from_sha256([9; 32])).unwrap();
    for one in [&rule(1), &rule(2), &other] {
        rules.store(&store(one)).unwrap();
    }
    rules.store(&object(0xF1, &object(0x4F, JPKI_AID))).unwrap();
    assert_eq!(read_rules(&rules.to_bytes()).unwrap(), [other]);
    rules.store(&object(0xF1, &[])).unwrap();
    assert!(read_rules(&rules.to_bytes()).unwrap().is_empty());
}

#[test]
fn there_is_an_end_to_the_rules() {
    let mut rules = Rules::default();
    for app in 0..=u8::try_from(MOST_RULES).unwrap() {
        let stored = rules.store(&store(&rule(app)));
        let full = usize::from(app) == MOST_RULES;
        assert_eq!(stored, if full { Err(Status::NO_ROOM) } else { Ok(()) }, "{app}");
    }
}

#[test]
fn a_rule_that_the_card_cannot_honour_is_refused() {
    let about = |hash: &[u8]| {
        let mut about = object(0x4F, JPKI_AID);
        about.extend(object(0xC1, hash));
        object(0xE1, &about)
    };
    let whole = |about: &[u8], rights: &[u8]| {
        object(0xF0, &object(0xE2, &[about, &object(0xE3, rights)].concat()))
    };
    let allowed: &[u8] = &[0xD0, 0x01, 0x01];
    Rules::default().store(&whole(&about(&[1; 32]), allowed)).unwrap();
    for bytes in [
        whole(&about(&[1; 20]), allowed),
        whole(&about(&[1; 32]), &[0xD0, 0x01, 0x00]),
        whole(&about(&[1; 32]), &[0xD0, 0x08, 1, 2, 3, 4, 5, 6, 7, 8]),
        whole(&about(&[1; 32]), &[]),
        whole(&[], allowed),
        object(0xF1, &[0x50, 0x00]),
        object(0xF3, &[]),
        vec![0xF0, 0x40],
        Vec::new(),
    ] {
        let mut rules = Rules::default();
        assert_eq!(rules.store(&bytes), Err(Status::WRONG_DATA), "{bytes:02X?}");
        assert_eq!(rules, Rules::default());
    }
}
