//! A check of which everything is in order, to be changed in one place after another.

mod any;
mod apps;
mod cause;
mod gathered;
mod handset;
mod ruled;
mod sims;

use super::*;
use crate::{
    binding::{
        AttestedKey, Binding, BoundCertificate, CounterPolicy, Handset, HandsetKey, Handsets,
        Identified, KeyLevel, PatchLevel, Place, Serving, Sim, State,
    },
    ids::{BindingId, CertificateId, Imei, ImeiSet},
    line::{EventKind, Feed, FeedTerms, LineHistory, LineView, SimEvent, Told},
    time::Timestamp,
};
use simbind_rules::{
    Fact, Facts,
    facts::{
        BootState, ChainState, ChallengeState, Channel, KeyHome, Platform, ReaderProfile,
        Sensitivity, SignatureState,
    },
};
use std::time::Duration;

const OWN: &str = "490154203237518";
const OTHER: &str = "356938035643809";
const FOREIGN: &str = "352099001761481";
const LOANER: &str = "260531793113837";
const ICCID: &str = "8981100000000000010";

const PROVEN: Timestamp = Timestamp::from_secs(1000);
const NOW: Timestamp = Timestamp::from_secs(10_000);

fn imei(text: &str) -> Imei {
    text.parse().unwrap()
}

fn handset(imeis: &[&str], key: HandsetKey) -> Handset {
    let imeis = ImeiSet::new(imeis.iter().map(|text| imei(text))).unwrap();
    Handset::new(imeis, Platform::Android, key, PROVEN).unwrap()
}

fn attested(spki: u8) -> HandsetKey {
    HandsetKey::Attested(AttestedKey {
        spki: vec![spki],
        level: KeyLevel::Tee,
        boot: Some(BootState::Verified),
        patch: Some(PatchLevel { released: Timestamp::from_secs(400) }),
        apps: Vec::new(),
        signers: Vec::new(),
        imeis: ImeiSet::default(),
        issuers: Vec::new(),
        verified_at: PROVEN,
    })
}

/// All that [`gather`] takes, owned.
#[derive(Debug)]
struct Input {
    context: CheckContext,
    claims: Claims,
    certificate: CertificateFinding,
    attestation: AttestationFinding,
    handset: HandsetFinding,
    pin: Pin,
    binding: Option<Binding>,
    events: Vec<(i64, EventKind)>,
    feed: Option<Feed>,
    terms: FeedTerms,
    counter: Counter,
}

impl Input {
    fn facts(&self) -> Facts {
        let Self { context, claims, certificate, handset, pin, binding, .. } = self;
        let Some(binding) = binding else {
            return gather(context, claims, certificate, *handset, *pin, None);
        };
        let mut history = LineHistory::default();
        for (order, (secs, kind)) in (1..).zip(&self.events) {
            let event = SimEvent {
                id: format!("e{order}").parse().unwrap(),
                carrier: "docomo".parse().unwrap(),
                occurred_at: Timestamp::from_secs(*secs),
                kind: kind.clone(),
            };
            history.record(event, Timestamp::from_secs(*secs), order, Told::Stands);
        }
        let line = LineView::of(binding, &[&history], context.now);
        let feed = self.feed.as_ref().map(|feed| (feed, &self.terms));
        let counter = self.counter;
        let subject = Subject {
            binding,
            line: &line,
            feed,
            counter,
            attestation: self.attestation,
            applet: None,
        };
        gather(context, claims, certificate, *handset, *pin, Some(subject))
    }

    fn bound(&mut self) -> &mut Binding {
        self.binding.as_mut().unwrap()
    }

    fn tap(&mut self, channel: Channel) {
        self.context.channel = channel;
        self.context.reader =
            Some(Reader { profile: ReaderProfile::Door, round_trip: None, iccid: None });
    }
}

type Change = fn(&mut Input);
/// Facts by name; `?` is unknown.
type Expected<'a> = &'a [(&'a str, &'a str)];

/// Whether each change of a check gives the facts beside it.
fn holds(table: &[(&str, Change, Expected<'_>)]) {
    for (situation, change, expected) in table {
        let mut input = in_order();
        change(&mut input);
        let facts = input.facts();
        for (name, value) in *expected {
            let fact = Fact::from_name(name).unwrap_or_else(|| panic!("no fact {name}"));
            let text = facts.text(fact);
            assert_eq!(text.as_deref().unwrap_or("?"), *value, "{situation}: {name}");
        }
        assert_eq!(facts.missing().count(), 0, "{situation}");
    }
}

/// The owner logs in over the app with the first of two handsets.
fn in_order() -> Input {
    let mut handsets = Handsets::new(handset(&[OWN], attested(1)));
    handsets.add(handset(&[OTHER], attested(2))).unwrap();
    Input {
        context: CheckContext {
            channel: Channel::AppLogin,
            sensitivity: Sensitivity::View,
            reader: None,
            now: NOW,
        },
        claims: Claims {
            iccid: Some(ICCID.parse().unwrap()),
            imei: Some(imei(OWN)),
            toolkit_imei: None,
            counter: None,
            apps: AppClaims {
                business: AppClaim::Listed,
                ui: AppClaim::Listed,
                word: AppWord::Plain,
            },
            signed_at: NOW.minus(Duration::from_secs(2)),
            token: None,
        },
        certificate: CertificateFinding {
            chain: ChainState::Valid,
            status: StatusFinding::NoSource,
            signature: SignatureState::Valid,
            challenge: ChallengeState::Fresh,
        },
        attestation: AttestationFinding::Unknown,
        handset: HandsetFinding::Valid(0),
        pin: Pin::default(),
        binding: Some(Binding {
            id: BindingId::from_bytes([1; 16]),
            person: "p".parse().unwrap(),
            certificate: BoundCertificate {
                id: CertificateId::of_der(b"c"),
                issuer: crate::ids::AuthorityId::from_sha256([7; 32]),
                serial: crate::ids::SerialNumber::new(&[1]).unwrap(),
                points: Vec::new(),
                spki: Vec::new(),
                not_before: Timestamp::EPOCH,
                not_after: Timestamp::from_secs(1_000_000),
            },
            key_home: KeyHome::Sim,
            counter: CounterPolicy::None,
            sim: Sim {
                arrived: Vec::new(),
                iccid: ICCID.parse().unwrap(),
                eid: None,
                serving: Serving { carrier: "docomo".parse().unwrap(), host: None },
                line_ref: None,
                msisdn: None,
            },
            handsets,
            card: None,
            state: State::Active,
            enrolled_at: PROVEN,
            proven_at: PROVEN,
            foreign_handset_at: None,
            identified: Identified { place: Place::Counter, at: Timestamp::EPOCH },
            succeeds: None,
            succeeded: None,
            sim_proven_at: PROVEN,
            card_ends: crate::binding::CardEnd::Unsaid,
            held: None,
            suspended: None,
            released_at: None,
            pin_reset_at: None,
            driven: crate::binding::Driven::default(),
            announced: crate::line::Announcements::default(),
        }),
        events: Vec::new(),
        feed: Some(Feed { last_heard: Some(NOW.minus(Duration::from_secs(60))), horizon_days: 0 }),
        terms: FeedTerms {
            lag: Duration::from_secs(600),
            max_silence: Duration::from_secs(3600),
            horizon: Duration::from_secs(90 * 86_400),
        },
        counter: Counter::Unseen,
    }
}
