//! The load: people are enrolled, log in, and are spoken of by their carrier, until the server dies.

use super::book::{Book, Login};
use simbind_proto::v1::{
    self, binding_service_client::BindingServiceClient, check_service_client::CheckServiceClient,
    decision::Verdict, sim_event::Kind, sim_event_service_client::SimEventServiceClient,
};
use simbind_tests::Person;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tonic::{Code, Status, transport::Channel};

/// The worker's part of the world.
#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) book: Arc<Book>,
    pub(crate) numbers: Arc<AtomicU64>,
    pub(crate) round: u32,
    pub(crate) channel: Channel,
}

/// Whether a call failed because the server died, not because it refused.
pub(crate) fn is_death(status: &Status) -> bool {
    !matches!(
        status.code(),
        Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::FailedPrecondition
            | Code::Unauthenticated
            | Code::Unimplemented
    )
}

impl Worker {
    /// Works until a call fails, and gives back why.
    pub(crate) async fn work(self) -> Status {
        loop {
            let number = self.numbers.fetch_add(1, Ordering::Relaxed);
            if let Err(status) = self.person(number).await {
                return status;
            }
        }
    }

    async fn person(&self, number: u64) -> Result<(), Status> {
        let person = self.book.newcomer(number);
        let mut client = BindingServiceClient::new(self.channel.clone());
        let request = person.signed_enrolment(&mut client).await?;
        let line = self.book.about_to_enrol(self.round, request.clone());
        let answer = client.enrol_binding(request).await?.into_inner();
        self.book.pages().enrolments[line].answer = Some(answer.binding.unwrap());
        self.login(&person, &format!("login-{number}-1"), false).await?;
        self.events(&person, number).await?;
        if number.is_multiple_of(3) {
            self.broken_off(&person, number).await?;
        }
        self.login(&person, &format!("login-{number}-2"), true).await
    }

    async fn login(&self, person: &Arc<Person>, id: &str, settled: bool) -> Result<(), Status> {
        let request = login(&self.channel, person, id).await?;
        let asked = Login { person: Arc::clone(person), settled, request: request.clone() };
        let line = self.book.about_to_ask(self.round, asked);
        let mut client = CheckServiceClient::new(self.channel.clone());
        let answer = client.check_login(request).await?.into_inner();
        self.book.pages().logins[line].answer = Some(answer.decision.unwrap());
        Ok(())
    }

    /// A login whose caller goes away, and then the same challenge under another number: it is
    /// decided for one of the two at most, which the audit of the ledger sees.
    async fn broken_off(&self, person: &Person, number: u64) -> Result<(), Status> {
        let request = login(&self.channel, person, &format!("login-{number}-cut")).await?;
        let mut client = CheckServiceClient::new(self.channel.clone());
        let patience = Duration::from_micros(number * 137 % 6_000);
        let cut = tokio::time::timeout(patience, client.check_login(request.clone())).await;
        let request_id = format!("login-{number}-after");
        let second = v1::CheckLoginRequest { request_id, ..request };
        let second = client.check_login(second).await?.into_inner().decision.unwrap();
        if cut.is_ok_and(|answer| answer.is_ok()) {
            assert!(matches!(second.verdict, Some(Verdict::Deny(_))), "{second:?}");
        }
        Ok(())
    }

    /// One batch: the handset was seen, and every fourth line is suspended.
    async fn events(&self, person: &Person, number: u64) -> Result<(), Status> {
        let seen = Kind::HandsetObserved(v1::HandsetObserved { imei: person.imei.clone() });
        let mut events = vec![person.event(&format!("seen-{number}"), seen)];
        if number.is_multiple_of(4) {
            let suspended = Kind::LineSuspended(v1::LineSuspended::default());
            events.push(person.event(&format!("suspended-{number}"), suspended));
        }
        let lines: Vec<usize> =
            events.iter().map(|event| self.book.about_to_tell(self.round, event.clone())).collect();
        let mut client = SimEventServiceClient::new(self.channel.clone());
        let results =
            client.publish_events(v1::PublishEventsRequest { events }).await?.into_inner().results;
        assert_eq!(results.len(), lines.len(), "a result for each event");
        let mut pages = self.book.pages();
        for (line, result) in lines.into_iter().zip(results) {
            assert_eq!(result.status(), v1::EventStatus::Applied, "{result:?}");
            pages.events[line].answer = Some(result);
        }
        Ok(())
    }
}

/// Draws a challenge and has the person sign a login.
pub(crate) async fn login(
    channel: &Channel,
    person: &Person,
    request_id: &str,
) -> Result<v1::CheckLoginRequest, Status> {
    let draw = v1::IssueChallengeRequest {
        channel: v1::Channel::AppLogin.into(),
        reader_id: String::new(),
    };
    let mut client = CheckServiceClient::new(channel.clone());
    let challenge = client.issue_challenge(draw).await?.into_inner();
    Ok(person.login(request_id, &challenge).unwrap())
}
