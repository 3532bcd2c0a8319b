//! Reading a line without waiting for ever.

use crate::reader::NoPin;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fd::AsFd,
    io::{Errno, read},
};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How often it is looked whether the card is still there.
const LOOK: Duration = Duration::from_millis(200);
/// The longest line; what is longer is none of ours.
const LONGEST: usize = 64;

/// Bytes that were read and are not used up yet. They are wiped.
pub(super) struct Lines<F> {
    from: F,
    kept: Zeroizing<Vec<u8>>,
    /// A line that is too long is being left out.
    too_long: bool,
    ended: bool,
}

/// How waiting for a line ended.
pub(super) enum Line {
    Read(Zeroizing<Vec<u8>>),
    /// Its length cannot be a PIN's.
    TooLong,
}

impl<F: AsFd> Lines<F> {
    pub(super) fn new(from: F) -> Self {
        let kept = Zeroizing::new(Vec::with_capacity(LONGEST));
        Self { from, kept, too_long: false, ended: false }
    }

    pub(super) fn source(&self) -> &F {
        &self.from
    }

    /// Forgets what was read and not used.
    pub(super) fn forget(&mut self) {
        self.kept.clear();
        self.too_long = false;
    }

    /// The next line, without its end. Waits until then at most, and for as long as the card is
    /// there.
    pub(super) fn next(
        &mut self,
        until: Instant,
        still: &mut dyn FnMut() -> bool,
    ) -> Result<Line, NoPin> {
        loop {
            if let Some(line) = self.taken() {
                return Ok(line);
            }
            if self.ended {
                return Err(NoPin::GivenUp);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(NoPin::TooLate);
            }
            if self.readable(left.min(LOOK))? {
                self.read()?;
            } else if !still() {
                return Err(NoPin::CardGone);
            }
        }
    }

    /// A whole line of what was read.
    fn taken(&mut self) -> Option<Line> {
        let end = self.kept.iter().position(|byte| *byte == b'\n');
        let Some(end) = end else {
            if self.kept.len() >= LONGEST {
                self.forget();
                self.too_long = true;
            }
            return None;
        };
        let rest =
            Zeroizing::new(self.kept.get(end.saturating_add(1)..).unwrap_or_default().to_vec());
        self.kept.truncate(end);
        if self.kept.last() == Some(&b'\r') {
            self.kept.pop();
        }
        let line = std::mem::replace(&mut self.kept, rest);
        Some(if std::mem::take(&mut self.too_long) { Line::TooLong } else { Line::Read(line) })
    }

    fn readable(&self, time: Duration) -> Result<bool, NoPin> {
        let time = Timespec::try_from(time).map_err(|_| NoPin::Nowhere)?;
        match poll(&mut [PollFd::new(&self.from, PollFlags::IN)], Some(&time)) {
            Ok(ready) => Ok(ready > 0),
            Err(Errno::INTR) => Ok(false),
            Err(_) => Err(NoPin::Nowhere),
        }
    }

    fn read(&mut self) -> Result<(), NoPin> {
        let mut buffer = Zeroizing::new([0; LONGEST]);
        match read(&self.from, &mut buffer[..]) {
            Ok(0) => self.ended = true,
            Ok(count) => self.kept.extend_from_slice(buffer.get(..count).unwrap_or_default()),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => return Err(NoPin::Nowhere),
        }
        Ok(())
    }
}
