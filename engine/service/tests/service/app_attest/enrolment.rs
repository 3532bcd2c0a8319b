//! How iPhones come to a binding, and come back to it.

use super::*;
use simbind_service::ports::vault::Vault as _;

async fn add(world: &World, id: BindingId, iphone: &Iphone) -> Result<usize, ServiceError> {
    let request = iphone.request(&world.engine, &world.authority);
    let standing = world.engine.add_handset(&caller("counter"), id, request).await?;
    Ok(standing.binding.handsets.count())
}

#[tokio::test]
async fn an_iphone_is_enrolled_and_logs_in_by_assertions() {
    let world = world().await;
    let person = owner(&world);
    let standing = person.enrol(&world).await.unwrap();
    let handset = standing.binding.handsets.first();
    assert_eq!(handset.platform(), Platform::Ios);
    assert_eq!(handset.key().level(), SecurityLevel::AppAttest);
    let key = handset.app_attest().unwrap();
    assert_eq!(key.app.as_str(), person.iphone().app);
    assert_eq!(key.environment, AppleEnvironment::Production);
    assert_eq!(key.verified_at, world.engine.now());
    for (count, request) in (1..).zip(["c1", "c2", "c3"]) {
        let decision = person.check(&world.engine, request).await;
        assert_eq!(decision.verdict, Verdict::Allow);
        let facts = facts(&decision);
        assert_eq!(facts.handset_proof(), Some(HandsetProof::Valid));
        assert_eq!(facts.handset_attestation_level(), Some(SecurityLevel::AppAttest));
        assert_eq!(facts.handset_match(), Some(Match::Yes));
        assert_eq!(facts.handset_match_provenance(), Some(Provenance::DeviceAttested));
        assert_eq!(facts.app_identity(), Some(AppIdentity::Listed));
        assert_eq!((facts.handset_boot(), facts.handset_patch_age()), (None, None));
        assert_eq!(counters(&world).await.len(), count);
    }
    assert_eq!(counters(&world).await, [1, 2, 3]);
}

#[tokio::test]
async fn the_receipt_is_kept_sealed_and_goes_with_its_person() {
    let world = world().await;
    let person = owner(&world);
    let id = person.enrol(&world).await.unwrap().binding.id;
    let receipt = world.engine.app_attest_receipt(id, 0).await.unwrap();
    assert_eq!(receipt.as_deref(), Some(&*person.iphone().receipt));
    assert_eq!(world.engine.app_attest_receipt(id, 1).await.unwrap(), None);
    let receipt = &*person.iphone().receipt;
    for entry in world.store.all(LedgerKind::State).await {
        assert!(!entry.entry.windows(receipt.len()).any(|part| part == receipt));
    }
    world.vault().destroy(world.key_of(id).await).await.unwrap();
    let erased = world.engine.app_attest_receipt(id, 0).await;
    assert!(matches!(erased, Err(ServiceError::NotFound("binding"))), "{erased:?}");
    let other = Person::new(&world.authority, 2);
    let other = other.enrol(&world).await.unwrap().binding.id;
    assert_eq!(world.engine.app_attest_receipt(other, 0).await.unwrap(), None);
}

#[tokio::test]
async fn attestations_that_do_not_hold_are_refused_by_their_field() {
    let world = world().await;
    let authority = &world.authority;
    let brought = |iphone: &Iphone| iphone.request(&world.engine, authority);
    let good = || Iphone::new(APPLE_APP);
    let changed = |change: fn(&mut HandsetRequest)| {
        let mut request = brought(&good());
        change(&mut request);
        request
    };
    let key_id = |request: &mut HandsetRequest| {
        if let AttestationRequest::AppAttest { key_id, .. } = &mut request.attestation {
            key_id[0] ^= 1;
        }
    };
    let truncated = |request: &mut HandsetRequest| {
        if let AttestationRequest::AppAttest { attestation, .. } = &mut request.attestation {
            attestation.pop();
        }
    };
    let longwinded = good().with_receipt(vec![7; MOST_RECEIPT_BYTES + 1]);
    let another_challenge = {
        let mut request = brought(&good());
        if let AttestationRequest::AppAttest { challenge, .. } = &mut request.attestation {
            *challenge = world.engine.enrolment_challenge().unwrap().bytes.to_vec();
        }
        request
    };
    let attestation = "handset.app_attest.attestation";
    let table = [
        (
            brought(&Iphone::of(STRANGE_APP, Environment::Production)),
            attestation,
            "not on the list",
        ),
        (brought(&Iphone::of(APPLE_APP, Environment::Development)), attestation, "Development"),
        (brought(&Iphone::of(DEVELOPED_APP, Environment::Production)), attestation, "Production"),
        (brought(&longwinded), attestation, "receipt of 8193 bytes"),
        (changed(truncated), attestation, "cannot be read"),
        (another_challenge, attestation, "not for this challenge"),
        (changed(key_id), "handset.app_attest.key_id", "key identifier"),
        (good().request_for(vec![7; 50], authority), "proof.challenge", "not issued"),
        (
            changed(|request| request.platform = Platform::Android),
            "handset.platform",
            "belongs to an iPhone",
        ),
    ];
    for (number, (handset, field, part)) in table.into_iter().enumerate() {
        let mut asked = owner(&world).asked(&world.engine, authority);
        if let AttestationRequest::AppAttest { challenge, .. } = &handset.attestation {
            asked.proof.challenge.clone_from(challenge);
        }
        asked.handset = handset;
        let request = format!("e{number}").parse().unwrap();
        let refused = world.engine.enrol(&caller("counter"), &request, asked).await.unwrap_err();
        let ServiceError::Invalid { field: named, why } = refused else { panic!("{refused}") };
        assert_eq!(named, field, "{why}");
        assert!(why.contains(part), "{why}");
    }
    let mut developed = owner(&world);
    developed.iphone = Some(Iphone::of(DEVELOPED_APP, Environment::Development));
    developed.enrol(&world).await.unwrap();
}

#[tokio::test]
async fn an_enrolment_challenge_that_has_ended_attests_nothing() {
    let world = world().await;
    let person = owner(&world);
    let asked = person.asked(&world.engine, &world.authority);
    world.clock.move_on(Duration::from_secs(3601));
    let refused = world.engine.enrol(&caller("counter"), &"e1".parse().unwrap(), asked).await;
    assert!(
        matches!(refused, Err(ServiceError::Invalid { field, .. }) if field == "proof.challenge")
    );
}

#[tokio::test]
async fn an_app_that_was_installed_anew_takes_its_place_with_a_counter_of_its_own() {
    let world = world().await;
    let mut person = owner(&world);
    let id = person.enrol(&world).await.unwrap().binding.id;
    world.engine.check(&asserted_at(&person, &world, "c1", 500)).await.unwrap();
    let old = person.login(&world.engine, "old");
    let fresh = Iphone::new(person.iphone().app).with_receipt(b"another receipt".to_vec());
    let request = fresh.request(&world.engine, &world.authority);
    for _ in 0..2 {
        let standing = world
            .engine
            .reinstall_handset(&caller("counter"), id, 0, request.clone())
            .await
            .unwrap();
        assert_eq!(standing.binding.handsets.count(), 1);
    }
    assert_eq!(
        world.engine.app_attest_receipt(id, 0).await.unwrap().as_deref(),
        Some(&b"another receipt"[..])
    );
    // The old installation is not the person's any more; the new one begins at one.
    assert_eq!(proof(&world.engine.check(&old).await.unwrap()), HandsetProof::Invalid);
    person.iphone = Some(fresh);
    let decision = person.check(&world.engine, "c2").await;
    assert_eq!((decision.verdict, proof(&decision)), (Verdict::Allow, HandsetProof::Valid));
    assert_eq!(counters(&world).await, [500, 1]);
}

#[tokio::test]
async fn another_iphone_is_one_more_and_only_like_takes_the_place_of_like() {
    let world = world().await;
    let person = owner(&world);
    let id = person.enrol(&world).await.unwrap().binding.id;
    assert_eq!(add(&world, id, &Iphone::new(person.iphone().app)).await.unwrap(), 2);
    let placed = async |place, request| {
        world.engine.reinstall_handset(&caller("counter"), id, place, request).await.unwrap_err()
    };
    let other = Iphone::new(OTHER_APPLE_APP).request(&world.engine, &world.authority);
    assert!(matches!(placed(0, other.clone()).await, ServiceError::Refused(_)));
    assert!(matches!(placed(2, other).await, ServiceError::Refused(_)));
    let android = Phone::attested(9).request(&world.engine, &world.authority);
    assert!(matches!(placed(0, android).await, ServiceError::Refused(_)));
    // A phone without a key would let the key be left out.
    let bare = Phone::plain(9).request(&world.engine, &world.authority);
    let refused = world.engine.add_handset(&caller("counter"), id, bare).await;
    assert!(matches!(refused, Err(ServiceError::Refused(_))));
}
