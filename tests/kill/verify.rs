//! What a server that was started again must still know.

use super::{
    book::{Book, Login, chosen},
    load,
};
use futures::{StreamExt as _, stream};
use rand_chacha::ChaCha20Rng;
use simbind_proto::v1::{
    self, binding_service_client::BindingServiceClient, check_service_client::CheckServiceClient,
    decision::Verdict, decision_service_client::DecisionServiceClient,
    sim_event_service_client::SimEventServiceClient,
};
use simbind_tests::Person;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tonic::transport::Channel;

/// Calls under way at once.
const AT_ONCE: usize = 16;
/// A challenge lives for ten minutes in these tests; this much of it is counted on.
const FRESH: Duration = Duration::from_secs(9 * 60);

/// Looks at all that was sent in the last round and at some of what was sent before.
pub(crate) struct Verifier {
    pub(crate) book: Arc<Book>,
    pub(crate) channel: Channel,
    /// The round that just began.
    pub(crate) round: u32,
    /// How many of each kind are looked at of those that were sent before the last round.
    pub(crate) older: usize,
}

impl Verifier {
    /// Looks, and gives how many things were looked at.
    pub(crate) async fn verify(&self, rng: &mut ChaCha20Rng) -> usize {
        let since = self.round.saturating_sub(1);
        let (enrolments, events, logins) = {
            let pages = self.book.pages();
            (
                chosen(&pages.enrolments, since, self.older, rng),
                chosen(&pages.events, since, self.older, rng),
                chosen(&pages.logins, since, self.older, rng),
            )
        };
        let count = enrolments.len() + events.len() + logins.len();
        each(enrolments, |line| self.enrolment(line)).await;
        each(events, |line| self.event(line)).await;
        each(logins, |line| self.decision(line)).await;
        count
    }

    /// An acknowledged binding is there; the same request gives it again.
    async fn enrolment(&self, line: usize) {
        let (request, answer) = {
            let pages = self.book.pages();
            let sent = &pages.enrolments[line];
            (sent.request.clone(), sent.answer.clone())
        };
        let mut client = BindingServiceClient::new(self.channel.clone());
        let again = client.enrol_binding(request).await.unwrap().into_inner();
        let again = again.binding.unwrap();
        let first = answer.unwrap_or_else(|| again.clone());
        assert_eq!(again.binding_id, first.binding_id, "the same enrolment made another binding");
        let request = v1::GetBindingRequest { binding_id: first.binding_id.clone() };
        let read = client.get_binding(request).await.unwrap().into_inner().binding.unwrap();
        assert_eq!(read, first, "a binding is not what was acknowledged");
        self.book.pages().enrolments[line].answer = Some(first);
    }

    /// An acknowledged event is a duplicate at the same position.
    async fn event(&self, line: usize) {
        let (event, answer) = {
            let pages = self.book.pages();
            let sent = &pages.events[line];
            (sent.request.clone(), sent.answer.clone())
        };
        let first = match answer {
            Some(answer) => answer,
            None => {
                let result = self.publish(&event).await;
                let kept = [v1::EventStatus::Applied, v1::EventStatus::Duplicate];
                assert!(kept.contains(&result.status()), "{result:?}");
                result
            }
        };
        let again = self.publish(&event).await;
        assert_eq!(again.status(), v1::EventStatus::Duplicate, "an event was taken twice");
        assert_eq!(again.position, first.position, "an event has moved");
        self.book.pages().events[line].answer = Some(first);
    }

    async fn publish(&self, event: &v1::SimEvent) -> v1::EventResult {
        let mut client = SimEventServiceClient::new(self.channel.clone());
        let request = v1::PublishEventsRequest { events: vec![event.clone()] };
        client.publish_events(request).await.unwrap().into_inner().results.remove(0)
    }

    /// An acknowledged decision is there; the same request gives it again, and its challenge is
    /// used up for any other.
    async fn decision(&self, line: usize) {
        let (login, answer, at, round) = {
            let pages = self.book.pages();
            let sent = &pages.logins[line];
            (sent.request.clone(), sent.answer.clone(), sent.at, sent.round)
        };
        let first = match answer {
            Some(answer) => answer,
            None => self.ask(login.request.clone()).await,
        };
        let mut client = DecisionServiceClient::new(self.channel.clone());
        let by = v1::get_decision_request::By::DecisionId(first.decision_id.clone());
        let request = v1::GetDecisionRequest { by: Some(by) };
        let read = client.get_decision(request).await.unwrap().into_inner().decision.unwrap();
        assert_eq!(read, first, "a decision is not what was acknowledged");
        self.book.pages().logins[line].answer = Some(first.clone());
        // Limits are counted anew by each process and would be reached by asking of old ones often.
        if Instant::now().duration_since(at) < FRESH && round + 1 >= self.round {
            self.used_up(&login, &first).await;
        }
    }

    async fn used_up(&self, login: &Login, first: &v1::Decision) {
        let again = self.ask(login.request.clone()).await;
        // What the carrier said in between may make the answer harder, never another one.
        let harder = !login.settled && matches!(again.verdict, Some(Verdict::Deny(_)));
        assert!(&again == first || harder, "a repeated request was decided again: {again:?}");
        let request_id = format!("{}-other-{}", login.request.request_id, self.round);
        let other = self.ask(v1::CheckLoginRequest { request_id, ..login.request.clone() }).await;
        assert!(matches!(other.verdict, Some(Verdict::Deny(_))), "{other:?}");
        let reasons: Vec<_> = other.reasons.iter().map(|reason| &*reason.code).collect();
        assert!(reasons.contains(&"CHALLENGE_USED"), "a used challenge was accepted: {reasons:?}");
        if login.settled {
            self.same_answer(&login.person, first).await;
        }
    }

    /// A new login of the same person ends as the one before the death did.
    async fn same_answer(&self, person: &Person, first: &v1::Decision) {
        let id = format!("{}-anew-{}", person.reference(), self.round);
        let request = load::login(&self.channel, person, &id).await.unwrap();
        let anew = self.ask(request).await;
        assert_eq!(gist(&anew), gist(first), "the state gives another answer");
    }

    async fn ask(&self, request: v1::CheckLoginRequest) -> v1::Decision {
        let mut client = CheckServiceClient::new(self.channel.clone());
        client.check_login(request).await.unwrap().into_inner().decision.unwrap()
    }
}

/// Looks at each line, some at once.
async fn each(lines: Vec<usize>, look: impl AsyncFn(usize)) {
    let look = &look;
    stream::iter(lines)
        .map(|line| async move { look(line).await })
        .buffer_unordered(AT_ONCE)
        .collect::<()>()
        .await;
}

/// What two decisions of the same state have in common.
fn gist(decision: &v1::Decision) -> (u8, Vec<&str>, v1::Edge, &str) {
    let verdict = match decision.verdict {
        Some(Verdict::Allow(_)) => 0,
        Some(Verdict::StepUp(_)) => 1,
        Some(Verdict::Deny(_)) => 2,
        None => 3,
    };
    let reasons = decision.reasons.iter().map(|reason| &*reason.code).collect();
    (verdict, reasons, decision.broken_edge(), &decision.binding_id)
}
