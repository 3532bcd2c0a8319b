//! The engine is killed, and the agent goes by its signed list of refusals.

use super::{
    agent::{Agent as Process, Door},
    in_process::tap,
    scene::{DOOR, Scene},
};
use sim_sim::card::{Algorithm, State, VirtualSim, testing};
use simbind::{
    reader::{Desk, NoAnswer, OfflineTerms, Presence, RemoteEngine, RemoteOptions, Unanswered},
    serve::SystemClock,
};
use simbind_core::{refusals::WhyClosed, time::Timestamp};
use simbind_evidence::certificate::TrustAnchors;
use simbind_proto::v1::{
    Channel, GetRefusalsRequest, HoldBindingRequest, LifecycleReason,
    binding_service_client::BindingServiceClient, decision::Verdict,
    reader_service_client::ReaderServiceClient,
};
use simbind_service::{
    ports::clock::Clock,
    refusals::{ListKey, open},
};
use simbind_tests::{command, now};
use std::{
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::runtime::Handle;
use tonic::transport::Endpoint;

const CONFIG: &str = r#"
[[reader]]
id = "local-door"
caller = "doors"
profile = "door"
sensitivity = "view"
offline = "refusals"

[[carrier]]
id = "docomo"
caller = "docomo"

[refusals]
every = "1s"
life = "1m"
"#;

/// The machine's clock, and how far a test has moved it.
#[derive(Default)]
struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        let now = SystemClock.now().as_millis();
        Timestamp::from_millis(now + self.0.load(Ordering::SeqCst))
    }
}

struct Agent {
    desk: Arc<Desk>,
    clock: Arc<Moved>,
    engine: Arc<RemoteEngine>,
}

/// The server's key for lists, as its operator has it printed.
async fn key(scene: &Scene) -> ListKey {
    let args = ["admin", "refusals-key", "--data", "data"];
    command(scene.dir.path(), &args).await.unwrap().stdout.trim().parse().unwrap()
}

/// An agent that fetched a list from the server.
async fn agent(scene: &Scene) -> Agent {
    let anchors = fs::read(scene.dir.path().join("anchors.pem")).unwrap();
    let terms = OfflineTerms {
        reader: DOOR.parse().unwrap(),
        key: key(scene).await,
        anchors: Arc::new(TrustAnchors::from_pem(&anchors).unwrap()),
    };
    let clock = Arc::new(Moved::default());
    let desk = Arc::new(Desk::new(terms, Arc::clone(&clock) as Arc<dyn Clock>));
    let endpoint = Endpoint::from_shared(format!("http://{}", scene.server.address())).unwrap();
    let options = RemoteOptions {
        endpoint: endpoint.clone(),
        reader: DOOR.parse().unwrap(),
        channels: vec![Channel::TapBare],
        patience: Duration::from_secs(20),
    };
    let engine = RemoteEngine::start(options, &Handle::current()).or_by_list(Arc::clone(&desk));
    engine.presence().wait_for(|presence| *presence == Presence::There).await.unwrap();
    let fetching = Arc::clone(&desk);
    tokio::spawn(async move { fetching.keep(endpoint, |_| {}).await });
    while desk.is_open().is_err() {
        tokio::task::yield_now().await;
    }
    Agent { desk, clock, engine: Arc::new(engine) }
}

/// Kills the server, waits until the agent has seen it, and gives the card.
async fn killed(scene: Scene, agent: &Agent) -> State {
    let card = scene.card();
    scene.server.kill().await.unwrap();
    let away = |presence: &Presence| matches!(presence, Presence::Away(_));
    agent.engine.presence().wait_for(away).await.unwrap();
    card
}

async fn told(agent: &Agent, card: &State) -> NoAnswer {
    let mut sim = VirtualSim::from_state(card.clone());
    sim.reset();
    tap(&agent.engine, Arc::new(Mutex::new(sim)), testing::USER_PIN).await.outcome.unwrap_err()
}

/// Holds a binding, and waits until a list is of a later time.
async fn hold(scene: &Scene, binding_id: String) {
    let mut counter = BindingServiceClient::new(scene.server.channel().await.unwrap());
    let hold = HoldBindingRequest { binding_id, reason: LifecycleReason::Stolen.into() };
    counter.hold_binding(hold).await.unwrap();
    let (held_at, key) = (now(), key(scene).await);
    let mut reader = ReaderServiceClient::new(scene.server.channel().await.unwrap());
    loop {
        let asked = GetRefusalsRequest { reader_id: DOOR.to_owned() };
        // The engine gives one list at a time, and says so.
        let Ok(answer) = reader.get_refusals(asked).await else { continue };
        if open(&answer.into_inner().list, &key).unwrap().draft().issued_at > held_at {
            return;
        }
    }
}

#[tokio::test]
async fn with_the_engine_killed_a_held_card_is_refused_and_another_is_told_that_nothing_was_checked()
 {
    for held in [false, true] {
        let mut scene = Scene::configured(Algorithm::P256, Some(CONFIG)).await;
        let binding_id = scene.bind().await;
        scene.seen_at_home().await;
        let mut meant = Unanswered::NotChecked;
        if held {
            hold(&scene, binding_id).await;
            meant = Unanswered::Refused;
        }
        let agent = agent(&scene).await;
        let decision = tap(&agent.engine, scene.sim(), testing::USER_PIN).await.outcome.unwrap();
        let allowed = matches!(decision.verdict, Some(Verdict::Allow(_)));
        assert_eq!(allowed, !held, "{decision:?}");
        let card = killed(scene, &agent).await;
        assert_eq!(told(&agent, &card).await, meant.into(), "held: {held}");
        // Never an old allow: past the list's end there is nothing to go by.
        agent.clock.0.store(61_000, Ordering::SeqCst);
        assert_eq!(told(&agent, &card).await, Unanswered::Closed(WhyClosed::Ended).into());
        agent.clock.0.store(0, Ordering::SeqCst);
        assert_eq!(agent.desk.is_open(), Err(Unanswered::Closed(WhyClosed::Ended)));
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_closes_the_door_while_the_engine_is_away() {
    let scene = Scene::configured(Algorithm::P256, Some(CONFIG)).await;
    scene.bind().await;
    let agent = agent(&scene).await;
    let card = killed(scene, &agent).await;
    agent.clock.0.store(-3_600_000, Ordering::SeqCst);
    let closed: NoAnswer = Unanswered::Closed(WhyClosed::ClockSetBack).into();
    assert_eq!(told(&agent, &card).await, closed);
    agent.clock.0.store(0, Ordering::SeqCst);
    assert_eq!(told(&agent, &card).await, closed, "also when it is set right");
}

/// The agent as a process, at a real reader stack, told to go by lists.
#[tokio::test]
async fn the_agent_itself_says_so_with_the_engine_killed_and_never_an_old_allow() {
    let Some(mut door) = Door::configured(Some(CONFIG)).await else { return };
    let key = key(&door.scene).await;
    let anchors = door.scene.dir.path().join("anchors.pem");
    let more = format!(
        "offline = \"refusals\"\nrefusals_key = \"{key}\"\nanchors = [\"{}\"]\n",
        anchors.display()
    );
    door.agent = Process::told(&door.stack, door.scene.server.address(), &[], &more).await;
    door.agent.has_a_list().await;
    door.works().await;
    let pid = door.scene.server.pid().unwrap().to_string();
    let killed = tokio::process::Command::new("kill").args(["-9", &pid]).status().await;
    assert!(killed.unwrap().success());
    assert!(door.agent.hears("engine").await["away"].is_string());
    let told = door.tap(testing::USER_PIN).await;
    assert!(told["verdict"].is_null(), "it was allowed before, and is not now: {told}");
    assert_eq!(told["fault"]["code"], "NOT_CHECKED", "{told}");
    let wrong = door.tap(b"9999").await;
    assert_eq!(wrong["fault"]["code"], "PIN_WRONG", "the card still asks for its PIN: {wrong}");
}
