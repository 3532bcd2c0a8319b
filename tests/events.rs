//! What carriers tell over real sockets and `kill -9`: bindings are driven, decisions that were made too early
//! are listed, and each decision names what changed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use simbind_core::time::Timestamp;
use simbind_proto::v1::{
    binding_service_client::BindingServiceClient, check_service_client::CheckServiceClient,
    decision_service_client::DecisionServiceClient, sim_event::Kind,
    sim_event_service_client::SimEventServiceClient, *,
};
use simbind_tests::{Authority, Launch, Person, Server, now, to_proto};
use std::time::Duration;
use tempfile::TempDir;

const NEW: &str = "8981100000000099996";

struct Scene {
    server: Server,
    person: Person,
    binding: String,
    _dir: TempDir,
}

impl Scene {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let authority = Authority::new().unwrap();
        let anchors = dir.path().join("anchors.pem");
        authority.write(&anchors).unwrap();
        let server = Launch::new(dir.path().join("data")).trust(&anchors).start().await.unwrap();
        let person = Person::make(&authority, 1).unwrap();
        let mut counter = BindingServiceClient::new(server.channel().await.unwrap());
        let made = person.enrol(&mut counter).await.unwrap();
        let binding = made.binding_id;
        Self { server, person, binding, _dir: dir }
    }

    async fn killed(self) -> Self {
        Self { server: self.server.kill_and_restart().await.unwrap(), ..self }
    }

    async fn login(&self, number: &str) -> Decision {
        let mut bank = CheckServiceClient::new(self.server.channel().await.unwrap());
        let draw =
            IssueChallengeRequest { channel: Channel::AppLogin.into(), reader_id: String::new() };
        let drawn = bank.issue_challenge(draw).await.unwrap().into_inner();
        let login = self.person.login(number, &drawn).unwrap();
        bank.check_login(login).await.unwrap().into_inner().decision.unwrap()
    }

    async fn tell(&self, id: &str, kind: Kind, at: Timestamp) -> EventStatus {
        let mut carrier = SimEventServiceClient::new(self.server.channel().await.unwrap());
        let event = SimEvent { occurred_at: Some(to_proto(at)), ..self.person.event(id, kind) };
        let events = vec![event];
        let told = carrier.publish_events(PublishEventsRequest { events }).await.unwrap();
        told.into_inner().results.first().unwrap().status()
    }

    async fn state(&self) -> BindingState {
        let mut counter = BindingServiceClient::new(self.server.channel().await.unwrap());
        let asked = GetBindingRequest { binding_id: self.binding.clone() };
        counter.get_binding(asked).await.unwrap().into_inner().binding.unwrap().state()
    }

    async fn reopened(&self) -> Vec<ReopenedDecision> {
        let mut desk = DecisionServiceClient::new(self.server.channel().await.unwrap());
        let asked = ListReopenedRequest {
            filter: ReopenedFilter::Changed.into(),
            ..ListReopenedRequest::default()
        };
        desk.list_reopened(asked).await.unwrap().into_inner().reopened
    }
}

fn stolen() -> Kind {
    Kind::LineSuspended(LineSuspended { cause: SuspensionCause::Stolen.into() })
}

fn reissued() -> Kind {
    Kind::SimReissued(SimReissued { new_iccid: NEW.into(), cause: 0 })
}

fn correction(of: &str) -> Kind {
    Kind::Correction(Correction { corrected_event_id: of.into() })
}

#[tokio::test]
async fn a_theft_told_late_holds_lists_what_was_decided_and_its_correction_undoes_both() {
    let mut scene = Scene::new().await;
    let happened = now();
    let before = scene.login("login-1").await;
    assert_eq!(before.cause(), ChangeCause::None);
    assert!(scene.reopened().await.is_empty());
    assert_eq!(scene.tell("e1", stolen(), happened).await, EventStatus::Applied);
    for _ in 0..2 {
        assert_eq!(scene.state().await, BindingState::Held);
        let listed = scene.reopened().await;
        let [row] = &*listed else { unreachable!("{listed:?}") };
        assert_eq!(row.decision_id, before.decision_id);
        assert_eq!((&*row.verdict_now, &*row.event_kind), ("deny", "line_suspended"));
        assert_ne!(row.verdict_then, "deny");
        assert_eq!((row.by(), row.happened_at), (ReopenedBy::Learned, Some(to_proto(happened))));
        scene = scene.killed().await;
    }
    assert_eq!(scene.tell("e1", stolen(), happened).await, EventStatus::Duplicate);
    let held = scene.login("login-2").await;
    assert_eq!(held.reasons.first().unwrap().code, "BINDING_HELD");
    assert_eq!(scene.tell("k1", correction("e1"), now()).await, EventStatus::Applied);
    scene = scene.killed().await;
    assert_eq!(scene.state().await, BindingState::Active);
    let listed = scene.reopened().await;
    let back = listed.iter().find(|row| row.by() == ReopenedBy::TakenBack).unwrap();
    assert_eq!((&back.decision_id, &*back.verdict_then), (&held.decision_id, "deny"));
    assert_eq!(back.verdict_now, scene.login("login-3").await.word());
    let learned = listed.iter().filter(|row| row.by() == ReopenedBy::Learned);
    assert_eq!(learned.count(), 0, "what was decided too early would be decided so again");
}

trait Word {
    fn word(&self) -> String;
}

impl Word for Decision {
    fn word(&self) -> String {
        use decision::Verdict;
        let word = match self.verdict.as_ref().unwrap() {
            Verdict::Allow(_) => "allow",
            Verdict::StepUp(_) => "step_up",
            Verdict::Deny(_) => "deny",
        };
        word.into()
    }
}

#[tokio::test]
async fn a_reissue_suspends_unless_a_counter_announced_that_sim_and_is_named_either_way() {
    for announced in [false, true] {
        let mut scene = Scene::new().await;
        let usual = scene.login("login-0").await.word();
        if announced {
            let mut counter = BindingServiceClient::new(scene.server.channel().await.unwrap());
            let sim = AnnouncedSim { iccid: NEW.into(), eid: String::new() };
            let until = Some(to_proto(now().plus(Duration::from_secs(3600))));
            let change = Some(announced_change::Change::Sim(sim));
            let announced = Some(AnnouncedChange { change, until });
            let binding_id = scene.binding.clone();
            let request = AnnounceChangeRequest { binding_id, announced };
            counter.announce_change(request.clone()).await.unwrap();
            scene = scene.killed().await;
            let mut counter = BindingServiceClient::new(scene.server.channel().await.unwrap());
            counter.announce_change(request).await.unwrap();
        }
        assert_eq!(scene.tell("e1", reissued(), now()).await, EventStatus::Applied);
        scene = scene.killed().await;
        let decision = scene.login("login-1").await;
        assert_eq!(decision.cause(), ChangeCause::SimReissued);
        if announced {
            assert_eq!(scene.state().await, BindingState::Active);
            assert_eq!(decision.expected(), ChangeExpectation::Counter);
            assert_eq!(decision.word(), usual);
        } else {
            assert_eq!(scene.state().await, BindingState::Suspended);
            assert_eq!(decision.expected(), ChangeExpectation::Unannounced);
            assert_ne!(decision.word(), "allow");
            assert!(decision.reasons.iter().any(|reason| reason.code == "BINDING_SUSPENDED"));
        }
    }
}
