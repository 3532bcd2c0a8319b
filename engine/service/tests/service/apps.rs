//! Which app may carry a login: by the key that it asked for, and by the list as it is now.

use crate::support::{APP, BUSINESS, Person, Phone, SIGNER, TestEngine, UI, World, apps, caller};
use simbind_core::app::{AppList, AppProof, ListedApp, SignerDigest};
use simbind_rules::{
    Facts,
    facts::{AppIdentity, HandsetBasis, SignatureState},
};
use simbind_service::{ServiceError, check::HandsetWord, ledger::DecisionEntry};

fn facts(decision: &DecisionEntry) -> Facts {
    Facts::from_bytes(&decision.facts).unwrap()
}

/// The two facts of a login that names these apps.
async fn found(
    engine: &TestEngine,
    person: &Person,
    request: &str,
    (app, ui): (&str, &str),
) -> (AppIdentity, AppIdentity) {
    let named = |name: &str| (!name.is_empty()).then(|| name.parse().unwrap());
    let check = person.login_with(engine, request, |check| {
        (check.app, check.ui_app) = (named(app), named(ui));
    });
    let facts = facts(&engine.check(&check).await.unwrap());
    (facts.app_identity().unwrap(), facts.app_ui().unwrap())
}

fn phone(serial: u32, asked_by: (&'static str, [u8; 32])) -> Phone {
    let mut phone = Phone::attested(serial);
    phone.asked_by = asked_by;
    phone
}

#[tokio::test]
async fn a_handset_is_enrolled_for_a_listed_app_with_its_signer_alone() {
    let world = World::new().await;
    let id = Person::new(&world.authority, 1).enrol(&world).await.unwrap().binding.id;
    let (engine, by) = (&world.engine, caller("counter"));
    for (serial, asked_by) in
        [(2, ("com.example.rogue", SIGNER)), (3, (APP, [8; 32])), (4, (UI, [8; 32]))]
    {
        let request = phone(serial, asked_by).request(engine, &world.authority);
        let refused = engine.add_handset(&by, id, request).await.unwrap_err();
        let ServiceError::Invalid { field, why, .. } = &refused else { panic!("{refused:?}") };
        assert_eq!(field, "handset.key_attestation_chain", "{asked_by:?}");
        assert!(why.contains("no app that is on the list"), "{why}");
    }
    for (serial, asked_by) in [(5, (UI, SIGNER)), (6, (BUSINESS, SIGNER))] {
        let request = phone(serial, asked_by).request(engine, &world.authority);
        let added = engine.add_handset(&by, id, request).await.unwrap().binding;
        let basis: Vec<_> = added.handsets.iter().map(|handset| handset.basis()).collect();
        assert!(basis.iter().all(|basis| *basis == HandsetBasis::AttestedImei), "{basis:?}");
    }
}

#[tokio::test]
async fn a_login_names_both_apps_and_the_key_of_either_speaks_for_them() {
    use AppIdentity::{Listed, Unlisted, Withheld};
    let world = World::new().await;
    let engine = &world.engine;
    for (serial, asked_by) in [(1, UI), (2, BUSINESS), (3, APP)] {
        let mut person = Person::new(&world.authority, serial);
        person.phone = phone(serial, (asked_by, SIGNER));
        person.enrol(&world).await.unwrap();
        let pair = if asked_by == APP { (Unlisted, Unlisted) } else { (Listed, Listed) };
        let alone = if asked_by == APP { (Listed, Listed) } else { (Unlisted, Unlisted) };
        let swapped = if asked_by == BUSINESS { (Listed, Unlisted) } else { (Unlisted, Unlisted) };
        for (n, (named, expected)) in [
            ((BUSINESS, UI), pair),
            ((APP, ""), alone),
            ((BUSINESS, "com.example.pinpad"), swapped),
            (("", ""), (Withheld, Withheld)),
        ]
        .into_iter()
        .enumerate()
        {
            let request = format!("{asked_by}-{n}");
            let got = found(engine, &person, &request, named).await;
            assert_eq!(got, expected, "{asked_by}: {named:?}");
        }
    }
}

#[tokio::test]
async fn an_app_that_leaves_the_list_or_whose_signer_does_carries_no_login_any_more() {
    use AppIdentity::{Listed, Unlisted};
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    assert_eq!(found(&world.engine, &person, "c1", (APP, "")).await, (Listed, Listed));
    let signed_by = |serials: &[u8]| -> AppList {
        let signers = serials.iter().map(|serial| SignerDigest::from_sha256([*serial; 32]));
        let proof = AppProof::Android { signers: signers.collect() };
        let changed = apps();
        let entries = changed.iter().map(|(id, app)| (id.clone(), app.clone()));
        entries.map(|(id, app)| (id, ListedApp { proof: proof.clone(), ..app })).collect()
    };
    let (rotated, overlapping) = (signed_by(&[9]), signed_by(&[7, 9]));
    let gone: AppList = AppList::default();
    for (request, list, expected) in [
        ("c2", rotated, (Unlisted, Unlisted)),
        ("c3", overlapping, (Listed, Listed)),
        ("c4", gone, (Unlisted, Unlisted)),
        ("c5", apps(), (Listed, Listed)),
    ] {
        let engine = world.restarted_with_apps(list).await;
        assert_eq!(found(&engine, &person, request, (APP, "")).await, expected, "{request}");
    }
}

#[tokio::test]
async fn without_the_handset_s_signature_an_app_is_a_name() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let mut check = person.login(&world.engine, "c1");
    check.handset = HandsetWord::Nothing;
    let facts = facts(&world.engine.check(&check).await.unwrap());
    assert_eq!(facts.app_identity(), Some(AppIdentity::Claimed));
    assert_eq!(facts.app_ui(), Some(AppIdentity::Claimed));
}

#[tokio::test]
async fn a_transcript_of_version_1_and_one_of_other_apps_do_not_verify() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let engine = &world.engine;
    let mut first = person.login(engine, "c1");
    let bytes = first.transcript();
    let version = "simbind-transcript".len();
    // Version 1 ended before the app that holds the applet.
    let mut old = bytes[..bytes.len() - 2].to_vec();
    (old[version], _) = (1, assert_eq!(bytes[version], 2));
    person.sign_over(&mut first, &old);
    let mut moved = person.login_with(engine, "c2", |check| {
        (check.app, check.ui_app) = (Some(BUSINESS.parse().unwrap()), Some(UI.parse().unwrap()));
    });
    moved.ui_app = None;
    for check in [first, moved] {
        let facts = facts(&engine.check(&check).await.unwrap());
        assert_eq!(facts.transcript_signature(), Some(SignatureState::Invalid));
    }
}
