//! The registry of handsets and readers: imported as a whole, kept in the state ledger, and read by
//! every check as one value.

mod facts;
mod import;
mod kept;
mod people;

pub use import::{Files, ImportOutcome, MESSAGE_BYTES};
pub(crate) use kept::restore;
pub use kept::{RegistryVersion, Standing};
pub use people::{Counted, Extent};

use crate::{engine::Engine, packs::Quota, settings::DailyBytes};
use arc_swap::ArcSwap;
use std::sync::Arc;
use tokio::sync::{Mutex, Semaphore};

/// The registry that is in force, and whose turn it is to change it.
pub(crate) struct Registries {
    current: ArcSwap<Standing>,
    changing: Mutex<()>,
    quota: Quota,
    /// One count of people at a time.
    counting: Semaphore,
}

impl Registries {
    /// `new_text` is how much new text is imported in a day at most.
    pub(crate) fn new(standing: Standing, new_text: DailyBytes) -> Self {
        Self {
            current: ArcSwap::from_pointee(standing),
            changing: Mutex::default(),
            quota: Quota::new(new_text),
            counting: Semaphore::new(1),
        }
    }

    /// The registry that is in force.
    pub(crate) fn current(&self) -> Arc<Standing> {
        self.current.load_full()
    }
}

impl<S, V> Engine<S, V> {
    /// The registry that is in force, with how it came.
    pub fn registry(&self) -> Arc<Standing> {
        self.registries.current()
    }
}
