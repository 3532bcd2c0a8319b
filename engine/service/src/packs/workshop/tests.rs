use super::*;
use simbind_core::time::Timestamp;

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::EPOCH
    }
}

fn workshop() -> Workshop {
    Workshop::new(&(Arc::new(Still) as Arc<dyn Clock>), 10)
}

fn sources(number: usize) -> Vec<PackSource> {
    let pack = "[pack]\nid = \"nation\"\napplies_to = { country = \"JP\" }\n";
    let rule = "[[rule]]\nid = \"locked\"\non = [\"login\"]\nwhen = \"pin.failures >= 3\"\n\
                verdict = \"deny\"\nreason = \"PIN_LOCKED\"\n";
    vec![PackSource { name: "nation.toml".into(), text: format!("{pack}# {number}\n{rule}") }]
}

#[tokio::test]
async fn whoever_goes_back_waits_for_nobody_who_stages_or_looks_at_old_decisions() {
    let workshop = workshop();
    // As while a huge pack is checked, and another one for an explanation.
    let _staging = Arc::clone(&workshop.staging).lock_owned().await;
    let _recalling = Arc::clone(&workshop.recalling).lock_owned().await;
    let hash = RuleBook::compile(&sources(1)).unwrap().hash();
    let back = workshop.compile_to_return(hash, sources(1)).await.unwrap();
    assert_eq!(back.ok().unwrap().hash(), hash);
    let staged = workshop.check(sources(2)).await.map(|_| ());
    assert_eq!(staged, Err(ServiceError::Busy { retry_after: AFTER_ANOTHER }));
}

#[tokio::test]
async fn what_a_rollback_goes_to_is_kept_whatever_else_is_compiled() {
    let workshop = workshop();
    let before = workshop.check(sources(0)).await.unwrap().ok().unwrap();
    let unpinned = workshop.check(sources(1)).await.unwrap().ok().unwrap();
    workshop.pin(before.hash(), Some(Arc::clone(&before)));
    for number in 2..=2 + MOST_COMPILED {
        assert!(workshop.check(sources(number)).await.unwrap().is_ok());
    }
    assert!(workshop.kept(before.hash()).is_some() && workshop.is_pinned(before.hash()));
    assert!(workshop.kept(unpinned.hash()).is_none());
    assert_eq!(workshop.compiled.lock().len(), MOST_COMPILED);
}

#[tokio::test]
async fn so_many_compiled_versions_are_kept_and_those_that_were_used_last() {
    let workshop = workshop();
    let mut hashes = Vec::new();
    for number in 0..MOST_COMPILED + 3 {
        let packs = workshop.check(sources(number)).await.unwrap().unwrap();
        hashes.push(packs.book.hash());
        assert!(workshop.kept(hashes[0]).is_some(), "used each time");
    }
    assert_eq!(workshop.compiled.lock().len(), MOST_COMPILED);
    let kept: Vec<bool> = hashes.iter().map(|hash| workshop.kept(*hash).is_some()).collect();
    let gone: Vec<usize> = (0..kept.len()).filter(|at| !kept[*at]).collect();
    assert_eq!(gone, [1, 2, 3]);
}

#[tokio::test]
async fn packs_that_only_compiled_are_looked_at_again_before_they_serve() {
    let workshop = workshop();
    let mut wrong = sources(1);
    wrong[0].text.push_str(
        "\n[[test]]\nname = \"nobody gets in\"\ngiven = { \"pin.failures\" = 0 }\n\
         expect = { verdict = \"deny\" }\n",
    );
    let compiled = workshop.compile_again(wrong.clone()).await.unwrap();
    assert!(compiled.is_ok(), "{:?}", compiled.err());
    assert!(workshop.check(wrong).await.unwrap().is_err(), "its test fails");
    let good = workshop.check(sources(2)).await.unwrap().unwrap();
    let again = workshop.check(sources(2)).await.unwrap().unwrap();
    assert!(Arc::ptr_eq(&good, &again));
}
