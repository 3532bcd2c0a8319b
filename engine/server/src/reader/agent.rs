//! The agent's round: it waits for a card, takes the tap, tells what came of it, and waits until
//! the card is gone.

use super::{
    CardError, CardFault, ChainCache, Engine, LinkFault, NoAnswer, Parts, PinSource, Rules, Step,
    Tap, TapEnd,
    slot::{Sight, Slot},
};
use simbind_service::ports::clock::Clock;
use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

/// How often it is looked whether the agent shall stop.
const LOOK: Duration = Duration::from_millis(250);
/// The wait after a fault of the reader; it doubles to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// What the agent tells.
pub trait Teller {
    /// The reader can be used, or not any more; told when it changes.
    fn reader(&mut self, fault: Option<LinkFault>);
    /// What came of a tap.
    fn tap(&mut self, end: &TapEnd);
}

/// When the agent ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// When it is told to.
    Stopped,
    /// After one tap, or when it is told to.
    FirstTap,
}

/// An agent at one reader.
pub struct Agent<'a> {
    /// The reader's slot.
    pub slot: Slot,
    /// What holds at this reader.
    pub rules: Rules,
    /// Who decides.
    pub engine: &'a dyn Engine,
    /// Where PINs come from.
    pub pins: &'a mut dyn PinSource,
    /// The certificates of cards that were here before.
    pub chains: ChainCache,
    /// The time that is signed.
    pub clock: &'a dyn Clock,
    /// Who is told.
    pub teller: &'a mut dyn Teller,
    /// Set to end it.
    pub stop: &'a AtomicBool,
}

impl Agent<'_> {
    /// Serves the reader. Gives the last tap, where it ended after one.
    pub fn run(mut self, until: Until) -> Option<TapEnd> {
        // `None` before anything is known of the reader.
        let mut told: Option<Option<LinkFault>> = None;
        let mut served = None;
        let mut wait = FIRST_WAIT;
        while !self.stop.load(Ordering::Acquire) {
            let seen = match self.slot.watch(LOOK) {
                Ok(Sight::NoReader) => Err(LinkFault::NoReader),
                other => other,
            };
            if told != Some(seen.err()) {
                self.teller.reader(seen.err());
                told = Some(seen.err());
            }
            match seen {
                Ok(Sight::Card(number)) if served != Some(number) => {
                    let end = self.serve();
                    self.teller.tap(&end);
                    if until == Until::FirstTap {
                        return Some(end);
                    }
                    served = Some(number);
                }
                Ok(Sight::Card(_)) => {}
                Ok(_) => served = None,
                Err(fault) => {
                    // A new service counts cards anew.
                    if matches!(fault, LinkFault::NoService | LinkFault::NoReader) {
                        served = None;
                    }
                    thread::sleep(wait);
                    wait = wait.saturating_mul(2).min(LONGEST_WAIT);
                    continue;
                }
            }
            wait = FIRST_WAIT;
        }
        None
    }

    fn serve(&mut self) -> TapEnd {
        let began = Instant::now();
        let connected = self.slot.connect();
        let took = began.elapsed();
        if let Err(fault) = connected {
            let why = CardError::new(Step::Connect, CardFault::Link(fault));
            let parts = Parts::default().connected(took);
            return TapEnd { outcome: Err(NoAnswer::Card(why)), parts };
        }
        let tap = Tap {
            rules: &self.rules,
            engine: self.engine,
            pins: self.pins,
            chains: &mut self.chains,
            clock: self.clock,
        };
        let TapEnd { outcome, parts } = tap.run(&mut self.slot);
        self.slot.disconnect();
        TapEnd { outcome, parts: parts.connected(took) }
    }
}
