use super::*;
use simbind_core::time::Timestamp;

struct Hand(Mutex<Timestamp>);

impl Time for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock()
    }
}

fn hand() -> (Arc<Hand>, Arc<dyn Time>) {
    let hand = Arc::new(Hand(Mutex::new(Timestamp::from_secs(1_790_000_000))));
    let time: Arc<dyn Time> = Arc::clone(&hand) as _;
    (hand, time)
}

fn move_on(hand: &Hand, by: Duration) {
    let mut now = hand.0.lock();
    *now = now.plus(by);
}

fn per_minute(count: u32, burst: u32) -> Limit {
    Limit {
        id: "logins".into(),
        per: vec![LimitKey::Certificate],
        count,
        period: Duration::from_secs(60),
        burst,
        reason: ReasonCode::RATE_LIMITED,
    }
}

fn of(name: &str, proved: bool) -> Subjects<'_> {
    let certificate = Some(Named { name: name.as_bytes().into(), proved });
    Subjects { certificate, ..Subjects::default() }
}

#[test]
fn a_burst_is_served_and_what_is_over_it_is_told_when_to_come_back() {
    let (hand, time) = hand();
    let declared = [per_minute(6, 3)];
    let pool = LimitPool::new(&time, 10);
    let limits = pool.limits(declared.iter());
    for _ in 0..3 {
        assert_eq!(limits.count(&declared, &of("a", true)), None);
    }
    let reached = limits.count(&declared, &of("a", true)).unwrap();
    assert_eq!(reached.reason, ReasonCode::RATE_LIMITED);
    assert_eq!(reached.retry_after, Duration::from_secs(10));
    move_on(&hand, reached.retry_after);
    assert_eq!(limits.count(&declared, &of("a", true)), None);
}

#[test]
fn failures_of_whoever_lacks_the_key_use_nothing_of_the_owners_allowance() {
    let (_, time) = hand();
    let declared = [per_minute(6, 3)];
    let pool = LimitPool::new(&time, 10);
    let limits = pool.limits(declared.iter());
    for _ in 0..3 {
        assert_eq!(limits.count(&declared, &of("owner", false)), None);
    }
    assert!(limits.count(&declared, &of("owner", false)).is_some());
    for _ in 0..3 {
        assert_eq!(limits.count(&declared, &of("owner", true)), None);
    }
}

#[test]
fn names_that_nobody_proved_cannot_fill_the_places_of_those_that_were() {
    let (_, time) = hand();
    let declared = [per_minute(6, 3)];
    let pool = LimitPool::new(&time, 2);
    let limits = pool.limits(declared.iter());
    for name in ["a", "b", "c", "d"] {
        limits.count(&declared, &of(name, false));
    }
    assert!(limits.count(&declared, &of("e", false)).is_some());
    assert_eq!(limits.count(&declared, &of("owner", true)), None);
}

#[test]
fn at_the_ceiling_a_known_key_is_served_and_an_unknown_one_is_over_its_limit() {
    let (hand, time) = hand();
    let declared = [per_minute(60, 2)];
    let pool = LimitPool::new(&time, 100);
    let limits = pool.limits(declared.iter());
    let names: Vec<String> = (0..1000).map(|n| format!("certificate-{n}")).collect();
    for (n, name) in names.iter().enumerate() {
        assert_eq!(limits.count(&declared, &of(name, true)).is_none(), n < 100, "{name}");
    }
    let kept = |limits: &Limits| limits.counted["logins"][0].proved.len();
    assert_eq!(kept(&limits), 100);
    assert_eq!(limits.count(&declared, &of(&names[0], true)), None, "known, and under its limit");
    assert!(limits.count(&declared, &of(&names[0], true)).is_some(), "known, and over it");
    pool.forget_rested();
    assert_eq!(kept(&limits), 100, "nothing has rested");
    move_on(&hand, Duration::from_secs(1));
    assert_eq!(limits.count(&declared, &of(&names[1], true)), None);
    move_on(&hand, Duration::from_millis(1500));
    pool.forget_rested();
    assert!(kept(&limits) < 100, "rested keys make room");
    assert_eq!(limits.count(&declared, &of(&names[999], true)), None);
}

#[test]
fn a_full_set_of_keys_empties_when_all_have_rested() {
    let (hand, time) = hand();
    let declared = [per_minute(60, 2)];
    let pool = LimitPool::new(&time, 50);
    let limits = pool.limits(declared.iter());
    for round in 0..5 {
        for n in 0..80 {
            let name = format!("{round}-{n}");
            assert_eq!(limits.count(&declared, &of(&name, true)).is_none(), n < 50);
        }
        move_on(&hand, Duration::from_secs(120));
        pool.forget_rested();
        assert!(limits.counted["logins"][0].proved.is_empty(), "round {round}");
    }
}

#[test]
fn a_clock_that_jumps_neither_opens_nor_closes_a_limit_for_good() {
    let (hand, time) = hand();
    let declared = [per_minute(6, 1)];
    let pool = LimitPool::new(&time, 10);
    let limits = pool.limits(declared.iter());
    assert_eq!(limits.count(&declared, &of("a", true)), None);
    // Years ahead, and put right again: ten seconds later the next check is served.
    move_on(&hand, Duration::from_secs(40 * 366 * 86_400));
    assert_eq!(limits.count(&declared, &of("a", true)), None);
    *hand.0.lock() = Timestamp::from_secs(1_790_000_000);
    assert!(limits.count(&declared, &of("a", true)).is_some());
    move_on(&hand, Duration::from_secs(10));
    assert_eq!(limits.count(&declared, &of("a", true)), None);
    // The ends of what a clock can say.
    for end in [i64::MIN, i64::MAX, 0] {
        *hand.0.lock() = Timestamp::from_millis(end);
        limits.count(&declared, &of("a", true));
        pool.forget_rested();
    }
}

#[test]
fn limits_of_one_id_in_two_packs_are_counted_apart() {
    let (_, time) = hand();
    let (one, two) = ([per_minute(6, 1)], [per_minute(6, 3)]);
    let pool = LimitPool::new(&time, 10);
    let limits = pool.limits(one.iter().chain(&two));
    assert_eq!(limits.count(&one, &of("a", true)), None);
    assert!(limits.count(&one, &of("a", true)).is_some());
    for _ in 0..3 {
        assert_eq!(limits.count(&two, &of("a", true)), None);
    }
    assert!(limits.count(&two, &of("a", true)).is_some());
}

#[test]
fn the_widest_limit_that_a_pack_can_declare_is_counted() {
    let (_, time) = hand();
    let day = Duration::from_secs(86_400);
    let wide = Limit { count: 1, period: day, burst: 1_000_000, ..per_minute(1, 1) };
    let fast = Limit {
        id: "fast".into(),
        count: 1_000_000,
        period: Duration::from_millis(1),
        burst: 1_000_000,
        ..per_minute(1, 1)
    };
    let declared = [wide, fast];
    let pool = LimitPool::new(&time, 10);
    let limits = pool.limits(declared.iter());
    for _ in 0..1000 {
        assert_eq!(limits.count(&declared, &of("a", true)), None);
    }
}

#[test]
fn a_limit_that_two_versions_of_the_packs_declare_alike_keeps_its_counts() {
    let (_, time) = hand();
    let pool = LimitPool::new(&time, 10);
    let (same, other) = ([per_minute(6, 3)], [per_minute(6, 4)]);
    let before = pool.limits(same.iter());
    for _ in 0..3 {
        assert_eq!(before.count(&same, &of("a", true)), None);
    }
    let after = pool.limits(same.iter().chain(&other));
    assert!(after.count(&same, &of("a", true)).is_some(), "no fresh allowance");
    assert_eq!(after.count(&other, &of("a", true)), None, "another limit is counted anew");
    assert!(before.count(&same, &of("a", true)).is_some());
    drop((before, after));
    // What nobody holds is not kept.
    assert_eq!(pool.limits(same.iter()).count(&same, &of("a", true)), None);
    assert_eq!(pool.shared.lock().values().flatten().count(), 1);
}
