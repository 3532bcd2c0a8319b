//! A tap with the token of the handset around the SIM.

use super::{
    in_process::{InProcess, Knows, SharedSim, engine_for},
    scene::{DOOR, Scene},
};
use rand::rng;
use sim_sim::{
    card::{Algorithm, testing},
    phone::{Phone, Routed},
};
use simbind::{
    reader::{ChainCache, Link, LinkFault, PinUse, RemoteEngine, Rules, Tap, TokenUse},
    serve::SystemClock,
};
use simbind_proto::v1::{Decision, decision::Verdict};
use simbind_tests::now;
use std::sync::{Arc, Mutex};

/// What answers a reader beside the SIM.
enum Beside {
    /// A handset; what it answers is overheard.
    Handset(Phone),
    /// What was overheard of another tap.
    Recorded(Vec<u8>),
}

/// A SIM and what is beside it.
struct Held {
    sim: SharedSim,
    beside: Beside,
    overheard: Arc<Mutex<Vec<u8>>>,
}

impl Link for Held {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkFault> {
        let answer = match &mut self.beside {
            Beside::Handset(phone) => {
                let sim = self.sim.lock().unwrap();
                match phone.command(command, sim.state(), now(), &mut rng()).unwrap() {
                    Routed::App(answer) => Some(answer.to_bytes()),
                    Routed::Sim => None,
                }
            }
            Beside::Recorded(_) if command.get(5..14) == Some(sim_sim::phone::AID) => {
                Some(vec![0x90, 0x00])
            }
            Beside::Recorded(token) => {
                (command == [0x80, 0xCA, 0x9F, 0x80, 0x00]).then(|| token.clone())
            }
        };
        let Some(answer) = answer else {
            return InProcess(Arc::clone(&self.sim)).transmit(command);
        };
        if answer.len() > 2 {
            self.overheard.lock().unwrap().clone_from(&answer);
        }
        Ok(answer)
    }
}

/// Taps, and gives the decision and what was overheard of the handset.
async fn tap(engine: &Arc<RemoteEngine>, sim: &SharedSim, beside: Beside) -> (Decision, Vec<u8>) {
    let overheard = Arc::<Mutex<Vec<u8>>>::default();
    let mut held = Held { sim: Arc::clone(sim), beside, overheard: Arc::clone(&overheard) };
    let engine = Arc::clone(engine);
    let tapped = tokio::task::spawn_blocking(move || {
        let reader = DOOR.parse().unwrap();
        let rules = Rules { reader, pin: PinUse::Asked, token: TokenUse::Asked };
        let tap = Tap {
            rules: &rules,
            engine: &*engine,
            pins: &mut Knows(testing::USER_PIN),
            chains: &mut ChainCache::new(4),
            clock: &SystemClock,
        };
        tap.run(&mut held).outcome.unwrap()
    });
    let decision = tapped.await.unwrap();
    let overheard = overheard.lock().unwrap().clone();
    (decision, overheard)
}

fn codes(decision: &Decision) -> Vec<&str> {
    decision.reasons.iter().map(|reason| &*reason.code).collect()
}

#[tokio::test]
async fn a_handsets_token_opens_what_a_bare_tap_does_not_and_once() {
    let scene = Scene::new(Algorithm::P256).await;
    // The carrier never says where it sees the SIM.
    let mut own = scene.phone(1);
    scene.bind_with(&mut own).await;
    let engine = Arc::new(engine_for(&scene, TokenUse::Asked).await);
    let sim = scene.sim();
    let nothing = Beside::Handset(scene.phone_of_another_sim(3));
    let (bare, overheard) = tap(&engine, &sim, nothing).await;
    assert!(matches!(bare.verdict, Some(Verdict::StepUp(_))), "{bare:?}");
    assert!(overheard.is_empty(), "there is no app for this SIM");

    let (let_in, token) = tap(&engine, &sim, Beside::Handset(own)).await;
    assert!(matches!(let_in.verdict, Some(Verdict::Allow(_))), "{let_in:?}");

    let (again, _) = tap(&engine, &sim, Beside::Recorded(token)).await;
    assert!(matches!(again.verdict, Some(Verdict::Deny(_))), "{again:?}");
    assert!(codes(&again).contains(&"HANDSET_PROOF_REPLAYED"), "{again:?}");

    let (foreign, _) = tap(&engine, &sim, Beside::Handset(scene.phone(2))).await;
    assert!(matches!(foreign.verdict, Some(Verdict::StepUp(_))), "{foreign:?}");
    assert!(codes(&foreign).contains(&"TOKEN_FOREIGN"), "{foreign:?}");
}
