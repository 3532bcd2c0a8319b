use super::{CardKeys, Channel, Level, SessionKeys, WrapFault};
use proptest::prelude::*;

/// What a session of a real card looks like on the line: recorded with a test profile and published
/// with osmocom's pySim (`tests/unittests/test_globalplatform.py`), key set 30.
struct Recorded {
    level: Level,
    host: &'static str,
    card: &'static str,
    cryptogram: &'static str,
    authenticate: &'static str,
    /// Header, plain data, data on the line.
    commands: [(&'static str, &'static str, &'static str); 5],
}

/// The level of the first also asks for MACs in answers (bit 4 of P1): the MACs of commands are the
/// same but for that byte, so the session begins after it.
const RECORDED: [Recorded; 2] = [
    Recorded {
        level: Level::Mac,
        host: "b13e5f938fc108c4",
        card: "3eb51047495b249f",
        cryptogram: "66c484c1d2ef1948",
        authenticate: "84821100 7d5f5826a993ebc8 9eea24957fa0b3ce",
        commands: [
            ("84e29100", "bf3e035c015a", "bf3e035c015a558d036518a28297"),
            ("84f22002", "", "63a63f8959827fb2"),
            ("84ca0066", "", "a0c6a4a74166f7ce"),
            ("84f22002", "4f0212345c054f9f70c5", "4f0212345c054f9f70c52249b50272656536"),
            ("84f28002", "4f00", "4f00e91443f6dce6b8ed"),
        ],
    },
    Recorded {
        level: Level::MacAndEncryption,
        host: "8e1552d0513c60f3",
        card: "30760cd2c47c1dd3",
        cryptogram: "95065fe5ead8a9d7",
        authenticate: "84820300 fd4721a14d9b0700 3c451d2f8ae6bb21",
        commands: [
            ("84e29100", "bf3e035c015a", "ca9c00f6713d79bc8baa642bdff51c3f6a4082d3bd9ad26c"),
            ("84f22002", "", "c9811b11f1264cf1"),
            ("84ca0066", "", "e10ab60b30547988"),
            (
                "84f22002",
                "4f0212345c054f9f70c5",
                "4e2908bdb48b2315a55482e9e936ca122d6ecfae7d17416e",
            ),
            ("84f28002", "4f00", "0dd10a6b6193e5340b9e77d32d5a179cd710ac2773aefb28"),
        ],
    },
];

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|b| *b != b' ').collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn fixed<const N: usize>(hex: &str) -> [u8; N] {
    bytes(hex).try_into().unwrap()
}

fn keys() -> CardKeys {
    CardKeys::new(
        fixed("000102030405060708090a0b0c0d0e0f"),
        fixed("101112131415161718191a1b1c1d1e1f"),
    )
}

fn session(recorded: &Recorded) -> SessionKeys {
    SessionKeys::derive(&keys(), fixed(recorded.host), fixed(recorded.card)).unwrap()
}

#[test]
fn a_recorded_session_is_what_both_sides_make() {
    for recorded in &RECORDED {
        let keys = session(recorded);
        assert_eq!(keys.card_cryptogram().unwrap().to_vec(), bytes(recorded.cryptogram));
        let whole = bytes(recorded.authenticate);
        let (header, data) = whole.split_first_chunk::<4>().unwrap();
        let (cryptogram, mac) = data.split_at(8);
        assert_eq!(keys.host_cryptogram().unwrap(), cryptogram);
        let mut host = Channel::new(keys, recorded.level);
        let mut card = Channel::new(session(recorded), recorded.level);
        assert_eq!(host.seal(*header, cryptogram).unwrap(), [cryptogram, mac].concat());
        assert_eq!(card.open(*header, data).unwrap(), cryptogram);
        for (header, plain, line) in recorded.commands {
            let (header, plain, line) = (fixed(header), bytes(plain), bytes(line));
            assert_eq!(host.wrap(header, &plain).unwrap(), line);
            assert_eq!(card.unwrap(header, &line).unwrap(), plain);
        }
    }
}

fn pair(level: Level) -> (Channel, Channel) {
    let keys = || session(&RECORDED[0]);
    (Channel::new(keys(), level), Channel::new(keys(), level))
}

proptest! {
    #[test]
    fn what_is_wrapped_is_unwrapped_and_a_changed_bit_is_not(
        encrypted in any::<bool>(),
        commands in proptest::collection::vec(
            (any::<[u8; 4]>(), proptest::collection::vec(any::<u8>(), 0..=230)), 1..6),
        bit in any::<prop::sample::Index>(),
    ) {
        let level = if encrypted { Level::MacAndEncryption } else { Level::Mac };
        let (mut host, mut card) = pair(level);
        let (last, first) = commands.split_last().unwrap();
        for (header, data) in first {
            let line = host.wrap(*header, data).unwrap();
            prop_assert_eq!(&card.unwrap(*header, &line).unwrap(), data);
        }
        let mut line = host.wrap(last.0, &last.1).unwrap();
        let bit = bit.index(line.len() * 8);
        line[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(card.unwrap(last.0, &line), Err(WrapFault::Mac));
    }
}

#[test]
fn a_command_is_not_taken_twice_nor_out_of_turn() {
    let (mut host, mut card) = pair(Level::Mac);
    let header = [0x84, 0xE2, 0, 0];
    let one = host.wrap(header, b"one").unwrap();
    let two = host.wrap(header, b"two").unwrap();
    assert_eq!(card.unwrap(header, &two), Err(WrapFault::Mac));
    let (_, mut card) = pair(Level::Mac);
    card.unwrap(header, &one).unwrap();
    assert_eq!(card.unwrap(header, &one), Err(WrapFault::Mac));
}

#[test]
fn what_does_not_fit_is_not_made() {
    let (mut host, _) = pair(Level::Mac);
    assert_eq!(host.wrap([0; 4], &[0; 248]), Err(WrapFault::Length));
}
