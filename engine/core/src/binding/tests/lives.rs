//! Lives of a thousand acts: the table is never left, and what is kept beside a state agrees with it.

use super::super::{Act, Binding, Hold, LifecycleReason as Why, Source, State, TRANSITIONS};
use crate::{line::tests::binding, time::Timestamp};
use proptest::prelude::*;
use std::time::Duration;

/// Acts of one life.
const ACTS: usize = 1000;
/// Lives, unless `SIMBIND_LIVES` says how many.
const LIVES: u32 = 32;

/// One step: what is done, why, by whom, and how many seconds later than the step before.
type Step = (Act, Why, Source, u64);

fn any_step() -> impl Strategy<Value = Step> {
    // Ends are rare, so that lives are long.
    let act = prop_oneof![
        400 => proptest::sample::select(vec![
            Act::Activate, Act::Suspend, Act::Reprove, Act::Resume, Act::Hold, Act::Release,
        ]),
        1 => proptest::sample::select(vec![Act::GiveUp, Act::Revoke, Act::Supersede]),
        20 => Just(Act::Expire),
    ];
    let why = proptest::sample::select(vec![
        Why::Owner,
        Why::Lost,
        Why::Stolen,
        Why::CounterRegressed,
        Why::SimReissued,
        Why::Disposed,
    ]);
    // A suspected clone can only be ended; it is as rare as an end.
    let why = (why, 0_u32..400).prop_map(|(why, rare)| {
        if why == Why::CounterRegressed && rare > 0 { Why::Lost } else { why }
    });
    let source = prop_oneof![
        Just(Source::Engine),
        Just(Source::Caller("hotline".parse().unwrap())),
        Just(Source::Event { carrier: "docomo".parse().unwrap(), event: "e-1".parse().unwrap() }),
    ];
    (act, why, source, 0_u64..90_000)
}

/// What must be true of a binding at any time.
fn sound(binding: &Binding) {
    let held = matches!(binding.state, State::Held { .. });
    assert_eq!(binding.held.is_some(), held, "{:?}", binding.state);
    assert_eq!(binding.suspended.is_some(), binding.state.is_suspended(), "{:?}", binding.state);
}

/// What one step may do.
fn checked(before: &Binding, after: &Binding, step: &Step, now: Timestamp) {
    let (act, _, source, _) = step;
    let (from, to) = (before.state.phase(), after.state.phase());
    let known = TRANSITIONS.iter().any(|row| (row.from, row.act, row.to) == (from, *act, to));
    assert!(known, "{from:?} by {act:?} to {to:?}");
    assert!(!from.is_end(), "an end was left by {act:?}");
    assert!(after.proven_at >= before.proven_at, "{act:?}");
    let proof = matches!(act, Act::Activate | Act::Reprove);
    assert_eq!(after.proven_at != before.proven_at, proof && now != before.proven_at, "{act:?}");
    let lifted = *act == Act::Release;
    assert_eq!(after.released_at != before.released_at, lifted && before.released_at != Some(now));
    if let (Some(Hold { since, by, .. }), Some(hold)) = (&before.held, &after.held) {
        let loss = |state| matches!(state, State::Held { why, .. } if why.is_loss());
        let anew = loss(after.state) && !loss(before.state);
        assert_eq!(hold.since, if anew { now } else { *since }, "{act:?}");
        if matches!(by, Source::Caller(_)) {
            assert_eq!(hold.by, *by, "an event takes no caller's hold over: {source:?}");
        }
    }
}

fn live(steps: &[Step], state: State) {
    let mut now = Timestamp::from_secs(1_790_000_000);
    let mut binding = Binding { state, proven_at: now, ..binding() };
    // Some lives end by time: a step takes half a day on average.
    binding.certificate.not_after = now.plus(Duration::from_secs(40_000_000));
    for step in steps {
        let (act, why, source, later) = step;
        now = now.plus(Duration::from_secs(*later));
        let before = binding.clone();
        match binding.apply(*act, *why, source, now) {
            Ok(()) => checked(&before, &binding, step, now),
            Err(refused) => assert_eq!(binding, before, "{refused:?} changes nothing"),
        }
        let expired = now >= binding.certificate.not_after;
        assert!(!expired || binding.state_at(now).phase().is_end());
        sound(&binding);
    }
}

fn lives() -> u32 {
    std::env::var("SIMBIND_LIVES").ok().and_then(|lives| lives.parse().ok()).unwrap_or(LIVES)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(lives()))]

    #[test]
    fn no_life_leaves_the_table_and_its_records_agree(
        steps in proptest::collection::vec(any_step(), ACTS),
        state in proptest::sample::select(vec![State::Pending, State::Active]),
    ) {
        live(&steps, state);
    }
}
