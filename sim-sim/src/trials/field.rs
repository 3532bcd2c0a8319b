use super::{
    tap::Why,
    types::{Handset, Protocol, Reader, Technology, Wire},
};
use crate::card::VirtualSim;
use rand::Rng as _;
use rand_chacha::ChaCha20Rng;

/// What a signature costs the SIM, in milliseconds.
const SIGNING_MS: u64 = 90;
/// What any other command costs it.
const OTHERS_MS: u64 = 5;
/// By how many of 1000 a command loses the contact more often for each percent that the field is too
/// weak.
const WEAK: u32 = 6;

/// The card of a handset in the field of a reader. Its time is counted, and not waited for.
pub(super) struct Field<'a> {
    sim: VirtualSim,
    reader: &'a Reader,
    handset: &'a Handset,
    random: &'a mut ChaCha20Rng,
    spent_ms: u64,
}

impl<'a> Field<'a> {
    /// Brings a handset to a reader.
    pub(super) fn enter(
        mut sim: VirtualSim,
        reader: &'a Reader,
        handset: &'a Handset,
        random: &'a mut ChaCha20Rng,
    ) -> Result<Self, Why> {
        let carries = |technology: &&Technology| **technology != Technology::F;
        if handset.types.is_empty() {
            return Err(Why::NoInterface);
        }
        if !handset.types.iter().filter(carries).any(|it| reader.types.contains(it)) {
            return Err(Why::NoCommonType);
        }
        if handset.lets_through.saturating_mul(2) < reader.needs_field {
            return Err(Why::WeakField);
        }
        sim.reset();
        Ok(Self { sim, reader, handset, random, spent_ms: 0 })
    }

    /// Sends a command with all its octets, and gives what the card answers.
    pub(super) fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Why> {
        if self.handset.swp == Wire::Missing {
            return Err(Why::NoApplet);
        }
        let signs = command.get(1) == Some(&0x2A);
        self.pass(if signs { SIGNING_MS } else { OTHERS_MS })?;
        let answer = self.sim.command(command, self.random).to_bytes();
        // With T=0 the answer to a command that carried data is one more command away.
        let carried = command.len() > 5;
        match self.reader.protocol {
            Protocol::T0 if carried && answer.len() > 2 => self.pass(0)?,
            Protocol::T0WithoutFetching if carried && answer.len() > 2 => {
                return Err(Why::NotFetched);
            }
            _ => {}
        }
        if answer.len() > self.reader.answer {
            return Err(Why::LongForReader);
        }
        if answer.len() > self.handset.answer { Err(Why::LongForHandset) } else { Ok(answer) }
    }

    /// Lets the time of a command pass, in which the contact may be lost.
    fn pass(&mut self, card_ms: u64) -> Result<(), Why> {
        let costs = [self.reader.command_ms, self.handset.command_ms, card_ms];
        self.spent_ms = costs.into_iter().fold(self.spent_ms, u64::saturating_add);
        let weak = self.reader.needs_field.saturating_sub(self.handset.lets_through);
        let drops = self.reader.drops.saturating_add(self.handset.drops);
        let drops = drops.saturating_add(weak.saturating_mul(WEAK));
        if self.random.random_range(0..1000) < drops {
            return Err(if weak > 0 { Why::WeakField } else { Why::Lost });
        }
        if self.spent_ms > self.handset.ends_after_ms {
            return Err(Why::Ended);
        }
        if self.spent_ms > self.reader.patience_ms { Err(Why::Slow) } else { Ok(()) }
    }
}
