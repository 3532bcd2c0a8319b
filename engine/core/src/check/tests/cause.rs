//! What changed, and whether it was expected.

use super::*;
use crate::line::{Announcement, Awaited, ReissueCause};
use simbind_rules::StepUpMethod;

const NEW: &str = "8981100000000000028";
const EID: &str = "89049032123451234512345678901235";
/// The second slot of a handset with two.
const SLOT: &str = "260531793113837";

fn tell(input: &mut Input, at: i64, kind: EventKind) {
    input.events.push((at, kind));
}

fn reissued(new: Option<&str>) -> EventKind {
    let new_iccid = new.map(|text| text.parse().unwrap());
    EventKind::SimReissued { new_iccid, cause: ReissueCause::Unsaid }
}

fn until(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

/// The shop announces, and the carrier tells of it.
fn shop(input: &mut Input, at: i64, what: Awaited) {
    tell(input, at, EventKind::ChangeAnnounced(Announcement { what, until: until(9_000) }));
}

/// A counter announces.
fn counter(input: &mut Input, at: i64, what: Awaited) {
    let announcement = Announcement { what, until: until(9_000) };
    input.bound().announced.announce(announcement, Timestamp::from_secs(at)).unwrap();
}

fn to_sim() -> Awaited {
    Awaited::Sim { iccid: Some(NEW.parse().unwrap()), eid: None }
}

fn to_handset(text: &str) -> Awaited {
    Awaited::Handset { imei: Some(imei(text)) }
}

/// The check comes from a handset without a key of its own, which says this IMEI.
fn from_handset(input: &mut Input, text: &str) {
    input.handset = HandsetFinding::Absent;
    input.claims.imei = Some(imei(text));
}

const fn named<'a>(cause: &'a str, expected: &'a str) -> [(&'a str, &'a str); 2] {
    [("change.cause", cause), ("change.expected", expected)]
}

#[test]
fn each_change_is_named_and_whether_it_was_expected() {
    holds(&[
        ("nothing", |_| {}, &named("none", "none")),
        ("no binding", |input| input.binding = None, &named("none", "none")),
        (
            "the SIM came into a foreign handset",
            |input| {
                tell(input, 2000, EventKind::HandsetChanged { imei: imei(FOREIGN) });
                from_handset(input, FOREIGN);
            },
            &named("sim_moved", "unannounced"),
        ),
        (
            "a foreign handset that the check itself admits",
            |input| from_handset(input, FOREIGN),
            &named("sim_moved", "unannounced"),
        ),
        (
            "the other handset, which proves itself",
            |input| {
                input.handset = HandsetFinding::Valid(1);
                input.claims.imei = Some(imei(OTHER));
            },
            &named("sim_moved", "reproved"),
        ),
        (
            "the other handset, which does not",
            |input| {
                tell(input, 2000, EventKind::HandsetObserved { imei: imei(OTHER) });
                from_handset(input, OTHER);
            },
            &named("sim_moved", "unannounced"),
        ),
        (
            "a handset that the shop announced",
            |input| {
                shop(input, 1500, to_handset(FOREIGN));
                tell(input, 2000, EventKind::HandsetChanged { imei: imei(FOREIGN) });
                from_handset(input, FOREIGN);
                input.context.now = Timestamp::from_secs(8_000);
            },
            &[
                ("change.cause", "sim_moved"),
                ("change.expected", "announced"),
                ("handset.latch", "clear"),
                ("handset.relation", "loaner"),
            ],
        ),
        (
            "a handset that a counter announced",
            |input| {
                counter(input, 1500, to_handset(FOREIGN));
                tell(input, 2000, EventKind::HandsetChanged { imei: imei(FOREIGN) });
                from_handset(input, FOREIGN);
                input.context.now = Timestamp::from_secs(8_000);
            },
            &[
                ("change.cause", "sim_moved"),
                ("change.expected", "counter"),
                ("handset.latch", "clear"),
                ("handset.relation", "loaner"),
            ],
        ),
        (
            "another than the announced handset",
            |input| {
                counter(input, 1500, to_handset(SLOT));
                tell(input, 2000, EventKind::HandsetChanged { imei: imei(FOREIGN) });
                from_handset(input, FOREIGN);
                input.context.now = Timestamp::from_secs(8_000);
            },
            &[
                ("change.cause", "sim_moved"),
                ("change.expected", "unannounced"),
                ("handset.latch", "foreign"),
                ("handset.relation", "foreign"),
            ],
        ),
        (
            "a handset that was announced after it was seen",
            |input| {
                tell(input, 2000, EventKind::HandsetChanged { imei: imei(FOREIGN) });
                shop(input, 1500, to_handset(FOREIGN));
            },
            &[
                ("change.cause", "sim_moved"),
                ("change.expected", "unannounced"),
                ("handset.latch", "foreign"),
            ],
        ),
        (
            "a handset announced without its name explains and clears nothing",
            |input| {
                counter(input, 1500, Awaited::Handset { imei: None });
                tell(input, 2000, EventKind::HandsetChanged { imei: imei(FOREIGN) });
            },
            &[
                ("change.cause", "sim_moved"),
                ("change.expected", "counter"),
                ("handset.latch", "foreign"),
            ],
        ),
        (
            "a loaner",
            |input| {
                let until = until(20_000);
                tell(input, 1500, EventKind::LoanerStarted { imei: imei(LOANER), until });
                tell(input, 2000, EventKind::HandsetChanged { imei: imei(LOANER) });
                from_handset(input, LOANER);
            },
            &named("loaner", "announced"),
        ),
        (
            "the other slot of one handset",
            |input| {
                let two = handset(&[OWN, SLOT], attested(1));
                input.bound().handsets = Handsets::new(two);
                tell(input, 2000, EventKind::HandsetObserved { imei: imei(OWN) });
                input.claims.imei = Some(imei(SLOT));
            },
            &named("slot_changed", "reproved"),
        ),
        (
            "the other slot of a handset that proves nothing",
            |input| {
                let two = handset(&[OWN, SLOT], HandsetKey::None);
                input.bound().handsets = Handsets::new(two);
                tell(input, 2000, EventKind::HandsetObserved { imei: imei(OWN) });
                from_handset(input, SLOT);
            },
            &named("slot_changed", "unannounced"),
        ),
        (
            "the SIM was issued anew",
            |input| tell(input, 2000, reissued(Some(NEW))),
            &[
                ("change.cause", "sim_reissued"),
                ("change.expected", "unannounced"),
                ("sim.latch", "reissued"),
            ],
        ),
        (
            "a shop announced it",
            |input| {
                shop(input, 1500, to_sim());
                tell(input, 2000, reissued(Some(NEW)));
            },
            &[
                ("change.cause", "sim_reissued"),
                ("change.expected", "announced"),
                ("sim.latch", "reissued"),
            ],
        ),
        (
            "a counter announced that SIM",
            |input| {
                counter(input, 1500, to_sim());
                tell(input, 2000, reissued(Some(NEW)));
                input.claims.iccid = Some(NEW.parse().unwrap());
            },
            &[
                ("change.cause", "sim_reissued"),
                ("change.expected", "counter"),
                ("sim.latch", "clear"),
                ("sim.match", "yes"),
            ],
        ),
        (
            "a counter announced some SIM",
            |input| {
                counter(input, 1500, Awaited::Sim { iccid: None, eid: None });
                tell(input, 2000, reissued(Some(NEW)));
            },
            &[
                ("change.cause", "sim_reissued"),
                ("change.expected", "counter"),
                ("sim.latch", "reissued"),
            ],
        ),
        (
            "a counter announced another SIM",
            |input| {
                counter(input, 1500, to_sim());
                tell(input, 2000, reissued(Some("8981100000000000036")));
            },
            &[
                ("change.cause", "sim_reissued"),
                ("change.expected", "unannounced"),
                ("sim.latch", "reissued"),
            ],
        ),
        (
            "it came after the announcement had ended",
            |input| {
                counter(input, 1500, to_sim());
                tell(input, 9_500, reissued(Some(NEW)));
            },
            &named("sim_reissued", "unannounced"),
        ),
        (
            "the eSIM moved",
            |input| tell(input, 2000, EventKind::EsimTransferred { eid: None }),
            &named("esim_transferred", "unannounced"),
        ),
        (
            "the eSIM moved to where a counter had announced it",
            |input| {
                let eid = Some(EID.parse().unwrap());
                counter(input, 1500, Awaited::Sim { iccid: None, eid });
                tell(input, 2000, EventKind::EsimTransferred { eid });
            },
            &[
                ("change.cause", "esim_transferred"),
                ("change.expected", "counter"),
                ("sim.latch", "clear"),
            ],
        ),
        (
            "the number left",
            |input| tell(input, 2000, EventKind::PortedOut),
            &named("ported", "unannounced"),
        ),
        (
            "the number came, as was announced",
            |input| {
                shop(input, 1500, Awaited::Line);
                tell(input, 2000, EventKind::PortedIn);
            },
            &named("ported", "announced"),
        ),
        (
            "the ICCID was given out again",
            |input| tell(input, 2000, EventKind::IccidRecycled),
            &named("recycled", "unannounced"),
        ),
        (
            "the contract ended",
            |input| tell(input, 2000, EventKind::ContractEnded),
            &named("line_ended", "unannounced"),
        ),
        (
            "the contract went to another",
            |input| tell(input, 2000, EventKind::ContractTransferred),
            &named("line_transferred", "unannounced"),
        ),
        (
            "something, and what is not told",
            |input| tell(input, 2000, EventKind::ImsiChanged),
            &named("unsaid", "unannounced"),
        ),
        (
            "another SIM speaks, and no carrier told why",
            |input| input.claims.iccid = Some(NEW.parse().unwrap()),
            &named("unsaid", "unannounced"),
        ),
        (
            "a binding that took another's place lately",
            |input| input.bound().succeeds = Some(BindingId::from_bytes([2; 16])),
            &named("renewed", "renewed"),
        ),
        (
            "what was proved since is past",
            |input| {
                tell(input, 2000, reissued(None));
                let bound = input.bound();
                (bound.proven_at, bound.sim_proven_at) = (until(3000), until(3000));
            },
            &named("none", "none"),
        ),
        (
            "what was proved in that very instant is past",
            |input| {
                tell(input, 2000, reissued(None));
                let bound = input.bound();
                (bound.proven_at, bound.sim_proven_at) = (until(2000), until(2000));
            },
            &named("none", "none"),
        ),
        (
            "a SIM that only the handset's proof came after",
            |input| {
                tell(input, 2000, reissued(None));
                input.bound().proven_at = until(3000);
            },
            &named("sim_reissued", "unannounced"),
        ),
        (
            "the card proved the SIM that came, and not the handset",
            |input| {
                tell(input, 2000, reissued(None));
                tell(input, 2000, EventKind::HandsetChanged { imei: imei(FOREIGN) });
                input.bound().sim_proven_at = until(3000);
            },
            &named("sim_moved", "unannounced"),
        ),
        (
            "the graver of two is named",
            |input| {
                tell(input, 2000, reissued(None));
                tell(input, 2100, EventKind::HandsetChanged { imei: imei(FOREIGN) });
                from_handset(input, FOREIGN);
            },
            &named("sim_reissued", "unannounced"),
        ),
    ]);
}

#[test]
fn a_step_up_explains_what_changed() {
    for (method, expected) in [
        (StepUpMethod::Card, "reproved"),
        (StepUpMethod::Reattest, "reproved"),
        (StepUpMethod::Counter, "counter"),
        (StepUpMethod::Sms, "unannounced"),
    ] {
        let mut input = in_order();
        tell(&mut input, 2000, EventKind::ImsiChanged);
        let mut facts = input.facts();
        let line = LineView::of(input.bound(), &[], NOW);
        change_after_step_up(&mut facts, &line, method);
        assert_eq!(facts.text(Fact::ChangeCause).as_deref(), Some("unsaid"));
        assert_eq!(facts.text(Fact::ChangeExpected).as_deref(), Some(expected), "{method:?}");
    }
    let mut facts = in_order().facts();
    let line = LineView::of(in_order().bound(), &[], NOW);
    change_after_step_up(&mut facts, &line, StepUpMethod::Card);
    assert_eq!(facts.text(Fact::ChangeExpected).as_deref(), Some("none"));
}
