use super::*;
use crate::{ids::CertificateId, time::Timestamp};
use sha2::Digest as _;
use simbind_rules::facts::ReaderProfile;
use std::{convert::Infallible, fmt::Write as _, time::Duration};

const ISSUED: Timestamp = Timestamp::from_millis(1_790_000_000_123);
const LIFE: Duration = Duration::from_secs(600);
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

fn certificate(number: u8) -> CertificateId {
    CertificateId::from_sha256([number; 32])
}

fn draft() -> Draft {
    Draft {
        reader: "door-1".parse().unwrap(),
        profile: ReaderProfile::Door,
        offline: OfflineUse::Refusals,
        issued_at: ISSUED,
        ends_at: ISSUED.plus(LIFE),
        sequence: Sequence(77),
    }
}

fn key() -> HashKey {
    HashKey::new(std::array::from_fn(|at| u8::try_from(at).unwrap()))
}

fn entries() -> Entries {
    Entries::new(key(), &[certificate(0xC1), certificate(0xC2), certificate(0xC1)], 10)
}

/// Stands for a signature: a test of the real ones is where the keys are.
fn stamp(signed: &[u8]) -> [u8; 64] {
    let sum = signed.iter().fold(7_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(*byte));
    [sum; 64]
}

fn sealed(draft: &Draft, entries: &Entries) -> Vec<u8> {
    RefusalList::seal(draft, entries, |signed| Ok::<_, Infallible>(stamp(signed))).unwrap()
}

fn read(bytes: &[u8]) -> Result<RefusalList, ListError> {
    RefusalList::read(bytes, |signed, signature| *signature == stamp(signed))
}

fn list(change: impl FnOnce(&mut Draft)) -> RefusalList {
    let mut draft = draft();
    change(&mut draft);
    read(&sealed(&draft, &entries())).unwrap()
}

fn at(after: Duration) -> Moment {
    Moment { wall: ISSUED.plus(after), steady: HOUR + after }
}

fn kept(list: RefusalList) -> Kept {
    let mut kept = Kept::new("door-1".parse().unwrap());
    kept.take(list, at(SECOND)).unwrap();
    kept
}

#[test]
fn the_published_vector_is_what_is_signed() {
    let page = include_str!("../../../../proto/REFUSALS.md");
    let bytes = sealed(&draft(), &entries());
    let hex = bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    let nonce = std::array::from_fn(|at| u8::try_from(at).unwrap());
    let offline = offline_message(&"door-1".parse().unwrap(), &nonce);
    let offline = offline.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    assert!(page.contains(&format!("offline = {offline}\n")), "{offline}");
    let (signed, entries) = (&hex[..hex.len() - 128 - 32], &hex[hex.len() - 32..]);
    for (name, value) in [("refusals_header", signed), ("refusals_entries", entries)] {
        let line = format!("{name} = {value}");
        assert!(page.lines().any(|published| published == line), "{line}");
    }
}

#[test]
fn a_list_is_read_as_it_was_written() {
    let list = list(|_| {});
    assert_eq!((list.draft(), list.count(), list.extent()), (&draft(), 2, Extent::Whole));
    assert!(list.has(&certificate(0xC1)) && list.has(&certificate(0xC2)));
    assert!(!list.has(&certificate(0xC3)));
}

#[test]
fn every_changed_byte_every_cut_and_every_addition_is_refused() {
    let good = sealed(&draft(), &entries());
    for place in 0..good.len() {
        for bit in 0..8 {
            let mut changed = good.clone();
            changed[place] ^= 1 << bit;
            assert!(read(&changed).is_err(), "bit {bit} of byte {place}");
        }
        assert!(read(&good[..place]).is_err(), "cut at {place}");
    }
    assert!(read(&[&good[..], &[0]].concat()).is_err());
    assert!(read(&[&good[..], &good[good.len() - 8..]].concat()).is_err(), "an entry twice");
    let large = vec![0; RefusalList::MOST_BYTES + 1];
    assert_eq!(read(&large), Err(ListError::TooLarge));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_and_never_panic(
        bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..600),
        at in 0_usize..300,
    ) {
        let _ = RefusalList::read(&bytes, |_, _| true);
        // Also where they begin as a list does.
        let mut begun = sealed(&draft(), &entries());
        begun.truncate(at);
        begun.extend(&bytes);
        let _ = RefusalList::read(&begun, |_, _| true);
    }
}

#[test]
fn entries_out_of_order_are_none_whoever_signed_them() {
    let good = sealed(&draft(), &entries());
    let (rest, entries) = good.split_at(good.len() - 16);
    let (header, _) = rest.split_at(rest.len() - 64);
    // A header that names such entries, signed as it should be.
    let signed = |header: &[u8], entries: &[u8]| {
        let mut header = header.to_vec();
        let digest = header.len() - 32;
        header[digest..].copy_from_slice(&sha2::Sha256::digest(entries));
        [&header, &stamp(&header)[..], entries].concat()
    };
    read(&signed(header, entries)).unwrap();
    let swapped = [&entries[8..], &entries[..8]].concat();
    assert_eq!(read(&signed(header, &swapped)), Err(ListError::Entries));
    let twice = [&entries[..8], &entries[..8]].concat();
    assert_eq!(read(&signed(header, &twice)), Err(ListError::Entries));
    assert_eq!(read(&signed(header, &entries[..8])), Err(ListError::Entries), "one is missing");
}

#[test]
fn too_many_leave_a_list_that_is_cut() {
    let many: Vec<_> = (0..=20).map(certificate).collect();
    let cut = Entries::new(key(), &many, 20);
    assert_eq!((cut.count(), cut), (0, Entries::cut(key())));
    assert_eq!(Entries::new(key(), &many, 21).count(), 21);
    let mut kept = kept(read(&sealed(&draft(), &Entries::cut(key()))).unwrap());
    assert_eq!(kept.answer(&certificate(1), at(SECOND)), Answer::Closed(WhyClosed::Cut));
}

#[test]
fn one_key_hides_what_another_shows() {
    let other = Entries::new(HashKey::new([9; 16]), &[certificate(0xC1)], 10);
    let (one, two) = (sealed(&draft(), &entries()), sealed(&draft(), &other));
    assert!(!one.windows(8).any(|entry| entry == &two[two.len() - 8..]));
}

#[test]
fn a_listed_one_is_refused_and_of_any_other_nothing_is_said_but_that() {
    let mut kept = kept(list(|_| {}));
    assert_eq!(kept.answer(&certificate(0xC1), at(2 * SECOND)), Answer::Refused);
    assert_eq!(kept.answer(&certificate(0xC3), at(2 * SECOND)), Answer::NotRefused);
    let closed = &mut super::Kept::new("door-1".parse().unwrap());
    assert_eq!(closed.answer(&certificate(1), at(SECOND)), Answer::Closed(WhyClosed::NoList));
    let mut other = self::kept(list(|draft| draft.offline = OfflineUse::Closed));
    let answer = other.answer(&certificate(0xC1), at(SECOND));
    assert_eq!(answer, Answer::Closed(WhyClosed::NotAllowed));
}

#[test]
fn past_its_end_by_either_clock_a_list_is_good_for_nothing_any_more() {
    let ended = Answer::Closed(WhyClosed::Ended);
    let (asked, end) = (certificate(0xC3), at(LIFE));
    let mut by_wall = kept(list(|_| {}));
    assert_eq!(by_wall.answer(&asked, Moment { steady: HOUR, ..end }), ended);
    // Set back after it was over, it is over.
    assert_eq!(by_wall.answer(&asked, at(SECOND)), ended);
    // The time of day stands still; the other clock went on.
    let mut by_steady = kept(list(|_| {}));
    let still = Moment { wall: at(LIFE - 20 * SECOND).wall, steady: end.steady };
    assert_eq!(by_steady.answer(&asked, still), ended);
    let mut last = kept(list(|_| {}));
    assert_eq!(last.answer(&asked, at(LIFE - SECOND)), Answer::NotRefused);
}

#[test]
fn a_clock_that_is_set_back_closes_until_another_list_comes() {
    let mut kept = kept(list(|_| {}));
    let closed = Answer::Closed(WhyClosed::ClockSetBack);
    let back = Moment { wall: ISSUED.minus(HOUR), steady: HOUR + 10 * SECOND };
    assert_eq!(kept.answer(&certificate(0xC3), back), closed);
    assert_eq!(kept.answer(&certificate(0xC3), at(20 * SECOND)), closed, "and forth again");
    assert_eq!(kept.take(list(|_| {}), at(20 * SECOND)), Ok(()), "the same opens nothing");
    assert_eq!(kept.answer(&certificate(0xC3), at(20 * SECOND)), closed);
    let newer = list(|draft| {
        draft.issued_at = ISSUED.plus(10 * SECOND);
        draft.ends_at = ISSUED.plus(LIFE);
    });
    kept.take(newer, at(20 * SECOND)).unwrap();
    assert_eq!(kept.answer(&certificate(0xC3), at(21 * SECOND)), Answer::NotRefused);
}

#[test]
fn an_old_list_after_a_newer_one_and_one_that_is_not_ours_are_not_taken() {
    let later = |draft: &mut Draft, by: Duration| {
        draft.issued_at = ISSUED.plus(by);
        draft.ends_at = ISSUED.plus(by + LIFE);
    };
    let mut kept = kept(list(|draft| later(draft, SECOND)));
    let now = at(2 * SECOND);
    for (refused, change) in [
        (NotTaken::Older, &(|_: &mut Draft| {}) as &dyn Fn(&mut Draft)),
        (NotTaken::Older, &|draft| {
            draft.sequence = Sequence(76);
            later(draft, 2 * SECOND);
        }),
        (NotTaken::OtherReader, &|draft| draft.reader = "door-2".parse().unwrap()),
        (NotTaken::NotYet, &|draft| later(draft, HOUR)),
        (NotTaken::WrongLife, &|draft| draft.ends_at = ISSUED.plus(HOUR + SECOND)),
        (NotTaken::WrongLife, &|draft| draft.ends_at = ISSUED),
        (NotTaken::Ended, &|draft| {
            draft.sequence = Sequence(78);
            draft.issued_at = ISSUED.minus(LIFE);
            draft.ends_at = ISSUED;
        }),
    ] {
        assert_eq!(kept.take(list(change), now), Err(refused));
        assert_eq!(kept.answer(&certificate(0xC1), now), Answer::Refused, "the one before stays");
    }
    let newer = list(|draft| {
        draft.sequence = Sequence(78);
        later(draft, SECOND);
    });
    assert_eq!(kept.take(newer, now), Ok(()));
}
