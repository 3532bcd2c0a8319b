//! Which SIM it is, and who says so.

use super::*;
use crate::{ids::Iccid, line::ReissueCause};

const NEW: &str = "8981100000000000028";

fn iccid(text: &str) -> Iccid {
    text.parse().unwrap()
}

fn reissued(input: &mut Input, new: Option<&str>) {
    let new_iccid = new.map(iccid);
    input.events.push((2000, EventKind::SimReissued { new_iccid, cause: ReissueCause::Lost }));
}

fn reads(input: &mut Input, own: Option<&str>, said: Option<&str>) {
    input.tap(Channel::TapToken);
    input.context.reader.as_mut().unwrap().iccid = own.map(iccid);
    input.claims.iccid = said.map(iccid);
}

fn privileged(input: &mut Input) {
    input.claims.apps.word = AppWord::Privileged;
}

#[test]
fn the_strongest_word_for_a_match_and_any_word_against_it() {
    holds(&[
        (
            "the bound one, as the app says",
            |_| {},
            &[("sim.match", "yes"), ("sim.match_provenance", "self_reported"), ("sim.claims", "?")],
        ),
        (
            "the bound one, as an app with carrier privilege says",
            privileged,
            &[("sim.match", "yes"), ("sim.match_provenance", "carrier_privilege")],
        ),
        (
            "another ICCID",
            |input| input.claims.iccid = Some(iccid(NEW)),
            &[("sim.match", "no"), ("sim.match_provenance", "self_reported")],
        ),
        (
            "an app cannot read it",
            |input| input.claims.iccid = None,
            &[("sim.match", "?"), ("sim.match_provenance", "?"), ("sim.claims", "?")],
        ),
        (
            "a reader can, and left it out",
            |input| reads(input, None, None),
            &[("sim.match", "no"), ("sim.match_provenance", "reader")],
        ),
        (
            "a reader passes on what the card says",
            |input| reads(input, None, Some(ICCID)),
            &[("sim.match", "yes"), ("sim.match_provenance", "reader"), ("sim.claims", "?")],
        ),
        (
            "a reader reads it too",
            |input| reads(input, Some(ICCID), Some(ICCID)),
            &[("sim.match", "yes"), ("sim.match_provenance", "reader"), ("sim.claims", "agree")],
        ),
        (
            "a reader reads what the transcript leaves out",
            |input| reads(input, Some(ICCID), None),
            &[("sim.match", "yes"), ("sim.match_provenance", "reader"), ("sim.claims", "?")],
        ),
        (
            "the transcript claims another than the reader reads",
            |input| reads(input, Some(ICCID), Some(NEW)),
            &[
                ("sim.match", "no"),
                ("sim.match_provenance", "self_reported"),
                ("sim.claims", "conflict"),
            ],
        ),
        (
            "the reader reads another than the transcript claims",
            |input| reads(input, Some(NEW), Some(ICCID)),
            &[("sim.match", "no"), ("sim.match_provenance", "reader"), ("sim.claims", "conflict")],
        ),
    ]);
}

#[test]
fn what_the_carrier_says_of_the_line_is_compared() {
    holds(&[
        (
            "another SIM serves the line",
            |input| reissued(input, Some(NEW)),
            &[("sim.match", "yes"), ("sim.claims", "conflict"), ("sim.latch", "reissued")],
        ),
        (
            "the carrier names this one",
            |input| reissued(input, Some(ICCID)),
            &[("sim.claims", "agree")],
        ),
        ("the carrier names none", |input| reissued(input, None), &[("sim.claims", "?")]),
        (
            "the carrier alone names one",
            |input| {
                reissued(input, Some(NEW));
                input.claims.iccid = None;
            },
            &[("sim.claims", "?"), ("sim.match", "?")],
        ),
        (
            "the eSIM has moved since",
            |input| {
                reissued(input, Some(NEW));
                input.events.push((3000, EventKind::EsimTransferred { eid: None }));
            },
            &[("sim.claims", "?")],
        ),
        (
            "the ICCID was given out again since",
            |input| {
                reissued(input, Some(NEW));
                input.events.push((3000, EventKind::IccidRecycled));
            },
            &[("sim.claims", "?"), ("sim.latch", "recycled")],
        ),
        (
            "the reader and the transcript agree, and the carrier names another",
            |input| {
                reads(input, Some(ICCID), Some(ICCID));
                reissued(input, Some(NEW));
            },
            &[("sim.match", "yes"), ("sim.claims", "conflict")],
        ),
        (
            "it was before the proof",
            |input| {
                let kind = EventKind::SimReissued {
                    new_iccid: Some(iccid(NEW)),
                    cause: ReissueCause::Lost,
                };
                input.events.push((500, kind));
            },
            &[("sim.claims", "?")],
        ),
        (
            "an app with carrier privilege agrees with the carrier on another",
            |input| {
                privileged(input);
                reissued(input, Some(NEW));
                input.claims.iccid = Some(iccid(NEW));
            },
            &[
                ("sim.match", "no"),
                ("sim.match_provenance", "carrier_privilege"),
                ("sim.claims", "agree"),
            ],
        ),
    ]);
}

#[test]
fn carrier_privilege_speaks_for_the_imei_too_beside_the_handset_s_proof() {
    holds(&[
        (
            "a foreign one",
            |input| {
                privileged(input);
                input.claims.imei = Some(imei(FOREIGN));
            },
            &[
                ("handset.match", "no"),
                ("handset.match_provenance", "carrier_privilege"),
                ("handset.claims", "conflict"),
            ],
        ),
        (
            "the right one: the handset's proof is the stronger word",
            privileged,
            &[("handset.match", "yes"), ("handset.match_provenance", "device_attested")],
        ),
    ]);
}
