use super::{Action, Stage, cast, write};
use crate::{
    Scenario, World,
    catalogue::{Kind, Side},
};

const FULL: Stage =
    Stage { time_moves: true, callers_told_apart: true, status_told: true, platform_played: true };

#[test]
fn the_cast_has_the_shares_of_the_scenario() {
    let (world, day) = (World::new(9, 1_000).unwrap(), Scenario::day().unwrap());
    let (kinds, left_out) = cast(&world, &day, FULL);
    assert_eq!((kinds.len(), left_out.len()), (1_000, 0));
    for (kind, share) in day.attacks.iter().chain(&day.ambiguous) {
        let played = kinds.iter().filter(|k| *k == kind).count();
        assert_eq!(u32::try_from(played).unwrap(), *share, "{}", kind.name());
    }
    for (kind, _) in &day.honest {
        assert!(kinds.contains(kind), "{}", kind.name());
    }
}

#[test]
fn a_small_cast_still_has_owners_and_attackers() {
    let day = Scenario::day().unwrap();
    for people in [2, 5, 10, 40] {
        let (kinds, _) = cast(&World::new(9, people).unwrap(), &day, FULL);
        assert_eq!(kinds.len(), people);
        let attacked = kinds.iter().filter(|kind| kind.side() == Side::Attack).count();
        assert!((1..=people / 2).contains(&attacked), "{attacked} of {people}");
    }
    assert!(cast(&World::new(9, 0).unwrap(), &day, FULL).0.is_empty());
}

#[test]
fn days_keep_to_the_bounds_of_a_run() {
    let (world, day) = (World::new(2, 1_000).unwrap(), Scenario::day().unwrap());
    let (kinds, _) = cast(&world, &day, FULL);
    let (mut checks, mut honest, mut ambiguous) = (0, 0, 0);
    for (index, kind) in kinds.into_iter().enumerate() {
        let script = write(&world, &day, FULL, index, kind);
        assert!(script.steps.iter().all(|(minute, _)| *minute < 48 * 60), "{}", kind.name());
        assert!(script.steps.is_sorted_by_key(|(minute, _)| *minute));
        for (_, action) in &script.steps {
            let Action::Check(plan) = action else { continue };
            checks += 1;
            honest += usize::from(plan.kind.side() == Side::Honest);
            ambiguous += usize::from(plan.kind.side() == Side::Ambiguous);
        }
    }
    assert!((4_000..=15_000).contains(&checks), "{checks}");
    assert!(ambiguous * 100 <= honest, "{ambiguous} of {honest}");
}

#[test]
fn only_attackers_touch_a_foreign_handset() {
    let (world, day) = (World::new(2, 400).unwrap(), Scenario::day().unwrap());
    let (kinds, _) = cast(&world, &day, FULL);
    for (index, kind) in kinds.into_iter().enumerate() {
        for (_, action) in write(&world, &day, FULL, index, kind).steps {
            let Action::Check(plan) = action else { continue };
            let foreign = plan.signer == Some(super::Hand::Foreign);
            assert!(!foreign || plan.kind.side() == Side::Attack, "{}", plan.kind.name());
            let copied = plan.copied && plan.kind.side() != Side::Attack;
            assert!(!copied, "{}", plan.kind.name());
        }
    }
    assert!(Kind::ALL.len() >= 38);
}
