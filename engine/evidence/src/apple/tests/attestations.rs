use super::made::{AAGUID, APP, CHALLENGE, COUNTER, CREDENTIAL_ID, FLAGS, KEY, Nonce, Phone, same};
use crate::{
    android::encode::{context, octet_string, sequence},
    apple::{
        AppAttestError, AppAttestRoots, AuthenticatorDataError, CborError, ChainFault, Environment,
        ExpectedApp, Extensions, encode, verify_attestation,
    },
    der::DerError,
    signature::sha256,
    testca::{NOW, Party},
};
use rcgen::{BasicConstraints, IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P384_SHA384};
use std::time::Duration;
use time::macros::datetime;

#[test]
fn an_attestation_tells_its_key_app_environment_and_receipt() {
    let phone = Phone::new();
    let certificates = phone.certificates();
    let attestation = phone.verify_object(&phone.object_with(&certificates)).unwrap();
    assert_eq!(attestation.public_key(), &phone.public_key());
    assert_eq!(attestation.key_id().as_slice(), phone.key_id);
    assert_eq!(*attestation.app_id_hash(), sha256(APP.as_bytes()));
    assert_eq!(attestation.environment(), Environment::Production);
    assert_eq!(attestation.receipt(), b"receipt");
    assert_eq!(attestation.extensions(), &Extensions::default());
    assert_eq!(attestation.chain_fingerprints().len(), certificates.len());
    assert_eq!(attestation.chain_fingerprints()[1], sha256(&certificates[1]));
}

#[test]
fn a_name_may_be_written_otherwise_in_the_certificate_above() {
    let mut phone = Phone::new();
    let mut certificates = phone.certificates();
    let by = |phone: &Phone, name: &str| phone.root.issue(&phone.intermediate.renamed(name));
    certificates[1] = by(&phone, "App Attest CA");
    let other = [certificates[0].clone(), by(&phone, "App Attest CB")];
    phone.root = phone.root.renamed("App Attest Root");
    assert!(phone.verify_object(&phone.object_with(&certificates)).is_ok());
    let refused = phone.verify_object(&phone.object_with(&other)).map(drop);
    assert_eq!(refused, Err(AppAttestError::Chain(ChainFault::IssuerName.at(0))));
}

#[test]
fn what_a_newer_system_says_of_the_app_is_read_with_and_without_its_flag() {
    let extensions =
        Extensions { validation_category: Some(4), bundle_version: Some("1.2".into()) };
    for flags in [0x40, 0xC0] {
        let mut phone = Phone::with(Environment::Production, &extensions);
        phone.data[FLAGS] = flags;
        assert_eq!(phone.verify().unwrap().extensions(), &extensions, "{flags:x}");
    }
}

#[test]
fn an_attestation_holds_from_the_first_to_the_last_second_of_its_chain() {
    let mut phone = Phone::new();
    phone.leaf.params.not_before = datetime!(2026-10-01 00:00:00 UTC);
    phone.leaf.params.not_after = datetime!(2026-10-04 00:00:00 UTC);
    let (object, hash) = (phone.object(), sha256(CHALLENGE));
    let app = ExpectedApp { app_id: APP, environment: Environment::Production };
    let at = |time| verify_attestation(&object, &phone.key_id, &hash, &app, &phone.roots(), time);
    let attestation = at(NOW).unwrap();
    let second = Duration::from_secs(1);
    assert_eq!(attestation.valid_from(), NOW);
    assert!(at(attestation.valid_until().minus(second)).is_ok());
    let fault = |fault: ChainFault| Err(AppAttestError::Chain(fault.at(0)));
    assert_eq!(at(attestation.valid_until()).map(drop), fault(ChainFault::Expired));
    assert_eq!(at(NOW.minus(second)).map(drop), fault(ChainFault::NotYetValid));
}

/// A change of an attestation, and the link that it breaks.
type Fault = (&'static str, fn(&mut Phone), AppAttestError);

#[test]
fn what_an_attestation_says_is_checked_against_what_is_expected() {
    let faults: &[Fault] = &[
        ("another key id", |p| p.key_id[0] ^= 1, AppAttestError::KeyId),
        ("a key id cut short", |p| p.key_id.truncate(31), AppAttestError::KeyId),
        ("another app", |p| p.data[0] ^= 1, AppAttestError::App),
        ("a counter", |p| p.data[COUNTER + 3] = 1, AppAttestError::Counter { counter: 1 }),
        ("a large counter", |p| p.data[COUNTER] = 1, AppAttestError::Counter { counter: 1 << 24 }),
        ("another aaguid", |p| p.data[AAGUID + 15] = 1, AppAttestError::UnknownEnvironment),
        (
            "development",
            |p| p.data[AAGUID..AAGUID + 16].copy_from_slice(b"appattestdevelop"),
            AppAttestError::Environment { found: Environment::Development },
        ),
        ("another credential", |p| p.data[CREDENTIAL_ID] ^= 1, AppAttestError::CredentialId),
        ("another key", |p| p.data[KEY + 12] ^= 1, AppAttestError::OtherKey),
    ];
    for (name, change, error) in faults {
        let mut phone = Phone::new();
        change(&mut phone);
        assert_eq!(phone.verify().map(drop), Err(*error), "{name}");
    }
}

/// A change of the authenticator data, and what is wrong with them then.
type DataFault = (&'static str, fn(&mut Vec<u8>), AuthenticatorDataError);

#[test]
fn authenticator_data_have_one_layout() {
    const KEY_MAP: &str = "attested key";
    let unknown = AuthenticatorDataError::Cbor(CborError::Unknown { field: KEY_MAP });
    let twice = AuthenticatorDataError::Cbor(CborError::Twice { field: KEY_MAP });
    let of = |field| AuthenticatorDataError::Cbor(CborError::Twice { field });
    let kind = AuthenticatorDataError::KeyKind;
    let map = AuthenticatorDataError::Cbor(CborError::Type { field: "extensions" });
    let trailing = AuthenticatorDataError::Cbor(CborError::Trailing { field: "extensions" });
    let faults: &[DataFault] = &[
        ("no attested data", |d| d[FLAGS] = 0, AuthenticatorDataError::NoAttestedKey),
        (
            "extensions that are not there",
            |d| d[FLAGS] = 0xC0,
            AuthenticatorDataError::NoExtensions,
        ),
        ("a header alone", |d| d.truncate(37), AuthenticatorDataError::Short),
        ("a longer credential", |d| d[CREDENTIAL_ID - 2] = 0xFF, AuthenticatorDataError::Short),
        ("another key type", |d| d[KEY + 2] = 3, kind),
        ("another algorithm", |d| d[KEY + 4] = 0x27, kind),
        ("another curve", |d| d[KEY + 6] = 2, kind),
        ("a field of a key twice", |d| d[KEY + 3] = 1, twice),
        ("a key with a field more", |d| d[KEY + 1] = 4, unknown),
        ("a byte behind the key", |d| d.push(0), map),
        ("an empty map and a byte", |d| d.extend([0xA0, 0]), trailing),
        ("an extension twice", |d| d.extend(*b"\xA2\x61a\xF5\x61a\xF5"), of("extensions")),
    ];
    for (name, change, error) in faults {
        let mut phone = Phone::new();
        change(&mut phone.data);
        let got = phone.verify().map(drop);
        assert_eq!(got, Err(AppAttestError::AuthenticatorData(*error)), "{name}");
    }
}

#[test]
fn the_nonce_is_parsed_where_it_belongs_and_nowhere_else() {
    let type_of = AppAttestError::MalformedNonce(DerError::Type { field: "nonce" });
    let behind = AppAttestError::MalformedNonce(DerError::Trailing { field: "nonce" });
    let faults: &[(&str, Nonce, AppAttestError)] = &[
        ("none", Nonce::Absent, AppAttestError::NoNonce),
        ("elsewhere", Nonce::Under(&[1, 2, 840, 113_635, 100, 8, 5]), AppAttestError::NoNonce),
        ("bare", Nonce::Content(|n| octet_string(n)), type_of),
        ("untagged", Nonce::Content(|n| sequence(&[octet_string(n)])), type_of),
        ("other tag", Nonce::Content(|n| sequence(&[context(2, &octet_string(n))])), type_of),
        (
            "the right one second",
            Nonce::Content(|n| {
                sequence(&[context(1, &octet_string(&[0; 32])), context(1, &octet_string(n))])
            }),
            behind,
        ),
        (
            "two strings",
            Nonce::Content(|n| {
                sequence(&[context(1, &[octet_string(n), octet_string(&[0; 32])].concat())])
            }),
            behind,
        ),
        (
            "a byte behind",
            Nonce::Content(|n| [&encode::nonce_extension(n)[..], &[0]].concat()),
            behind,
        ),
        (
            "the right one inside a longer string",
            Nonce::Content(|n| sequence(&[context(1, &octet_string(&[&n[..], &[0]].concat()))])),
            AppAttestError::Nonce,
        ),
        (
            "another challenge's",
            Nonce::Content(|_| encode::nonce_extension(&[7; 32])),
            AppAttestError::Nonce,
        ),
    ];
    for (name, nonce, error) in faults {
        let phone = Phone {
            nonce: Some(match nonce {
                Nonce::Absent => Nonce::Absent,
                Nonce::Content(of) => Nonce::Content(*of),
                Nonce::Under(oid) => Nonce::Under(oid),
            }),
            ..Phone::new()
        };
        assert_eq!(phone.verify().map(drop), Err(*error), "{name}");
    }
}

/// A change of a certificate, which one that is, and what is wrong with it then.
type LinkFault = (&'static str, fn(&mut Phone), usize, ChainFault);

#[test]
fn every_certificate_must_hold() {
    let faults: &[LinkFault] = &[
        (
            "expired leaf",
            |p| p.leaf.params.not_after = datetime!(2026-09-30 0:00 UTC),
            0,
            ChainFault::Expired,
        ),
        (
            "expired issuer",
            |p| p.intermediate.params.not_after = datetime!(2026-09-30 0:00 UTC),
            1,
            ChainFault::Expired,
        ),
        (
            "early issuer",
            |p| p.intermediate.params.not_before = datetime!(2026-10-02 0:00 UTC),
            1,
            ChainFault::NotYetValid,
        ),
        (
            "leaf that is an authority",
            |p| p.leaf.params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            0,
            ChainFault::AuthorityAsLeaf,
        ),
        (
            "leaf that may not sign",
            |p| p.leaf.params.key_usages = vec![KeyUsagePurpose::KeyEncipherment],
            0,
            ChainFault::KeyUsage,
        ),
        (
            "issuer that is none",
            |p| p.intermediate.params.is_ca = IsCa::ExplicitNoCa,
            1,
            ChainFault::NotAnAuthority,
        ),
        (
            "issuer that may not sign",
            |p| p.intermediate.params.key_usages = vec![KeyUsagePurpose::DigitalSignature],
            1,
            ChainFault::NotAnAuthority,
        ),
        (
            "critical",
            |p| p.leaf = same(&p.leaf).with_extension(&[1, 2, 3], vec![5, 0], true),
            0,
            ChainFault::CriticalExtension,
        ),
        (
            "second nonce",
            |p| {
                p.intermediate =
                    same(&p.intermediate).with_extension(encode::NONCE_OID, vec![5, 0], false)
            },
            1,
            ChainFault::NonceOutOfPlace,
        ),
    ];
    for (name, change, at, fault) in faults {
        let mut phone = Phone::new();
        change(&mut phone);
        assert_eq!(phone.verify().map(drop), Err(AppAttestError::Chain(fault.at(*at))), "{name}");
    }
}

#[test]
fn the_chain_has_one_order_and_ends_below_the_root() {
    let phone = Phone::new();
    let [leaf, intermediate] = phone.certificates().try_into().unwrap();
    let root = phone.root.self_signed();
    let other = Phone::new().certificates()[1].clone();
    let mut unsigned = leaf.clone();
    *unsigned.last_mut().unwrap() ^= 1;
    let cases: &[(&str, Vec<&Vec<u8>>, usize, ChainFault)] = &[
        ("none", vec![], 0, ChainFault::NoIntermediate),
        ("leaf alone", vec![&leaf], 0, ChainFault::NoIntermediate),
        ("reversed", vec![&intermediate, &leaf], 0, ChainFault::AuthorityAsLeaf),
        ("with the root", vec![&leaf, &intermediate, &root], 2, ChainFault::RootOutOfPlace),
        ("leaf twice", vec![&leaf, &leaf, &intermediate], 0, ChainFault::IssuerName),
        ("another's intermediate", vec![&leaf, &other], 0, ChainFault::Signature),
        ("broken", vec![&unsigned, &intermediate], 0, ChainFault::Signature),
    ];
    for (name, certificates, at, fault) in cases {
        let certificates = certificates.iter().map(|der| der.to_vec()).collect::<Vec<_>>();
        let got = phone.verify_object(&phone.object_with(&certificates)).map(drop);
        assert_eq!(got, Err(AppAttestError::Chain(fault.at(*at))), "{name}");
    }
}

#[test]
fn only_a_configured_root_is_one() {
    let phone = Phone::new();
    let (app, hash) =
        (ExpectedApp { app_id: APP, environment: Environment::Production }, sha256(CHALLENGE));
    let other = Party::authority("App Attest Root", 1).self_signed();
    for roots in [AppAttestRoots::none(), AppAttestRoots::from_der([other]).unwrap()] {
        let got = verify_attestation(&phone.object(), &phone.key_id, &hash, &app, &roots, NOW);
        assert_eq!(got.map(drop), Err(AppAttestError::Chain(ChainFault::UnknownRoot.at(1))));
    }
}

#[test]
fn the_attested_key_is_on_p256() {
    let mut phone = Phone::new();
    phone.leaf.key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    assert_eq!(phone.verify().map(drop), Err(AppAttestError::KeyKind));
}

#[test]
fn nothing_that_names_a_device_is_shown() {
    let phone = Phone::new();
    let shown = format!("{:?}", phone.verify().unwrap());
    for secret in [hex::encode(&phone.key_id), format!("{:?}", phone.key_id[..4].to_vec())] {
        assert!(!shown.contains(&secret), "{shown}");
    }
}
