use super::*;
use proptest::prelude::*;

fn hash(byte: u8) -> PacksHash {
    PacksHash([byte; 32])
}

fn change(act: Act, packs: u8, by: &str) -> Change {
    let why = "a test".parse().unwrap();
    Change { act, packs: hash(packs), by: by.parse().unwrap(), at: Timestamp::EPOCH, why }
}

const STAGED: Act = Act::Staged { origin: Origin::Texts };
const BACK: Act = Act::RolledBack { origin: Origin::Texts };

const fn bundle(version: u64) -> Act {
    Act::Staged { origin: Origin::Bundle(version) }
}

fn share(permille: u32) -> Act {
    Act::Shared(permille.try_into().unwrap())
}

/// One person is enough, and packs count as once in service.
const EASY: Ground =
    Ground { approval: NationalApproval::OnePerson, nation: Nation::Differs, past: Past::OnceLive };
const STRICT: Ground = Ground { approval: NationalApproval::TwoPersons, ..EASY };
const LOWER: Ground = Ground { nation: Nation::Same, ..STRICT };
const NEW: Ground = Ground { past: Past::NeverLive, ..EASY };

/// What is tried with which packs by whom.
type Try = (Act, u8, &'static str);

fn walk(ground: Ground, steps: &[Try]) -> Rollout {
    let mut rollout = Rollout::default();
    for (number, (act, packs, by)) in steps.iter().enumerate() {
        rollout = rollout
            .step(&change(*act, *packs, by), ground)
            .unwrap_or_else(|refused| panic!("step {number}: {refused}"));
    }
    rollout
}

const CONFIGURED: Act = Act::Configured { origin: Origin::Texts };
const BEGUN: Try = (CONFIGURED, 1, "simbind");

#[test]
fn each_step_is_permitted_or_refused_as_the_table_says() {
    use Refusal as No;
    let begun: &[_] = &[BEGUN];
    let staged: &[_] = &[BEGUN, (STAGED, 2, "ann")];
    let approved: &[_] = &[BEGUN, (STAGED, 2, "ann"), (Act::Approved, 2, "bob")];
    let restaged: &[_] =
        &[BEGUN, (STAGED, 2, "ann"), (Act::Approved, 2, "bob"), (STAGED, 3, "ann")];
    let active: &[_] =
        &[BEGUN, (STAGED, 2, "ann"), (Act::Approved, 2, "bob"), (Act::Activated, 2, "ann")];
    let back: &[_] = &[
        BEGUN,
        (STAGED, 2, "ann"),
        (Act::Approved, 2, "bob"),
        (Act::Activated, 2, "ann"),
        (STAGED, 3, "ann"),
        (Act::Approved, 3, "bob"),
        (Act::Activated, 3, "ann"),
        (BACK, 2, "ann"),
    ];
    type Row<'a> = (&'a [Try], Ground, Try, Result<(), No>);
    let rows: &[Row<'_>] = &[
        (begun, EASY, (STAGED, 1, "ann"), Err(No::AlreadyLive)),
        (begun, EASY, (Act::Activated, 2, "ann"), Err(No::NothingStaged)),
        (begun, EASY, (Act::Withdrawn, 2, "ann"), Err(No::NothingStaged)),
        (begun, EASY, (CONFIGURED, 2, "simbind"), Ok(())),
        (staged, EASY, (Act::Activated, 3, "ann"), Err(No::OtherStaged)),
        (staged, EASY, (share(10), 3, "ann"), Err(No::OtherStaged)),
        (staged, EASY, (Act::Approved, 3, "bob"), Err(No::OtherStaged)),
        (staged, EASY, (Act::Withdrawn, 3, "ann"), Err(No::OtherStaged)),
        (staged, EASY, (Act::Approved, 2, "ann"), Err(No::OwnStaging)),
        (staged, EASY, (Act::Activated, 2, "ann"), Ok(())),
        (staged, STRICT, (share(10), 2, "ann"), Err(No::ApprovalMissing)),
        (staged, STRICT, (Act::Activated, 2, "ann"), Err(No::ApprovalMissing)),
        (staged, STRICT, (Act::Activated, 2, "bob"), Err(No::ApprovalMissing)),
        (staged, STRICT, (Act::Shadowed, 2, "ann"), Ok(())),
        (staged, LOWER, (Act::Activated, 2, "ann"), Ok(())),
        (approved, STRICT, (Act::Approved, 2, "bob"), Err(No::AlreadyApproved)),
        (approved, STRICT, (share(10), 2, "ann"), Ok(())),
        (approved, STRICT, (Act::Activated, 2, "ann"), Ok(())),
        // Another staging begins without approvals.
        (restaged, STRICT, (Act::Activated, 3, "ann"), Err(No::ApprovalMissing)),
        (active, STRICT, (BACK, 1, "ann"), Ok(())),
        (active, STRICT, (BACK, 2, "ann"), Err(No::AlreadyLive)),
        (active, STRICT, (BACK, 9, "ann"), Err(No::StageInstead)),
        (active, LOWER, (BACK, 9, "ann"), Ok(())),
        (active, NEW, (BACK, 9, "ann"), Err(No::NeverLive)),
        (active, EASY, (CONFIGURED, 1, "simbind"), Err(No::NotByConfiguration)),
        (active, EASY, (Act::Recovered { origin: Origin::Texts }, 1, "simbind"), Ok(())),
        // A second step back alone would walk past what two persons agreed to.
        (back, STRICT, (BACK, 1, "ann"), Err(No::StageInstead)),
        (back, LOWER, (BACK, 1, "ann"), Ok(())),
        (back, EASY, (BACK, 1, "ann"), Ok(())),
    ];
    for (row, (before, ground, (act, packs, by), expected)) in rows.iter().enumerate() {
        let rollout = walk(STRICT, before);
        let stepped = rollout.step(&change(*act, *packs, by), *ground).map(|_| ());
        assert_eq!(stepped, *expected, "row {row}");
    }
}

#[test]
fn going_back_step_by_step_reaches_each_version_before() {
    let mut rollout = walk(EASY, &[BEGUN]);
    for packs in 2..=4 {
        rollout = rollout.step(&change(STAGED, packs, "ann"), EASY).unwrap();
        rollout = rollout.step(&change(Act::Activated, packs, "ann"), EASY).unwrap();
    }
    for packs in (1..=3).rev() {
        assert_eq!(rollout.before(), Some(hash(packs)));
        rollout = rollout.step(&change(BACK, packs, "ann"), EASY).unwrap();
        assert_eq!(rollout.live().unwrap().packs, hash(packs));
    }
    assert_eq!(rollout.before(), None);
    // Forward again, by name: then the step back leads to where that came from.
    rollout = rollout.step(&change(BACK, 4, "ann"), EASY).unwrap();
    assert_eq!(rollout.before(), Some(hash(1)));
}

#[test]
fn a_rollback_that_is_asked_for_twice_goes_back_once() {
    let mut rollout = walk(EASY, &[BEGUN]);
    for packs in 2..=3 {
        rollout = rollout.step(&change(STAGED, packs, "ann"), EASY).unwrap();
        rollout = rollout.step(&change(Act::Activated, packs, "ann"), EASY).unwrap();
    }
    assert_eq!(rollout.rollback(hash(3), None), Ok(Rollback::To(hash(2))));
    assert_eq!(rollout.rollback(hash(3), Some(hash(1))), Ok(Rollback::To(hash(1))));
    assert_eq!(rollout.rollback(hash(2), None), Err(Refusal::NotLive));
    let back = rollout.step(&change(BACK, 2, "ann"), EASY).unwrap();
    // Staging beside it changes nothing about what was done.
    let back = back.step(&change(STAGED, 7, "ann"), EASY).unwrap();
    for (leaving, named, expected) in [
        (3, None, Ok(Rollback::Done(hash(2)))),
        (3, Some(hash(2)), Ok(Rollback::Done(hash(2)))),
        (3, Some(hash(1)), Err(Refusal::NotLive)),
        (9, None, Err(Refusal::NotLive)),
        (2, None, Ok(Rollback::To(hash(1)))),
    ] {
        assert_eq!(back.rollback(hash(leaving), named), expected, "{leaving} {named:?}");
    }
    let renamed = back.step(&change(Act::Renamed { was: hash(2) }, 12, "simbind"), EASY).unwrap();
    assert_eq!(renamed.rollback(hash(3), None), Ok(Rollback::Done(hash(12))));
    // By name to others than those before: who asked for those before got something else.
    let by_name = rollout.step(&change(BACK, 1, "ann"), EASY).unwrap();
    assert_eq!(by_name.rollback(hash(3), None), Err(Refusal::NotLive));
    assert_eq!(by_name.rollback(hash(3), Some(hash(1))), Ok(Rollback::Done(hash(1))));
    // What came after it ends it.
    let on = back.step(&change(Act::Activated, 7, "ann"), EASY).unwrap();
    assert_eq!(on.rollback(hash(3), None), Err(Refusal::NotLive));
    assert_eq!(walk(EASY, &[BEGUN]).rollback(hash(1), None), Err(Refusal::NothingBefore));
}

#[test]
fn what_is_staged_waits_without_effect_after_a_rollback() {
    let begun = [
        BEGUN,
        (STAGED, 2, "ann"),
        (Act::Activated, 2, "ann"),
        (STAGED, 3, "ann"),
        (share(500), 3, "ann"),
        (BACK, 1, "ann"),
    ];
    let rollout = walk(EASY, &begun);
    let staged = rollout.staged().unwrap();
    assert_eq!((staged.version.packs, staged.stage), (hash(3), Stage::Shadow));
}

#[test]
fn no_share_and_no_approval_outlives_the_packs_that_they_were_given_beside() {
    let recovered = Act::Recovered { origin: Origin::Texts };
    let earlier: &[Try] = &[BEGUN];
    let active: &[Try] = &[BEGUN, (STAGED, 2, "ann"), (Act::Activated, 2, "ann")];
    for (before, act, packs) in [
        (earlier, CONFIGURED, 9),
        (earlier, recovered, 9),
        (active, recovered, 9),
        (active, BACK, 1),
    ] {
        let mut rollout = walk(EASY, before);
        for (act, by) in [(STAGED, "ann"), (Act::Approved, "bob"), (share(999), "ann")] {
            rollout = rollout.step(&change(act, 3, by), EASY).unwrap();
        }
        let next = rollout.step(&change(act, packs, "simbind"), EASY).unwrap();
        let staged = next.staged().unwrap();
        assert_eq!((staged.stage, &*staged.approved_by), (Stage::Shadow, &[][..]), "{act:?}");
        let refused = next.step(&change(share(999), 3, "ann"), STRICT).map(|_| ());
        assert_eq!(refused, Err(Refusal::ApprovalMissing), "{act:?}");
    }
}

#[test]
fn a_share_that_lacks_its_approval_has_no_effect() {
    let rollout = walk(EASY, &[BEGUN, (STAGED, 2, "ann"), (share(999), 2, "ann")]);
    let stage = |ground: Ground| rollout.stage_in_effect(ground.approval, ground.nation);
    assert_eq!(stage(STRICT), Some(Stage::Shadow));
    for ground in [EASY, LOWER] {
        assert_eq!(stage(ground), Some(Stage::Share(999_u32.try_into().unwrap())));
    }
    assert_eq!(walk(EASY, &[BEGUN]).stage_in_effect(STRICT.approval, STRICT.nation), None);
}

#[test]
fn versions_of_bundles_only_go_up_unless_rolled_back_on_purpose() {
    let begun = [BEGUN, (bundle(7), 2, "ann"), (Act::Activated, 2, "ann")];
    let rollout = walk(EASY, &begun);
    let old = Err(Refusal::OldBundle { version: 6, highest: 7 });
    assert_eq!(rollout.step(&change(bundle(6), 3, "ann"), EASY).map(|_| ()), old);
    let twice = Err(Refusal::OldBundle { version: 7, highest: 7 });
    assert_eq!(rollout.step(&change(bundle(7), 3, "ann"), EASY).map(|_| ()), twice);
    assert!(rollout.step(&change(bundle(8), 3, "ann"), EASY).is_ok());
    let back = rollout.step(&change(BACK, 1, "ann"), EASY).unwrap();
    assert_eq!(back.highest_bundle(), Some((7, hash(2))));
    assert!(back.step(&change(bundle(6), 3, "ann"), EASY).is_err());
    assert!(back.step(&change(bundle(7), 2, "ann"), EASY).is_ok(), "the same bundle again");
    let configured = walk(EASY, &[(Act::Configured { origin: Origin::Bundle(9) }, 1, "simbind")]);
    assert!(configured.step(&change(bundle(8), 2, "ann"), EASY).is_err());
}

#[test]
fn packs_that_have_another_hash_now_are_the_same_packs() {
    let begun = [BEGUN, (STAGED, 2, "ann"), (Act::Activated, 2, "ann"), (STAGED, 3, "bob")];
    let mut rollout = walk(EASY, &begun);
    for (was, is) in [(1, 11), (2, 12), (3, 13)] {
        let renamed = change(Act::Renamed { was: hash(was) }, is, "simbind");
        rollout = rollout.step(&renamed, EASY).unwrap();
    }
    assert_eq!(rollout.before(), Some(hash(11)));
    assert_eq!(rollout.live().unwrap().packs, hash(12));
    assert_eq!(rollout.staged().unwrap().version.packs, hash(13));
    assert_eq!(rollout.live().unwrap().by, "ann".parse().unwrap());
}

#[test]
fn a_share_holds_each_smaller_one_and_about_as_many_as_it_says() {
    let shares: Vec<Share> = [1_u32, 100, 200, 999].map(|n| n.try_into().unwrap()).to_vec();
    let mut counts = [0_u64; 4];
    for n in 0..100_000_u64 {
        let hash = n.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
        let held: Vec<bool> = shares.iter().map(|share| share.holds(hash)).collect();
        assert!(held.is_sorted(), "{held:?}");
        counts.iter_mut().zip(held).for_each(|(count, held)| *count += u64::from(held));
    }
    for (count, expected) in counts.into_iter().zip([100, 10_000, 20_000, 99_900]) {
        assert!(count.abs_diff(expected) <= expected / 20, "{count} for {expected}");
    }
    assert!(shares[3].holds([0xFF, 0, 0, 0, 0, 0, 0, 0]) && !shares[3].holds([0xFF; 8]));
}

#[test]
fn only_what_can_be_kept_and_shown_is_a_reason() {
    let long = "あ".repeat(500);
    for text in ["x", "利用者からの連絡", &long] {
        assert_eq!(text.parse::<Why>().unwrap().as_str(), text);
    }
    let over = "あ".repeat(501);
    let huge = "x".repeat(1 << 20);
    for (text, expected) in [
        ("", WhyError::Empty),
        (" \u{3000}", WhyError::Empty),
        ("a\nb", WhyError::Hidden),
        ("a\u{7}", WhyError::Hidden),
        ("a\u{202E}b", WhyError::Hidden),
        (&over, WhyError::Long(501)),
        (&huge, WhyError::Long(1 << 20)),
    ] {
        assert_eq!(text.parse::<Why>(), Err(expected));
    }
    for permille in [0_u32, 1000, u32::MAX] {
        assert!(Share::try_from(permille).is_err());
    }
    assert!(!format!("{:?}", "Yamada".parse::<Why>().unwrap()).contains("Yamada"));
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(STAGED),
        1 => (1_u64..6).prop_map(bundle),
        2 => Just(Act::Approved),
        1 => Just(Act::Shadowed),
        1 => (1_u32..1000).prop_map(share),
        3 => Just(Act::Activated),
        1 => Just(Act::Withdrawn),
        3 => Just(BACK),
        1 => Just(CONFIGURED),
    ]
}

proptest! {
    /// Whatever is tried by whom: one version is live, the staged one is another, nobody approves
    /// an own staging, and no other pack of the nation comes into effect by one person alone but
    /// by the one step back.
    #[test]
    fn no_order_of_steps_reaches_what_two_persons_must_agree_to(
        steps in prop::collection::vec((any_act(), 1_u8..6, 0_usize..3), 0..60),
    ) {
        let people = ["ann", "bob", "cho"];
        let mut rollout = walk(STRICT, &[BEGUN]);
        let mut was_live = vec![hash(1)];
        for (act, packs, person) in steps {
            let past = if was_live.contains(&hash(packs)) { Past::OnceLive } else { Past::NeverLive };
            let ground = Ground { past, ..STRICT };
            let step = change(act, packs, people[person]);
            let Ok(next) = rollout.step(&step, ground) else { continue };
            let live = next.live().unwrap();
            if let Some(staged) = next.staged() {
                prop_assert_ne!(staged.version.packs, live.packs);
                prop_assert!(!staged.approved_by.contains(&staged.version.by));
                if let Stage::Share(_) = staged.stage {
                    prop_assert!(!staged.approved_by.is_empty());
                }
            }
            if live.packs != rollout.live().unwrap().packs {
                let staged = rollout.staged().filter(|staged| staged.version.packs == live.packs);
                let agreed = staged.is_some_and(|staged| !staged.approved_by.is_empty());
                let emergency = rollout.before() == Some(live.packs)
                    && rollout.guided() == Guided::ByActivation;
                let first = rollout.guided() == Guided::ByConfiguration && act == CONFIGURED;
                prop_assert!(agreed || emergency || first, "{:?} by {:?}", act, person);
            }
            was_live.push(live.packs);
            rollout = next;
        }
    }
}
