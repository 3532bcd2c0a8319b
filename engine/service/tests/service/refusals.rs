//! Lists of refusals for readers.

use crate::support::{PACK, Person, Phone, TestEngine, World, caller, imei};
use simbind_core::{
    binding::{LifecycleReason as Why, State},
    ids::{CertificateId, ReaderId},
    line::{EventKind, ReissueCause, SuspensionCause},
    refusals::{Answer, Draft, Extent, Kept, Moment, OfflineUse, RefusalList, Sequence, WhyClosed},
    status::Standing,
    time::Timestamp,
};
use simbind_rules::facts::ReaderProfile;
use simbind_service::{
    refusals::{ForReader, ListKey, ListSigner, RefusalTerms, open},
    status::{CertificateRef, Told, Word},
};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

fn signer() -> ListSigner {
    let seed: [u8; 32] = std::array::from_fn(|at| u8::try_from(at).unwrap());
    let pkcs8 = [&b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20"[..], &seed];
    let pem = pem::encode(&pem::Pem::new("PRIVATE KEY", pkcs8.concat()));
    ListSigner::from_pem(&pem).unwrap()
}

fn door() -> ReaderId {
    "door-1".parse().unwrap()
}

async fn list(engine: &TestEngine) -> RefusalList {
    let reader = door();
    let (profile, offline) = (ReaderProfile::Door, OfflineUse::Refusals);
    let of = ForReader { reader: &reader, profile, offline };
    open(&engine.refusals(of, &signer()).await.unwrap(), &signer().public()).unwrap()
}

fn at(wall: Timestamp) -> Moment {
    Moment { wall, steady: MINUTE }
}

/// What a reader with the newest list says.
async fn asked(engine: &TestEngine, certificate: CertificateId) -> Answer {
    let mut kept = Kept::new(door());
    let now = at(engine.now());
    kept.take(list(engine).await, now).unwrap();
    kept.answer(&certificate, now)
}

#[tokio::test]
async fn who_is_refused_whatever_is_brought_is_listed_and_nobody_else_is() {
    let world = World::new().await;
    let engine = &world.engine;
    let mut people: Vec<_> = (1..=12).map(|n| Person::new(&world.authority, n)).collect();
    people[9] = Person::new(&world.authority, 10).ending(&world.authority, 1);
    let mut ids = Vec::new();
    for person in &people {
        ids.push(person.enrol(&world).await.unwrap().binding.id);
    }
    let by = caller("counter");
    world.clock.move_on(MINUTE);
    engine.hold(&by, ids[1], Why::Lost).await.unwrap();
    engine.revoke(&by, ids[2], Why::Owner).await.unwrap();
    let cause = ReissueCause::Unsaid;
    world.tell("e3", &people[3], EventKind::SimReissued { new_iccid: None, cause }).await.unwrap();
    world.tell("e4", &people[4], EventKind::HandsetChanged { imei: imei(77) }).await.unwrap();
    let cause = SuspensionCause::Unsaid;
    world.tell("e5", &people[5], EventKind::LineSuspended { cause }).await.unwrap();
    // A foreign handset that a check showed.
    let own = std::mem::replace(&mut people[6].phone, Phone::plain(66));
    people[6].check(engine, "c6").await;
    people[6].phone = own;
    // One that is over, and was bound anew.
    engine.revoke(&by, ids[7], Why::Clerical).await.unwrap();
    let again = people[7].asked(engine, &world.authority);
    engine.enrol(&by, &"again-7".parse().unwrap(), again).await.unwrap();
    // Renewed: the old one is over after its overlap.
    let next = crate::succession::next(&world, &people[8], 100);
    crate::succession::renew(&world, "renew-8", crate::succession::renewal(ids[8], &next))
        .await
        .unwrap();
    // A number that came from another carrier breaks nothing.
    world.tell("e11", &people[11], EventKind::PortedIn).await.unwrap();
    // On hold at its issuer, while the binding stays as it is.
    let standing = Standing::Held { since: engine.now() };
    let word = Word { standing, as_of: engine.now() };
    let named = CertificateRef::Sha256(people[10].certificate());
    engine.push_status(&caller("issuer"), Told::Word(named, word)).await.unwrap();
    assert_eq!(engine.binding(ids[10]).await.unwrap().binding.state, State::Active);
    for (place, refused) in [
        (0, false),
        (1, true),
        (2, true),
        (3, true),
        (4, true),
        (5, true),
        (6, true),
        (7, false),
        (8, false),
        (11, false),
        (10, true),
    ] {
        let answer = asked(engine, people[place].certificate()).await;
        let meant = if refused { Answer::Refused } else { Answer::NotRefused };
        assert_eq!(answer, meant, "person {place}");
    }
    assert_eq!(list(engine).await.count(), 7);
    world.clock.move_on(Duration::from_secs(31 * 86_400));
    assert_eq!(asked(engine, people[8].certificate()).await, Answer::Refused);
    assert_eq!(asked(engine, next.certificate()).await, Answer::NotRefused);
    // Its certificate has ended by itself, which every reader sees.
    assert_eq!(asked(engine, people[9].certificate()).await, Answer::NotRefused);
}

#[tokio::test]
async fn what_was_acknowledged_before_a_lists_time_is_in_it_and_the_sequence_goes_on() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let id = person.enrol(&world).await.unwrap().binding.id;
    let first = list(&world.engine).await;
    world.engine.hold(&caller("counter"), id, Why::Stolen).await.unwrap();
    let same = list(&world.engine).await;
    assert_eq!(first, same, "what was gathered is served again for a while");
    world.clock.move_on(Duration::from_secs(31));
    let next = list(&world.engine).await;
    assert!(next.draft().sequence > first.draft().sequence);
    assert!(next.draft().issued_at > first.draft().issued_at);
    let mut kept = Kept::new(door());
    let now = at(world.engine.now());
    kept.take(next, now).unwrap();
    assert_eq!(kept.answer(&person.certificate(), now), Answer::Refused);
    assert!(kept.take(first, now).is_err(), "an old list after a newer one");
    let newest = list(&world.engine).await.draft().sequence;
    // Also after a restart, and with a clock that was set back.
    let restarted = world.restarted(PACK).await;
    world.clock.set_back(Duration::from_secs(86_400));
    assert!(list(&restarted).await.draft().sequence >= newest);
}

#[tokio::test]
async fn more_refused_than_a_list_takes_leave_one_that_says_so() {
    let world = World::with(PACK, |bounds| {
        bounds.refusals = RefusalTerms { most: 2, ..RefusalTerms::default() };
    })
    .await;
    for serial in 1..=3 {
        let person = Person::new(&world.authority, serial);
        let id = person.enrol(&world).await.unwrap().binding.id;
        world.engine.hold(&caller("counter"), id, Why::Lost).await.unwrap();
    }
    let cut = list(&world.engine).await;
    assert_eq!((cut.extent(), cut.count()), (Extent::Cut, 0));
    let stranger = Person::new(&world.authority, 9).certificate();
    assert_eq!(asked(&world.engine, stranger).await, Answer::Closed(WhyClosed::Cut));
}

#[tokio::test]
async fn the_life_of_a_list_is_within_what_a_list_can_have() {
    let day = Duration::from_secs(86_400);
    let world = World::with(PACK, |bounds| {
        bounds.refusals = RefusalTerms { life: day, every: day, ..RefusalTerms::default() };
    })
    .await;
    let first = list(&world.engine).await;
    let life = first.draft().ends_at.since(first.draft().issued_at);
    assert_eq!(life, RefusalList::LONGEST);
    world.clock.move_on(RefusalList::LONGEST / 2);
    assert!(list(&world.engine).await.draft().issued_at > first.draft().issued_at);
}

fn published(name: &str) -> String {
    let page = include_str!("../../../../proto/REFUSALS.md");
    let prefix = format!("{name} = ");
    page.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap().to_owned()
}

#[test]
fn the_published_list_verifies_and_with_any_other_bit_it_does_not() {
    let draft = Draft {
        reader: door(),
        profile: ReaderProfile::Door,
        offline: OfflineUse::Refusals,
        issued_at: Timestamp::from_millis(1_790_000_000_123),
        ends_at: Timestamp::from_millis(1_790_000_600_123),
        sequence: Sequence(77),
    };
    let parts = ["refusals_header", "refusals_signature", "refusals_entries"];
    let bytes = hex::decode(parts.map(published).concat()).unwrap();
    let trusted: ListKey = published("refusals_public").parse().unwrap();
    assert_eq!(trusted, signer().public());
    let list = open(&bytes, &trusted).unwrap();
    assert_eq!(list.draft(), &draft);
    let mut kept = Kept::new(door());
    kept.take(list, at(draft.issued_at)).unwrap();
    for (byte, answer) in
        [(0xC1, Answer::Refused), (0xC2, Answer::Refused), (0xC3, Answer::NotRefused)]
    {
        let certificate = CertificateId::from_sha256([byte; 32]);
        assert_eq!(kept.answer(&certificate, at(draft.issued_at)), answer);
    }
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(open(&changed, &trusted).is_err(), "bit {bit}");
    }
    let other = ListSigner::generate(&ring::rand::SystemRandom::new()).unwrap();
    assert!(open(&bytes, &other.public()).is_err(), "another key");
}
