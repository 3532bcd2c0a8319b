use std::time::Duration;

/// How long to wait before an order is sent again: doubled each time, up to a longest pause. An
/// order is never given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The first pause.
    pub first: Duration,
    /// The longest.
    pub longest: Duration,
}

impl Backoff {
    /// The pause after the order was sent so often, shortened by up to a quarter by `jitter` (0 to
    /// 255), so that many do not come at once.
    pub fn pause(&self, tries: u32, jitter: u8) -> Duration {
        let doubled = self.first.saturating_mul(1 << tries.saturating_sub(1).min(20));
        let pause = doubled.min(self.longest);
        pause - (pause / 4 / 255) * u32::from(jitter)
    }
}
