//! What honest people do.

use super::{
    action::{Action, Hand, Happening, Operation, Place, Reader, Slot, Standing, Staple, Twist},
    casting::weighted,
    parts,
    script::Script,
};
use crate::catalogue::Kind;
use rand::Rng as _;
use simbind_proto::v1::ReissueCause;
use std::time::Duration;

const BOUND: Slot = Slot(Hand::Bound, 0);
const OTHER: Slot = Slot(Hand::Other, 0);
const DAY: Duration = Duration::from_secs(86_400);

/// The everyday use of a morning.
pub(super) fn routine(script: &mut Script, mix: &[(Kind, u32)], (least, most): (u32, u32)) {
    script.wait(60, 180);
    for _ in 0..script.rng.random_range(least..=most) {
        let kind = weighted(&mut script.rng, mix).unwrap_or(Kind::AppLogin);
        let label = if script.is_iphone() { Kind::Iphone } else { kind };
        script.everyday(kind, label, BOUND).wait(10, 40);
    }
}

/// What the day brings a person besides.
pub(super) fn story(script: &mut Script) {
    let kind = script.kind;
    script.until(600).wait(0, 120);
    match kind {
        Kind::DualImei => {
            app(script, BOUND);
            script.wait(10, 60);
            app(script, Slot(Hand::Bound, 1));
        }
        Kind::SlotChange => {
            script.event(Happening::Changed(Slot(Hand::Bound, 1))).wait(10, 60);
            app(script, Slot(Hand::Bound, 1));
            door(script, Slot(Hand::Bound, 1));
        }
        Kind::RestoredFromBackup => {
            script.act(Action::LoseKey).wait(5, 60).act(Action::BindAgain);
            script.wait(5, 60);
            app(script, BOUND);
        }
        Kind::ReplyLost => {
            let operation = script.operation();
            let mut plan = script.with(kind, Place::App(operation), BOUND);
            plan.twist = Twist::Repeat;
            script.check(plan);
        }
        Kind::Loaner => loaner(script),
        Kind::NewPhone => {
            script.act(Action::AddHandset(Hand::Other)).wait(5, 60);
            script.event(Happening::Changed(OTHER)).wait(5, 60);
            app(script, OTHER);
            door(script, OTHER);
        }
        Kind::NewBinding => {
            script.act(Action::NewBinding).wait(5, 60);
            app(script, BOUND);
        }
        Kind::SeveralDevices | Kind::MvnoMove => several(script),
        Kind::EsimConversion => esim(script),
        Kind::EsimWithPhone => esim_with_phone(script),
        Kind::LateEvent => late(script),
        Kind::Iphone => {
            script.everyday(Kind::AppLogin, kind, BOUND).wait(10, 60);
            script.everyday(Kind::TapDoor, kind, BOUND);
        }
        Kind::IphoneChanged => iphone_changed(script),
        Kind::IphoneReinstalled => {
            script.act(Action::LoseKey).wait(5, 60).act(Action::AddHandset(Hand::Bound));
            script.wait(5, 60);
            app(script, BOUND);
            door(script, BOUND);
        }
        Kind::StapledStatus => {
            let operation = script.operation();
            let mut plan = script.with(kind, Place::App(operation), BOUND);
            plan.staple = Staple::Fresh;
            script.check(plan);
        }
        Kind::LateList => {
            for operation in [Operation::Application, script.operation()] {
                let plan = script.with(kind, Place::App(operation), BOUND);
                script.check(plan);
            }
        }
        Kind::ReportedLost => reported_lost(script),
        Kind::UnlistedHandset => {
            app(script, BOUND);
            door(script, BOUND);
        }
        Kind::OwnerUnenrolledPhone => {
            if script.rng.random_bool(0.5) {
                script.event(Happening::Changed(OTHER)).wait(5, 60);
            }
            app(script, OTHER);
        }
        Kind::PinSlip => {
            script.act(Action::WrongPins(1)).wait(1, 5);
            app(script, BOUND);
            // A bank is believed about a PIN after a login of its own.
            script.act(Action::RightPin);
        }
        // Days without a sight of the SIM went before, and the morning did not change that.
        Kind::StaleSight => {
            let reader = script.reader();
            let plan = script.with(kind, Place::Bare(reader), BOUND);
            script.check(plan).wait(5, 30);
        }
        _ if parts::story(script) => {}
        _ => {
            script.everyday(kind, kind, BOUND).wait(10, 60);
        }
    }
}

/// Logs in with the app on a handset.
fn app(script: &mut Script, slot: Slot) {
    let operation = match slot.0 {
        Hand::Bound => script.operation(),
        Hand::Other | Hand::Loaner | Hand::Foreign => script.operation_elsewhere(),
    };
    let plan = script.with(script.kind, Place::App(operation), slot);
    script.check(plan).wait(10, 40);
}

/// Is seen by the network, and taps.
fn door(script: &mut Script, slot: Slot) {
    let reader = script.bare_reader();
    script.seen(slot);
    let plan = script.with(script.kind, Place::Bare(reader), slot);
    script.check(plan).wait(10, 40);
}

/// The SIM moves to a new iPhone. Neither shows an IMEI, so the counter sees the new one, and then
/// person and SIM again. Nobody pays before that is settled.
fn iphone_changed(script: &mut Script) {
    script.event(Happening::Changed(OTHER)).wait(5, 60);
    script.act(Action::AddHandset(Hand::Other)).act(Action::Reprove).wait(5, 60);
    let applies = script.rng.random_bool(0.5);
    let operation = if applies { Operation::Application } else { Operation::Balance };
    let plan = script.with(Kind::IphoneChanged, Place::App(operation), OTHER);
    script.check(plan).wait(10, 40);
    door(script, OTHER);
}

/// The phone is repaired: the loaner has no attested key.
fn loaner(script: &mut Script) {
    let slot = Slot(Hand::Loaner, 0);
    script.event(Happening::LoanerStarted(Hand::Loaner)).wait(5, 30);
    script.event(Happening::Changed(slot)).wait(5, 30);
    let applies = script.rng.random_bool(0.2);
    let operation = if applies { Operation::Application } else { Operation::Balance };
    let plan = script.with(Kind::Loaner, Place::Browser(operation), slot);
    script.check(plan).wait(10, 60);
    script.seen(slot);
    let plan = script.with(Kind::Loaner, Place::Bare(Reader::Door), slot);
    script.check(plan).wait(30, 120);
    script.event(Happening::LoanerEnded).event(Happening::Changed(BOUND)).wait(10, 60);
    app(script, BOUND);
}

/// The SIM moves between two enrolled handsets.
fn several(script: &mut Script) {
    script.enrol_other();
    script.event(Happening::Changed(OTHER)).wait(5, 30);
    app(script, OTHER);
    script.event(Happening::Changed(BOUND)).wait(5, 30);
    app(script, BOUND);
    door(script, BOUND);
}

/// The card is changed for an eSIM.
fn esim(script: &mut Script) {
    let cause = ReissueCause::Esim;
    script.event(Happening::EsimDownloaded);
    script.event(Happening::Reissued { cause, tells_new: true });
    script.act(Action::NextIccid).wait(10, 60).act(Action::Reprove).wait(10, 60);
    app(script, BOUND);
}

/// The eSIM is issued anew for a new phone, and a counter sees all of it.
fn esim_with_phone(script: &mut Script) {
    let cause = ReissueCause::Esim;
    script.act(Action::AddHandset(Hand::Other)).wait(5, 60);
    script.event(Happening::EsimDownloaded);
    script.event(Happening::Reissued { cause, tells_new: true });
    script.act(Action::NextIccid).event(Happening::Changed(OTHER)).wait(5, 60);
    script.act(Action::Reprove).wait(10, 60);
    app(script, OTHER);
}

/// After a while in a phone that no counter knows, the SIM is back, and a counter sees it there.
pub(super) fn back_at_the_counter(script: &mut Script) {
    script.event(Happening::Changed(BOUND)).wait(60, 300).act(Action::Reprove).wait(5, 60);
}

/// The phone seems lost, so that the issuer holds the certificate; it is found, tried too early,
/// and then released.
fn reported_lost(script: &mut Script) {
    let voice = script.voice();
    script.act(Action::Standing(Standing::Held, voice)).wait(10, 60);
    let operation = script.operation();
    let plan = script.with(Kind::WhileHeld, Place::App(operation), BOUND);
    script.check(plan).wait(10, 60);
    script.act(Action::Standing(Standing::Good, voice)).wait(10, 60);
    app(script, BOUND);
    door(script, BOUND);
}

/// The carrier speaks late: of the handset before the bound one, or of the bound one itself.
fn late(script: &mut Script) {
    let enrolled_lately = script.minute() < 2 * 1440;
    if script.is_iphone() {
        // Its IMEI is known from where the network saw it, so that a change to it would be one.
        script.event_of(Happening::Observed(BOUND), DAY * 2);
    } else if script.rng.random_bool(0.5) && enrolled_lately {
        script.event_of(Happening::Changed(Slot(Hand::Foreign, 0)), DAY * 40);
    } else {
        script.event_of(Happening::Changed(BOUND), DAY * 2);
    }
    script.wait(5, 30);
    app(script, BOUND);
    door(script, BOUND);
}
