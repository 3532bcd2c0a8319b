//! Entries that were written are never read differently: each kind of entry of version 1, as hex
//! in `golden.txt`, still decodes to what it was and encodes to the same bytes.

mod life;
mod line;
mod pin;
mod registry;
mod together;

use crate::support::{Person, World, caller, imei};
use simbind_core::{
    binding::LifecycleReason as Why,
    ids::{AuthorityId, BindingId, DecisionId, ListScope, SnoozeId},
    line::EventKind,
    rollout::{Act, Change, Origin},
    snooze::Snooze,
    status::{Answer, RevocationReason, Source, Standing},
    time::Timestamp,
};
use simbind_rules::{CheckKind, Edge, Methods, PacksHash, StepUpMethod, Verdict};
use simbind_service::{
    ledger::{
        BindingChange, DecisionEntry, EventEntry, FiredEntry, InquiryEntry, KeptReceipt,
        LimitEntry, OutcomeText, StateEntry, decode_decision, decode_state, encode_decision,
        encode_state,
    },
    ports::{
        status::ListName,
        vault::{KeyId, Sealed},
    },
};
use std::{collections::BTreeSet, fmt::Write as _};

const GOLDEN: &str = include_str!("golden.txt");

fn sealed(byte: u8) -> Sealed {
    Sealed { key: KeyId([byte; 16]), bytes: vec![byte, 1, 2, 3] }
}

fn event() -> EventEntry {
    EventEntry {
        carrier: "docomo".parse().unwrap(),
        id: "e-1".parse().unwrap(),
        digest: [3; 32],
        occurred_at: Timestamp::from_millis(-5),
        learned_at: Timestamp::from_millis(1_790_000_000_123),
        flags: vec![1, 4],
        text: sealed(4),
    }
}

fn receipt() -> KeptReceipt {
    KeptReceipt { key: [7; 16], sealed: sealed(8) }
}

/// One entry of each kind, and of each shape within it.
fn states() -> Vec<(&'static str, StateEntry)> {
    let (binding, by) = (BindingId::from_bytes([1; 16]), caller("counter"));
    let carrier = || "docomo".parse().unwrap();
    let decision = DecisionId::from_bytes([2; 16]);
    let ended = |outcome| StateEntry::StepUpEnded { decision, outcome, by: caller("bank") };
    let changed = |change| StateEntry::BindingChanged {
        binding,
        change,
        by: caller("simbind"),
        sealed: sealed(6),
        receipt: None,
    };
    let enrolled = |receipt| StateEntry::Enrolled {
        binding,
        by: by.clone(),
        request: "r-1".parse().unwrap(),
        digest: [2; 32],
        sealed: sealed(5),
        receipt,
        challenge: [9; 16],
    };
    let mut all = vec![
        ("enrolled", enrolled(None)),
        ("enrolled-iphone", enrolled(Some(receipt()))),
        ("handset-added", changed(BindingChange::HandsetAdded)),
        (
            "handset-reinstalled",
            StateEntry::BindingChanged {
                binding,
                change: BindingChange::HandsetReinstalled,
                by: by.clone(),
                sealed: sealed(6),
                receipt: Some(receipt()),
            },
        ),
        ("held", changed(BindingChange::Held)),
        ("released", changed(BindingChange::Released)),
        ("revoked", changed(BindingChange::Revoked)),
        ("reproved", changed(BindingChange::Reproved)),
        ("foreign-handset", changed(BindingChange::ForeignHandset)),
        ("release-asked", changed(BindingChange::ReleaseAsked)),
        ("event", StateEntry::Event(event())),
        ("event-reused", StateEntry::EventReused(event())),
        ("correction", StateEntry::Correction(line::correction(Some(sealed(8))))),
        ("correction-first", StateEntry::Correction(line::correction(None))),
        (
            "heartbeat",
            StateEntry::Heartbeat {
                carrier: carrier(),
                id: "h-1".parse().unwrap(),
                digest: [6; 32],
                horizon_days: 90,
                learned_at: Timestamp::from_millis(8),
            },
        ),
        (
            "assertion",
            StateEntry::AssertionSeen { binding, key: [7; 16], counter: 300, challenge: [9; 16] },
        ),
        ("counter", StateEntry::CounterSeen { binding, counter: 300, challenge: [9; 16] }),
        (
            "pin",
            StateEntry::PinReported {
                binding,
                failures: 3,
                by: by.clone(),
                request: "r-1".parse().unwrap(),
                digest: [3; 32],
                beside: Some(BindingId::from_bytes([8; 16])),
            },
        ),
        ("step-up-failed", ended(OutcomeText::Failed)),
        ("step-up-claimed", ended(OutcomeText::Claimed)),
        ("step-up-proved", ended(OutcomeText::Proved(DecisionId::from_bytes([3; 16])))),
        (
            "packs",
            StateEntry::PacksActivated {
                hash: [7; 32],
                sources: vec![("nation.toml".into(), "[pack]".into())],
                by,
            },
        ),
        ("pack-texts", StateEntry::PackTexts { texts: vec!["[pack]".into(), "x".into()] }),
        (
            "packs-named",
            StateEntry::PacksNamed {
                hash: [7; 32],
                packs: vec![("nation.toml".into(), [8; 32]), ("docomo.toml".into(), [9; 32])],
            },
        ),
        ("packs-configured", done(Act::Configured { origin: Origin::Texts })),
        ("packs-configured-bundle", done(Act::Configured { origin: Origin::Bundle(3) })),
        ("packs-recovered", done(Act::Recovered { origin: Origin::Texts })),
        ("packs-renamed", done(Act::Renamed { was: PacksHash([6; 32]) })),
        ("packs-staged", done(Act::Staged { origin: Origin::Texts })),
        ("packs-staged-bundle", done(Act::Staged { origin: Origin::Bundle(300) })),
        ("packs-approved", done(Act::Approved)),
        ("packs-shadowed", done(Act::Shadowed)),
        ("packs-shared", done(Act::Shared(300_u32.try_into().unwrap()))),
        ("packs-activated", done(Act::Activated)),
        ("packs-withdrawn", done(Act::Withdrawn)),
        ("packs-rolled-back", done(Act::RolledBack { origin: Origin::Bundle(2) })),
        (
            "snooze-set",
            StateEntry::SnoozeSet {
                binding,
                snooze: Snooze {
                    id: SnoozeId::from_bytes([4; 16]),
                    rule: "nation/reissued".parse().unwrap(),
                    condition: [9; 32],
                    from: Timestamp::from_millis(1_790_000_000_123),
                    until: Timestamp::from_millis(1_790_000_900_123),
                    decision,
                    by: caller("analyst"),
                    why: sealed(7),
                },
            },
        ),
        (
            "snooze-ended",
            StateEntry::SnoozeEnded {
                binding,
                snooze: SnoozeId::from_bytes([4; 16]),
                by: caller("analyst"),
                at: Timestamp::from_millis(1_790_000_000_999),
                why: sealed(8),
            },
        ),
        ("status-good", learned(Standing::Good, Source::Stapled)),
        ("status-held", learned(Standing::Held { since: Timestamp::from_millis(5) }, Source::Word)),
        (
            "status-revoked",
            learned(
                Standing::Revoked {
                    since: Timestamp::from_millis(6),
                    reason: RevocationReason::of(1),
                },
                Source::Responder,
            ),
        ),
        (
            "list-taken",
            StateEntry::ListTaken {
                list: ListName {
                    issuer: AuthorityId::from_sha256([7; 32]),
                    scope: ListScope::WHOLE,
                },
                by: caller("issuer"),
                digest: [8; 32],
                this_update: Timestamp::from_millis(1_790_000_000_123),
                next_update: Timestamp::from_millis(1_790_086_400_123),
                learned_at: Timestamp::from_millis(1_790_000_000_999),
            },
        ),
    ];
    all.extend(line::states().into_iter().chain(life::states()));
    all.extend(registry::states().into_iter().chain(together::states()));
    all.extend(pin::states());
    let decisions = vec![DecisionId::from_bytes([6; 16])];
    let at = Timestamp::from_millis(1_790_000_000_123);
    let inquiry = InquiryEntry { by: caller("desk"), at, decisions };
    all.push(("code-looked-up", StateEntry::CodeLookedUp(inquiry)));
    all
}

fn learned(standing: Standing, source: Source) -> StateEntry {
    let next = (source != Source::Word).then(|| Timestamp::from_millis(9));
    let (as_of, learned_at) = (Timestamp::from_millis(7), Timestamp::from_millis(8));
    StateEntry::StatusLearned {
        certificate: sealed(9),
        by: caller("issuer"),
        answer: Answer { standing, source, as_of, next, learned_at },
    }
}

fn done(act: Act) -> StateEntry {
    StateEntry::PacksChanged(Change {
        act,
        packs: PacksHash([7; 32]),
        by: caller("analyst"),
        at: Timestamp::from_millis(1_790_000_000_123),
        why: "too strict".parse().unwrap(),
    })
}

fn decisions() -> Vec<(&'static str, DecisionEntry)> {
    let full = DecisionEntry {
        id: DecisionId::from_bytes([1; 16]),
        parent: Some(DecisionId::from_bytes([2; 16])),
        kind: CheckKind::Tap,
        caller: caller("door-host"),
        audience: "reader:door-1".into(),
        request: "r-1".parse().unwrap(),
        digest: [3; 32],
        challenge: Some([4; 16]),
        binding: Some(BindingId::from_bytes([5; 16])),
        carrier: Some("iij".parse().unwrap()),
        host: Some("docomo".parse().unwrap()),
        facts: vec![1, 2, 3],
        limit: Some(LimitEntry {
            reason: "RATE_LIMITED".into(),
            retry_at: Timestamp::from_millis(1_790_000_001_000),
        }),
        proved: Some(StepUpMethod::Card),
        verdict: Verdict::StepUp(
            Methods::new([StepUpMethod::Card, StepUpMethod::Counter]).unwrap(),
        ),
        reasons: vec!["SIM_REISSUED".into()],
        edge: Some(Edge::SimHandset),
        fired: vec![FiredEntry { pack: "nation".into(), rule: "reissued".into(), held: true }],
        packs: [6; 32],
        decided_at: Timestamp::from_millis(1_790_000_000_123),
        position: 1_000_000,
        snoozed: Vec::new(),
        token: None,
    };
    let bare = DecisionEntry {
        parent: None,
        kind: CheckKind::Login,
        challenge: None,
        binding: None,
        carrier: None,
        host: None,
        limit: None,
        proved: None,
        verdict: Verdict::Deny,
        edge: None,
        fired: Vec::new(),
        ..full.clone()
    };
    let allowed = DecisionEntry { verdict: Verdict::Allow, ..bare.clone() };
    let snoozed = DecisionEntry {
        snoozed: vec!["nation/reissued".into(), "nation/moved".into()],
        ..full.clone()
    };
    let token = DecisionEntry { token: Some([8; 16]), ..full.clone() };
    vec![
        ("decision", full),
        ("decision-bare", bare),
        ("decision-allowed", allowed),
        ("decision-snoozed", snoozed),
        ("decision-token", token),
    ]
}

fn golden(name: &str) -> Vec<u8> {
    let prefix = format!("{name} = ");
    let line = GOLDEN.lines().find_map(|line| line.strip_prefix(&prefix));
    hex::decode(line.unwrap_or_else(|| panic!("no line for {name}"))).unwrap()
}

#[test]
fn entries_are_what_they_were() {
    let mut made = String::new();
    for (name, entry) in states() {
        writeln!(made, "{name} = {}", hex::encode(encode_state(&entry).unwrap())).unwrap();
    }
    for (name, entry) in decisions() {
        writeln!(made, "{name} = {}", hex::encode(encode_decision(&entry).unwrap())).unwrap();
    }
    assert_eq!(made, GOLDEN, "a changed shape is a new variant at the end");
    for (name, entry) in states() {
        assert_eq!(decode_state(&golden(name)).unwrap(), entry, "{name}");
    }
    for (name, entry) in decisions() {
        assert_eq!(decode_decision(&golden(name)).unwrap(), entry, "{name}");
    }
}

/// A kind of entry is known by the first number behind the version: none is left out.
#[test]
fn each_kind_of_entry_has_a_line() {
    let told: BTreeSet<u8> = states().iter().map(|(name, _)| golden(name)[1]).collect();
    let kinds = (0..128).filter(|kind| {
        // What is cut short is of a known kind or of none.
        let alone = format!("{:?}", postcard::from_bytes::<StateEntry>(&[*kind]));
        !alone.contains("SerdeDeCustom")
    });
    assert_eq!(told.into_iter().collect::<Vec<_>>(), kinds.collect::<Vec<_>>());
}

#[test]
fn bytes_of_another_version_or_damaged_ones_are_refused_and_never_panic() {
    for (name, _) in states() {
        let bytes = golden(name);
        let mut newer = bytes.clone();
        newer[0] = 2;
        assert!(decode_state(&newer).is_err(), "{name}");
        for end in 0..bytes.len() {
            assert!(decode_state(&bytes[..end]).is_err(), "{name} cut at {end}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut turned = bytes.clone();
            turned[bit / 8] ^= 1 << (bit % 8);
            let _ = decode_state(&turned);
        }
    }
}

/// What a check, an event and the rest wrote gives the same values when all is projected again.
#[tokio::test]
async fn projecting_the_ledger_again_gives_the_same_index() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1).counting();
    world.tell("e0", &person, EventKind::ImsiChanged).await.unwrap();
    let id = person.enrol(&world).await.unwrap().binding.id;
    world.clock.move_on(std::time::Duration::from_secs(60));
    world.tell("e1", &person, EventKind::HandsetObserved { imei: imei(1) }).await.unwrap();
    let check = person.login_with(&world.engine, "c1", |check| check.counter = Some(4));
    world.engine.check(&check).await.unwrap();
    world.engine.hold(&caller("counter"), id, Why::Lost).await.unwrap();
    let rebuilt = world.rebuilt().await;
    let standing = rebuilt.binding(id).await.unwrap();
    assert_eq!(standing.binding, world.engine.binding(id).await.unwrap().binding);
    assert_eq!(standing.version, world.engine.binding(id).await.unwrap().version);
    let view = rebuilt.line_view(&standing.binding).await.unwrap();
    assert_eq!(view, world.view(id).await);
    let again = rebuilt.check(&check).await.unwrap();
    let here = world.engine.check(&check).await.unwrap();
    assert_eq!((again.verdict, &again.reasons), (here.verdict, &here.reasons));
}
