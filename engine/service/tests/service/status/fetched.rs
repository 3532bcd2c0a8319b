//! What is fetched in the background.

use super::{HOUR, PACK, allowed, denied, said};
use crate::support::{Person, TestEngine, World, serial};
use parking_lot::Mutex;
use simbind_core::ids::AuthorityId;
use simbind_evidence::status::{CertStatus, encode::CrlEntrySpec};
use simbind_service::{
    ports::status::{Ask, Fetch, FetchError, Place},
    status::{SourceKind, SourceTerms},
};
use std::{sync::Arc, time::Duration};

/// Answers what it is told to, and keeps what it was asked.
#[derive(Default)]
struct Responder {
    answer: Mutex<Option<Result<Vec<u8>, FetchError>>>,
    asked: Mutex<Vec<Ask>>,
}

impl Responder {
    fn says(&self, answer: Result<Vec<u8>, FetchError>) {
        *self.answer.lock() = Some(answer);
    }

    fn asked(&self) -> usize {
        self.asked.lock().len()
    }
}

impl Fetch for Responder {
    async fn fetch(&self, ask: &Ask) -> Result<Vec<u8>, FetchError> {
        self.asked.lock().push(ask.clone());
        self.answer.lock().clone().unwrap_or(Err(FetchError::Status(500)))
    }
}

fn source(issuer: AuthorityId, kind: SourceKind) -> SourceTerms {
    SourceTerms {
        issuer,
        kind,
        place: Some(Place::Url("http://issuer.example/".into())),
        every: HOUR,
        timeout: Duration::from_secs(1),
    }
}

async fn scene(kind: SourceKind) -> (World, Person, Responder) {
    let world = World::with_sources(PACK, |issuer| vec![source(issuer, kind)]).await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    (world, person, Responder::default())
}

/// Runs all that is due; how many jobs there were.
async fn run(engine: &Arc<TestEngine>, responder: &Responder) -> usize {
    let jobs = engine.status_jobs(10);
    let count = jobs.len();
    for job in jobs {
        engine.run_status_job(job, responder).await;
    }
    count
}

#[tokio::test]
async fn a_list_is_fetched_in_its_time_and_counts() {
    let (world, person, responder) = scene(SourceKind::List).await;
    let held = CrlEntrySpec::held(serial(&person), world.engine.now());
    responder.says(Ok(world.authority.listing(world.engine.now(), vec![held])));
    assert_eq!(run(&world.engine, &responder).await, 1);
    assert_eq!(said(&person.check(&world.engine, "c1").await), denied("CERTIFICATE_HELD"));
    assert_eq!(run(&world.engine, &responder).await, 0, "not before its time");
    world.clock.move_on(HOUR);
    responder.says(Ok(world.authority.listing(world.engine.now(), vec![])));
    assert_eq!(run(&world.engine, &responder).await, 1);
    assert_eq!(said(&person.check(&world.engine, "c2").await), allowed());
    let again = world.restarted(PACK).await;
    assert!(again.issuers()[0].lists.len() == 1, "it is kept over a restart");
}

#[tokio::test]
async fn a_source_that_fails_hurts_no_check_and_is_asked_less_and_less() {
    let (world, person, responder) = scene(SourceKind::List).await;
    let answers = [
        Err(FetchError::Timeout(Duration::from_secs(1))),
        Err(FetchError::Status(500)),
        Ok(b"garbage".to_vec()),
        Ok(World::new().await.authority.list(world.engine.now(), |_| {})),
    ];
    let mut asked = 0;
    for (n, answer) in answers.into_iter().cycle().take(12).enumerate() {
        responder.says(answer);
        // So long that even the longest pause has passed.
        world.clock.move_on(Duration::from_secs(900));
        asked += run(&world.engine, &responder).await;
        assert_eq!(run(&world.engine, &responder).await, 0, "it is left alone for a while");
        let login = person.check(&world.engine, &format!("c{n}")).await;
        assert_eq!(said(&login), allowed());
    }
    assert_eq!(asked, 12);
    let figures = &world.engine.issuers()[0].sources[0];
    assert_eq!((figures.failures, figures.faults, figures.answers), (12, 12, 0));
    assert!(figures.last_error.as_deref().unwrap().contains("signature"), "{figures:?}");
    responder.says(Ok(world.authority.list(world.engine.now(), |_| {})));
    world.clock.move_on(Duration::from_secs(900));
    run(&world.engine, &responder).await;
    let figures = &world.engine.issuers()[0].sources[0];
    assert_eq!((figures.failures, figures.last_error.as_deref()), (0, None));
}

#[tokio::test]
async fn a_responder_is_asked_about_what_was_used() {
    let (world, person, responder) = scene(SourceKind::Responder).await;
    assert_eq!(run(&world.engine, &responder).await, 0, "nothing was used");
    person.check(&world.engine, "c1").await;
    let held = CertStatus::Held { since: world.engine.now() };
    responder.says(Ok(world.authority.answer(&person, held, world.engine.now())));
    assert_eq!(run(&world.engine, &responder).await, 1);
    let question = responder.asked.lock()[0].request.clone().unwrap();
    assert!(question.windows(2).any(|at| at == &1001_u16.to_be_bytes()[..]), "the serial");
    assert_eq!(said(&person.check(&world.engine, "c2").await), denied("CERTIFICATE_HELD"));
    assert_eq!(run(&world.engine, &responder).await, 0, "its answer is fresh");
    world.clock.move_on(HOUR);
    responder.says(Ok(world.authority.answer(&person, CertStatus::Good, world.engine.now())));
    assert_eq!(run(&world.engine, &responder).await, 1);
    assert_eq!(said(&person.check(&world.engine, "c3").await), allowed());
}

#[tokio::test]
async fn who_cannot_sign_makes_no_responder_be_asked() {
    let (world, person, responder) = scene(SourceKind::Responder).await;
    let mut check = person.login(&world.engine, "c1");
    check.signature.as_mut().unwrap().value[10] ^= 1;
    world.engine.check(&check).await.unwrap();
    assert_eq!(run(&world.engine, &responder).await, 0);
    assert_eq!(responder.asked(), 0);
}

#[tokio::test]
async fn a_responder_that_fails_is_asked_one_question_at_a_time() {
    let (world, first, responder) = scene(SourceKind::Responder).await;
    first.check(&world.engine, "c1").await;
    for serial in 2..6 {
        let person = Person::new(&world.authority, serial);
        person.enrol(&world).await.unwrap();
        person.check(&world.engine, &format!("c{serial}")).await;
    }
    assert_eq!(run(&world.engine, &responder).await, 5);
    assert_eq!(run(&world.engine, &responder).await, 0);
    world.clock.move_on(Duration::from_secs(900));
    assert_eq!(run(&world.engine, &responder).await, 1);
}

#[tokio::test]
async fn a_certificate_that_a_responder_does_not_know_stops_no_other() {
    let (world, person, responder) = scene(SourceKind::Responder).await;
    let unknown = || world.authority.answer(&person, CertStatus::Unknown, world.engine.now());
    let mut asked = Vec::new();
    person.check(&world.engine, "c1").await;
    for minute in 0..60 {
        responder.says(Ok(unknown()));
        if run(&world.engine, &responder).await > 0 {
            asked.push(minute);
        }
        world.clock.move_on(Duration::from_secs(60));
    }
    assert_eq!(asked, [0, 1, 3, 7, 15, 31], "less and less");
    let figures = &world.engine.issuers()[0].sources[0];
    assert_eq!((figures.failures, figures.faults, figures.answers), (0, 0, 6));
    let other = Person::new(&world.authority, 2);
    other.enrol(&world).await.unwrap();
    other.check(&world.engine, "c2").await;
    responder.says(Ok(world.authority.answer(&other, CertStatus::Good, world.engine.now())));
    assert_eq!(run(&world.engine, &responder).await, 1, "at once");
    assert_eq!(world.engine.issuers()[0].sources[0].answers, 7);
}
