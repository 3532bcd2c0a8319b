use super::{PACK, Scene};
use simbind_core::{
    binding::{End, LifecycleReason, State},
    status::Standing,
};

#[tokio::test]
async fn what_its_issuer_revoked_ends_the_binding_and_what_it_holds_does_not() {
    let by_issuer = State::Ended { end: End::Revoked, why: LifecycleReason::Issuer };
    let state = async |scene: &Scene| {
        let engine = scene.world.restarted(PACK).await;
        let name = scene.person.name.parse().unwrap();
        let (mut bindings, _) = engine.bindings_of(&name, None, 10).await.unwrap();
        let listed = bindings.remove(0);
        let read = engine.as_it_stands(listed.clone()).await.unwrap();
        assert_eq!(listed.binding.state, read.binding.state, "it is written, not only shown");
        read.binding.state
    };
    let by_list = Scene::new().await;
    by_list.list(vec![by_list.held()]).await;
    assert_eq!(state(&by_list).await, State::Active);
    by_list.list(vec![by_list.revoked()]).await;
    assert_eq!(state(&by_list).await, by_issuer);
    let by_word = Scene::new().await;
    by_word.word(Standing::Held { since: by_word.world.engine.now() }).await;
    assert_eq!(state(&by_word).await, State::Active);
    by_word.word(by_word.word_revoked()).await;
    assert_eq!(state(&by_word).await, by_issuer);
    let by_answer = Scene::new().await;
    by_answer.answer(by_answer.answer_revoked()).await;
    assert_eq!(state(&by_answer).await, by_issuer);
}
