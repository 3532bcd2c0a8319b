use super::super::{Action, Stage, cast, write};
use crate::{
    Scenario, World,
    catalogue::{Kind, Side},
};
use std::collections::BTreeMap;

const FULL: Stage =
    Stage { time_moves: true, callers_told_apart: true, status_told: true, platform_played: true };

/// How often each kind begins in a year of so many people.
fn begun(people: usize) -> BTreeMap<Kind, u32> {
    let (world, year) = (World::new(4, people).unwrap(), Scenario::year().unwrap());
    let (kinds, left_out) = cast(&world, &year, FULL);
    assert!(left_out.is_empty());
    let mut begun: BTreeMap<Kind, u32> = BTreeMap::new();
    for (index, kind) in kinds.into_iter().enumerate() {
        let script = write(&world, &year, FULL, index, kind);
        assert!(script.steps.is_sorted_by_key(|(minute, _)| *minute));
        for (_, action) in script.steps {
            if let Action::Begin(kind) = action {
                *begun.entry(kind).or_default() += 1;
            }
        }
    }
    begun
}

#[test]
fn a_year_brings_what_its_rates_say() {
    let begun = begun(4_000);
    let times = |kind| f64::from(begun.get(&kind).copied().unwrap_or(0));
    // Half of 4,000 have an iPhone, and each twentieth person's year ends early.
    for (kind, people, per_mille) in [
        (Kind::PinSlip, 4_000.0, 1500.0),
        (Kind::IphoneChanged, 2_000.0, 190.0),
        (Kind::NewPhone, 2_000.0, 120.0),
        (Kind::EsimConversion, 4_000.0, 20.0),
        (Kind::OtherHandset, 4_000.0, 2.0),
    ] {
        let due = people * per_mille / 1000.0;
        let off = (times(kind) - due).abs() / due;
        assert!(off < 0.2, "{}: {} for {due}", kind.name(), times(kind));
    }
    let attacks: u32 =
        begun.iter().filter(|(k, _)| k.side() == Side::Attack).map(|(_, times)| times).sum();
    assert!((160..310).contains(&attacks), "{attacks}");
}

#[test]
fn a_quarter_of_sim_changes_come_right_after_an_honest_change_of_handset() {
    let year = Scenario::year().unwrap();
    let rate = |kind| {
        let all = year.honest.iter().chain(&year.attacks);
        all.filter(|(k, _)| *k == kind).map(|(_, rate)| *rate).sum::<u32>()
    };
    let with_handset = rate(Kind::EsimWithPhone);
    let changes = [
        Kind::EsimConversion,
        Kind::AnnouncedSim,
        Kind::SimReplaced,
        Kind::ProvedByCard,
        Kind::Reissued,
        Kind::EsimTakenOver,
        Kind::SimSwappedAtCounter,
        Kind::SimChangedAtHome,
        Kind::SimByOtherCard,
    ]
    .map(rate);
    let all = with_handset + changes.iter().sum::<u32>();
    assert_eq!(with_handset * 4, all, "{with_handset} of {all}");
}
