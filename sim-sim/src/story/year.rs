//! A person's year: everyday checks and what happens in a life, by the rates of a scenario, one after
//! the other. Whoever is attacked lives as everybody does until then; the rest of that year is the
//! counter's matter and not played.

#[cfg(test)]
mod tests;

use super::{
    action::{Action, Hand, Happening, Slot},
    attack,
    casting::weighted,
    honest, life,
    script::{Script, Spare},
};
use crate::{
    catalogue::{Kind, Side},
    scenario::{Scenario, Year},
    world::{
        authority::Branch,
        carrier::Carrier,
        handset::{Listing, Model},
        person::Traits,
    },
};
use rand::Rng as _;
use rand_chacha::ChaCha20Rng;
use simbind_proto::v1::LifecycleReason;

const BOUND: Slot = Slot(Hand::Bound, 0);
const DAY: u32 = 24 * 60;
/// When people are awake.
const WAKING: std::ops::Range<u32> = 7 * 60..22 * 60;
/// After this many days no carrier's word on the handset is fresh.
const QUIET_DAYS: u32 = 4;
/// How many handsets one certificate is bound with before the next one comes with a new certificate.
const HANDSETS: u32 = 3;

/// What a year brings a person at a minute.
#[derive(Clone, Copy)]
enum Occasion {
    Everyday,
    Life(Kind),
}

/// What an ordinary person has in a year.
pub(super) fn ordinary(year: Year, drawn: Traits, rng: &mut ChaCha20Rng) -> Traits {
    let mut percent = |share: u32| rng.random_range(0..100) < share;
    let model = if percent(year.iphones) {
        Model::IPHONE
    } else {
        let listing = if percent(year.unlisted) { Listing::Unlisted } else { Listing::Usual };
        Model { listing, ..drawn.model }
    };
    let branch = if percent(year.late_lists) { Branch::Late } else { Branch::Prompt };
    Traits { model, branch, ..drawn }
}

/// Whether something can happen to whoever has these things.
fn fits(kind: Kind, traits: Traits) -> bool {
    let android = !traits.model.is_iphone();
    match kind {
        Kind::Iphone | Kind::IphoneChanged | Kind::IphoneReinstalled | Kind::CounterIphone => {
            !android
        }
        Kind::DualImei | Kind::SlotChange => android && traits.model.slots > 1,
        Kind::AppReinstalled
        | Kind::RestoredFromBackup
        | Kind::NewPhone
        | Kind::SeveralDevices
        | Kind::OwnerUnenrolledPhone
        | Kind::AnnouncedPhone
        | Kind::CounterIssue
        | Kind::CounterInterrupted => android,
        Kind::MvnoMove => android && matches!(traits.carrier, Carrier::Kawasemi | Carrier::Iij),
        Kind::Loaner | Kind::LentAtCounter => android && traits.carrier.lender() == traits.carrier,
        Kind::UnlistedHandset => traits.model.listing == Listing::Unlisted,
        Kind::LateList => traits.branch == Branch::Late,
        Kind::StapledStatus | Kind::ReportedLost => traits.branch == Branch::Prompt,
        _ => true,
    }
}

/// How often something happens that happens so many times in a thousand such spans.
fn times(rng: &mut ChaCha20Rng, per_mille: u32) -> u32 {
    // Poisson's distribution, by counting exponential gaps within the span.
    let (mut left, mut count) = (f64::from(per_mille) / 1000.0, 0);
    loop {
        let gap: f64 = rng.random_range(f64::MIN_POSITIVE..1.0);
        left += gap.ln();
        if left <= 0.0 || count == 100 {
            return count;
        }
        count += 1;
    }
}

fn minute_of(rng: &mut ChaCha20Rng, days: std::ops::Range<u32>) -> u32 {
    rng.random_range(days) * DAY + rng.random_range(WAKING)
}

/// Writes the year.
pub(super) fn write(script: &mut Script, scenario: &Scenario, year: Year) {
    let role = script.kind;
    let attacked = role.side() == Side::Attack;
    let ends = if attacked {
        script.rng.random_range(QUIET_DAYS * DAY..=year.days * DAY)
    } else {
        year.days * DAY
    };
    if !attacked || attack::victim_shows_itself(role) || role == Kind::NeverAttached {
        live(script, scenario, year, ends);
    }
    if attacked {
        begin(script, role, ends + QUIET_DAYS * DAY);
        attack::story(script);
    }
}

/// Everyday checks and the events of a life, up to a minute.
fn live(script: &mut Script, scenario: &Scenario, year: Year, ends: u32) {
    let mut occasions = Vec::new();
    let (least, most) = scenario.routine;
    for month in 0..year.days.div_ceil(30) {
        for _ in 0..script.rng.random_range(least..=most) {
            let days = month * 30..year.days.min(month * 30 + 30);
            occasions.push((minute_of(&mut script.rng, days), Occasion::Everyday));
        }
    }
    for (kind, per_mille) in scenario.honest.iter().chain(&scenario.ambiguous) {
        for _ in 0..times(&mut script.rng, per_mille * year.days / 365) {
            let minute = minute_of(&mut script.rng, 0..year.days);
            occasions.push((minute, Occasion::Life(*kind)));
        }
    }
    occasions.sort_by_key(|(minute, _)| *minute);
    script.event(Happening::Observed(BOUND));
    for (minute, occasion) in occasions.into_iter().filter(|(minute, _)| *minute < ends) {
        match occasion {
            Occasion::Everyday => {
                let kind = weighted(&mut script.rng, &scenario.mix).unwrap_or(Kind::AppLogin);
                everyday(script, kind, minute);
            }
            Occasion::Life(kind) if fits(kind, script.traits) => happens(script, kind, minute),
            Occasion::Life(_) => {}
        }
    }
}

fn begin(script: &mut Script, kind: Kind, minute: u32) {
    script.kind = kind;
    script.until(minute).act(Action::Begin(kind));
}

/// A check as on any day. What is special about the person shows in the reports.
fn everyday(script: &mut Script, kind: Kind, minute: u32) {
    let traits = script.traits;
    let label = if traits.model.is_iphone() {
        Kind::Iphone
    } else if traits.model.listing == Listing::Unlisted {
        Kind::UnlistedHandset
    } else if traits.branch == Branch::Late {
        Kind::LateList
    } else {
        kind
    };
    begin(script, label, minute);
    script.everyday(kind, label, BOUND).wait(10, 40);
}

/// One event of a life, and what is different from then on.
fn happens(script: &mut Script, kind: Kind, minute: u32) {
    let new_handset = matches!(kind, Kind::NewPhone | Kind::IphoneChanged | Kind::EsimWithPhone);
    let kind = if new_handset && script.handsets >= HANDSETS { Kind::NewBinding } else { kind };
    let quiet = if kind == Kind::StaleSight { script.minute() + QUIET_DAYS * DAY } else { 0 };
    begin(script, kind, minute.max(quiet));
    if (new_handset || takes_another(kind)) && script.spare == Spare::Enrolled {
        script.act(Action::FreshHandset);
        script.spare = Spare::Unknown;
    }
    if issued_anew(kind) {
        script.act(Action::Life(life::Act::Revoke(LifecycleReason::Owner)));
    }
    honest::story(script);
    match kind {
        Kind::NewPhone | Kind::IphoneChanged => adopt(script),
        Kind::EsimWithPhone => {
            script.act(Action::FreshSim);
            adopt(script);
        }
        Kind::NewBinding
        | Kind::CounterIssue
        | Kind::CounterIphone
        | Kind::CounterInterrupted
        | Kind::PhoneReplaced
        | Kind::ContractChanged
        | Kind::LineTakenOver
        | Kind::LineInherited => {
            script.act(Action::FreshSim).act(Action::FreshHandset);
            script.handsets = 1;
            second_hand(script);
        }
        Kind::PhoneModelChanged | Kind::PhoneChangedAtHome => {
            script.act(Action::FreshSim).act(Action::FreshHandset);
            second_hand(script);
        }
        Kind::CarrierChanged => {
            script.act(Action::FreshSim);
            script.traits.carrier = script.traits.carrier.rival();
        }
        Kind::EsimConversion
        | Kind::ProvedByCard
        | Kind::AnnouncedSim
        | Kind::Renewed
        | Kind::RenewedAtHome
        | Kind::OverlapUsed
        | Kind::Reminded
        | Kind::SimChangedAtHome
        | Kind::SimReplaced => {
            script.act(Action::FreshSim);
        }
        Kind::AnnouncedPhone => adopt(script),
        Kind::RestoredFromBackup => script.handsets = 1,
        Kind::OwnerUnenrolledPhone => honest::back_at_the_counter(script),
        _ => {}
    }
}

/// Whether the person comes by a phone that no counter has seen.
const fn takes_another(kind: Kind) -> bool {
    let shown = matches!(
        kind,
        Kind::AnnouncedPhone
            | Kind::OwnerUnenrolledPhone
            | Kind::PhoneModelChanged
            | Kind::PhoneChangedAtHome
    );
    let ended = matches!(
        kind,
        Kind::PhoneReplaced | Kind::ContractChanged | Kind::LineTakenOver | Kind::LineInherited
    );
    shown || ended || issued_anew(kind)
}

/// Whether a new certificate takes the place of the one before, which its owner has ended.
const fn issued_anew(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::NewBinding | Kind::CounterIssue | Kind::CounterIphone | Kind::CounterInterrupted
    )
}

/// The other handset is the first one from now on: a counter binds the certificate with it.
fn adopt(script: &mut Script) {
    script.act(Action::Adopt).act(Action::BindAgain).wait(5, 60);
    script.handsets = 1;
    second_hand(script);
}

/// The person's handset is now one that was the other one before.
fn second_hand(script: &mut Script) {
    script.traits.model = script.traits.second_model();
    script.spare = Spare::Unknown;
}
