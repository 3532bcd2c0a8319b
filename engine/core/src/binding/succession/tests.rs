use super::*;
use crate::{
    binding::{AttestedKey, CardEnd, HandsetKey, Identified, KeyLevel, Platform, Serving},
    ids::{AuthorityId, CertificateId, ImeiSet, SerialNumber},
};
use proptest::prelude::*;

const OLD: BindingId = BindingId::from_bytes([1; 16]);
const NEW: BindingId = BindingId::from_bytes([2; 16]);
const IN_PERSON: Seen = Seen::InPerson(Place::Counter);
const OVERLAP: Duration = Duration::from_secs(1000);

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn certificate(number: u8, ends: i64) -> BoundCertificate {
    BoundCertificate {
        id: CertificateId::of_der(&[number]),
        issuer: AuthorityId::from_sha256([7; 32]),
        serial: SerialNumber::new(&[number]).unwrap(),
        points: Vec::new(),
        spki: vec![number],
        not_before: at(0),
        not_after: at(ends),
    }
}

fn handset(number: u8, keyed: bool) -> Handset {
    let key = AttestedKey {
        spki: vec![number],
        level: KeyLevel::Tee,
        boot: None,
        patch: None,
        apps: Vec::new(),
        signers: Vec::new(),
        imeis: ImeiSet::default(),
        issuers: Vec::new(),
        verified_at: at(0),
    };
    let key = if keyed { HandsetKey::Attested(key) } else { HandsetKey::None };
    let imei = format!("35299900{number:06}").parse().unwrap();
    Handset::new(ImeiSet::new([imei]).unwrap(), Platform::Android, key, at(0)).unwrap()
}

fn sim(iccid: &str, carrier: &str) -> Sim {
    Sim {
        arrived: Vec::new(),
        iccid: iccid.parse().unwrap(),
        eid: None,
        serving: Serving { carrier: carrier.parse().unwrap(), host: None },
        line_ref: None,
        msisdn: None,
    }
}

fn bound() -> Binding {
    Binding {
        id: OLD,
        person: "p".parse().unwrap(),
        certificate: certificate(1, 10_000),
        key_home: KeyHome::Sim,
        counter: CounterPolicy::Present,
        sim: sim("8981100000000000010", "docomo"),
        handsets: Handsets::new(handset(1, true)),
        card: None,
        state: State::Active,
        enrolled_at: at(10),
        proven_at: at(20),
        foreign_handset_at: Some(at(30)),
        identified: Identified { place: Place::Counter, at: at(10) },
        succeeds: None,
        succeeded: None,
        sim_proven_at: at(25),
        card_ends: CardEnd::Unsaid,
        held: None,
        suspended: None,
        released_at: None,
        pin_reset_at: None,
        driven: crate::binding::Driven::default(),
        announced: crate::line::Announcements::default(),
    }
}

fn next(seen: Seen) -> Next {
    Next { id: NEW, certificate: certificate(2, 50_000), seen }
}

fn new_sim() -> Replacement {
    Replacement::Sim { sim: sim("8981300000000000018", "kddi"), counter: CounterPolicy::None }
}

fn new_handset() -> Replacement {
    Replacement::Handset {
        place: 0,
        handset: Box::new(handset(9, true)),
        sim: None,
        key_home: KeyHome::Sim,
        counter: CounterPolicy::None,
    }
}

fn held(why: LifecycleReason) -> Binding {
    let mut binding = bound();
    binding.apply(Act::Hold, why, &Source::Engine, at(50)).unwrap();
    binding
}

#[test]
fn a_renewal_takes_over_what_is_known_and_proves_nothing() {
    let mut old = bound();
    old.apply(Act::Suspend, LifecycleReason::SimReissued, &Source::Engine, at(40)).unwrap();
    let before = old.clone();
    let new = old.renew(next(IN_PERSON), OVERLAP, at(100)).unwrap();
    let same = Binding {
        id: OLD,
        certificate: before.certificate.clone(),
        identified: before.identified,
        succeeds: None,
        ..new.clone()
    };
    assert_eq!(same, before, "latches, suspension, handsets, SIM and proofs are the old one's");
    assert_eq!((new.succeeds, new.certificate.id), (Some(OLD), certificate(2, 0).id));
    let why = LifecycleReason::Renewed;
    assert_eq!(
        old.succeeded,
        Some(Successor { binding: NEW, until: at(1100), why, sim: SimAfter::Kept })
    );
    assert_eq!(old.renew(next(IN_PERSON), OVERLAP, at(101)), Err(NotSucceeded::Succeeded));
}

#[test]
fn old_and_new_are_usable_for_the_overlap_and_then_the_old_one_is_over_by_itself() {
    let mut old = bound();
    let new = old.renew(next(IN_PERSON), OVERLAP, at(100)).unwrap();
    let superseded = State::Ended { end: End::Superseded, why: LifecycleReason::Renewed };
    for (secs, expected) in [(100, State::Active), (1099, State::Active), (1100, superseded)] {
        assert_eq!((old.state_at(at(secs)), new.state_at(at(secs))), (expected, State::Active));
        assert!(!old.is_present_at(at(secs)) && new.is_present_at(at(secs)));
    }
    // What is stored follows, once.
    old.apply(Act::Supersede, LifecycleReason::Renewed, &Source::Engine, at(1100)).unwrap();
    let again = old.apply(Act::Supersede, LifecycleReason::Renewed, &Source::Engine, at(1100));
    assert_eq!((old.state, again), (superseded, Err(Refused::Ended)));
}

#[test]
fn no_overlap_outlasts_the_old_certificate() {
    let mut old = bound();
    old.renew(next(IN_PERSON), OVERLAP, at(9_500)).unwrap();
    assert_eq!(old.ends_at(), at(10_000));
    assert!(matches!(old.state_at(at(10_000)), State::Ended { .. }));
    assert_eq!(bound().ends_at(), at(10_000));
}

#[test]
fn what_is_held_pending_or_over_is_not_renewed() {
    let renewed = |mut binding: Binding, now| binding.renew(next(IN_PERSON), OVERLAP, now);
    let pending = Binding { state: State::Pending, ..bound() };
    let table = [
        (held(LifecycleReason::Lost), at(100), NotSucceeded::Held),
        (held(LifecycleReason::CounterRegressed), at(100), NotSucceeded::Held),
        (pending, at(100), Refused::NotActive.into()),
        (bound(), at(10_000), Refused::Ended.into()),
    ];
    for (binding, now, expected) in table {
        assert_eq!(renewed(binding, now), Err(expected));
    }
}

#[test]
fn a_replacement_ends_the_old_binding_at_once_and_what_was_lost_is_replaced_in_person_alone() {
    for change in [new_sim(), new_handset()] {
        for (start, seen, taken) in [
            (bound(), IN_PERSON, true),
            (bound(), Seen::ByCard, true),
            (held(LifecycleReason::Stolen), IN_PERSON, true),
            (held(LifecycleReason::CounterRegressed), IN_PERSON, true),
            (held(LifecycleReason::Stolen), Seen::ByCard, false),
        ] {
            let mut old = start.clone();
            let new = old.replace(next(seen), change.clone(), &Source::Engine, at(100));
            if !taken {
                assert_eq!((new, old), (Err(NotSucceeded::Held), start));
                continue;
            }
            let new = new.unwrap();
            assert!(matches!(old.state, State::Ended { end: End::Superseded, .. }));
            assert_eq!((new.state, &new.held, new.enrolled_at), (State::Active, &None, at(100)));
            assert_eq!((new.succeeds, new.identified.place), (Some(OLD), seen.place()));
        }
    }
}

#[test]
fn the_card_proves_the_sim_that_it_names_and_not_the_handset() {
    let replaced = |seen, change| bound().replace(next(seen), change, &Source::Engine, at(100));
    let proofs = |new: &Binding| (new.proven_at, new.sim_proven_at, new.foreign_handset_at);
    let by_card = replaced(Seen::ByCard, new_sim()).unwrap();
    assert_eq!(proofs(&by_card), (at(20), at(100), Some(at(30))));
    let in_person = replaced(IN_PERSON, new_sim()).unwrap();
    assert_eq!(proofs(&in_person), (at(100), at(100), None));
    let attested = replaced(Seen::ByCard, new_handset()).unwrap();
    assert_eq!(proofs(&attested), (at(100), at(100), None));
    let plain = Replacement::Handset {
        place: 0,
        handset: Box::new(handset(9, false)),
        sim: None,
        key_home: KeyHome::Sim,
        counter: CounterPolicy::None,
    };
    assert_eq!(replaced(Seen::ByCard, plain), Err(NotSucceeded::Unattested));
}

#[test]
fn a_key_does_not_move_without_its_sim_or_handset() {
    let same_key = || Next { certificate: certificate(1, 50_000), ..next(IN_PERSON) };
    let with = |home, change| {
        let mut binding = Binding { key_home: home, ..bound() };
        binding.replace(same_key(), change, &Source::Engine, at(100)).map(|_| ())
    };
    assert_eq!(with(KeyHome::Sim, new_sim()), Err(NotSucceeded::SameKey));
    assert_eq!(with(KeyHome::SecureElement, new_sim()), Ok(()));
    assert_eq!(with(KeyHome::Sim, new_handset()), Ok(()));
    assert_eq!(with(KeyHome::SecureElement, new_handset()), Err(NotSucceeded::SameKey));
    let same = Replacement::Sim { sim: bound().sim, counter: CounterPolicy::None };
    let refused = bound().replace(next(IN_PERSON), same, &Source::Engine, at(100));
    assert_eq!(refused, Err(NotSucceeded::SameSim));
}

#[test]
fn a_key_that_may_be_in_two_places_goes_to_no_other_binding() {
    let same_key = || Next { certificate: certificate(1, 50_000), ..next(IN_PERSON) };
    let cloned = || held(LifecycleReason::CounterRegressed);
    let refused = cloned().replace(same_key(), new_handset(), &Source::Engine, at(100));
    assert_eq!(refused, Err(NotSucceeded::SameKey));
    assert!(cloned().replace(next(IN_PERSON), new_handset(), &Source::Engine, at(100)).is_ok());
    let stolen = held(LifecycleReason::Stolen);
    assert!(stolen.clone().replace(same_key(), new_handset(), &Source::Engine, at(100)).is_ok());
}

#[test]
fn a_handset_is_replaced_at_its_place_and_the_others_stay() {
    let mut two = Handsets::new(handset(1, true));
    two.add(handset(2, true)).unwrap();
    let keys = |handsets: &Handsets| -> Vec<_> {
        handsets.iter().map(|own| own.key().spki().unwrap()[0]).collect()
    };
    assert_eq!(keys(&two.replaced(0, handset(9, true)).unwrap()), [9, 2]);
    assert_eq!(keys(&two.replaced(1, handset(9, true)).unwrap()), [1, 9]);
    assert_eq!(two.replaced(2, handset(9, true)), Err(HandsetsError::NoSuchPlace));
    assert_eq!(two.replaced(0, handset(9, false)), Err(HandsetsError::Mixed));
    let one = Handsets::new(handset(1, true));
    assert!(one.replaced(0, handset(9, false)).is_ok());
}

proptest! {
    #[test]
    fn of_a_chain_of_renewals_the_newest_alone_is_present(times in prop::collection::vec(1_i64..400, 1..12)) {
        let mut all = vec![Binding { certificate: certificate(1, 1_000_000), ..bound() }];
        let mut now = 100;
        for (number, step) in (2_u8..).zip(times) {
            now += step;
            let next = Next {
                id: BindingId::from_bytes([number; 16]),
                certificate: certificate(number, 1_000_000),
                seen: IN_PERSON,
            };
            let new = all.last_mut().unwrap().renew(next, OVERLAP, at(now)).unwrap();
            all.push(new);
            let present = all.iter().filter(|binding| binding.is_present_at(at(now))).count();
            prop_assert_eq!(present, 1);
            prop_assert!(all.last().unwrap().is_present_at(at(now)));
        }
    }
}

#[test]
fn who_is_seen_again_was_identified_there_where_that_is_no_worse() {
    use Place::{ApprovedPlace, Counter, HomeCard};
    let table = [
        (HomeCard, IN_PERSON, Counter),
        (HomeCard, Seen::InPerson(ApprovedPlace), ApprovedPlace),
        (ApprovedPlace, IN_PERSON, Counter),
        (Counter, Seen::InPerson(ApprovedPlace), Counter),
        (Counter, Seen::ByCard, Counter),
        (ApprovedPlace, Seen::ByCard, ApprovedPlace),
    ];
    for (before, seen, after) in table {
        let identified = Identified { place: before, at: at(10) };
        let mut binding = Binding { identified, ..bound() };
        let sim = binding.sim.clone();
        binding.reprove(seen, sim, &Source::Engine, at(60)).unwrap();
        let changed = if before == after && seen.place() != after { at(10) } else { at(60) };
        let expected = Identified { place: after, at: changed };
        assert_eq!(binding.identified, expected, "{before:?} {seen:?}");
    }
}
