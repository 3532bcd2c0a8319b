//! Whether the handset is one of the binding's, and who says so.

use super::*;
use crate::binding::{AppAttestKey, AppleEnvironment};

fn observed(text: &str) -> EventKind {
    EventKind::HandsetObserved { imei: imei(text) }
}

fn alone(input: &mut Input) {
    input.handset = HandsetFinding::Absent;
    input.claims.imei = None;
}

/// The binding has one iPhone, which shows no IMEI.
fn iphone(input: &mut Input) {
    let key = HandsetKey::AppAttest(AppAttestKey {
        spki: vec![9],
        app: "ABCDE12345.jp.example".parse().unwrap(),
        environment: AppleEnvironment::Production,
        verified_at: PROVEN,
    });
    let handset = Handset::new(ImeiSet::default(), Platform::Ios, key, PROVEN).unwrap();
    input.bound().handsets = Handsets::new(handset);
    input.claims.imei = None;
}

fn lent(input: &mut Input, at: &str) {
    alone(input);
    let loan = EventKind::LoanerStarted { imei: imei(LOANER), until: Timestamp::from_secs(20_000) };
    input.events = vec![(2000, loan), (3000, observed(at))];
}

/// A loaner was lent until a time that has passed.
fn overdue(input: &mut Input, claimed: &str) {
    alone(input);
    let loan = EventKind::LoanerStarted { imei: imei(LOANER), until: Timestamp::from_secs(4_000) };
    input.events = vec![(2000, loan), (3000, observed(LOANER))];
    input.claims.imei = Some(imei(claimed));
}

#[test]
fn what_the_handset_proves() {
    holds(&[
        (
            "the bound handset signs",
            |_| {},
            &[
                ("handset.proof", "valid"),
                ("handset.match", "yes"),
                ("handset.match_provenance", "device_attested"),
                ("handset.match_age", "0s"),
                ("handset.relation", "bound"),
                ("handset.claims", "agree"),
                ("handset.attestation_level", "tee"),
                ("handset.boot", "verified"),
                ("handset.patch_age", "10m"),
            ],
        ),
        (
            "the person's other handset signs and says who it is",
            |input| {
                input.handset = HandsetFinding::Valid(1);
                input.claims.imei = Some(imei(OTHER));
            },
            &[
                ("handset.relation", "own_other"),
                ("handset.match", "yes"),
                ("handset.claims", "agree"),
            ],
        ),
        (
            "the proof is left out of a login",
            |input| input.handset = HandsetFinding::Absent,
            &[
                ("handset.proof", "withheld"),
                ("handset.match", "yes"),
                ("handset.match_provenance", "carrier_silence"),
            ],
        ),
        (
            "the proof is left out of a tap that can carry it",
            |input| {
                input.tap(Channel::TapToken);
                input.handset = HandsetFinding::Absent;
            },
            &[("handset.proof", "withheld")],
        ),
        (
            "a bare tap carries none",
            |input| {
                input.tap(Channel::TapBare);
                alone(input);
            },
            &[
                ("handset.proof", "not_carried"),
                ("handset.match", "yes"),
                ("handset.match_provenance", "carrier_silence"),
                ("handset.match_age", "1m"),
                ("sim.match", "yes"),
                ("sim.match_provenance", "reader"),
                ("reader.profile", "door"),
                ("reader.round_trip", "?"),
            ],
        ),
        (
            "another key signed",
            |input| input.handset = HandsetFinding::Invalid,
            &[("handset.proof", "invalid")],
        ),
        (
            "an iPhone asserts",
            |input| {
                iphone(input);
                input.handset = HandsetFinding::Valid(0);
            },
            &[
                ("handset.proof", "valid"),
                ("handset.match", "yes"),
                ("handset.match_provenance", "device_attested"),
                ("handset.relation", "bound"),
                ("handset.attestation_level", "app_attest"),
                ("handset.attestation_age", "2h30m"),
                ("handset.boot", "?"),
                ("handset.patch_age", "?"),
                ("binding.handset_basis", "app_attest"),
                ("binding.platform", "ios"),
            ],
        ),
        (
            "an iPhone asserts with a counter that did not rise",
            |input| {
                iphone(input);
                input.handset = HandsetFinding::Replayed(0);
            },
            &[
                ("handset.proof", "replayed"),
                ("handset.match_provenance", "carrier_silence"),
                ("handset.attestation_level", "app_attest"),
            ],
        ),
        (
            "an iPhone leaves its assertion out",
            |input| {
                iphone(input);
                input.handset = HandsetFinding::Absent;
            },
            &[("handset.proof", "withheld"), ("handset.attestation_level", "app_attest")],
        ),
        (
            "no handset has a key",
            |input| {
                input.bound().handsets = Handsets::new(handset(&[OWN], HandsetKey::None));
                input.handset = HandsetFinding::Absent;
            },
            &[
                ("handset.proof", "not_enrolled"),
                ("handset.attestation_level", "none"),
                ("handset.boot", "?"),
                ("handset.patch_age", "?"),
            ],
        ),
        (
            "the SIM is in an announced loaner",
            |input| lent(input, LOANER),
            &[
                ("handset.proof", "not_carried"),
                ("handset.relation", "loaner"),
                ("handset.match", "yes"),
                ("handset.match_provenance", "carrier_event"),
                ("handset.latch", "clear"),
                ("handset.loaner_age", "2h13m20s"),
            ],
        ),
        (
            "a loaner should be back, and says what it is",
            |input| overdue(input, LOANER),
            &[
                ("handset.proof", "not_carried"),
                ("handset.relation", "foreign"),
                ("handset.match", "no"),
            ],
        ),
        (
            "a loaner should be back, and another handset leaves its key out",
            |input| overdue(input, OWN),
            &[("handset.proof", "withheld")],
        ),
        (
            "a loaner is back, and leaves a key out",
            |input| {
                overdue(input, LOANER);
                input.events.push((3500, EventKind::LoanerEnded));
            },
            &[("handset.proof", "withheld"), ("handset.match", "no")],
        ),
        ("no loaner is out", |_| (), &[("handset.loaner_age", "?")]),
        (
            "a loaner is out, and the SIM was seen elsewhere since",
            |input| lent(input, OWN),
            &[("handset.proof", "withheld"), ("handset.relation", "bound")],
        ),
    ]);
}

#[test]
fn where_the_sim_is() {
    holds(&[
        (
            "the handset claims to be a foreign one",
            |input| {
                input.handset = HandsetFinding::Absent;
                input.claims.imei = Some(imei(FOREIGN));
            },
            &[
                ("handset.match", "no"),
                ("handset.match_provenance", "self_reported"),
                ("handset.relation", "foreign"),
                ("handset.latch", "clear"),
            ],
        ),
        (
            "the SIM learned a foreign IMEI, whatever else is proved",
            |input| input.claims.toolkit_imei = Some(imei(FOREIGN)),
            &[
                ("handset.match", "no"),
                ("handset.match_provenance", "sim_toolkit"),
                ("handset.claims", "conflict"),
            ],
        ),
        (
            "the SIM learned the bound IMEI",
            |input| {
                alone(input);
                input.claims.toolkit_imei = Some(imei(OWN));
            },
            &[("handset.match", "yes"), ("handset.match_provenance", "sim_toolkit")],
        ),
        (
            "the proof is of one own handset and the claim of the other",
            |input| input.claims.imei = Some(imei(OTHER)),
            &[("handset.claims", "conflict"), ("handset.match", "yes")],
        ),
        (
            "the carrier saw it in the bound handset a while ago",
            |input| {
                alone(input);
                input.events = vec![(6400, observed(OWN))];
            },
            &[
                ("handset.match", "yes"),
                ("handset.match_provenance", "carrier_event"),
                ("handset.match_age", "1h"),
            ],
        ),
        (
            "the carrier saw it in a foreign handset and then in its own",
            |input| {
                alone(input);
                input.events = vec![(6000, observed(FOREIGN)), (9999, observed(OWN))];
            },
            &[("handset.latch", "foreign"), ("handset.match", "yes"), ("handset.match_age", "1s")],
        ),
        (
            "the carrier saw it in a foreign handset, and the bound one signs now",
            |input| input.events = vec![(6000, observed(FOREIGN))],
            &[
                ("handset.latch", "foreign"),
                ("handset.match", "yes"),
                ("handset.match_provenance", "device_attested"),
            ],
        ),
        (
            "the feed is silent and nothing is claimed",
            |input| {
                alone(input);
                input.feed = Some(Feed { last_heard: Some(PROVEN), horizon_days: 0 });
            },
            &[
                ("handset.match", "?"),
                ("handset.match_provenance", "?"),
                ("handset.match_age", "?"),
                ("handset.relation", "?"),
                ("handset.claims", "?"),
            ],
        ),
        (
            "the feed lags: its silence says nothing",
            |input| {
                alone(input);
                input.feed.as_mut().unwrap().last_heard = Some(Timestamp::from_secs(9000));
            },
            &[("feed.health", "lagging"), ("handset.match", "?"), ("sim.changed_age", "never")],
        ),
        (
            "only the handset's own word",
            |input| {
                input.handset = HandsetFinding::Absent;
                input.feed = None;
            },
            &[("handset.match", "yes"), ("handset.match_provenance", "self_reported")],
        ),
    ]);
}

#[test]
fn a_proved_handset_that_shows_no_imei_contradicts_none() {
    holds(&[
        (
            "the SIM learned the IMEI of a handset that was enrolled without one",
            |input| {
                input.bound().handsets = Handsets::new(handset(&[], attested(1)));
                input.claims.imei = None;
                input.claims.toolkit_imei = Some(imei(OTHER));
            },
            &[("handset.claims", "?"), ("handset.match", "yes"), ("handset.relation", "bound")],
        ),
        (
            "without the handset's proof the IMEI is nobody's",
            |input| {
                input.bound().handsets = Handsets::new(handset(&[], attested(1)));
                input.handset = HandsetFinding::Absent;
                input.claims.imei = None;
                input.claims.toolkit_imei = Some(imei(OTHER));
            },
            &[("handset.match", "no"), ("handset.relation", "foreign")],
        ),
    ]);
}
