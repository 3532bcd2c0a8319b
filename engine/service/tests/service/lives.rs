//! Whole lives at random: a thousand operations and events leave no binding outside the table of
//! transitions, lose none, and leave no certificate with two bindings that live.
//!
//! `SIMBIND_LIVES` says how many lives are lived, `SIMBIND_SEED` from which seed on.

use crate::support::{PACK, Person, TestEngine, World, caller, imei, in_person, reproved};
use simbind_core::{
    binding::{LifecycleReason as Why, State, TRANSITIONS},
    ids::{BindingId, EventId, PersonRef},
    line::{EventKind, ReissueCause, SuspensionCause},
};
use simbind_service::{
    ServiceError,
    ingest::{Message, Tidings},
    pin::{PinReport, Witness},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// Operations and events of one life.
const STEPS: u32 = 1000;

/// Randomness from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let most = u64::try_from(of.len()).unwrap();
        (most > 0).then(|| &of[usize::try_from(self.roll(most)).unwrap()])
    }
}

/// An acknowledged binding, as it was seen last.
struct Seen {
    owner: usize,
    state: State,
}

struct Life {
    world: World,
    engine: Arc<TestEngine>,
    people: Vec<Person>,
    seen: BTreeMap<BindingId, Seen>,
    told: Vec<(String, Message)>,
    dice: Dice,
    step: u32,
}

impl Life {
    async fn new(seed: u64) -> Self {
        let world = World::new().await;
        let two = format!("{PACK}\n[life]\nrelease_persons = 2\n");
        let engine = world.restarted(if seed.is_multiple_of(2) { PACK } else { &two }).await;
        let mut people: Vec<_> = (1..=5).map(|n| Person::new(&world.authority, n)).collect();
        // One person has two phones, and two certificates sit on one SIM.
        people[1].name = people[0].name.clone();
        people[4].iccid = people[3].iccid;
        Self {
            world,
            engine,
            people,
            seen: BTreeMap::new(),
            told: Vec::new(),
            dice: Dice(seed),
            step: 0,
        }
    }

    fn number(&self) -> String {
        format!("n{}", self.step)
    }

    fn binding(&mut self) -> Option<BindingId> {
        let living: Vec<_> =
            self.seen.iter().filter(|(_, seen)| !over(seen.state)).map(|(id, _)| *id).collect();
        let all: Vec<_> = self.seen.keys().copied().collect();
        if self.dice.roll(8) == 0 {
            self.dice.one(&all).copied()
        } else {
            self.dice.one(&living).copied()
        }
    }

    fn event(&mut self) -> EventKind {
        let kinds = [
            EventKind::SimReissued { new_iccid: None, cause: ReissueCause::Unsaid },
            EventKind::SimReissued { new_iccid: None, cause: ReissueCause::Size },
            EventKind::ImsiChanged,
            EventKind::HandsetObserved { imei: imei(1) },
            EventKind::HandsetChanged { imei: imei(77) },
            EventKind::PortedOut,
            EventKind::PortedIn,
            EventKind::LineSuspended { cause: SuspensionCause::Lost },
            EventKind::LineSuspended { cause: SuspensionCause::Stolen },
            EventKind::LineSuspended { cause: SuspensionCause::Unsaid },
            EventKind::LineResumed,
            EventKind::EsimTransferred { eid: None },
            EventKind::LineSuspended { cause: SuspensionCause::Lost },
        ];
        let ends = [
            EventKind::ContractEnded,
            EventKind::ContractTransferred,
            EventKind::ContractInherited,
            EventKind::IccidRecycled,
        ];
        let of = if self.dice.roll(12) == 0 { &ends[..] } else { &kinds[..] };
        self.dice.one(of).unwrap().clone()
    }

    async fn one_step(&mut self) -> Result<(), ServiceError> {
        let number = self.number();
        let owner = usize::try_from(self.dice.roll(5)).unwrap();
        let why = [Why::Lost, Why::Stolen, Why::Owner, Why::Clerical];
        match self.dice.roll(24) {
            0..=2 => self.enrol(owner).await,
            3..=5 => {
                let Some(id) = self.binding() else { return Ok(()) };
                let why = *self.dice.one(&why).unwrap();
                self.engine.hold(&caller("hotline"), id, why).await.map(drop)
            }
            6..=9 => {
                let Some(id) = self.binding() else { return Ok(()) };
                self.engine.release(&caller("city-hall"), id).await.map(drop)
            }
            10 | 11 => {
                let Some(id) = self.binding() else { return Ok(()) };
                self.engine.confirm_release(&caller("ward-office"), id).await.map(drop)
            }
            12 => {
                let Some(id) = self.binding() else { return Ok(()) };
                let why =
                    *self.dice.one(&[Why::Owner, Why::Disposed, Why::LineTransferred]).unwrap();
                self.engine.revoke(&caller("city-hall"), id, why).await.map(drop)
            }
            13 | 14 => {
                let Some(id) = self.binding() else { return Ok(()) };
                let iccid = self.people[self.seen[&id].owner].iccid;
                reproved(&self.engine, &number, id, iccid).await.map(drop)
            }
            15 => {
                let Some(id) = self.binding() else { return Ok(()) };
                let request = number.parse().unwrap();
                let proof = &in_person();
                self.engine.reset_pin(&caller("city-hall"), &request, id, proof).await.map(drop)
            }
            16 => {
                let certificate = self.people[owner].certificate();
                let (by, request) = (caller("bank"), number.parse().unwrap());
                let wrong = PinReport::Wrong(1);
                let report =
                    self.engine.report_pin(&by, Witness::Party, &request, certificate, wrong);
                report.await.map(drop)
            }
            17 => {
                self.engine.check(&self.people[owner].login(&self.engine, &number)).await.map(drop)
            }
            18..=20 => self.tell(owner).await,
            21 => self.correct_or_repeat().await,
            22 => {
                let hours = self.dice.roll(36);
                self.world.clock.move_on(Duration::from_secs(3600 * hours));
                Ok(())
            }
            _ => {
                self.engine = self.world.restarted(PACK).await;
                Ok(())
            }
        }
    }

    async fn enrol(&mut self, owner: usize) -> Result<(), ServiceError> {
        let asked = self.people[owner].asked(&self.engine, &self.world.authority);
        let request = self.number().parse().unwrap();
        let made = self.engine.enrol(&caller("city-hall"), &request, asked).await?.binding;
        self.seen.insert(made.id, Seen { owner, state: made.state });
        Ok(())
    }

    async fn tell(&mut self, owner: usize) -> Result<(), ServiceError> {
        let (id, kind) = (self.number(), self.event());
        let late = Duration::from_secs(3600 * self.dice.roll(30));
        let mut message = self.world.message("docomo", &id, &self.people[owner], kind);
        message.occurred_at = message.occurred_at.minus(late);
        self.told.push((id, message.clone()));
        self.engine.ingest(&message).await.map(drop)
    }

    /// Takes an event back, or tells it once more.
    async fn correct_or_repeat(&mut self) -> Result<(), ServiceError> {
        let again = self.dice.roll(3) == 0;
        let Some((told, message)) = self.dice.one(&self.told).cloned() else { return Ok(()) };
        let message = if again {
            message
        } else {
            let corrected: EventId = told.parse().unwrap();
            Message {
                id: self.number().parse().unwrap(),
                tidings: Tidings::Correction { corrected },
                ..message
            }
        };
        self.engine.ingest(&message).await.map(drop)
    }

    /// What must hold after every step.
    async fn sound(&mut self) {
        let now = self.engine.now();
        let mut living = BTreeMap::new();
        for (id, seen) in &mut self.seen {
            // An ended one is looked at now and then.
            if over(seen.state) && !self.step.is_multiple_of(50) {
                continue;
            }
            let binding = self.engine.binding(*id).await.expect("no binding is lost").binding;
            let (from, to) = (seen.state.phase(), binding.state.phase());
            let known = from == to || TRANSITIONS.iter().any(|t| (t.from, t.to) == (from, to));
            assert!(known, "step {}: {from:?} became {to:?}", self.step);
            assert_eq!(binding.held.is_some(), matches!(binding.state, State::Held { .. }));
            assert_eq!(binding.suspended.is_some(), binding.state.is_suspended());
            seen.state = binding.state;
            if !over(binding.state_at(now)) {
                let other = living.insert(binding.certificate.id, *id);
                assert_eq!(other, None, "step {}: two bindings of one certificate", self.step);
            }
        }
    }

    /// Each acknowledged binding is listed for its person, and no other is.
    async fn listed(&self) {
        for (owner, person) in self.people.iter().enumerate() {
            let name: PersonRef = person.name.parse().unwrap();
            let mut after = None;
            let mut listed = Vec::new();
            loop {
                let (page, next) = self.engine.bindings_of(&name, after, 20).await.unwrap();
                listed.extend(page.into_iter().map(|standing| standing.binding.id));
                let Some(next) = next else { break };
                after = Some(next);
            }
            listed.sort();
            let own = |seen: &Seen| self.people[seen.owner].name == person.name;
            let mut acknowledged: Vec<_> =
                self.seen.iter().filter(|(_, seen)| own(seen)).map(|(id, _)| *id).collect();
            acknowledged.sort();
            assert_eq!(listed, acknowledged, "person {owner}");
        }
    }
}

fn over(state: State) -> bool {
    matches!(state, State::Ended { .. })
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[tokio::test]
async fn lives_of_a_thousand_operations_keep_to_the_table_and_lose_no_binding() {
    let first = setting("SIMBIND_SEED", 1);
    for seed in first..first + setting("SIMBIND_LIVES", 2) {
        println!("SIMBIND_SEED={seed}");
        let mut life = Life::new(seed).await;
        let (mut done, mut ends) = (0_u32, 0_usize);
        for step in 0..STEPS {
            life.step = step;
            match life.one_step().await {
                Ok(()) => done += 1,
                Err(
                    ServiceError::Refused(_)
                    | ServiceError::Exists(_)
                    | ServiceError::NotYet { .. }
                    | ServiceError::NotFound(_),
                ) => {}
                Err(error) => panic!("step {step}: {error:?}"),
            }
            life.sound().await;
        }
        life.listed().await;
        ends += life.seen.values().filter(|seen| over(seen.state)).count();
        println!("{done} of {STEPS} took effect, {} bindings, {ends} ended", life.seen.len());
        assert!(done > STEPS / 3 && life.seen.len() > 10 && ends > 5, "a life is full of events");
    }
}
