//! What an event of a line does to the bindings of that line.

use super::event::{EventKind, LineName, SimEvent, SuspensionCause};
use crate::{
    binding::{Binding, LifecycleReason},
    ids::Iccid,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Carriers give times in whole minutes.
pub(super) const WHOLE_MINUTE: Duration = Duration::from_secs(60);
/// 2000-01-01T00:00:00Z: a time before it is none.
pub(super) const ANCIENT: Timestamp = Timestamp::from_secs(946_684_800);

/// What becomes of a binding by an event of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// It asks for the card or a counter until it is proved again.
    Suspend,
    /// It is held.
    Hold,
    /// It is over.
    End,
}

/// What an event asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consequence {
    /// What becomes of the binding.
    pub effect: Effect,
    /// Why.
    pub why: LifecycleReason,
}

impl EventKind {
    /// What an event of this kind asks for, whatever the binding. A resumption asks for nothing: a
    /// hold for loss is lifted at a counter alone.
    pub const fn consequence(&self) -> Option<Consequence> {
        use {Effect::*, LifecycleReason as Why};
        let (effect, why) = match self {
            Self::LineSuspended { cause: SuspensionCause::Lost } => (Hold, Why::Lost),
            Self::LineSuspended { cause: SuspensionCause::Stolen } => (Hold, Why::Stolen),
            Self::SimReissued { .. } => (Suspend, Why::SimReissued),
            Self::EsimDownloaded { .. } | Self::EsimTransferred { .. } => (Suspend, Why::EsimMoved),
            Self::PortedOut => (Suspend, Why::PortedOut),
            Self::ContractEnded => (End, Why::LineEnded),
            Self::ContractTransferred => (End, Why::LineTransferred),
            Self::ContractInherited => (End, Why::LineInherited),
            Self::IccidRecycled => (End, Why::Recycled),
            Self::ImsiChanged
            | Self::HandsetChanged { .. }
            | Self::HandsetObserved { .. }
            | Self::PortedIn
            | Self::LineSuspended { .. }
            | Self::LineResumed
            | Self::LoanerStarted { .. }
            | Self::LoanerEnded
            | Self::ChangeAnnounced(_) => return None,
        };
        Some(Consequence { effect, why })
    }

    /// Whether an event of this kind, learned after decisions of the time after it, may make them
    /// others. What only softens, and what says where a SIM was all along, does not.
    pub const fn reopens(&self) -> bool {
        match self {
            Self::SimReissued { .. }
            | Self::ImsiChanged
            | Self::HandsetChanged { .. }
            | Self::HandsetObserved { .. }
            | Self::PortedOut
            | Self::PortedIn
            | Self::LineSuspended { .. }
            | Self::ContractEnded
            | Self::ContractTransferred
            | Self::ContractInherited
            | Self::EsimDownloaded { .. }
            | Self::EsimTransferred { .. }
            | Self::IccidRecycled => true,
            Self::LineResumed
            | Self::LoanerStarted { .. }
            | Self::LoanerEnded
            | Self::ChangeAnnounced(_) => false,
        }
    }
}

/// Whether the carrier may speak of this line to the binding as it is now: it serves the line or
/// hosts the one that does, and names the line as the binding does.
pub fn hears(binding: &Binding, event: &SimEvent, line: &LineName) -> bool {
    let named = match line {
        LineName::Iccid(iccid) => binding.sim.goes_by(*iccid),
        LineName::LineRef(line) => binding.sim.line_ref.as_ref() == Some(line),
        LineName::Msisdn(msisdn) => binding.sim.msisdn.as_ref() == Some(msisdn),
    };
    named && binding.sim.serving.speakers().any(|speaker| *speaker == event.carrier)
}

/// Whether something that happened then, and was learned then, happened after a moment: surely
/// after it, or learned after it and within a carrier's whole minute before it, or without a time.
pub(crate) fn since(occurred_at: Timestamp, learned_at: Timestamp, moment: Timestamp) -> bool {
    let late =
        learned_at > moment && (occurred_at > moment.minus(WHOLE_MINUTE) || occurred_at < ANCIENT);
    occurred_at > moment || late
}

/// What an event does to a binding that hears it. What happened before the binding was last proved
/// does nothing, and no loss from before a hold was lifted holds it again.
pub fn consequence(
    binding: &Binding,
    event: &SimEvent,
    learned_at: Timestamp,
) -> Option<Consequence> {
    let asked = event.kind.consequence()?;
    let after = |moment| since(event.occurred_at, learned_at, moment);
    let released = binding.released_at.is_some_and(|at| !after(at));
    if !after(binding.proven_for(&event.kind)) || (asked.effect == Effect::Hold && released) {
        return None;
    }
    let awaited = |iccid, eid| binding.announced.expects_sim(iccid, eid, event.occurred_at);
    let expected = match event.kind {
        // The SIM that was proved is the new one already, or a counter announced it.
        EventKind::SimReissued { new_iccid, .. } => {
            let served = |iccid| iccid == binding.sim.present() || arrives(binding, event, iccid);
            new_iccid.is_some_and(served)
        }
        // The profile came to the eUICC in which it was, or that a counter announced.
        EventKind::EsimDownloaded { eid } | EventKind::EsimTransferred { eid } => {
            (eid.is_some() && binding.sim.eid == eid) || awaited(None, eid)
        }
        _ => false,
    };
    (!expected).then_some(asked)
}

/// Whether an event puts a SIM in the place of the one that serves, as a counter announced it.
pub(crate) fn arrives(binding: &Binding, event: &SimEvent, iccid: Iccid) -> bool {
    let reissued =
        matches!(event.kind, EventKind::SimReissued { new_iccid, .. } if new_iccid == Some(iccid));
    reissued
        && binding.sim.takes(iccid)
        && binding.announced.expects_sim(Some(iccid), None, event.occurred_at)
}

/// A time whose decisions an event asks to look at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopening {
    /// From then on,
    pub from: Timestamp,
    /// and until then.
    pub until: Timestamp,
    /// When the binding had been proved, for those decisions.
    pub proven_at: Timestamp,
}

/// Which decisions of a binding that hears an event are to be looked at again, because they were
/// made after it happened and before it was learned. A proof in between ends that time.
pub fn reopening(binding: &Binding, event: &SimEvent, learned_at: Timestamp) -> Option<Reopening> {
    let own = match event.kind {
        EventKind::HandsetChanged { imei } | EventKind::HandsetObserved { imei } => {
            binding.handsets.with_imei(imei).is_some()
        }
        _ => false,
    };
    if own || !event.kind.reopens() {
        return None;
    }
    let at = event.occurred_at;
    let proven = binding.proven_for(&event.kind);
    let (until, proven_at) = if since(at, learned_at, proven) {
        (learned_at, proven)
    } else {
        (proven, at.minus(WHOLE_MINUTE))
    };
    let from = if at < ANCIENT { proven_at } else { at.max(binding.enrolled_at) };
    (from < until).then_some(Reopening { from, until, proven_at })
}
