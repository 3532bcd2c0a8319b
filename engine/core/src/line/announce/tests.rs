use super::*;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000 + secs)
}

fn handset(serial: u64) -> Awaited {
    Awaited::Handset { imei: format!("{serial:014}").parse().ok() }
}

#[test]
fn an_announcement_is_bounded_in_time_and_number_and_the_same_again_changes_nothing() {
    let longest = i64::try_from(Announcement::LONGEST.as_secs()).unwrap();
    let mut announced = Announcements::default();
    let mut take = |what, until, now| {
        let taken = announced.announce(Announcement { what, until: at(until) }, at(now));
        (taken, announced.0.len())
    };
    assert_eq!(take(Awaited::Line, 0, 0), (Err(NotAnnounced::Time), 0));
    assert_eq!(take(Awaited::Line, longest + 1, 0), (Err(NotAnnounced::Time), 0));
    assert_eq!(take(Awaited::Line, longest, 0), (Ok(()), 1));
    assert_eq!(take(Awaited::Line, longest, 0), (Ok(()), 1), "the same");
    assert_eq!(take(Awaited::Line, longest, longest * 2), (Ok(()), 1), "even once it is over");
    for number in 2..=Announcements::MOST {
        let what = handset(10_000_000_000_000 + u64::try_from(number).unwrap());
        assert_eq!(take(what, 100, 0), (Ok(()), number));
    }
    let one_more = handset(20_000_000_000_000);
    assert_eq!(take(one_more, 100, 0).0, Err(NotAnnounced::TooMany));
    assert_eq!(take(one_more, 200, 100), (Ok(()), 2), "those that are over give way");
}

#[test]
fn a_counter_expects_the_sim_that_it_named_and_no_other() {
    let (one, other): (Iccid, Iccid) =
        ("8981100000000000028".parse().unwrap(), "8981100000000000036".parse().unwrap());
    let eid = "89049032123451234512345678901235".parse().unwrap();
    let table = [
        (Some(one), None, Some(one), None, true),
        (Some(one), None, Some(other), None, false),
        (Some(one), None, None, None, false),
        (None, Some(eid), None, Some(eid), true),
        (None, Some(eid), Some(other), None, false),
        (Some(one), Some(eid), Some(one), None, true),
        (None, None, Some(one), None, false),
    ];
    for (awaited, place, came, to, expects) in table {
        let mut announced = Announcements::default();
        let what = Awaited::Sim { iccid: awaited, eid: place };
        announced.announce(Announcement { what, until: at(100) }, at(10)).unwrap();
        assert_eq!(announced.expects_sim(came, to, at(50)), expects, "{what:?} {came:?} {to:?}");
        assert!(!announced.expects_sim(came, to, at(9)), "before");
        assert!(!announced.expects_sim(came, to, at(100)), "after");
    }
}
