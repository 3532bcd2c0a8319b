use super::*;
use simbind_core::time::Timestamp;

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::EPOCH
    }
}

fn sources(number: usize) -> Vec<PackSource> {
    let text = format!("[pack]\nid = \"n{number}\"\napplies_to = {{ country = \"JP\" }}\n");
    vec![PackSource { name: "nation.toml".into(), text }]
}

#[tokio::test]
async fn so_many_compiled_versions_are_kept_and_those_that_were_used_last() {
    let clock: Arc<dyn Clock> = Arc::new(Still);
    let workshop = Workshop::new(&clock, 10);
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
    let clock: Arc<dyn Clock> = Arc::new(Still);
    let workshop = Workshop::new(&clock, 10);
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
