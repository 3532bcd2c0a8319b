use super::*;
use crate::reader::{CardFault, Challenge, LinkFault, Pin, Status, Step};
use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;
use sim_sim::card::{Algorithm, VirtualSim, testing};
use simbind_core::time::Timestamp;
use simbind_proto::v1::{Allow, CheckTapRequest, decision::Verdict};
use std::cell::RefCell;

mod faults;
mod offline;
mod pins;
mod signed;
mod tokens;

const DOOR: &str = "door-1";

/// A virtual SIM in this process, that can be taken away or answer nonsense at one command.
struct Held {
    sim: VirtualSim,
    random: ChaCha20Rng,
    sent: Vec<Vec<u8>>,
    /// What happens at which command, counted from 0.
    trouble: Option<(usize, Trouble)>,
    /// Whether the handset is asked for a token, and what it hands over.
    asked: TokenUse,
    handed: Option<Vec<u8>>,
}

#[derive(Clone, Debug)]
enum Trouble {
    Fault(LinkFault),
    Answer(Vec<u8>),
}

impl Held {
    fn new(sim: VirtualSim) -> Self {
        Self {
            sim,
            random: ChaCha20Rng::seed_from_u64(7),
            sent: Vec::new(),
            trouble: None,
            asked: TokenUse::Never,
            handed: None,
        }
    }

    fn of(algorithm: Algorithm) -> Self {
        Self::new(testing::card(algorithm))
    }
}

impl Link for Held {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkFault> {
        self.sent.push(command.to_vec());
        match &self.trouble {
            Some((at, trouble)) if self.sent.len() > *at => match trouble {
                Trouble::Fault(fault) => return Err(*fault),
                Trouble::Answer(bytes) => return Ok(bytes.clone()),
            },
            _ => {}
        }
        if command.get(5..14) == Some(b"\xF0simbind\x01") && self.handed.is_some() {
            return Ok(vec![0x90, 0x00]);
        }
        if let (Some(handed), [0x80, 0xCA, 0x9F, 0x80, _]) = (&self.handed, command) {
            return Ok([handed, &[0x90, 0x00][..]].concat());
        }
        let answer = self.sim.command(command, &mut self.random);
        let mut bytes = answer.data.to_vec();
        bytes.extend(answer.status.word().to_be_bytes());
        Ok(bytes)
    }
}

/// An engine that lets everybody in and keeps what it was told.
#[derive(Default)]
struct Keeps {
    away: bool,
    other_audience: bool,
    no_verdict: bool,
    desk: Option<Desk>,
    taps: RefCell<Vec<CheckTapRequest>>,
    pins: RefCell<Vec<PinOutcome>>,
}

impl Engine for Keeps {
    fn is_there(&self) -> Result<(), EngineFault> {
        if self.away { Err(EngineFault::Away("no answer".into())) } else { Ok(()) }
    }

    fn challenge(&self, _: Channel) -> Result<Challenge, EngineFault> {
        let name = if self.other_audience { "door-2" } else { DOOR };
        Ok(Challenge { bytes: vec![9; 50].into(), audience: format!("reader:{name}") })
    }

    fn tap(&self, tap: CheckTapRequest) -> Result<Decision, EngineFault> {
        self.taps.borrow_mut().push(tap);
        let verdict = (!self.no_verdict).then_some(Verdict::Allow(Allow {}));
        Ok(Decision { verdict, ..Decision::default() })
    }

    fn offline(&self) -> Option<&Desk> {
        self.desk.as_ref()
    }

    fn tell_pin(&self, outcome: PinOutcome) {
        self.pins.borrow_mut().push(outcome);
    }
}

/// Enters what it was told to, and keeps what it was asked.
struct Enters(Result<&'static [u8], NoPin>, Vec<Ask>);

impl PinSource for Enters {
    fn ask(&mut self, ask: Ask, _: &mut dyn FnMut() -> bool) -> Result<Pin, NoPin> {
        self.1.push(ask);
        Pin::parse(self.0?)
    }
}

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_123)
    }
}

/// Takes a tap with a cache of its own.
fn tap(link: &mut Held, engine: &Keeps, pin: &'static [u8]) -> Result<Decision, NoAnswer> {
    tap_with(link, engine, &mut Enters(Ok(pin), Vec::new()), &mut ChainCache::new(4))
}

fn tap_with(
    link: &mut Held,
    engine: &Keeps,
    pins: &mut Enters,
    chains: &mut ChainCache,
) -> Result<Decision, NoAnswer> {
    let rules = Rules { reader: DOOR.parse().unwrap(), pin: PinUse::Asked, token: link.asked };
    let tap = Tap { rules: &rules, engine, pins, chains, clock: &Still };
    tap.run(link).outcome
}
