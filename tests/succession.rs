//! Bindings that follow one another, over mutual TLS.

use simbind_proto::v1::{
    binding_service_client::BindingServiceClient, owner_proof::By,
    succession_service_client::SuccessionServiceClient, *,
};
use simbind_tests::{Authority, Launch, Person, dev_certs, tls_channel};
use tonic::Code;

#[tokio::test]
async fn a_renewal_is_asked_for_once_by_who_saw_the_owner() {
    let dir = tempfile::tempdir().unwrap();
    dev_certs(dir.path()).await.unwrap();
    let authority = Authority::new().unwrap();
    let anchors = dir.path().join("anchors.pem");
    authority.write(&anchors).unwrap();
    let file = dir.path().join("simbind.toml");
    let launch = Launch::new(dir.path().join("data")).config(&file).trust(&anchors);
    let server = launch.start().await.unwrap();
    let of = |caller: &str| tls_channel(&server, dir.path(), Some(caller)).unwrap();
    let (person, next) =
        (Person::make(&authority, 1).unwrap(), Person::make(&authority, 2).unwrap());
    let mut counter = BindingServiceClient::new(of("city-hall"));
    let enrolled = person.enrol(&mut counter).await.unwrap();
    let old = enrolled.binding_id;
    let asked = RenewBindingRequest {
        request_id: "renew-1".into(),
        binding_id: old.clone(),
        certificate_chain: vec![next.certificate.clone()],
        owner: Some(OwnerProof { by: Some(By::TicketRef("ticket-1".into())) }),
        card_not_after: None,
    };
    // A relying party sees nobody in person.
    let mut bank = SuccessionServiceClient::new(of("bank"));
    let refused = bank.renew_binding(asked.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied, "{refused:?}");
    let drawn = bank.issue_owner_challenge(IssueOwnerChallengeRequest {}).await.unwrap();
    assert_eq!(drawn.into_inner().challenge.len(), 50);
    let mut clerk = SuccessionServiceClient::new(of("city-hall"));
    for (field, request) in [
        ("request_id", RenewBindingRequest { request_id: String::new(), ..asked.clone() }),
        ("binding_id", RenewBindingRequest { binding_id: "bnd_1".into(), ..asked.clone() }),
        ("certificate_chain", RenewBindingRequest { certificate_chain: vec![], ..asked.clone() }),
        ("owner", RenewBindingRequest { owner: None, ..asked.clone() }),
    ] {
        let refused = clerk.renew_binding(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
        assert_eq!(refused.metadata().get("simbind-field").unwrap(), field);
    }
    let renewed = clerk.renew_binding(asked.clone()).await.unwrap().into_inner();
    let again = clerk.renew_binding(asked).await.unwrap().into_inner();
    let new = renewed.binding.unwrap().binding_id;
    assert_eq!(again.binding.unwrap().binding_id, new, "a lost reply");
    assert_ne!(new, old);
    for id in [old, new] {
        let found = counter.get_binding(GetBindingRequest { binding_id: id }).await.unwrap();
        let state = found.into_inner().binding.unwrap().state();
        assert_eq!(state, BindingState::Active, "side by side");
    }
}
