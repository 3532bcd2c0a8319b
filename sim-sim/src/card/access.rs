//! What an application may touch of its card.

use super::{
    memory::{Changed, Memory},
    state::State,
    status::Status,
    toolkit::Terminal,
};
use rand::RngCore;

/// The card, as an application sees it while it serves a command.
pub(crate) struct Access<'a> {
    state: &'a mut State,
    memory: &'a mut dyn Memory,
    changed: Changed,
    /// What the card knows of the terminal that it is in.
    pub(crate) terminal: Terminal,
    pub(crate) random: &'a mut dyn RngCore,
}

impl<'a> Access<'a> {
    pub(crate) fn new(
        state: &'a mut State,
        memory: &'a mut dyn Memory,
        terminal: Terminal,
        random: &'a mut dyn RngCore,
    ) -> Self {
        Self { state, memory, changed: Changed::No, terminal, random }
    }

    /// What survives a loss of power, as it is kept.
    pub(crate) const fn state(&self) -> &State {
        self.state
    }

    /// Changes the state, and returns when that is kept. There is no other way to change it.
    ///
    /// # Errors
    /// Those of the change, and 6581 where the memory cannot be written. Then nothing was changed.
    pub(crate) fn commit<R>(
        &mut self,
        change: impl FnOnce(&mut State) -> Result<R, Status>,
    ) -> Result<R, Status> {
        let mut next = self.state.clone();
        let result = change(&mut next)?;
        self.memory.write(&next).map_err(|_| Status::MEMORY)?;
        *self.state = next;
        self.changed = Changed::Yes;
        Ok(result)
    }

    pub(crate) const fn changed(&self) -> Changed {
        self.changed
    }
}
