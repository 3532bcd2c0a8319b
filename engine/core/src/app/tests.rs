use super::*;
use crate::{binding::KeyLevel, time::Timestamp};
use simbind_rules::facts::BootState;

const SIGNER: SignerDigest = SignerDigest::from_sha256([7; 32]);
const OTHER: SignerDigest = SignerDigest::from_sha256([8; 32]);
const APPLE: &str = "ABCDE12345.jp.example.login";

fn app(text: &str) -> AppId {
    text.parse().unwrap()
}

fn listed(role: AppRole, signers: &[SignerDigest], privilege: &[&str]) -> ListedApp {
    let carrier_privilege = privilege.iter().map(|carrier| carrier.parse().unwrap()).collect();
    let signers = signers.iter().copied().collect();
    ListedApp { role, proof: AppProof::Android { signers }, carrier_privilege }
}

fn list() -> AppList {
    let apple = AppProof::Apple { environment: AppleEnvironment::Production };
    [
        (app("jp.example.login"), listed(AppRole::Business, &[SIGNER], &[])),
        (app("jp.example.card"), listed(AppRole::Ui, &[SIGNER, OTHER], &["docomo"])),
        (app("jp.example.all"), listed(AppRole::Both, &[SIGNER], &[])),
        (app(APPLE), ListedApp { proof: apple, ..listed(AppRole::Both, &[], &[]) }),
    ]
    .into_iter()
    .collect()
}

fn key(apps: &[&str], signers: &[SignerDigest]) -> HandsetKey {
    HandsetKey::Attested(AttestedKey {
        spki: vec![1],
        level: KeyLevel::Tee,
        boot: Some(BootState::Verified),
        patch: None,
        apps: apps.iter().map(|text| app(text)).collect(),
        signers: signers.to_vec(),
        imeis: crate::ids::ImeiSet::default(),
        issuers: Vec::new(),
        verified_at: Timestamp::EPOCH,
    })
}

fn vouched(text: &str, environment: AppleEnvironment) -> HandsetKey {
    let verified_at = Timestamp::EPOCH;
    HandsetKey::AppAttest(AppAttestKey { spki: vec![1], app: app(text), environment, verified_at })
}

#[test]
fn a_key_speaks_for_a_listed_app_that_asked_for_it_under_its_own_signer() {
    let list = list();
    for (name, key, app_id, speaks) in [
        ("its own", key(&["jp.example.login"], &[SIGNER]), "jp.example.login", true),
        ("another signer", key(&["jp.example.login"], &[OTHER]), "jp.example.login", false),
        ("a rotated signer", key(&["jp.example.card"], &[OTHER]), "jp.example.card", true),
        ("two signers", key(&["jp.example.login"], &[SIGNER, OTHER]), "jp.example.login", false),
        ("no signer", key(&["jp.example.login"], &[]), "jp.example.login", false),
        ("another app", key(&["jp.example.login"], &[SIGNER]), "jp.example.card", false),
        ("no app", key(&[], &[SIGNER]), "jp.example.login", false),
        ("not listed", key(&["com.example.rogue"], &[SIGNER]), "com.example.rogue", false),
        (
            "one user id",
            key(&["jp.example.card", "jp.example.login"], &[SIGNER]),
            "jp.example.login",
            true,
        ),
        ("an Apple app", vouched(APPLE, AppleEnvironment::Production), APPLE, true),
        ("a development key", vouched(APPLE, AppleEnvironment::Development), APPLE, false),
        (
            "another Apple app",
            vouched(APPLE, AppleEnvironment::Production),
            "jp.example.all",
            false,
        ),
        ("an Apple id on Android", key(&[APPLE], &[SIGNER]), APPLE, false),
        ("no key", HandsetKey::None, "jp.example.login", false),
    ] {
        assert_eq!(list.speaks_for(&key, &app(app_id)), speaks, "{name}");
    }
}

#[test]
fn an_app_is_listed_for_its_part_alone() {
    let list = list();
    for (app_id, business, ui) in [
        ("jp.example.login", true, false),
        ("jp.example.card", false, true),
        ("jp.example.all", true, true),
        ("com.example.rogue", false, false),
    ] {
        assert_eq!(list.names(&app(app_id), AppPart::Business), business, "{app_id}");
        assert_eq!(list.names(&app(app_id), AppPart::Ui), ui, "{app_id}");
    }
}

#[test]
fn an_app_is_privileged_on_the_lines_of_its_carriers_and_of_those_whom_they_host() {
    let serving = |carrier: &str, host: Option<&str>| Serving {
        carrier: carrier.parse().unwrap(),
        host: host.map(|host| host.parse().unwrap()),
    };
    let privileged = |app_id: &str, serving: Serving| list().privileged(&app(app_id), &serving);
    assert!(privileged("jp.example.card", serving("docomo", None)));
    assert!(privileged("jp.example.card", serving("iij", Some("docomo"))));
    assert!(!privileged("jp.example.card", serving("kddi", None)));
    assert!(!privileged("jp.example.login", serving("docomo", None)));
}

#[test]
fn a_signer_shows_its_beginning_only() {
    assert_eq!(format!("{SIGNER:?}"), "SignerDigest(07070707…)");
    assert_eq!(SignerDigest::from_bytes(&[7; 32]), Some(SIGNER));
    assert_eq!(SignerDigest::from_bytes(&[7; 31]), None);
}
