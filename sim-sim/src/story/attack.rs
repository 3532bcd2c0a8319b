//! What attackers do. Each story begins with the victim's own use, so that a victim looks like
//! anybody else until then.

use super::{
    action::{
        Action, EventPlan, Hand, Happening, LineBy, Operation, Place, Reader, Reading, Slot,
        Speaker, Standing, Staple, Twist,
    },
    parts,
    script::Script,
};
use crate::catalogue::Kind;
use rand::Rng as _;
use simbind_proto::v1::ReissueCause;
use std::time::Duration;

const BOUND: Slot = Slot(Hand::Bound, 0);
const FOREIGN: Slot = Slot(Hand::Foreign, 0);

/// The victim's morning and the attack.
pub(super) fn story(script: &mut Script) {
    script.wait(60, 300);
    if victim_shows_itself(script.kind) {
        script.everyday(Kind::AppLogin, Kind::AppLogin, BOUND);
    }
    script.until(600).wait(0, 240);
    let kind = script.kind;
    match kind {
        Kind::OtherHandset => other_handset(script),
        Kind::OtherHandsetWithheld => withheld(script),
        Kind::ImeiLie => imei_lie(script),
        Kind::ClonedKey => cloned(script),
        Kind::NeverAttached => {
            let reader = script.reader();
            bare(script, reader);
            script.wait(5, 30);
            bare(script, Reader::Door);
        }
        Kind::Reissued => {
            let tells_new = script.rng.random_bool(0.5);
            script.seen(BOUND).act(Action::CopySim);
            script.event(Happening::Reissued { cause: ReissueCause::Lost, tells_new });
            script.wait(5, 60);
            copied_tap(script);
        }
        Kind::EsimTakenOver => {
            let cause = ReissueCause::Esim;
            let tells_new = script.rng.random_bool(0.5);
            script.event(Happening::EsimDownloaded);
            script.event(Happening::Reissued { cause, tells_new });
            script.act(Action::NextIccid).event(Happening::Changed(FOREIGN)).wait(5, 60);
            login(script, FOREIGN);
        }
        Kind::SwapAndBack => {
            script.event(Happening::Changed(FOREIGN)).wait(30, 120);
            script.event(Happening::Changed(BOUND)).wait(5, 60);
            bare(script, Reader::Door);
            script.wait(5, 30);
            login(script, BOUND);
        }
        Kind::StolenPhonePin => {
            script.act(Action::WrongPins(1)).wait(5, 10).act(Action::WrongPins(2)).wait(5, 5);
            login(script, BOUND);
        }
        Kind::Replay => twisted(script, Twist::Replay),
        Kind::OtherParty => twisted(script, Twist::OtherParty),
        Kind::RelayedTap => relayed(script),
        Kind::RogueApp => {
            let mut plan = script.with(Kind::RogueApp, Place::App(Operation::Transfer), BOUND);
            plan.app = "com.example.rogue";
            script.check(plan);
        }
        Kind::SwappedPinApp => {
            let operation = script.operation();
            let mut plan = script.with(Kind::SwappedPinApp, Place::App(operation), BOUND);
            plan.ui = Some("com.example.pinpad");
            script.check(plan);
        }
        Kind::SimNumberLie => {
            let reader = script.reader();
            let mut plan = script.with(Kind::SimNumberLie, Place::Token(reader), BOUND);
            plan.reading = Reading::Another;
            script.check(plan);
        }
        Kind::OldAssertion => old_assertion(script),
        Kind::RevokedCertificate => stopped(script, Standing::Revoked, Staple::Nothing),
        Kind::OldAnswer => stopped(script, Standing::Revoked, Staple::Kept),
        Kind::HeldCertificate => {
            let brings = script.rng.random_bool(0.5);
            let staple = if brings { Staple::Kept } else { Staple::Nothing };
            stopped(script, Standing::Held, staple);
        }
        Kind::OtherAssertion => login(script, FOREIGN),
        Kind::ClonedAppKey => cloned_app_key(script),
        Kind::PortOut => ended(script, Happening::PortedOut),
        Kind::RecycledIccid => ended(script, Happening::Recycled),
        Kind::ForgedEvents => forged(script),
        Kind::ReorderedEvents => reordered(script),
        Kind::DuplicatedEvents => {
            script.seen(BOUND);
            announce(script, Happening::Changed(FOREIGN), Speaker::Serving, 3);
            script.wait(5, 30).act(Action::ResendEvents).wait(5, 30);
            bare(script, Reader::Door);
        }
        _ if parts::story(script) => {}
        _ => login(script, BOUND),
    }
}

/// A victim whose own use would hide the attack, or who has none, stays still.
pub(super) const fn victim_shows_itself(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::NeverAttached
            | Kind::SoftwareAttestation
            | Kind::UnlockedHandset
            | Kind::RepackagedApp
            | Kind::DevelopedApp
            | Kind::OtherAppsKey
            | Kind::WithdrawnKeyCopied
    )
}

fn login(script: &mut Script, slot: Slot) {
    let operation = script.operation();
    let plan = script.with(script.kind, Place::App(operation), slot);
    script.check(plan);
}

fn bare(script: &mut Script, reader: Reader) {
    let plan = script.with(script.kind, Place::Bare(reader), FOREIGN);
    script.check(plan);
}

fn copied_tap(script: &mut Script) {
    let mut plan = script.with(script.kind, Place::Bare(Reader::Door), FOREIGN);
    plan.copied = true;
    script.check(plan);
}

fn announce(script: &mut Script, happening: Happening, speaker: Speaker, copies: u32) {
    let (ago, line) = (Duration::ZERO, LineBy::Iccid);
    script.act(Action::Event(EventPlan { speaker, happening, ago, line, copies }));
}

fn other_handset(script: &mut Script) {
    let told = script.rng.random_bool(0.5);
    if told {
        script.event(Happening::Changed(FOREIGN)).wait(5, 30);
    }
    let operation = script.operation();
    let browser = script.rng.random_bool(0.3);
    let place = if browser { Place::Browser(operation) } else { Place::App(operation) };
    let plan = script.with(Kind::OtherHandset, place, FOREIGN);
    script.check(plan).wait(5, 30);
    if told {
        bare(script, Reader::Terminal);
    }
}

/// The other handset says nothing of itself: no signature, no IMEI.
fn withheld(script: &mut Script) {
    if script.rng.random_bool(0.3) {
        script.event(Happening::Changed(FOREIGN)).wait(5, 30);
    }
    let place = match script.rng.random_range(0..3) {
        0 => Place::Browser(script.operation()),
        1 => Place::Token(Reader::Counter),
        _ => Place::App(script.operation()),
    };
    let mut plan = script.with(Kind::OtherHandsetWithheld, place, FOREIGN);
    (plan.signer, plan.claim, plan.seat) = (None, None, None);
    script.check(plan);
}

/// The other handset claims the victim's IMEI, to the app and to the SIM.
fn imei_lie(script: &mut Script) {
    let operation = script.operation();
    let mut plan = script.with(Kind::ImeiLie, Place::App(operation), FOREIGN);
    (plan.claim, plan.seat) = (Some(BOUND), Some(BOUND));
    plan.signer = script.rng.random_bool(0.5).then_some(Hand::Foreign);
    script.check(plan).wait(10, 60);
    script.event(Happening::Changed(FOREIGN)).wait(5, 30);
    bare(script, Reader::Door);
}

/// Victim and thief sign in turn with the same key.
fn cloned(script: &mut Script) {
    script.act(Action::CopySim).wait(5, 30);
    script.everyday(Kind::AppLogin, Kind::AppLogin, BOUND).wait(5, 30);
    script.seen(BOUND);
    copied_tap(script);
    script.wait(5, 30);
    copied_tap(script);
}

/// A login by the victim, and the attacker's use of what was signed.
fn twisted(script: &mut Script, twist: Twist) {
    script.everyday(Kind::AppLogin, Kind::AppLogin, BOUND);
    let operation = script.operation();
    let mut plan = script.with(script.kind, Place::App(operation), BOUND);
    plan.twist = twist;
    script.check(plan);
}

/// The SIM is in a phone that claims nothing, and sends what the victim's iPhone asserted before.
fn old_assertion(script: &mut Script) {
    let operation = script.operation();
    let mut plan = script.with(Kind::OldAssertion, Place::App(operation), BOUND);
    (plan.seat, plan.twist) = (None, Twist::OldProof);
    script.check(plan);
}

/// Someone has the key of the victim's iPhone as it was, and the victim goes on.
fn cloned_app_key(script: &mut Script) {
    script.act(Action::CopyHandset).wait(5, 30);
    script.everyday(Kind::AppLogin, Kind::AppLogin, BOUND).wait(5, 30);
    let operation = script.operation();
    let mut plan = script.with(Kind::ClonedAppKey, Place::App(operation), BOUND);
    (plan.seat, plan.twist) = (None, Twist::CopiedKey);
    script.check(plan);
}

/// The phone is stolen, its PIN is known, and the victim has the issuer stop the certificate.
fn stopped(script: &mut Script, standing: Standing, staple: Staple) {
    let voice = script.voice();
    script.act(Action::KeepAnswer).wait(10, 60);
    script.act(Action::Standing(standing, voice)).wait(5, 60);
    for _ in 0..2 {
        let operation = script.operation();
        let mut plan = script.with(script.kind, Place::App(operation), BOUND);
        plan.staple = staple;
        script.check(plan).wait(5, 60);
    }
}

/// Far away, the round trip is long.
fn relayed(script: &mut Script) {
    script.seen(BOUND);
    let place = if script.rng.random_bool(0.5) {
        Place::Bare(Reader::Door)
    } else {
        Place::Token(Reader::Counter)
    };
    let mut plan = script.with(Kind::RelayedTap, place, BOUND);
    plan.round_trip = script.rng.random_range(900_000..=2_000_000);
    script.check(plan);
}

/// The line ends, and the old SIM is used.
fn ended(script: &mut Script, happening: Happening) {
    script.seen(BOUND);
    script.event(happening).wait(5, 60);
    bare(script, Reader::Door);
    script.wait(5, 30);
    login(script, BOUND);
}

/// A carrier that has no word over the line tries to make the other handset look good.
fn forged(script: &mut Script) {
    script.event(Happening::Changed(FOREIGN)).wait(5, 30);
    for speaker in [Speaker::Stranger, Speaker::Impostor] {
        announce(script, Happening::LoanerStarted(Hand::Foreign), speaker, 1);
        announce(script, Happening::Correction, speaker, 1);
        announce(script, Happening::Observed(BOUND), speaker, 1);
    }
    script.wait(5, 30);
    bare(script, Reader::Door);
    script.wait(5, 30);
    login(script, FOREIGN);
}

/// The news of the other handset comes after older or newer news of the bound one.
fn reordered(script: &mut Script) {
    let minutes = |m: u64| Duration::from_secs(m * 60);
    if script.rng.random_bool(0.5) {
        script.event_of(Happening::Observed(BOUND), minutes(10));
        script.wait(5, 15).event_of(Happening::Changed(FOREIGN), minutes(60));
    } else {
        script.event_of(Happening::Changed(FOREIGN), minutes(1));
        script.wait(5, 15).event_of(Happening::Observed(BOUND), minutes(60));
    }
    script.wait(5, 30);
    bare(script, Reader::Door);
}
