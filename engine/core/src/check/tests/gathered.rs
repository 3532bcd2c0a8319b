//! The facts of each situation of evidence.

use super::*;
use crate::binding::{AppAttestKey, AppleEnvironment, End, LifecycleReason};
use crate::line::SuspensionCause;
use crate::status::Source;
use simbind_rules::facts::{AttestationStatus, CertificateStatus};

#[test]
fn what_the_feed_and_the_line_say() {
    holds(&[
        (
            "a healthy feed that never told of a change",
            |_| {},
            &[
                ("feed.health", "healthy"),
                ("feed.silence", "1m"),
                ("feed.horizon", "90d"),
                ("sim.changed_age", "never"),
                ("handset.changed_age", "never"),
                ("events.consistency", "agree"),
                ("sim.state", "active"),
            ],
        ),
        (
            "a feed that was never heard",
            |input| input.feed = Some(Feed::default()),
            &[
                ("feed.health", "silent"),
                ("feed.silence", "?"),
                ("sim.changed_age", "?"),
                ("handset.changed_age", "?"),
            ],
        ),
        (
            "no feed at all",
            |input| input.feed = None,
            &[
                ("feed.health", "none"),
                ("feed.silence", "?"),
                ("feed.horizon", "?"),
                ("sim.state", "?"),
                ("events.consistency", "?"),
            ],
        ),
        (
            "no feed any more, and a break that was told before",
            |input| {
                input.feed = None;
                let cause = SuspensionCause::Stolen;
                input.events = vec![
                    (2000, EventKind::LineSuspended { cause }),
                    (3000, EventKind::ImsiChanged),
                ];
            },
            &[("sim.state", "suspended"), ("sim.latch", "imsi_changed"), ("sim.changed_age", "?")],
        ),
        (
            "a swap of the SIM an hour ago, on a silent feed",
            |input| {
                input.feed = Some(Feed::default());
                input.events = vec![(6400, EventKind::ImsiChanged)];
            },
            &[("sim.changed_age", "1h"), ("handset.changed_age", "?")],
        ),
        (
            "the carrier says how far it sees",
            |input| input.feed.as_mut().unwrap().horizon_days = 7,
            &[("feed.horizon", "7d")],
        ),
    ]);
}

#[test]
fn the_signature_counter() {
    fn counting(input: &mut Input, last: Counter, claimed: Option<u64>) {
        input.bound().counter = CounterPolicy::Present;
        input.counter = last;
        input.claims.counter = claimed;
    }
    holds(&[
        ("none", |input| input.claims.counter = Some(3), &[("counter.state", "not_enrolled")]),
        ("left out", |i| counting(i, Counter::Seen(3), None), &[("counter.state", "withheld")]),
        ("first", |i| counting(i, Counter::Unseen, Some(0)), &[("counter.state", "advanced")]),
        ("next", |i| counting(i, Counter::Seen(3), Some(4)), &[("counter.state", "advanced")]),
        ("the same", |i| counting(i, Counter::Seen(3), Some(3)), &[("counter.state", "regressed")]),
        ("less", |i| counting(i, Counter::Seen(3), Some(2)), &[("counter.state", "regressed")]),
        (
            "its own, decided again",
            |i| counting(i, Counter::SeenInThisCheck, Some(3)),
            &[("counter.state", "advanced")],
        ),
        (
            "left out, decided again",
            |i| counting(i, Counter::SeenInThisCheck, None),
            &[("counter.state", "withheld")],
        ),
    ]);
}

#[test]
fn the_apps() {
    fn apps(input: &mut Input, business: AppClaim, ui: AppClaim) {
        (input.claims.apps.business, input.claims.apps.ui) = (business, ui);
    }
    use AppClaim::{Absent, Claimed, Listed, Unlisted};
    holds(&[
        ("listed", |_| {}, &[("app.identity", "listed"), ("app.ui", "listed")]),
        (
            "another",
            |i| apps(i, Unlisted, Listed),
            &[("app.identity", "unlisted"), ("app.ui", "listed")],
        ),
        (
            "another that asks for the PIN",
            |i| apps(i, Listed, Unlisted),
            &[("app.identity", "listed"), ("app.ui", "unlisted")],
        ),
        (
            "nothing speaks for them",
            |i| apps(i, Claimed, Claimed),
            &[("app.identity", "claimed"), ("app.ui", "claimed")],
        ),
        (
            "left out of a login",
            |i| apps(i, Absent, Absent),
            &[("app.identity", "withheld"), ("app.ui", "withheld")],
        ),
        (
            "a tap has none",
            |input| {
                input.tap(Channel::TapToken);
                apps(input, Absent, Absent);
            },
            &[("app.identity", "not_carried"), ("app.ui", "not_carried")],
        ),
    ]);
}

#[test]
fn what_the_binding_rests_on() {
    fn bound(input: &mut Input, handset: Handset) {
        input.bound().handsets = Handsets::new(handset);
        input.handset = HandsetFinding::Absent;
    }
    fn naming(imeis: &[&str]) -> HandsetKey {
        let HandsetKey::Attested(mut key) = attested(1) else { return HandsetKey::None };
        key.imeis = ImeiSet::new(imeis.iter().map(|text| imei(text))).unwrap();
        HandsetKey::Attested(key)
    }
    fn iphone() -> Handset {
        let key = HandsetKey::AppAttest(AppAttestKey {
            spki: vec![1],
            app: "ABCDE12345.jp.example.login".parse().unwrap(),
            environment: AppleEnvironment::Production,
            verified_at: PROVEN,
        });
        Handset::new(ImeiSet::default(), Platform::Ios, key, PROVEN).unwrap()
    }
    holds(&[
        (
            "an attested IMEI",
            |input| bound(input, handset(&[OWN], naming(&[OWN]))),
            &[("binding.handset_basis", "attested_imei")],
        ),
        (
            "a key without an IMEI",
            |input| bound(input, handset(&[OWN], attested(1))),
            &[("binding.handset_basis", "attested_key")],
        ),
        ("App Attest", |input| bound(input, iphone()), &[("binding.handset_basis", "app_attest")]),
        (
            "an IMEI that was told",
            |input| bound(input, handset(&[OWN], HandsetKey::None)),
            &[("binding.handset_basis", "reported_imei")],
        ),
        (
            "nothing",
            |input| bound(input, handset(&[], HandsetKey::None)),
            &[("binding.handset_basis", "nothing")],
        ),
        ("nobody enrolled it", |i| i.binding = None, &[("binding.handset_basis", "?")]),
    ]);
}

#[test]
fn the_certificate_the_binding_and_the_pin() {
    holds(&[
        (
            "in order",
            |_| {},
            &[
                ("binding.state", "active"),
                ("binding.age", "2h30m"),
                ("binding.key_home", "sim"),
                ("certificate.status", "?"),
                ("certificate.status_source", "none"),
                ("transcript.skew", "2s"),
                ("pin.failures", "0"),
            ],
        ),
        (
            "nobody enrolled it",
            |input| input.binding = None,
            &[
                ("binding.state", "none"),
                ("handset.proof", "not_enrolled"),
                ("counter.state", "not_enrolled"),
                ("feed.health", "none"),
                ("handset.match", "?"),
                ("sim.match", "?"),
                ("binding.age", "?"),
            ],
        ),
        (
            "its time has passed",
            |input| input.bound().certificate.not_after = NOW,
            &[("binding.state", "expired")],
        ),
        (
            "its time passes after this",
            |input| input.bound().certificate.not_after = NOW.plus(Duration::from_millis(1)),
            &[("binding.state", "active")],
        ),
        (
            "held when its time passed",
            |input| {
                input.bound().state = State::held(LifecycleReason::Lost);
                input.bound().certificate.not_after = NOW;
            },
            &[("binding.state", "expired")],
        ),
        (
            "revoked before its time passed",
            |input| {
                let why = LifecycleReason::Owner;
                input.bound().state = State::Ended { end: End::Revoked, why };
                input.bound().certificate.not_after = NOW;
            },
            &[("binding.state", "revoked")],
        ),
        (
            "a source of revocation answered",
            |input| {
                input.certificate.status = StatusFinding::Said {
                    status: CertificateStatus::Revoked,
                    age: Duration::from_secs(90),
                    overdue: Duration::from_secs(30),
                    source: Source::List,
                };
            },
            &[
                ("certificate.status", "revoked"),
                ("certificate.status_age", "1m30s"),
                ("certificate.status_overdue", "30s"),
                ("certificate.status_source", "crl"),
            ],
        ),
        (
            "a source of revocation is there and says nothing",
            |input| input.certificate.status = StatusFinding::Silent,
            &[
                ("certificate.status", "?"),
                ("certificate.status_age", "?"),
                ("certificate.status_source", "silent"),
            ],
        ),
        (
            "the maker's list was looked into",
            |input| {
                let status = AttestationStatus::Suspended;
                let age = Duration::from_secs(7200);
                input.attestation = AttestationFinding::Looked { status, age };
            },
            &[
                ("handset.attestation_status", "suspended"),
                ("handset.attestation_status_age", "2h"),
            ],
        ),
        (
            "signed ahead of our clock, with wrong PINs before",
            |input| {
                input.claims.signed_at = NOW.plus(Duration::from_secs(30));
                input.pin = Pin { failures: 2 };
            },
            &[("transcript.skew", "30s"), ("pin.failures", "2")],
        ),
    ]);
}
