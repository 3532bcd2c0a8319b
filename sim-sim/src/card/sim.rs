//! The card as a whole.

use super::{
    access::Access,
    apdu::{Command, Response},
    application::Reply,
    dispatch::Selected,
    memory::{Changed, Memory, Volatile},
    state::State,
    status::Status,
    toolkit,
};
use rand::RngCore;
use std::fmt;
use zeroize::Zeroizing;

/// What the card says of itself after a reset (ISO/IEC 7816-3): T=1, as the JPKI cards do.
pub const ATR: &[u8] = &[0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14];

/// A virtual SIM: what is kept without power, and what a reset forgets.
pub struct VirtualSim {
    state: State,
    power: Power,
}

enum Power {
    Off,
    On { selected: Selected, toolkit: toolkit::Session },
}

impl VirtualSim {
    /// A card of this state, without power.
    pub const fn from_state(state: State) -> Self {
        Self { state, power: Power::Off }
    }

    /// What survives a loss of power.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Powers the card on, or resets it: forgets what is selected and which PIN was seen, and
    /// changes no counter.
    pub fn reset(&mut self) {
        self.power =
            Power::On { selected: Selected::default(), toolkit: toolkit::Session::default() };
    }

    /// Takes the card's power away.
    pub fn power_off(&mut self) {
        self.power = Power::Off;
    }

    /// The answer to a reset.
    pub const fn atr(&self) -> &[u8] {
        ATR
    }

    /// Serves a command, any bytes at all, with a state that lives in this value alone. Without
    /// power the answer is 6F00.
    pub fn command(&mut self, command: &[u8], random: &mut dyn RngCore) -> Response {
        self.command_kept(command, random, &mut Volatile)
    }

    /// The same with a memory, which has each change before anything rests on it: whoever takes
    /// the power away at any moment gets no try back and no signature that was not counted.
    pub fn command_kept(
        &mut self,
        command: &[u8],
        random: &mut dyn RngCore,
        memory: &mut dyn Memory,
    ) -> Response {
        let Power::On { selected, toolkit } = &mut self.power else {
            return failed(Status::FAULT, Changed::No);
        };
        let terminal = toolkit.terminal(&self.state.toolkit);
        let mut card = Access::new(&mut self.state, memory, terminal, random);
        let answer = Command::parse(command).and_then(|command| {
            let its_own = toolkit::Session::takes(&command) && card.state().uicc().is_ok();
            if its_own {
                toolkit.process(&command, &mut card)
            } else {
                selected.process(&command, &mut card)
            }
        });
        let changed = card.changed();
        match answer {
            Ok(Reply { data, status }) => {
                // Clients of the applet know 9000 alone; a handset asks often enough beside them.
                let told = if selected.is_applet() { status } else { toolkit.mark(status) };
                Response { data, status: told, changed }
            }
            Err(status) => failed(status, changed),
        }
    }
}

fn failed(status: Status, changed: Changed) -> Response {
    Response { data: Zeroizing::new(Vec::new()), status, changed }
}

impl Clone for VirtualSim {
    /// A copied SIM: it has the same secrets and then counts on its own. It has no power.
    fn clone(&self) -> Self {
        Self::from_state(self.state.clone())
    }
}

impl fmt::Debug for VirtualSim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VirtualSim({:?})", self.state)
    }
}
