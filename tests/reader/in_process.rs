//! The steps of a tap with a virtual SIM in this process, and a server that is one of its own.

use super::scene::{DOOR, Scene};
use sim_sim::card::{Algorithm, VirtualSim, testing};
use simbind::{
    reader::{
        Ask, ChainCache, Link, LinkFault, NoPin, Pin, PinSource, PinUse, Presence, RemoteEngine,
        RemoteOptions, Rules, Tap, TapEnd, TokenUse,
    },
    serve::SystemClock,
};
use simbind_proto::v1::decision::Verdict;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::runtime::Handle;
use tonic::transport::Endpoint;

/// A virtual SIM that goes on where it was.
pub(crate) type SharedSim = Arc<Mutex<VirtualSim>>;

pub(crate) struct InProcess(pub(crate) SharedSim);

impl Link for InProcess {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkFault> {
        let answer = self.0.lock().unwrap().command(command, &mut rand::rng());
        let mut bytes = answer.data.to_vec();
        bytes.extend(answer.status.word().to_be_bytes());
        Ok(bytes)
    }
}

pub(crate) struct Knows(pub(crate) &'static [u8]);

impl PinSource for Knows {
    fn ask(&mut self, _: Ask, _: &mut dyn FnMut() -> bool) -> Result<Pin, NoPin> {
        Pin::parse(self.0)
    }
}

async fn engine(scene: &Scene) -> RemoteEngine {
    engine_for(scene, TokenUse::Never).await
}

pub(crate) async fn engine_for(scene: &Scene, token: TokenUse) -> RemoteEngine {
    let options = RemoteOptions {
        endpoint: Endpoint::from_shared(format!("http://{}", scene.server.address())).unwrap(),
        reader: DOOR.parse().unwrap(),
        channels: token.channels(),
        patience: Duration::from_secs(20),
    };
    let engine = RemoteEngine::start(options, &Handle::current());
    engine.presence().wait_for(|presence| *presence == Presence::There).await.unwrap();
    engine
}

/// Taps on a thread that may wait.
pub(crate) async fn tap(engine: &Arc<RemoteEngine>, sim: SharedSim, pin: &'static [u8]) -> TapEnd {
    let engine = Arc::clone(engine);
    let tapped = tokio::task::spawn_blocking(move || {
        let reader = DOOR.parse().unwrap();
        let rules = Rules { reader, pin: PinUse::Asked, token: TokenUse::Never };
        let tap = Tap {
            rules: &rules,
            engine: &*engine,
            pins: &mut Knows(pin),
            chains: &mut ChainCache::new(4),
            clock: &SystemClock,
        };
        tap.run(&mut InProcess(sim))
    });
    tapped.await.unwrap()
}

#[tokio::test]
async fn a_card_is_let_in_and_no_more_once_its_sim_moved() {
    for algorithm in [Algorithm::P256, Algorithm::P384, Algorithm::Rsa2048] {
        let mut scene = Scene::new(algorithm).await;
        scene.bind().await;
        scene.seen_at_home().await;
        let engine = Arc::new(engine(&scene).await);
        let sim = scene.sim();
        let end = tap(&engine, Arc::clone(&sim), testing::USER_PIN).await;
        let decision = end.outcome.unwrap();
        assert!(matches!(decision.verdict, Some(Verdict::Allow(_))), "{decision:?}");
        assert!(end.parts.round_trip.is_some_and(|trip| trip < end.parts.card()));
        // It may be the owner's own new phone: the card or a counter can say so.
        scene.moved().await;
        let stopped = tap(&engine, sim, testing::USER_PIN).await.outcome.unwrap();
        assert!(matches!(stopped.verdict, Some(Verdict::StepUp(_))), "{stopped:?}");
        let codes: Vec<_> = stopped.reasons.iter().map(|reason| &*reason.code).collect();
        assert!(codes.contains(&"HANDSET_MISMATCH"), "{codes:?}");
    }
}

#[tokio::test]
async fn a_copy_of_a_card_whose_counter_went_back_is_refused() {
    let mut scene = Scene::new(Algorithm::P256).await;
    scene.bind().await;
    scene.seen_at_home().await;
    let engine = Arc::new(engine(&scene).await);
    let first = tap(&engine, scene.sim(), testing::USER_PIN).await.outcome.unwrap();
    assert!(matches!(first.verdict, Some(Verdict::Allow(_))), "{first:?}");
    let copy = tap(&engine, scene.sim(), testing::USER_PIN).await.outcome.unwrap();
    assert!(matches!(copy.verdict, Some(Verdict::Deny(_))), "{copy:?}");
    assert!(copy.reasons.iter().any(|reason| reason.code == "SIM_CLONED"), "{copy:?}");
}
