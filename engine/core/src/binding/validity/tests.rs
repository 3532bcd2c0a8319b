use super::{
    Birthday, CardEnd, LONGEST_TO_FIFTH_BIRTHDAY, Longest, NoSuchDay, TooLong, certificate_end,
    civil::{Day, days_in, is_leap},
};
use crate::time::Timestamp;
use proptest::prelude::*;
use std::time::Duration;

const NEVER: Timestamp = Timestamp::from_millis(i64::MAX);

fn day(year: i64, month: u8, day: u8) -> Timestamp {
    Day { year, month, day }.begins()
}

#[test]
fn a_certificate_ends_with_the_fifth_birthday_after_its_issue() {
    // Issued on, born on, and the first day after the last one.
    let table = [
        ((2026, 11, 23), (12, 1), (2030, 12, 2)),
        ((2026, 11, 23), (11, 24), (2030, 11, 25)),
        ((2026, 11, 23), (11, 23), (2031, 11, 24)),
        ((2026, 11, 23), (11, 22), (2031, 11, 23)),
        ((2026, 1, 1), (12, 31), (2031, 1, 1)),
        ((2026, 3, 1), (2, 29), (2031, 3, 1)),
        ((2023, 2, 27), (2, 29), (2027, 3, 1)),
        ((2023, 3, 1), (2, 29), (2028, 3, 1)),
        ((2024, 2, 28), (2, 29), (2028, 3, 1)),
        ((2024, 2, 29), (2, 29), (2029, 3, 1)),
    ];
    for (issued, (month, born), ends) in table {
        let birthday = Birthday::new(month, born).unwrap();
        let issued_at = day(issued.0, issued.1, issued.2).plus(Duration::from_secs(36_000));
        let end = certificate_end(birthday, issued_at, NEVER);
        assert_eq!(end, day(ends.0, ends.1, ends.2), "issued {issued:?}, born {month}-{born}");
        let card = issued_at.plus(Duration::from_secs(5));
        assert_eq!(certificate_end(birthday, issued_at, card), card, "never past the card");
    }
}

#[test]
fn the_day_is_that_of_japan() {
    // 2026-11-22T15:00:00Z is midnight of the 23rd in Japan.
    let midnight = Timestamp::from_secs(1_795_359_600);
    assert_eq!(Day::of(midnight), Day { year: 2026, month: 11, day: 23 });
    assert_eq!(Day::of(midnight.minus(Duration::from_millis(1))).day, 22);
    let birthday = Birthday::new(11, 23).unwrap();
    let (before, on) = (midnight.minus(Duration::from_millis(1)), midnight);
    assert_eq!(certificate_end(birthday, before, NEVER), day(2030, 11, 24));
    assert_eq!(certificate_end(birthday, on, NEVER), day(2031, 11, 24));
}

#[test]
fn what_no_year_has_is_no_birthday() {
    for (month, day) in [(0, 1), (13, 1), (1, 0), (1, 32), (2, 30), (4, 31), (255, 255)] {
        assert_eq!(Birthday::new(month, day), Err(NoSuchDay), "{month}-{day}");
    }
    assert!(Birthday::new(2, 29).is_ok());
}

#[test]
fn a_certificate_that_is_too_long_or_outlives_the_card_is_refused() {
    let (begins, ends) = (Timestamp::from_secs(0), Timestamp::from_secs(1000));
    let exactly = Longest::For(Duration::from_secs(1000));
    let shorter = Longest::For(Duration::from_millis(999_999));
    let at = |secs| CardEnd::At(Timestamp::from_secs(secs));
    let table = [
        (Longest::AsIssued, CardEnd::Unsaid, Ok(())),
        (Longest::AsIssued, at(1000), Ok(())),
        (Longest::AsIssued, at(999), Err(TooLong::PastCard)),
        (exactly, CardEnd::Unsaid, Ok(())),
        (shorter, CardEnd::Unsaid, Err(TooLong::Whole)),
        (shorter, at(2000), Err(TooLong::Whole)),
    ];
    for (longest, card, expected) in table {
        assert_eq!(longest.allows((begins, ends), card), expected, "{longest:?} {card:?}");
    }
}

proptest! {
    #[test]
    fn days_and_instants_are_each_others_inverse(days in -800_000_i64..3_000_000) {
        let begins = Timestamp::from_millis(days * 86_400_000 - 9 * 3_600_000);
        let day = Day::of(begins);
        prop_assert_eq!(day.begins(), begins);
        prop_assert_eq!(Day::of(begins.plus(Duration::from_millis(86_399_999))), day);
        prop_assert!(day.day >= 1 && day.day <= days_in(day.month, is_leap(day.year)));
        prop_assert!(Day::of(begins.plus(Duration::from_secs(86_400))) > day);
    }

    #[test]
    fn no_certificate_is_valid_for_longer_than_five_years_or_less_than_four(
        issued in 0_i64..8_000_000_000, month in 1_u8..=12, born in 1_u8..=31,
    ) {
        let Ok(birthday) = Birthday::new(month, born) else { return Ok(()) };
        let issued = Timestamp::from_secs(issued);
        let end = certificate_end(birthday, issued, NEVER);
        prop_assert!(end.since(issued) <= LONGEST_TO_FIFTH_BIRTHDAY);
        prop_assert!(end.since(issued) >= Duration::from_secs(1460 * 86_400));
        let longest = Longest::For(LONGEST_TO_FIFTH_BIRTHDAY);
        prop_assert_eq!(longest.allows((issued, end), CardEnd::Unsaid), Ok(()));
    }
}
