//! What holds of any check at all.

use super::*;
use crate::binding::{End, LifecycleReason};
use crate::{
    ids::Iccid,
    line::ReissueCause,
    status::Source,
    token::{HandsetToken, TokenLife},
};
use proptest::prelude::*;
use simbind_rules::{
    CheckKind, ReasonCode, RuleBook, Verdict,
    facts::{AttestationStatus, BindingState, CertificateStatus, FactEnum, worlds::WORLDS},
};
use std::sync::OnceLock;

fn any_of<T: FactEnum + std::fmt::Debug + Clone + 'static>() -> impl Strategy<Value = T> {
    let all: Vec<T> = (0..=u8::MAX).map_while(T::from_index).collect();
    proptest::sample::select(all)
}

fn any_imei() -> impl Strategy<Value = Imei> {
    proptest::sample::select(vec![imei(OWN), imei(OTHER), imei(FOREIGN), imei(LOANER)])
}

fn any_iccid() -> impl Strategy<Value = Iccid> {
    proptest::sample::select(vec![ICCID, "8981100000000000028"])
        .prop_map(|text| text.parse().unwrap())
}

fn any_app() -> impl Strategy<Value = AppClaim> {
    proptest::sample::select(vec![
        AppClaim::Absent,
        AppClaim::Listed,
        AppClaim::Claimed,
        AppClaim::Unlisted,
    ])
}

fn any_event() -> impl Strategy<Value = (i64, EventKind)> {
    let until = Timestamp::from_secs(12_000);
    let kind = prop_oneof![
        any_imei().prop_map(|imei| EventKind::HandsetObserved { imei }),
        any_imei().prop_map(|imei| EventKind::HandsetChanged { imei }),
        any_imei().prop_map(move |imei| EventKind::LoanerStarted { imei, until }),
        proptest::option::of(any_iccid()).prop_map(|new_iccid| EventKind::SimReissued {
            new_iccid,
            cause: ReissueCause::Unsaid,
        }),
        proptest::sample::select(vec![
            EventKind::ImsiChanged,
            EventKind::PortedOut,
            EventKind::PortedIn,
            EventKind::LineResumed,
            EventKind::ContractEnded,
            EventKind::LoanerEnded,
            EventKind::IccidRecycled,
        ]),
    ];
    (0_i64..12_000, kind)
}

fn any_state() -> impl Strategy<Value = State> {
    let why = LifecycleReason::Owner;
    proptest::sample::select(vec![
        State::Active,
        State::Active,
        State::Active,
        State::Pending,
        State::Suspended { why },
        State::held(why),
        State::Ended { end: End::Revoked, why },
        State::Ended { end: End::Expired, why },
        State::Ended { end: End::Superseded, why },
    ])
}

prop_compose! {
    fn any_claims()(
        iccid in proptest::option::of(any_iccid()),
        imei in proptest::option::of(any_imei()),
        toolkit_imei in proptest::option::of(any_imei()),
        counter in proptest::option::of(0_u64..5),
        business in any_app(),
        ui in any_app(),
        word in proptest::sample::select(vec![AppWord::Plain, AppWord::Privileged]),
        signed_at in prop_oneof![9_900_000_i64..10_100_000, any::<i64>()],
    ) -> Claims {
        Claims {
            iccid,
            imei,
            toolkit_imei,
            counter,
            apps: AppClaims { business, ui, word },
            signed_at: Timestamp::from_millis(signed_at),
            token: None,
        }
    }
}

prop_compose! {
    fn any_context()(
        channel in any_of::<Channel>(),
        sensitivity in any_of::<Sensitivity>(),
        reader in proptest::option::of((
            any_of::<ReaderProfile>(),
            any::<Option<u32>>(),
            proptest::option::of(any_iccid()),
        )),
        now in prop_oneof![Just(NOW), any::<i64>().prop_map(Timestamp::from_millis)],
    ) -> CheckContext {
        let reader = reader.map(|(profile, micros, iccid)| Reader {
            iccid,
            profile,
            round_trip: micros.map(|micros| Duration::from_micros(micros.into())),
        });
        CheckContext { channel, sensitivity, reader, now }
    }
}

prop_compose! {
    fn any_input()(
        context in any_context(),
        claims in any_claims(),
        chain in prop_oneof![Just(ChainState::Valid), any_of::<ChainState>()],
        signature in prop_oneof![Just(SignatureState::Valid), any_of::<SignatureState>()],
        challenge in prop_oneof![Just(ChallengeState::Fresh), any_of::<ChallengeState>()],
        handset in proptest::sample::select(vec![
            HandsetFinding::Absent,
            HandsetFinding::Invalid,
            HandsetFinding::Valid(0),
            HandsetFinding::Valid(1),
            HandsetFinding::Valid(7),
            HandsetFinding::Replayed(0),
            HandsetFinding::Replayed(7),
            HandsetFinding::Expired(0),
            HandsetFinding::Misbound(1),
            HandsetFinding::Foreign,
        ]),
        failures in 0_u32..5,
        bound in any::<bool>(),
        state in any_state(),
        counts in any::<bool>(),
        events in proptest::collection::vec(any_event(), 0..6),
        heard in proptest::option::of(proptest::option::of(0_i64..11_000)),
        counter in proptest::sample::select(
            vec![Counter::Unseen, Counter::Seen(2), Counter::SeenInThisCheck],
        ),
    ) -> Input {
        let mut input = Input {
            context,
            claims,
            certificate: CertificateFinding { chain, status: StatusFinding::NoSource, signature, challenge },
            handset,
            pin: Pin { failures },
            events,
            feed: heard.map(|at| Feed {
                last_heard: at.map(Timestamp::from_secs),
                horizon_days: 0,
            }),
            counter,
            ..in_order()
        };
        if counts {
            input.bound().counter = CounterPolicy::Present;
        }
        input.bound().state = state;
        if !bound {
            input.binding = None;
        }
        input
    }
}

fn token_of(issued_at: Timestamp) -> HandsetToken {
    HandsetToken {
        certificate: CertificateId::of_der(b"c"),
        iccid: ICCID.parse().unwrap(),
        imei: None,
        issued_at,
        life: TokenLife::from_millis(10_000).unwrap(),
        nonce: [1; 16],
        handset_key: [2; 32],
    }
}

fn shipped() -> &'static RuleBook {
    static BOOK: OnceLock<RuleBook> = OnceLock::new();
    BOOK.get_or_init(|| RuleBook::compile(&RuleBook::shipped_sources()).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_fact_that_is_never_unknown_is_always_gathered(input in any_input()) {
        let facts = input.facts();
        prop_assert_eq!(facts.missing().collect::<Vec<_>>(), vec![]);
        // What is gathered is what a record gives back.
        prop_assert_eq!(Facts::from_bytes(&facts.to_bytes()).unwrap(), facts);
    }

    #[test]
    fn gathered_facts_keep_every_law_of_worlds(
        mut input in any_input(),
        keys in any::<bool>(),
        status in proptest::option::of(any_of::<CertificateStatus>()),
        source in prop::sample::select(vec![
            Source::List,
            Source::Responder,
            Source::Stapled,
            Source::Word,
        ]),
        silent in any::<bool>(),
        looked in proptest::option::of(any_of::<AttestationStatus>()),
        token_age in proptest::option::of(0_u64..200_000),
    ) {
        let kind = match input.context.channel {
            Channel::AppLogin | Channel::BrowserLogin => {
                input.context.reader = None;
                CheckKind::Login
            }
            // A tap without a reader is none that a caller could send.
            Channel::TapBare | Channel::TapToken => {
                let door = Reader { profile: ReaderProfile::Door, round_trip: None, iccid: None };
                input.context.reader.get_or_insert(door);
                CheckKind::Tap
            }
        };
        let age = Duration::from_secs(60);
        input.certificate.status = match status {
            Some(status) => StatusFinding::Said { status, age, overdue: Duration::ZERO, source },
            None if silent => StatusFinding::Silent,
            None => StatusFinding::NoSource,
        };
        if let Some(status) = looked {
            input.attestation = AttestationFinding::Looked { status, age };
        }
        if let Some(binding) = input.binding.as_mut().filter(|_| !keys) {
            // No handset of the binding has a key of its own, so none can prove itself.
            binding.handsets = Handsets::new(handset(&[OWN], HandsetKey::None));
            if input.handset != HandsetFinding::Foreign {
                input.handset = HandsetFinding::Absent;
            }
            input.attestation = AttestationFinding::Unknown;
        }
        // A proof is found for a binding alone, and by the place of one of its handsets.
        let nowhere = [HandsetFinding::Valid(7), HandsetFinding::Replayed(7)];
        if input.binding.is_none() || nowhere.contains(&input.handset) {
            input.handset = HandsetFinding::Absent;
        }
        // A tap alone brings a token, and one that verifies may have been made before.
        let tokens = [
            HandsetFinding::Expired(0),
            HandsetFinding::Misbound(1),
            HandsetFinding::Foreign,
        ];
        if input.context.channel != Channel::TapToken {
            if tokens.contains(&input.handset) {
                input.handset = HandsetFinding::Absent;
            }
        } else if let Some(age) = token_age {
            input.claims.token = Some(token_of(NOW.minus(Duration::from_millis(age))));
        }
        // An app is privileged by a proof alone: `named_apps` says so nowhere else.
        let listed = [input.claims.apps.business, input.claims.apps.ui] == [AppClaim::Listed; 2];
        if !listed || !matches!(input.handset, HandsetFinding::Valid(_)) {
            input.claims.apps.word = AppWord::Plain;
        }
        let facts = input.facts();
        for law in WORLDS {
            prop_assert!(law.holds(kind, &facts), "{}: {facts:?}", law.says);
        }
    }

    #[test]
    fn nothing_is_allowed_past_a_wall_by_the_packs_that_ship(input in any_input()) {
        let facts = input.facts();
        let stands = input.certificate.challenge == ChallengeState::Fresh
            && input.certificate.signature == SignatureState::Valid
            && input.certificate.chain == ChainState::Valid
            && input.binding.as_ref().is_some_and(|binding| {
                matches!(
                    binding.state_at(input.context.now),
                    State::Active | State::Suspended { .. }
                )
            });
        let kind = match input.context.channel {
            Channel::AppLogin | Channel::BrowserLogin => CheckKind::Login,
            Channel::TapBare | Channel::TapToken => CheckKind::Tap,
        };
        let book = shipped();
        for pack in book.packs() {
            let chain = book.chain_of_pack(&pack.id).unwrap();
            let ruling = rule(book, chain, kind, &facts, None);
            if !stands {
                prop_assert_eq!(ruling.answer.verdict(), Verdict::Deny, "{}", &pack.id);
                prop_assert!(!ruling.reasons.is_empty());
            }
            if facts.binding_state() == Some(BindingState::Suspended) {
                prop_assert_ne!(ruling.answer.verdict(), Verdict::Allow, "{}", &pack.id);
                prop_assert!(ruling.reasons.contains(&ReasonCode::BINDING_SUSPENDED));
            }
            // Whoever knows only the PIN of a stolen SIM brings a foreign IMEI or none.
            let foreign = input.claims.toolkit_imei == Some(imei(FOREIGN));
            if foreign && input.events.is_empty() {
                prop_assert_ne!(ruling.answer.verdict(), Verdict::Allow, "{}", &pack.id);
            }
        }
    }
}
