//! A clock that stands in a file: the players move it, and the server's process reads it.

use sim_sim::clock::SimClock;
use simbind_core::time::Timestamp;
use simbind_service::ports::clock::Clock;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};

/// The clock of both sides.
pub(crate) struct FileClock {
    file: PathBuf,
    moving: Mutex<()>,
}

impl FileClock {
    /// A clock in a folder that shows what was written there last.
    pub(crate) fn of(folder: &Path) -> Self {
        Self { file: folder.join("clock"), moving: Mutex::default() }
    }

    pub(crate) fn set(&self, to: Timestamp) {
        let next = self.file.with_extension("next");
        fs::write(&next, to.as_millis().to_be_bytes()).unwrap();
        // In one step, so that no half of a time is read.
        fs::rename(&next, &self.file).unwrap();
    }

    fn read(&self) -> Timestamp {
        let bytes = fs::read(&self.file).unwrap();
        Timestamp::from_millis(i64::from_be_bytes(bytes.try_into().unwrap()))
    }
}

impl Clock for FileClock {
    fn now(&self) -> Timestamp {
        self.read()
    }
}

impl SimClock for FileClock {
    fn now(&self) -> Timestamp {
        self.read()
    }

    fn advance_to(&self, to: Timestamp) {
        let _one = self.moving.lock().unwrap();
        if to > self.read() {
            self.set(to);
        }
    }
}
