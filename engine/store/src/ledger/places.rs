//! Where entries stand: every segment, and every so-many-th entry.

use parking_lot::RwLock;
use simbind_service::ports::store::Position;

/// The most places that are kept. When they are full, every second one goes.
const MOST: usize = 1 << 16;

/// A place in a ledger from which reading can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The entry that begins here.
    pub(crate) position: Position,
    /// The first position of its segment.
    pub(crate) segment: Position,
    /// Where in the segment.
    pub(crate) offset: u64,
}

/// The places of a ledger; bounded, but for one number a segment.
#[derive(Default)]
pub(crate) struct Places(RwLock<Known>);

struct Known {
    segments: Vec<Position>,
    samples: Vec<Place>,
    stride: u64,
}

impl Default for Known {
    fn default() -> Self {
        Self { segments: Vec::new(), samples: Vec::new(), stride: 64 }
    }
}

impl Places {
    pub(crate) fn add_segment(&self, first: Position) {
        self.0.write().segments.push(first);
    }

    /// Hears of an entry; keeps it where it is far enough from the one kept before.
    pub(crate) fn add(&self, place: Place) {
        self.add_all(std::iter::once(place));
    }

    /// The same for several, in their order.
    pub(crate) fn add_all(&self, places: impl IntoIterator<Item = Place>) {
        let mut known = self.0.write();
        for place in places {
            let last = known.samples.last().map_or(0, |last| last.position.0);
            if place.position.0.saturating_sub(last) < known.stride {
                continue;
            }
            if known.samples.len() == MOST {
                let mut keep = false;
                known.samples.retain(|_| {
                    std::mem::replace(&mut keep, true) && {
                        keep = false;
                        true
                    }
                });
                known.stride = known.stride.saturating_mul(2);
            }
            known.samples.push(place);
        }
    }

    /// The nearest place at or before a position, or `None` where there is no segment before it.
    pub(crate) fn before(&self, position: Position, first_frame: u64) -> Option<Place> {
        let known = self.0.read();
        let after = known.segments.partition_point(|first| *first <= position);
        let segment = *known.segments.get(after.checked_sub(1)?)?;
        let start = Place { position: segment, segment, offset: first_frame };
        let after = known.samples.partition_point(|place| place.position <= position);
        let sample = after.checked_sub(1).and_then(|last| known.samples.get(last)).copied();
        Some(sample.filter(|sample| sample.segment == segment).unwrap_or(start))
    }

    /// The segment that comes after one.
    pub(crate) fn after(&self, segment: Position) -> Option<Position> {
        let known = self.0.read();
        let after = known.segments.partition_point(|first| *first <= segment);
        known.segments.get(after).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stay_bounded_and_still_lead_to_every_entry() {
        let places = Places::default();
        let most = u64::try_from(MOST).unwrap() * 64 * 5;
        for first in [1, most / 2] {
            places.add_segment(Position(first));
        }
        for position in (1..most).step_by(16) {
            let segment = Position(if position < most / 2 { 1 } else { most / 2 });
            places.add(Place { position: Position(position), segment, offset: position });
            assert!(places.0.read().samples.len() <= MOST);
        }
        for position in [1, 2, 63, 64, 65, most / 2 - 1, most / 2, most / 2 + 1, most - 1] {
            let place = places.before(Position(position), 80).unwrap();
            assert!(place.position.0 <= position && position - place.position.0 < 64 * 16);
            assert_eq!(place.segment.0, if position < most / 2 { 1 } else { most / 2 });
        }
        assert_eq!(places.before(Position(0), 80), None);
        assert_eq!(places.after(Position(1)), Some(Position(most / 2)));
        assert_eq!(places.after(Position(most / 2)), None);
    }
}
