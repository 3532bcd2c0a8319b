use super::{
    Folder,
    client::{Answer, Card},
};
use crate::card::{State, VirtualSim};
use rand::RngCore;

/// What befalls a card in its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// Nothing.
    None,
    /// It is pulled out when so many commands were answered and one more comes.
    PulledAfter(u64),
    /// It answers so many commands, and then nothing more.
    HungAfter(u64),
}

/// A virtual SIM whose memory is a folder.
#[derive(Debug)]
pub struct Inserted<R> {
    sim: VirtualSim,
    folder: Folder,
    random: R,
    mishap: Mishap,
    answered: u64,
}

impl<R: RngCore> Inserted<R> {
    /// The card of a state, which the folder keeps from now on.
    pub fn new(state: State, folder: Folder, random: R, mishap: Mishap) -> Self {
        Self { sim: VirtualSim::from_state(state), folder, random, mishap, answered: 0 }
    }
}

impl<R: RngCore> Card for Inserted<R> {
    fn reset(&mut self) {
        self.sim.reset();
    }

    fn off(&mut self) {
        self.sim.power_off();
    }

    fn atr(&self) -> Vec<u8> {
        self.sim.atr().to_vec()
    }

    fn command(&mut self, command: &[u8]) -> Answer {
        match self.mishap {
            Mishap::PulledAfter(count) if self.answered >= count => return Answer::Pulled,
            Mishap::HungAfter(count) if self.answered >= count => return Answer::Hung,
            _ => self.answered = self.answered.saturating_add(1),
        }
        let response = self.sim.command_kept(command, &mut self.random, &mut self.folder);
        Answer::Bytes(response.to_bytes())
    }
}
