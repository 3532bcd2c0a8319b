use super::*;
use proptest::prelude::*;
use std::fmt::Write as _;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn token() -> HandsetToken {
    HandsetToken {
        certificate: CertificateId::from_sha256([0xc1; 32]),
        iccid: "8981100000000000010".parse().unwrap(),
        imei: Some("490154203237518".parse().unwrap()),
        issued_at: Timestamp::from_millis(1_790_000_000_123),
        life: TokenLife::from_millis(10_000).unwrap(),
        nonce: std::array::from_fn(|at| u8::try_from(at).unwrap()),
        handset_key: [0xa2; 32],
    }
}

#[test]
fn the_published_vectors_are_what_is_encoded_and_read() {
    let page = include_str!("../../../../proto/TRANSCRIPT.md");
    let published = |name: &str| {
        let prefix = format!("{name} = ");
        page.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap().to_owned()
    };
    let nameless = HandsetToken { imei: None, ..token() };
    for (name, token) in [("token", token()), ("token_nameless", nameless)] {
        assert_eq!(hex(&token.encode()), published(name), "{name}");
        assert_eq!(HandsetToken::parse(&token.encode()), Ok(token), "{name}");
    }
}

/// Where the fields of [`token`] begin, each with its number.
const FIELDS: [(u8, usize); 7] = [(1, 22), (2, 58), (3, 81), (4, 99), (5, 111), (6, 119), (7, 139)];

#[test]
fn what_is_no_token_is_told_with_its_field() {
    let good = token().encode();
    for (number, at) in FIELDS {
        assert_eq!(good[at], number);
        let mut turned = good.clone();
        turned[at] ^= 0x40;
        assert_eq!(HandsetToken::parse(&turned), Err(TokenError::Order(number)));
        let mut neither = good.clone();
        neither[at + 1] = 2;
        assert_eq!(HandsetToken::parse(&neither), Err(TokenError::Order(number)));
        assert_eq!(HandsetToken::parse(&good[..at + 3]), Err(TokenError::Short(number)));
        let length = usize::from(good[at + 3]);
        let absent = [&good[..=at], &[0], &good[at + 4 + length..]].concat();
        let told = HandsetToken::parse(&absent);
        match number {
            3 => assert_eq!(told, Ok(HandsetToken { imei: None, ..token() })),
            _ => assert_eq!(told, Err(TokenError::Absent(number))),
        }
        let mut shorter = good.clone();
        shorter[at + 3] -= 1;
        shorter.remove(at + 4);
        let told = HandsetToken::parse(&shorter);
        assert!(matches!(told, Err(TokenError::Field { number: told, .. }) if told == number));
    }
    let mut behind = good.clone();
    behind.push(0);
    assert_eq!(HandsetToken::parse(&behind), Err(TokenError::Behind(1)));
    let mut other = good.clone();
    other[21] = 2;
    assert_eq!(HandsetToken::parse(&other), Err(TokenError::Version(2)));
    assert_eq!(HandsetToken::parse(&good[1..]), Err(TokenError::Domain));
    assert_eq!(HandsetToken::parse(&[]), Err(TokenError::Domain));
    let long = vec![0; MAX_TOKEN_BYTES + 1];
    let got = MAX_TOKEN_BYTES + 1;
    assert_eq!(HandsetToken::parse(&long), Err(TokenError::TooLong { got }));
}

#[test]
fn a_life_of_nothing_or_beyond_two_minutes_is_none() {
    let good = token().encode();
    for (millis, taken) in [(0, false), (1, true), (120_000, true), (120_001, false)] {
        let mut bytes = good.clone();
        bytes[115..119].copy_from_slice(&u32::to_be_bytes(millis));
        let told = HandsetToken::parse(&bytes);
        assert_eq!(told.is_ok(), taken, "{millis}");
        assert_eq!(TokenLife::from_millis(millis).is_ok(), taken, "{millis}");
    }
}

#[test]
fn a_token_is_good_for_its_life_and_the_difference_of_clocks() {
    let token = token();
    let skew = Duration::from_secs(5);
    let at = |millis| Timestamp::from_millis(token.issued_at.as_millis() + millis);
    for (millis, age) in [
        (-5001, None),
        (-5000, Some(0)),
        (0, Some(0)),
        (7, Some(7)),
        (15_000, Some(15_000)),
        (15_001, None),
    ] {
        assert_eq!(token.age(at(millis), skew), age.map(Duration::from_millis), "{millis}");
    }
}

proptest! {
    #[test]
    fn what_is_read_is_written_the_same(mut bytes: Vec<u8>, at in 0_usize..176, with: u8) {
        let mut near = token().encode();
        if let Some(byte) = near.get_mut(at) {
            *byte = with;
        }
        bytes.truncate(MAX_TOKEN_BYTES);
        for bytes in [near, bytes] {
            if let Ok(token) = HandsetToken::parse(&bytes) {
                prop_assert_eq!(token.encode(), bytes);
            }
        }
    }
}
