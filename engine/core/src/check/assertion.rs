//! App Attest's counter, which only rises.

use super::{Counter, HandsetFinding};

/// An assertion that verifies under the key of one of a binding's handsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asserted {
    /// The handset's place.
    pub place: usize,
    /// The key's counter, which the device raises with each assertion.
    pub counter: u32,
}

impl Asserted {
    /// What it is worth beside the last counter of its key that was accepted. A key that was just
    /// attested has the counter 0, and no assertion.
    pub fn against(self, last: Counter) -> HandsetFinding {
        let last = match last {
            Counter::SeenInThisCheck => return HandsetFinding::Valid(self.place),
            Counter::Unseen => 0,
            Counter::Seen(last) => last,
        };
        if u64::from(self.counter) > last {
            HandsetFinding::Valid(self.place)
        } else {
            HandsetFinding::Replayed(self.place)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn only_a_counter_that_rose_is_a_proof(
            place in 0_usize..8,
            last: u32,
            beside in -2_i64..3,
            any: u32,
            near: bool,
        ) {
            let nearby = u32::try_from(i64::from(last) + beside).unwrap_or(last);
            let counter = if near { nearby } else { any };
            let asserted = Asserted { place, counter };
            let finding = asserted.against(Counter::Seen(last.into()));
            let risen = if counter > last {
                HandsetFinding::Valid(place)
            } else {
                HandsetFinding::Replayed(place)
            };
            prop_assert_eq!(finding, risen);
            prop_assert_eq!(
                asserted.against(Counter::Unseen),
                asserted.against(Counter::Seen(0))
            );
            // A check that is decided again shows the counter that it showed.
            prop_assert_eq!(
                asserted.against(Counter::SeenInThisCheck),
                HandsetFinding::Valid(place)
            );
        }
    }
}
