//! Who plays what.

use super::{attack, honest, script::Script, year};
use crate::{
    catalogue::{Kind, Needs, Side},
    scenario::{Scenario, Span},
    seeded,
    world::{
        World,
        apps::Suite,
        attestation::Soundness,
        authority::Branch,
        carrier::Carrier,
        handset::{Listing, Model},
        key::Curve,
        person::Traits,
        sim::Applet,
    },
};
use rand::{Rng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha20Rng;

/// What the run at hand can play.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage {
    pub(crate) time_moves: bool,
    pub(crate) callers_told_apart: bool,
    /// Whether the server hears from the issuer.
    pub(crate) status_told: bool,
    /// Whether carriers have a platform that is played.
    pub(crate) platform_played: bool,
}

impl Stage {
    const fn can_play(self, kind: Kind) -> bool {
        match kind.entry().needs {
            Needs::Nothing | Needs::Registry => true,
            Needs::Time | Needs::Weeks => self.time_moves,
            Needs::Callers => self.callers_told_apart,
            Needs::Status => self.status_told,
            Needs::Platform => self.platform_played && self.time_moves,
        }
    }
}

/// Draws one of the values by weight; nothing where all weights are zero.
pub(super) fn weighted<T: Copy>(rng: &mut ChaCha20Rng, weights: &[(T, u32)]) -> Option<T> {
    let total: u64 = weights.iter().map(|(_, weight)| u64::from(*weight)).sum();
    let mut draw = rng.random_range(0..total.max(1));
    for (value, weight) in weights {
        let weight = u64::from(*weight);
        if draw < weight {
            return Some(*value);
        }
        draw -= weight;
    }
    None
}

/// The kinds, one for each person, and those that the stage cannot play.
pub(crate) fn cast(world: &World, scenario: &Scenario, stage: Stage) -> (Vec<Kind>, Vec<Kind>) {
    let mut rng = seeded::generator(world.seed, "casting", 0);
    let (attacks, left_out): (Vec<_>, Vec<_>) =
        scenario.attacks.iter().copied().partition(|(kind, _)| stage.can_play(*kind));
    let (owners, owners_left_out): (Vec<_>, Vec<_>) =
        scenario.honest.iter().copied().partition(|(kind, _)| stage.can_play(*kind));
    let left_out = owners_left_out.into_iter().chain(left_out).map(|(kind, _)| kind).collect();
    let share = |per_mille: u32| {
        usize::try_from(u64::from(per_mille) * u64::try_from(world.people).unwrap_or(0) / 1000)
            .unwrap_or(0)
    };
    let mut kinds: Vec<Kind> = Vec::with_capacity(world.people);
    // One of each kind first, so that the smallest cast still shows as many as it can.
    let mut firsts: Vec<Kind> = attacks.iter().map(|(kind, _)| *kind).collect();
    firsts.shuffle(&mut rng);
    firsts.truncate(world.people / 2);
    for (kind, per_mille) in &attacks {
        let first = usize::from(firsts.contains(kind));
        kinds.extend(std::iter::repeat_n(*kind, share(*per_mille).max(first)));
    }
    let ambiguous = match scenario.span {
        Span::Day => scenario.ambiguous.as_slice(),
        Span::Year(_) => &[],
    };
    for (kind, per_mille) in ambiguous {
        kinds.extend(std::iter::repeat_n(*kind, share(*per_mille)));
    }
    kinds.truncate(world.people);
    if let Span::Year(_) = scenario.span {
        // What a life brings is drawn by rates, for each person of its own.
        kinds.resize(world.people, Kind::AppLogin);
        kinds.shuffle(&mut rng);
        return (kinds, left_out);
    }
    let honest = owners.iter().map(|(kind, _)| *kind);
    let room = world.people - kinds.len();
    if room >= owners.len() {
        kinds.extend(honest);
    }
    while kinds.len() < world.people {
        kinds.push(weighted(&mut rng, &owners).unwrap_or(Kind::AppLogin));
    }
    kinds.shuffle(&mut rng);
    (kinds, left_out)
}

/// The script of a person.
pub(crate) fn write(
    world: &World,
    scenario: &Scenario,
    stage: Stage,
    index: usize,
    kind: Kind,
) -> Script {
    let number = u64::try_from(index).unwrap_or(u64::MAX);
    let mut rng = seeded::generator(world.seed, "script", number);
    let traits = traits(scenario, kind, &mut rng);
    // An MVNO without a rule about new bindings lets its people pay at once.
    let at_once = traits.carrier == Carrier::AquaMobile && kind.side() == Side::Honest;
    let settled = stage.time_moves || at_once;
    if let Span::Year(year) = scenario.span {
        let ordinary = kind.side() == Side::Honest;
        let traits = if ordinary { year::ordinary(year, traits, &mut rng) } else { traits };
        let mut script = Script::new(kind, traits, settled, rng);
        year::write(&mut script, scenario, year);
        return script;
    }
    let mut script = Script::new(kind, traits, settled, rng);
    match kind.side() {
        Side::Honest | Side::Barred | Side::Ambiguous => {
            // Where time is real, a day's logins fall into seconds: an everyday morning would meet
            // the limits that are there for attackers.
            let mornings = if stage.time_moves { scenario.routine } else { (1, 1) };
            // Whoever was not seen for long shows nothing on the morning either, nor whose phone is
            // withdrawn on that day.
            if !matches!(kind, Kind::StaleSight | Kind::WithdrawnPhone) {
                honest::routine(&mut script, &scenario.mix, mornings);
            }
            honest::story(&mut script);
        }
        Side::Attack => attack::story(&mut script),
    }
    script
}

fn traits(scenario: &Scenario, kind: Kind, rng: &mut ChaCha20Rng) -> Traits {
    let carriers: Vec<(Carrier, u32)> = scenario.carriers.iter().map(|(c, w)| (*c, *w)).collect();
    let drawn = weighted(rng, &carriers).unwrap_or(Carrier::Docomo);
    let mut percent = |share: u32| rng.random_range(0..100) < share;
    let applet = Applet {
        counts: percent(scenario.applets.counts) || kind == Kind::ClonedKey,
        learns_imei: percent(scenario.applets.learns_imei),
        curve: if percent(scenario.applets.p384) { Curve::P384 } else { Curve::P256 },
    };
    let slots = if percent(60) { 2 } else { 1 };
    let suite = match (kind, percent(30), percent(50)) {
        (Kind::SwappedPinApp, _, true) | (_, true, true) => Suite::KeyInCard,
        (Kind::SwappedPinApp, _, false) | (_, true, false) => Suite::KeyInBank,
        (_, false, _) => Suite::One,
    };
    let android = Model { suite, ..Model::android(slots) };
    let model = match kind {
        Kind::Iphone
        | Kind::IphoneChanged
        | Kind::IphoneReinstalled
        | Kind::OldAssertion
        | Kind::OtherAssertion
        | Kind::CounterIphone
        | Kind::ClonedAppKey => Model::IPHONE,
        Kind::DevelopedApp => Model { soundness: Soundness::Developed, ..Model::IPHONE },
        Kind::OtherAppsKey => Model { soundness: Soundness::OtherApp, ..Model::IPHONE },
        Kind::DualImei | Kind::SlotChange => Model { suite, ..Model::android(2) },
        Kind::UnlistedHandset => Model { listing: Listing::Unlisted, ..android },
        Kind::WithdrawnPhone | Kind::WithdrawnKeyCopied => {
            Model { listing: Listing::Withdrawn, ..android }
        }
        Kind::RepackagedApp => Model { soundness: Soundness::Repackaged, ..android },
        Kind::SoftwareAttestation => Model { soundness: Soundness::Software, ..android },
        Kind::UnlockedHandset => Model { soundness: Soundness::Unlocked, ..android },
        _ => android,
    };
    let carrier = match kind {
        Kind::MvnoMove if percent(50) => Carrier::Kawasemi,
        Kind::MvnoMove => Carrier::Iij,
        Kind::Loaner | Kind::LentAtCounter | Kind::OtherThanLent | Kind::LoanerKept => {
            drawn.lender()
        }
        // With one, the delete may be under way before the mistake is seen, and nothing undoes it.
        Kind::WrongEnd => drawn.without_platform(),
        _ if kind.entry().needs == Needs::Platform => drawn.with_platform(),
        _ => drawn,
    };
    let branch = if kind == Kind::LateList { Branch::Late } else { Branch::Prompt };
    Traits { carrier, applet, model, branch }
}
