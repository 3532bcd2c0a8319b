use super::*;
use crate::{
    binding::{
        Binding, BoundCertificate, CounterPolicy, Handset, HandsetKey, Handsets, Identified,
        KeyHome, Place, Platform, Serving, Sim, State,
    },
    ids::{BindingId, CertificateId, Imei, ImeiSet},
    time::Timestamp,
};
use proptest::prelude::*;
use simbind_rules::facts::{Agreement, HandsetLatch, LineLatch, SimLatch, SimState};

const OWN: &str = "490154203237518";
const FOREIGN: &str = "352099001761481";
const LOANER: &str = "260531793113837";

/// Seconds after a day of 2026.
fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000 + secs)
}

fn imei(text: &str) -> Imei {
    text.parse().unwrap()
}

pub(crate) fn binding() -> Binding {
    let imeis = ImeiSet::new([imei(OWN)]).unwrap();
    let handset = Handset::new(imeis, Platform::Android, HandsetKey::None, at(1000)).unwrap();
    Binding {
        id: BindingId::from_bytes([1; 16]),
        person: "p".parse().unwrap(),
        certificate: BoundCertificate {
            id: CertificateId::of_der(b"c"),
            issuer: crate::ids::AuthorityId::from_sha256([7; 32]),
            serial: crate::ids::SerialNumber::new(&[1]).unwrap(),
            points: Vec::new(),
            spki: Vec::new(),
            not_before: Timestamp::EPOCH,
            not_after: at(1_000_000_000),
        },
        key_home: KeyHome::Sim,
        counter: CounterPolicy::None,
        sim: Sim {
            arrived: Vec::new(),
            iccid: "8981100000000000010".parse().unwrap(),
            eid: None,
            serving: Serving { carrier: "docomo".parse().unwrap(), host: None },
            line_ref: None,
            msisdn: None,
        },
        handsets: Handsets::new(handset),
        card: None,
        state: State::Active,
        enrolled_at: at(1000),
        proven_at: at(1000),
        foreign_handset_at: None,
        identified: Identified { place: Place::Counter, at: Timestamp::EPOCH },
        succeeds: None,
        succeeded: None,
        sim_proven_at: at(1000),
        card_ends: crate::binding::CardEnd::Unsaid,
        held: None,
        suspended: None,
        released_at: None,
        pin_reset_at: None,
        driven: crate::binding::Driven::default(),
        announced: crate::line::Announcements::default(),
    }
}

/// Tells events as (seconds of occurrence, kind), learned in the order of the list.
fn told(events: &[(i64, EventKind)]) -> LineHistory {
    let mut history = LineHistory::default();
    for (order, (secs, kind)) in (1..).zip(events) {
        let event = SimEvent {
            id: format!("e{order}").parse().unwrap(),
            carrier: "docomo".parse().unwrap(),
            occurred_at: at(*secs),
            kind: kind.clone(),
        };
        history.record(event, at(9_000), order, Told::Stands);
    }
    history
}

fn view(history: &LineHistory) -> LineView {
    LineView::of(&binding(), &[history], at(10_000))
}

fn changed(text: &str) -> EventKind {
    EventKind::HandsetChanged { imei: imei(text) }
}

fn observed(text: &str) -> EventKind {
    EventKind::HandsetObserved { imei: imei(text) }
}

fn loaner(until: i64) -> EventKind {
    EventKind::LoanerStarted { imei: imei(LOANER), until: at(until) }
}

#[test]
fn a_foreign_handset_latches_and_coming_back_does_not_clear_it() {
    let view = view(&told(&[(2000, changed(FOREIGN)), (3000, changed(OWN))]));
    assert_eq!(view.handset_latch, HandsetLatch::Foreign);
    assert_eq!(view.sighting.map(|s| s.imei), Some(imei(OWN)));
}

#[test]
fn a_correction_clears_the_latch_of_the_event_that_it_takes_back() {
    let mut history = told(&[(2000, changed(FOREIGN)), (3000, changed(OWN))]);
    history.correct(&"e1".parse().unwrap());
    assert_eq!(view(&history).handset_latch, HandsetLatch::Clear);
}

#[test]
fn what_happened_before_the_proof_does_not_count() {
    let view = view(&told(&[(800, changed(FOREIGN)), (900, EventKind::ImsiChanged)]));
    assert_eq!((view.handset_latch, view.sim_latch), (HandsetLatch::Clear, SimLatch::Clear));
}

#[test]
fn an_announced_loaner_is_no_foreign_handset_until_it_is_back() {
    let out = told(&[(2000, loaner(20_000)), (2100, changed(LOANER))]);
    assert_eq!(view(&out).handset_latch, HandsetLatch::Clear);
    assert_eq!(view(&out).loaner.map(|l| l.imei), Some(imei(LOANER)));
    let kept = told(&[
        (2000, loaner(20_000)),
        (2100, changed(LOANER)),
        (3000, EventKind::LoanerEnded),
        (3100, observed(LOANER)),
    ]);
    assert_eq!(view(&kept).handset_latch, HandsetLatch::Foreign);
    assert_eq!(view(&kept).loaner, None);
}

#[test]
fn a_loaner_announced_after_the_fact_does_not_clear_the_latch() {
    let view = view(&told(&[(2100, changed(LOANER)), (2000, loaner(20_000))]));
    assert_eq!(view.handset_latch, HandsetLatch::Foreign);
}

#[test]
fn a_handset_without_imei_is_the_one_in_which_the_sim_is_first_seen_and_no_other() {
    let mut iphone = binding();
    let imeis = ImeiSet::default();
    let handset = Handset::new(imeis, Platform::Ios, HandsetKey::None, at(1000)).unwrap();
    iphone.handsets = Handsets::new(handset);
    let late = at(10_000);
    let latch =
        |events: &[(i64, EventKind)]| LineView::of(&iphone, &[&told(events)], late).handset_latch;
    assert_eq!(latch(&[(2000, observed(OWN)), (3000, observed(OWN))]), HandsetLatch::Clear);
    assert_eq!(latch(&[(2000, observed(OWN)), (3000, observed(FOREIGN))]), HandsetLatch::Foreign);
    assert_eq!(latch(&[(3000, observed(FOREIGN)), (2000, observed(OWN))]), HandsetLatch::Foreign);
    assert_eq!(
        latch(&[(2000, changed(FOREIGN)), (3000, observed(FOREIGN))]),
        HandsetLatch::Foreign
    );
}

#[test]
fn each_break_of_sim_and_line_is_named() {
    let table = [
        (
            EventKind::SimReissued { new_iccid: None, cause: ReissueCause::Unsaid },
            SimLatch::Reissued,
            LineLatch::Clear,
            SimState::Active,
        ),
        (EventKind::ImsiChanged, SimLatch::ImsiChanged, LineLatch::Clear, SimState::Active),
        (
            EventKind::EsimTransferred { eid: None },
            SimLatch::EsimMoved,
            LineLatch::Clear,
            SimState::Active,
        ),
        (EventKind::IccidRecycled, SimLatch::Recycled, LineLatch::Clear, SimState::Recycled),
        (EventKind::PortedOut, SimLatch::Clear, LineLatch::PortedOut, SimState::Ended),
        (EventKind::PortedIn, SimLatch::Clear, LineLatch::PortedIn, SimState::Active),
        (EventKind::ContractEnded, SimLatch::Clear, LineLatch::Ended, SimState::Ended),
        (EventKind::ContractTransferred, SimLatch::Clear, LineLatch::Transferred, SimState::Active),
        (EventKind::ContractInherited, SimLatch::Clear, LineLatch::Inherited, SimState::Active),
    ];
    for (kind, sim, line, state) in table {
        let view = view(&told(&[(2000, kind.clone())]));
        assert_eq!(
            (view.sim_latch, view.line_latch, view.sim_state),
            (sim, line, state),
            "{kind:?}"
        );
    }
}

#[test]
fn a_number_that_came_in_dates_the_sim() {
    let came = told(&[(2000, EventKind::PortedIn)]);
    assert_eq!(view(&came).sim_changed_at, Some(at(2000)));
    let reissued = EventKind::SimReissued { new_iccid: None, cause: ReissueCause::Unsaid };
    let both = told(&[(3000, reissued), (2000, EventKind::PortedIn)]);
    assert_eq!(view(&both).sim_changed_at, Some(at(3000)));
}

#[test]
fn a_break_stamped_with_the_minute_of_the_proof_or_with_no_time_counts() {
    let whole_minute = told(&[(960, EventKind::ImsiChanged)]);
    assert_eq!(view(&whole_minute).sim_latch, SimLatch::ImsiChanged);
    let no_time = told(&[(-1_790_000_000, EventKind::PortedOut)]);
    assert_eq!(view(&no_time).line_latch, LineLatch::PortedOut);
}

#[test]
fn a_suspension_counts_until_a_proof_in_person_and_a_resumption_to_come_does_not_end_it() {
    let suspended = EventKind::LineSuspended { cause: SuspensionCause::Stolen };
    let before = told(&[(500, suspended.clone())]);
    assert_eq!(view(&before).sim_state, SimState::Active, "seen in person since");
    let by_card = Binding { proven_at: at(400), ..binding() };
    let seen = LineView::of(&by_card, &[&before], at(10_000));
    assert_eq!(seen.sim_state, SimState::Suspended, "the card proves the SIM alone");
    let planned = told(&[(2000, suspended), (99_000, EventKind::LineResumed)]);
    assert_eq!(view(&planned).sim_state, SimState::Suspended);
}

#[test]
fn a_loaner_that_came_back_says_nothing_of_where_the_sim_is() {
    let back =
        told(&[(2000, loaner(20_000)), (2100, changed(LOANER)), (3000, EventKind::LoanerEnded)]);
    assert_eq!(view(&back).sighting, None);
    assert_eq!(view(&back).handset_latch, HandsetLatch::Clear);
}

#[test]
fn a_run_of_sightings_keeps_when_it_was_first_told_of() {
    let foreign = EventKind::HandsetObserved { imei: imei(LOANER) };
    let history = told(&[
        (3000, foreign.clone()),
        (1500, loaner(20_000)),
        (2900, foreign.clone()),
        (3100, foreign),
    ]);
    assert_eq!(view(&history).handset_latch, HandsetLatch::Foreign);
}

#[test]
fn a_suspended_line_resumes() {
    let suspended = EventKind::LineSuspended { cause: SuspensionCause::Other };
    let one = told(&[(2000, suspended.clone())]);
    assert_eq!(view(&one).sim_state, SimState::Suspended);
    let two = told(&[(3000, EventKind::LineResumed), (2000, suspended)]);
    assert_eq!(view(&two).sim_state, SimState::Active);
}

#[test]
fn a_sighting_ahead_of_time_says_nothing_of_where_the_sim_is() {
    let view = view(&told(&[(3000, observed(OWN)), (99_000, observed(OWN))]));
    assert_eq!(view.sighting.map(|s| s.at), Some(at(3000)));
}

#[test]
fn signs_of_life_after_the_end_are_a_conflict() {
    let view = view(&told(&[(2000, EventKind::ContractEnded), (3000, observed(OWN))]));
    assert_eq!(view.consistency, Agreement::Conflict);
}

#[test]
fn repeated_sightings_do_not_fill_the_history_and_distinct_events_do() {
    let sightings: Vec<_> = (0..5000).map(|i| (2000 + i, observed(OWN))).collect();
    let history = told(&sightings);
    assert_eq!(history.observed().len(), 2);
    assert_eq!(history.dropped_until(), None);
    let times = (2000..).take(LineHistory::MAX_EVENTS + 1);
    let changes: Vec<_> = times.map(|at| (at, EventKind::ImsiChanged)).collect();
    assert_eq!(view(&told(&changes)).consistency, Agreement::Conflict);
}

fn any_kind() -> impl Strategy<Value = EventKind> {
    prop_oneof![
        Just(changed(OWN)),
        Just(changed(FOREIGN)),
        Just(observed(OWN)),
        Just(observed(FOREIGN)),
        Just(EventKind::ImsiChanged),
        Just(EventKind::PortedOut),
        Just(EventKind::LineSuspended { cause: SuspensionCause::Lost }),
        Just(EventKind::LineResumed),
        Just(EventKind::IccidRecycled),
    ]
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_change_the_view(
        events in proptest::collection::vec((1500_i64..9000, any_kind()), 0..24).prop_shuffle()
    ) {
        // Times are made distinct: two events of one instant have no order but that of arrival.
        let mut distinct = events.clone();
        for (index, event) in (0..).zip(distinct.iter_mut()) {
            event.0 = event.0 * 100 + index;
        }
        let late = at(1_000_000);
        let mut sorted = distinct.clone();
        sorted.sort_by_key(|event| event.0);
        let one = LineView::of(&binding(), &[&told(&distinct)], late);
        let two = LineView::of(&binding(), &[&told(&sorted)], late);
        prop_assert_eq!(one, two);
    }
}
