//! Stories of renewals and changes.

use super::{
    action::{Action, Hand, Happening, Operation, Place, Reader, Slot},
    script::Script,
};
use crate::catalogue::Kind;
use rand::Rng as _;
use simbind_proto::v1::{ReissueCause, SuspensionCause};

const BOUND: Slot = Slot(Hand::Bound, 0);
const OTHER: Slot = Slot(Hand::Other, 0);
const LOANER: Slot = Slot(Hand::Loaner, 0);
const FOREIGN: Slot = Slot(Hand::Foreign, 0);

const DAY: u32 = 24 * 60;
/// Well within the time for which packs let old and new certificate stand side by side.
const PAST_RENEWAL: u32 = 2 * DAY;
/// Past it: 30 days.
const PAST_OVERLAP: u32 = 31 * DAY;
/// Past the end of a certificate that ends soon: 60 days.
const PAST_END: u32 = 61 * DAY;
/// Past the fourteen days for which a loaner is lent.
const PAST_LOAN: u32 = 15 * DAY;

/// What can happen in a step of these stories.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// A counter renews the certificate, on the same SIM.
    Renew,
    /// The same, with a certificate that ends soon, as the person's card does.
    RenewBriefly,
    /// The counter finds the binding among those that are to be renewed.
    Listed,
    /// A thief asks a counter to.
    RenewStolen,
    /// The other handset takes the bound one's place, with a new certificate.
    ReplaceHandset,
    /// The next SIM takes the present one's place, with its own certificate.
    ReplaceSim,
    /// Another carrier serves the line from now on; its SIM takes the present one's place.
    ChangeCarrier,
    /// The carrier of before tells late that the line has left.
    LeftLate,
    /// The person's card proves the SIM as it is now.
    ProveByCard,
    /// Another card is tried.
    ProveByOtherCard,
    /// A card asks for a change at home.
    AtHome(AtHome, Whose),
    /// A counter hands the loaner out.
    Lend,
    /// The counter has the loaner back.
    Return,
}

/// What a card asks for at home.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AtHome {
    /// Another certificate on the same SIM.
    Renew,
    /// Another handset in the bound one's place.
    ReplaceHandset,
    /// The next SIM in the present one's place.
    ReplaceSim,
}

/// Whose card signs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose {
    /// The owner's.
    Own,
    /// Another.
    Anothers,
}

/// Writes the steps of one of this part's kinds; whether the script's kind is one of them.
pub(super) fn story(script: &mut Script) -> bool {
    match script.kind {
        Kind::Renewed => {
            step(script, Act::Renew);
            owner(script);
        }
        Kind::RenewedAfterLoss => {
            script.event(Happening::Suspended(SuspensionCause::Stolen)).wait(5, 60);
            step(script, Act::RenewStolen);
            let operation = script.operation();
            let plan = script.with(script.kind, Place::App(operation), BOUND);
            script.check(plan);
        }
        Kind::PhoneModelChanged => {
            model_changed(script);
            owner(script);
        }
        Kind::SupersededPhoneUsed => {
            script.act(Action::CopySim);
            model_changed(script);
            // What was bound before is the other one now.
            old_key(script, OTHER);
        }
        Kind::SimReplaced => {
            sim_replaced(script);
            owner(script);
        }
        Kind::ReplacedSimUsed => {
            script.act(Action::CopySim);
            sim_replaced(script);
            old_key(script, FOREIGN);
        }
        Kind::CarrierChanged => {
            step(script, Act::ChangeCarrier);
            owner(script);
            step(script, Act::LeftLate);
            owner(script);
        }
        Kind::PortedSimUsed => {
            script.act(Action::CopySim);
            step(script, Act::ChangeCarrier);
            step(script, Act::LeftLate);
            old_key(script, FOREIGN);
        }
        Kind::ProvedByCard => {
            esim(script);
            step(script, Act::ProveByCard);
            owner(script);
        }
        Kind::OtherCard => {
            esim(script);
            step(script, Act::ProveByOtherCard);
            let operation = script.operation();
            let plan = script.with(script.kind, Place::App(operation), FOREIGN);
            script.check(plan);
        }
        Kind::Reminded => {
            step(script, Act::RenewBriefly);
            script.wait(PAST_OVERLAP, PAST_OVERLAP + DAY);
            step(script, Act::Listed);
            step(script, Act::Renew);
            owner(script);
        }
        Kind::ExpiredUsed => {
            step(script, Act::RenewBriefly);
            script.wait(PAST_END, PAST_END + DAY);
            let operation = script.operation();
            let plan = script.with(script.kind, Place::App(operation), BOUND);
            script.check(plan);
        }
        Kind::OverlapUsed => overlap(script, PAST_RENEWAL),
        Kind::OldCertificateUsed => overlap(script, PAST_OVERLAP),
        Kind::RenewedAtHome => {
            step(script, Act::AtHome(AtHome::Renew, Whose::Own));
            until_a_counter(script);
        }
        Kind::RenewedByOtherCard => step(script, Act::AtHome(AtHome::Renew, Whose::Anothers)),
        Kind::PhoneChangedAtHome => {
            script.event(Happening::Changed(OTHER)).wait(5, 60);
            step(script, Act::AtHome(AtHome::ReplaceHandset, Whose::Own));
            until_a_counter(script);
        }
        Kind::PhoneByOtherCard => {
            script.event(Happening::Changed(FOREIGN)).wait(5, 60);
            step(script, Act::AtHome(AtHome::ReplaceHandset, Whose::Anothers));
            let operation = script.operation();
            let plan = script.with(script.kind, Place::App(operation), FOREIGN);
            script.check(plan);
        }
        Kind::SimChangedAtHome => {
            esim_told(script);
            step(script, Act::AtHome(AtHome::ReplaceSim, Whose::Own));
            until_a_counter(script);
        }
        Kind::SimByOtherCard => {
            script.act(Action::CopySim);
            esim_told(script);
            step(script, Act::AtHome(AtHome::ReplaceSim, Whose::Anothers));
            old_key(script, FOREIGN);
        }
        Kind::LoanerKept => {
            step(script, Act::Lend);
            script.event(Happening::Changed(LOANER)).wait(PAST_LOAN, PAST_LOAN + 600);
            let place = Place::Browser(script.operation());
            let plan = script.with(script.kind, place, LOANER);
            script.check(plan).wait(5, 60);
        }
        Kind::LentAtCounter => lent(script),
        Kind::OtherThanLent => {
            step(script, Act::Lend);
            script.event(Happening::Changed(FOREIGN)).wait(5, 30);
            let operation = script.operation();
            let plan = script.with(script.kind, Place::App(operation), FOREIGN);
            script.check(plan);
        }
        _ => return false,
    }
    true
}

fn step(script: &mut Script, act: Act) {
    script.act(Action::Succession(act)).wait(5, 60);
}

/// The owner logs in; nobody pays whose SIM or phone is new.
fn owner(script: &mut Script) {
    for operation in [Operation::Balance, Operation::Application] {
        let plan = script.with(script.kind, Place::App(operation), BOUND);
        script.check(plan).wait(10, 40);
    }
}

/// Somebody has the certificate and the key of before.
fn old_key(script: &mut Script, slot: Slot) {
    for _ in 0..2 {
        let operation = script.operation();
        let mut plan = script.with(script.kind, Place::App(operation), slot);
        plan.copied = true;
        script.check(plan).wait(5, 60);
    }
}

/// The certificate is renewed, and so many minutes later somebody comes with the old one.
fn overlap(script: &mut Script, minutes: u32) {
    script.act(Action::CopySim);
    step(script, Act::Renew);
    script.wait(minutes, minutes + 600);
    for operation in [Operation::Balance, Operation::Application] {
        let mut plan = script.with(script.kind, Place::App(operation), BOUND);
        plan.copied = true;
        script.check(plan).wait(5, 60);
    }
}

/// Whom no counter has seen since looks at things.
fn until_a_counter(script: &mut Script) {
    let plan = script.with(script.kind, Place::App(Operation::Balance), BOUND);
    script.check(plan).wait(10, 40);
    script.act(Action::Reprove).wait(10, 40);
}

/// The SIM moves to the new phone, and a counter sees both.
fn model_changed(script: &mut Script) {
    script.event(Happening::Changed(OTHER)).wait(5, 60);
    step(script, Act::ReplaceHandset);
}

/// The eSIM is issued anew, and the key comes with it.
fn esim(script: &mut Script) {
    esim_told(script);
    script.act(Action::NextIccid).wait(10, 60);
}

/// The eSIM is issued anew.
fn esim_told(script: &mut Script) {
    script.event(Happening::EsimDownloaded);
    script.event(Happening::Reissued { cause: ReissueCause::Esim, tells_new: true }).wait(5, 30);
}

fn sim_replaced(script: &mut Script) {
    let tells_new = script.rng.random_bool(0.5);
    script.event(Happening::Reissued { cause: ReissueCause::Size, tells_new }).wait(5, 60);
    step(script, Act::ReplaceSim);
}

/// The phone is repaired: the loaner has no attested key.
fn lent(script: &mut Script) {
    step(script, Act::Lend);
    script.event(Happening::Changed(LOANER)).wait(5, 30);
    let plan = script.with(script.kind, Place::Browser(Operation::Balance), LOANER);
    script.check(plan).wait(10, 60);
    script.seen(LOANER);
    let plan = script.with(script.kind, Place::Bare(Reader::Door), LOANER);
    script.check(plan).wait(30, 120);
    script.act(Action::Succession(Act::Return));
    script.event(Happening::Changed(BOUND)).wait(10, 60);
    owner(script);
}
