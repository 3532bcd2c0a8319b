//! What the histories of a binding's line come to at one instant.

use super::{
    announce::{Await, Came, Meets, expected},
    change::{Change, gravity},
    consequence::since,
    event::EventKind,
    history::{LineHistory, Recorded},
};
use crate::{
    binding::Binding,
    ids::{Eid, Iccid, Imei},
    time::Timestamp,
};
use simbind_rules::facts::{
    Agreement, ChangeCause, ChangeExpectation, HandsetLatch, LineLatch, SimLatch, SimState,
};

use std::time::Duration;

/// How far a carrier's clock may be ahead of ours.
const MOST_AHEAD: Duration = Duration::from_secs(300);

/// Where the carrier saw the SIM last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// In this handset.
    pub imei: Imei,
    /// At this time.
    pub at: Timestamp,
}

/// A loaner that is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loaner {
    /// The handset.
    pub imei: Imei,
    /// Since when.
    pub from: Timestamp,
    /// Until when, or until it came back.
    pub until: Timestamp,
    /// When we learned of it, in our own order.
    pub(super) order: u64,
}

impl Loaner {
    /// Whose word it is that a handset stands in. Only a counter's has no place in our order.
    const fn word(&self) -> ChangeExpectation {
        match self.order {
            0 => ChangeExpectation::Counter,
            _ => ChangeExpectation::Announced,
        }
    }
}

/// What carriers' histories say of a binding now. Only what happened after the binding was last
/// proved counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineView {
    /// When this was looked at.
    now: Timestamp,
    /// The last sighting since the proof.
    pub sighting: Option<Sighting>,
    /// The IMEI by which the carrier knows a handset that was enrolled without one.
    pub learned: Option<Imei>,
    /// The ICCID that serves the line since the proof, where the carrier told of a new one and of
    /// no change after that.
    pub serves: Option<Iccid>,
    /// The new SIM that a counter announced, where it came as announced.
    pub arrived: Option<Iccid>,
    /// The loaner that is out now.
    pub loaner: Option<Loaner>,
    /// The loaner that should be back by now, and of which nobody has told that it is.
    pub overdue: Option<Imei>,
    /// The handset that is announced by its name now: until it is enrolled it counts as a loaner.
    pub awaited: Option<Loaner>,
    /// The gravest change, and of two alike the later.
    pub change: Option<Change>,
    /// Whether the SIM was in a handset that is neither enrolled nor announced.
    pub handset_latch: HandsetLatch,
    /// What happened to the SIM.
    pub sim_latch: SimLatch,
    /// What happened to the line.
    pub line_latch: LineLatch,
    /// Where the SIM stands.
    pub sim_state: SimState,
    /// When the SIM last changed. A number that came in is a change too: CAMARA's SIM swap counts
    /// the pairing of number and SIM.
    pub sim_changed_at: Option<Timestamp>,
    /// When the handset last changed.
    pub handset_changed_at: Option<Timestamp>,
    /// Whether the events fit together.
    pub consistency: Agreement,
}

impl LineView {
    /// Looks at the histories under the names of the binding's line, as of `now`.
    pub fn of(binding: &Binding, histories: &[&LineHistory], now: Timestamp) -> Self {
        let mut events: Vec<&Recorded> = histories
            .iter()
            .flat_map(|history| history.standing())
            .filter(|event| counts(event, binding.proven_for(&event.kind)))
            .collect();
        events.sort_by_key(|event| (event.occurred_at, event.order));
        let announced = Await::all(&events, &binding.announced);
        let mut loaners = loaners(&events);
        let out = |loaner: &Loaner| loaner.from <= now && now < loaner.until;
        let lent = loaners.iter().copied().find(out);
        let awaited = || announced.iter().filter_map(Await::as_loaner);
        loaners.extend(awaited());
        let known = Known { binding, loaners, announced: &announced };
        let mut view = Self {
            now,
            sighting: None,
            learned: learned(binding, histories, &events),
            serves: None,
            arrived: None,
            loaner: lent,
            overdue: overdue(&events, now),
            awaited: awaited().filter(out).max_by_key(|one| (one.from, one.order)),
            change: None,
            handset_latch: HandsetLatch::Clear,
            sim_latch: SimLatch::Clear,
            line_latch: LineLatch::Clear,
            sim_state: SimState::Active,
            sim_changed_at: None,
            handset_changed_at: None,
            consistency: Agreement::Agree,
        };
        let dropped = histories.iter().filter_map(|history| history.dropped_until()).max();
        if dropped > Some(binding.proven_at) {
            view.consistency = Agreement::Conflict;
        }
        for event in &events {
            view.apply(event, &known);
        }
        view.sightings(histories, &known);
        if binding.foreign_handset_at.is_some() {
            view.handset_latch = HandsetLatch::Foreign;
            view.changed(ChangeCause::SimMoved, ChangeExpectation::Unannounced);
        }
        view
    }

    fn apply(&mut self, event: &Recorded, known: &Known<'_>) {
        let at = event.occurred_at;
        let line = || expected(known.announced, Came::Line, at, event.order).0;
        match event.kind {
            EventKind::SimReissued { new_iccid, .. } => {
                self.serves = new_iccid;
                self.sim_changed(event, (new_iccid, None), SimLatch::Reissued, known);
            }
            EventKind::ImsiChanged => {
                self.sim_broke(SimLatch::ImsiChanged, at);
                let by = expected(known.announced, Came::Sim(None, None), at, event.order).0;
                self.changed(ChangeCause::Unsaid, by);
            }
            EventKind::EsimDownloaded { eid } | EventKind::EsimTransferred { eid } => {
                self.serves = None;
                self.sim_changed(event, (None, eid), SimLatch::EsimMoved, known);
            }
            EventKind::IccidRecycled => {
                self.serves = None;
                self.sim_broke(SimLatch::Recycled, at);
                self.sim_state = SimState::Recycled;
                self.changed(ChangeCause::Recycled, ChangeExpectation::Unannounced);
            }
            EventKind::HandsetChanged { imei } => {
                self.handset_changed_at = Some(at);
                self.seen(Sighting { imei, at }, event.order, known);
            }
            EventKind::PortedOut => {
                self.line_broke(LineLatch::PortedOut, SimState::Ended);
                self.changed(ChangeCause::Ported, line());
            }
            EventKind::ContractEnded => {
                self.line_broke(LineLatch::Ended, SimState::Ended);
                self.changed(ChangeCause::LineEnded, line());
            }
            EventKind::ContractTransferred | EventKind::ContractInherited => {
                self.line_latch = match event.kind {
                    EventKind::ContractInherited => LineLatch::Inherited,
                    _ => LineLatch::Transferred,
                };
                self.changed(ChangeCause::LineTransferred, line());
            }
            EventKind::PortedIn => {
                if self.line_latch == LineLatch::Clear {
                    self.line_latch = LineLatch::PortedIn;
                }
                self.sim_changed_at = self.sim_changed_at.max(Some(at));
                self.changed(ChangeCause::Ported, line());
            }
            EventKind::LineSuspended { .. } if self.sim_state == SimState::Active => {
                self.sim_state = SimState::Suspended;
            }
            // A resumption that is still to come resumes nothing yet.
            EventKind::LineResumed
                if self.sim_state == SimState::Suspended && at <= self.now.plus(MOST_AHEAD) =>
            {
                self.sim_state = SimState::Active;
            }
            EventKind::LineSuspended { .. }
            | EventKind::LineResumed
            | EventKind::LoanerStarted { .. }
            | EventKind::LoanerEnded
            | EventKind::ChangeAnnounced(_)
            | EventKind::HandsetObserved { .. } => {}
        }
    }

    /// Another SIM, or the profile elsewhere. Where a counter announced that very one it breaks
    /// nothing: who announced it there was seen there. A shop's word explains, and no more: whoever
    /// can have a SIM issued in a shop can have it announced there.
    fn sim_changed(
        &mut self,
        event: &Recorded,
        (iccid, eid): (Option<Iccid>, Option<Eid>),
        latch: SimLatch,
        known: &Known<'_>,
    ) {
        let at = event.occurred_at;
        let (by, meets) = match iccid {
            Some(iccid) if known.binding.sim.arrived.contains(&iccid) => {
                (ChangeExpectation::Counter, Meets::Exactly)
            }
            _ => expected(known.announced, Came::Sim(iccid, eid), at, event.order),
        };
        let cause = match latch {
            SimLatch::EsimMoved => ChangeCause::EsimTransferred,
            _ => ChangeCause::SimReissued,
        };
        self.changed(cause, by);
        if by == ChangeExpectation::Counter && meets == Meets::Exactly {
            self.arrived = iccid.or(self.arrived);
        } else {
            self.sim_broke(latch, at);
        }
    }

    /// Names a change, unless a graver one is named.
    fn changed(&mut self, cause: ChangeCause, expected: ChangeExpectation) {
        if self.change.is_none_or(|named| gravity(named.cause) <= gravity(cause)) {
            self.change = Some(Change { cause, expected });
        }
    }

    /// Whether a handset stands in for one that is enrolled: a loaner, or one that is announced.
    pub fn stands_in(&self, imei: Imei) -> bool {
        self.stand_in(imei).is_some()
    }

    /// Whether a handset is neither enrolled nor stands in for one that is.
    pub fn is_foreign(&self, binding: &Binding, imei: Imei) -> bool {
        let enrolled = binding.handsets.with_imei(imei).is_some() || self.learned == Some(imei);
        !enrolled && !self.stands_in(imei)
    }

    /// What it is that a SIM is in a handset that stands in.
    pub fn stand_in(&self, imei: Imei) -> Option<Change> {
        let is = |one: &Loaner| one.imei == imei;
        let lent = self.loaner.filter(is);
        let lent = lent.map(|_| (ChangeCause::Loaner, ChangeExpectation::Announced));
        let awaited = || self.awaited.filter(is).map(|one| (ChangeCause::SimMoved, one.word()));
        let (cause, expected) = lent.or_else(awaited)?;
        Some(Change { cause, expected })
    }

    /// The gravest break of the SIM stays: a recycled ICCID is worse than any change of a SIM.
    fn sim_broke(&mut self, latch: SimLatch, at: Timestamp) {
        if self.sim_latch != SimLatch::Recycled {
            self.sim_latch = latch;
        }
        self.sim_changed_at = self.sim_changed_at.max(Some(at));
    }

    fn line_broke(&mut self, latch: LineLatch, state: SimState) {
        self.line_latch = latch;
        self.sim_state = state;
    }

    fn sightings(&mut self, histories: &[&LineHistory], known: &Known<'_>) {
        for seen in histories.iter().flat_map(|history| history.observed()) {
            if seen.at > known.binding.proven_at {
                self.seen(Sighting { imei: seen.imei, at: seen.at }, seen.order, known);
            }
        }
        let ended = |latch| matches!(latch, LineLatch::Ended | LineLatch::PortedOut);
        if ended(self.line_latch) && histories.iter().any(|h| lives_after_its_end(h)) {
            self.consistency = Agreement::Conflict;
        }
    }

    /// Takes a sighting in: the newest is kept, and a handset that is neither enrolled nor was
    /// announced before we heard of it latches, wherever in time it lies.
    fn seen(&mut self, sighting: Sighting, order: u64, known: &Known<'_>) {
        let Sighting { imei, at } = sighting;
        let named = known.binding.handsets.with_imei(imei).is_some();
        let enrolled = named || self.learned == Some(imei);
        let announced = known.loaners.iter().any(|loaner| {
            loaner.imei == imei && loaner.from <= at && at < loaner.until && loaner.order < order
        });
        if !enrolled && !announced {
            self.handset_latch = HandsetLatch::Foreign;
            let by = expected(known.announced, Came::Handset(imei), at, order).0;
            self.changed(ChangeCause::SimMoved, by);
        } else if !enrolled && let Some(Change { cause, expected }) = self.stand_in(imei) {
            self.changed(cause, expected);
        }
        // A sighting ahead of time latches like any other, and proves nothing of where the SIM is.
        let ahead = at > self.now.plus(MOST_AHEAD);
        // A loaner that came back says no more where the SIM is now.
        let returned = !enrolled && announced && !self.stands_in(imei);
        if !ahead && !returned && self.sighting.is_none_or(|last| last.at <= at) {
            self.sighting = Some(sighting);
        }
    }
}

/// What is known beside the events.
struct Known<'a> {
    binding: &'a Binding,
    /// The loaners, and the handsets that are announced by their names.
    loaners: Vec<Loaner>,
    announced: &'a [Await],
}

/// Whether an event has a say on a binding that was proved at `proven_at`: what happened since, what
/// was learned since and lies within a carrier's whole minute before it or has no time at all. A
/// suspension of before a proof in person is no exception: a loss holds the binding itself, through
/// any proof, and its end may be told by a name that the line no longer goes by.
fn counts(event: &Recorded, proven_at: Timestamp) -> bool {
    since(event.occurred_at, event.learned_at, proven_at)
}

/// A handset that shows no IMEI (iOS) is known to the carrier by one all the same: the one in which
/// the SIM was first seen since the proof, unless the carrier told of a change before that.
fn learned(binding: &Binding, histories: &[&LineHistory], events: &[&Recorded]) -> Option<Imei> {
    binding.handsets.iter().find(|handset| handset.imeis.is_empty())?;
    let changes = || {
        events.iter().filter_map(|event| match event.kind {
            EventKind::HandsetChanged { imei } => Some((imei, event)),
            _ => None,
        })
    };
    let sightings = histories.iter().flat_map(|history| history.observed());
    let first = sightings
        .filter(|seen| seen.at > binding.proven_at)
        .filter(|seen| binding.handsets.with_imei(seen.imei).is_none())
        .min_by_key(|seen| seen.order)?;
    // What was told of a change before, or of this very handset, was not the enrolled one's.
    let before = |event: &Recorded| event.order < first.order || event.occurred_at <= first.at;
    let moved = changes().any(|(imei, event)| imei == first.imei || before(event));
    (!moved).then_some(first.imei)
}

fn lives_after_its_end(history: &LineHistory) -> bool {
    let end = history
        .standing()
        .filter(|e| matches!(e.kind, EventKind::ContractEnded | EventKind::PortedOut))
        .map(|e| e.occurred_at)
        .min();
    end.is_some_and(|end| history.observed().iter().any(|seen| seen.at > end))
}

/// The loaners that were handed out, each until it came back, was replaced, or its time ended.
fn loaners(events: &[&Recorded]) -> Vec<Loaner> {
    let mut loaners: Vec<Loaner> = Vec::new();
    for event in events {
        let at = event.occurred_at;
        match event.kind {
            EventKind::LoanerStarted { imei, until } => {
                close(&mut loaners, at);
                loaners.push(Loaner { imei, from: at, until, order: event.order });
            }
            EventKind::LoanerEnded => close(&mut loaners, at),
            _ => {}
        }
    }
    loaners
}

/// The loaner that was handed out last, where its time has passed and it was not told to be back.
fn overdue(events: &[&Recorded], now: Timestamp) -> Option<Imei> {
    let last = events.iter().rev().find_map(|event| match event.kind {
        EventKind::LoanerStarted { imei, until } => Some(Some((imei, until))),
        EventKind::LoanerEnded => Some(None),
        _ => None,
    });
    last.flatten().filter(|(_, until)| *until <= now).map(|(imei, _)| imei)
}

fn close(loaners: &mut [Loaner], at: Timestamp) {
    if let Some(last) = loaners.last_mut() {
        last.until = last.until.min(at);
    }
}
