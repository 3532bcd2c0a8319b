use crate::{
    binding::{
        AttestedKey, BoundCertificate, CounterPolicy, Handset, HandsetKey, KeyHome, KeyLevel,
        Place, Platform, Serving, Sim, State as BindingState,
    },
    ids::{AuthorityId, BindingId, CertificateId, ImeiSet, SerialNumber, TicketId},
    ticket::{
        Act, Effect, Ender, IdentityCheck, Locator, Moved, PhoneMark, Progress, Record, Refused,
        State, Step, Steps, TRANSITIONS, Ticket, TicketRefused, Variant, Way, Written,
    },
    time::Timestamp,
};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_secs(1000);

fn ticket() -> Ticket {
    Ticket {
        id: TicketId::from_bytes([1; 16]),
        locator: Locator::from_random([1; 4]),
        office: "shibuya".parse().unwrap(),
        variant: Variant::TwoCodes,
        person: "person-1".parse().unwrap(),
        identity: IdentityCheck {
            reference: "check-1".parse().unwrap(),
            place: Place::Counter,
            at: NOW,
        },
        opened_by: "terminal-1".parse().unwrap(),
        held_by: "terminal-1".parse().unwrap(),
        opened_at: NOW,
        expires_at: Timestamp::from_secs(2000),
        progress: Progress::OPENED,
        codes: 1,
        wrong_codes: 0,
        changes: 0,
        phone: None,
        binding: BindingId::from_bytes([2; 16]),
        certificate: None,
        sim: None,
        handset: None,
    }
}

fn sim(number: u8) -> Record {
    let body = format!("8981100000000000{number:02}");
    let sum: u32 = body.bytes().rev().enumerate().fold(0, |sum, (place, digit)| {
        let digit = u32::from(digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
        sum + digit / 10 + digit % 10
    });
    let iccid = format!("{body}{}", (10 - sum % 10) % 10);
    Record::Sim(Sim {
        arrived: Vec::new(),
        iccid: iccid.parse().unwrap(),
        eid: None,
        serving: Serving { carrier: "docomo".parse().unwrap(), host: None },
        line_ref: None,
        msisdn: None,
    })
}

fn certificate(number: u8) -> Record {
    Record::Certificate(Box::new(Written {
        certificate: BoundCertificate {
            id: CertificateId::from_sha256([number; 32]),
            issuer: AuthorityId::from_sha256([1; 32]),
            serial: SerialNumber::new(&[number]).unwrap(),
            points: Vec::new(),
            spki: vec![number],
            not_before: Timestamp::EPOCH,
            not_after: Timestamp::from_secs(1_000_000),
        },
        key_home: KeyHome::Sim,
        counter: CounterPolicy::Present,
        card: None,
        way: Way::Reader,
    }))
}

fn handset(key: HandsetKey) -> Record {
    let handset = Handset::new(ImeiSet::default(), Platform::Android, key, NOW);
    Record::Handset(Box::new(handset.unwrap()))
}

fn attested(number: u8) -> Record {
    handset(HandsetKey::Attested(attested_key(number)))
}

fn attested_key(number: u8) -> AttestedKey {
    AttestedKey {
        spki: vec![number],
        level: KeyLevel::Tee,
        boot: None,
        patch: None,
        apps: Vec::new(),
        signers: Vec::new(),
        imeis: ImeiSet::default(),
        issuers: Vec::new(),
        verified_at: Timestamp::EPOCH,
    }
}

fn joined(number: u8) -> Record {
    Record::Join(PhoneMark([number; 16]))
}

#[test]
fn each_act_has_one_line() {
    let acts: std::collections::HashSet<Act> = TRANSITIONS.iter().map(|line| line.act).collect();
    assert_eq!(acts.len(), TRANSITIONS.len());
    assert_eq!(acts.len(), 12);
}

#[test]
fn a_ticket_goes_from_the_identity_check_to_activation_in_either_order() {
    let orders: [&[fn() -> Record]; 2] = [
        &[
            || joined(1),
            || sim(1),
            || Record::Loaded,
            || certificate(1),
            || Record::PinSet,
            || attested(1),
        ],
        &[
            || sim(1),
            || joined(1),
            || attested(1),
            || Record::Loaded,
            || Record::PinSet,
            || certificate(1),
        ],
    ];
    for order in orders {
        let mut ticket = ticket();
        for record in order {
            assert!(ticket.clone().end(Act::Activate).is_err());
            assert_eq!(ticket.record(record(), NOW), Ok(Moved::On));
            let once = ticket.clone();
            assert_eq!(ticket.record(record(), NOW), Ok(Moved::Not), "{:?}", record());
            assert_eq!(ticket, once);
        }
        let bound = ticket.bound(NOW).unwrap();
        assert_eq!((bound.state, bound.id), (BindingState::Pending, ticket.binding));
        ticket.end(Act::Activate).unwrap();
        assert_eq!(ticket.state_at(NOW), State::Activated);
    }
}

#[test]
fn nothing_is_bound_while_one_of_the_three_is_missing() {
    let all = [joined(1), sim(1), Record::Loaded, certificate(1), attested(1)];
    for missing in [1, 3, 4] {
        let mut ticket = ticket();
        for (place, record) in all.iter().enumerate() {
            if place != missing {
                let _ = ticket.record(record.clone(), NOW);
            }
        }
        assert_eq!(ticket.bound(NOW), None, "without {missing}");
    }
}

#[test]
fn another_sim_undoes_what_lies_on_the_sim() {
    let mut ticket = ticket();
    for record in [joined(1), sim(1), Record::Loaded, certificate(1), Record::PinSet, attested(1)] {
        ticket.record(record, NOW).unwrap();
    }
    ticket.record(sim(2), NOW).unwrap();
    assert_eq!(ticket.progress.done, Steps::of(&[Step::Joined, Step::Sim, Step::Handset]));
    assert_eq!(ticket.bound(NOW), None);
    assert_eq!(ticket.end(Act::Activate), Err(Refused::Missing(Step::Loaded).into()));
}

#[test]
fn another_phone_joins_only_with_new_codes_and_begins_anew() {
    let mut ticket = ticket();
    for record in [joined(1), sim(1), Record::Loaded, certificate(1), Record::PinSet, attested(1)] {
        ticket.record(record, NOW).unwrap();
    }
    assert_eq!(ticket.record(joined(2), NOW), Err(TicketRefused::OtherPhone));
    ticket.recode(NOW).unwrap();
    assert_eq!(ticket.progress.done, Steps::of(&[Step::Sim]));
    assert_eq!((ticket.handset.as_ref(), ticket.certificate.as_ref()), (None, None));
    assert_eq!(ticket.record(joined(2), NOW), Ok(Moved::On));
    while ticket.codes < Ticket::MOST_CODES {
        ticket.recode(NOW).unwrap();
    }
    assert_eq!(ticket.recode(NOW), Err(TicketRefused::Codes));
}

#[test]
fn a_handset_without_an_attested_key_is_not_taken() {
    let mut ticket = ticket();
    ticket.record(joined(1), NOW).unwrap();
    let bare = handset(HandsetKey::None);
    assert_eq!(ticket.record(bare, NOW), Err(TicketRefused::NotAttested));
}

#[test]
fn an_open_ticket_ends_by_itself_and_then_takes_nothing() {
    let mut ticket = ticket();
    let end = ticket.expires_at;
    ticket.record(joined(1), end.minus(std::time::Duration::from_millis(1))).unwrap();
    let over = Err(TicketRefused::Table(Refused::Over(State::Expired)));
    assert_eq!(ticket.state_at(end), State::Expired);
    assert_eq!(ticket.record(sim(1), end), over);
    assert_eq!(ticket.record(joined(1), end), over);
    assert_eq!(ticket.resume(&"terminal-2".parse().unwrap(), end), over);
    assert_eq!(ticket.recode(end), over.map(|_| ()));
}

#[test]
fn a_ticket_is_changed_a_bounded_number_of_times() {
    let mut ticket = ticket();
    for change in 0..Ticket::MOST_CHANGES {
        let number = u8::try_from(change % 2).unwrap() + 1;
        assert_eq!(ticket.record(sim(number), NOW), Ok(Moved::On), "{change}");
    }
    assert_eq!(ticket.record(sim(9), NOW), Err(TicketRefused::Changes));
    ticket.end(Act::GiveUpAtCounter).unwrap();
}

#[test]
fn the_person_gives_up_only_on_a_phone_that_joined() {
    let mut ticket = ticket();
    assert_eq!(ticket.end(Act::GiveUpOnPhone), Err(Refused::Missing(Step::Joined).into()));
    ticket.record(joined(1), NOW).unwrap();
    ticket.end(Act::GiveUpOnPhone).unwrap();
    assert_eq!(ticket.state_at(NOW), State::GivenUp(Ender::Person));
}

fn act() -> impl Strategy<Value = Act> {
    prop::sample::select(TRANSITIONS.iter().map(|line| line.act).collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn no_sequence_of_acts_activates_without_every_step_or_leaves_an_end(
        acts in prop::collection::vec(act(), 0..200)
    ) {
        let mut progress = Progress::OPENED;
        for act in acts {
            let before = progress;
            match progress.after(act) {
                Ok(after) => {
                    prop_assert_eq!(before.state, State::Open);
                    let line = TRANSITIONS.iter().find(|line| line.act == act).unwrap();
                    prop_assert!(before.done.has_all(line.needs));
                    if let Effect::Done(step) = line.effect {
                        prop_assert!(after.done.has(step));
                    }
                    progress = after;
                }
                Err(Refused::Over(state)) => prop_assert_eq!(state, before.state),
                Err(Refused::Missing(step)) => prop_assert!(!before.done.has(step)),
            }
            if progress.state == State::Activated {
                prop_assert!(progress.done.has_all(Steps::of(&Step::ALL)));
            }
            if before.state != State::Open {
                prop_assert_eq!(progress, before);
            }
        }
    }

    #[test]
    fn what_a_ticket_has_is_what_its_steps_say(
        records in prop::collection::vec(0_u8..10, 0..80)
    ) {
        let mut ticket = ticket();
        for record in records {
            let taken = match record {
                0 => ticket.record(joined(1), NOW).is_ok(),
                1 => ticket.record(joined(2), NOW).is_ok(),
                2 => ticket.record(sim(1), NOW).is_ok(),
                3 => ticket.record(sim(2), NOW).is_ok(),
                4 => ticket.record(Record::Loaded, NOW).is_ok(),
                5 => ticket.record(Record::PinSet, NOW).is_ok(),
                6 => ticket.record(certificate(1), NOW).is_ok(),
                7 => ticket.record(certificate(2), NOW).is_ok(),
                8 => ticket.record(attested(1), NOW).is_ok(),
                _ => ticket.recode(NOW).is_ok(),
            };
            let _ = taken;
            let done = ticket.progress.done;
            prop_assert_eq!(ticket.phone.is_some(), done.has(Step::Joined));
            prop_assert_eq!(ticket.sim.is_some(), done.has(Step::Sim));
            prop_assert_eq!(ticket.certificate.is_some(), done.has(Step::Certificate));
            prop_assert_eq!(ticket.handset.is_some(), done.has(Step::Handset));
        }
    }
}
