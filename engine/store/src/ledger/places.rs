//! Where entries stand: every segment, and every so-many-th entry.

use parking_lot::RwLock;
use simbind_core::time::Timestamp;
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
    /// The times of the entries before the first sample.
    before: Times,
    /// Places, each with the times of the entries from there to the next.
    samples: Vec<(Place, Times)>,
    stride: u64,
}

/// The first and the last time of some entries. Clocks can be set back: neither need be the time of
/// the first or the last entry.
#[derive(Clone, Copy, Debug)]
struct Times {
    first: Timestamp,
    last: Timestamp,
}

impl Times {
    const NONE: Self =
        Self { first: Timestamp::from_millis(i64::MAX), last: Timestamp::from_millis(i64::MIN) };

    fn join(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }
}

impl Default for Known {
    fn default() -> Self {
        Self { segments: Vec::new(), before: Times::NONE, samples: Vec::new(), stride: 64 }
    }
}

impl Known {
    fn add(&mut self, place: Place, at: Timestamp) {
        let times = Times { first: at, last: at };
        let last = self.samples.last_mut();
        let stands = last.as_ref().map_or(0, |(last, _)| last.position.0);
        if place.position.0.saturating_sub(stands) < self.stride {
            let stretch = last.map_or(&mut self.before, |(_, times)| times);
            *stretch = stretch.join(times);
            return;
        }
        if self.samples.len() == MOST {
            self.thin();
        }
        self.samples.push((place, times));
    }

    /// Takes every second sample away; its times go to the one before.
    fn thin(&mut self) {
        let (pairs, _) = self.samples.as_chunks::<2>();
        let join = |[(place, a), (_, b)]: &[(Place, Times); 2]| (*place, a.join(*b));
        self.samples = pairs.iter().map(join).collect();
        self.stride = self.stride.saturating_mul(2);
    }
}

impl Places {
    pub(crate) fn add_segment(&self, first: Position) {
        self.0.write().segments.push(first);
    }

    /// Hears of an entry; keeps it where it is far enough from the one kept before.
    pub(crate) fn add(&self, place: Place, at: Timestamp) {
        self.0.write().add(place, at);
    }

    /// The same for several, in their order.
    pub(crate) fn add_all(&self, places: impl IntoIterator<Item = (Place, Timestamp)>) {
        let mut known = self.0.write();
        places.into_iter().for_each(|(place, at)| known.add(place, at));
    }

    /// Two positions up to the tip between which, or at which, every entry stands that was recorded
    /// from a time on and before another; the second is 0 where there is none.
    pub(crate) fn recorded_within(
        &self,
        from: Timestamp,
        to: Timestamp,
        tip: Position,
    ) -> (Position, Position) {
        let known = self.0.read();
        let begins = std::iter::once((Position(1), known.before));
        let begins =
            begins.chain(known.samples.iter().map(|(place, times)| (place.position, *times)));
        let ends =
            known.samples.iter().map(|(place, _)| Position(place.position.0.saturating_sub(1)));
        let stretches = begins.zip(ends.chain([tip]));
        let mut within = stretches.filter(|((_, times), _)| times.last >= from && times.first < to);
        let Some(((first, _), end)) = within.next() else { return (Position(1), Position(0)) };
        let last = within.last().map_or(end, |(_, end)| end);
        (first, last.min(tip))
    }

    /// The nearest place at or before a position, or `None` where there is no segment before it.
    pub(crate) fn before(&self, position: Position, first_frame: u64) -> Option<Place> {
        let known = self.0.read();
        let after = known.segments.partition_point(|first| *first <= position);
        let segment = *known.segments.get(after.checked_sub(1)?)?;
        let start = Place { position: segment, segment, offset: first_frame };
        let after = known.samples.partition_point(|(place, _)| place.position <= position);
        let sample = after.checked_sub(1).and_then(|last| known.samples.get(last));
        let sample = sample.map(|(place, _)| *place).filter(|place| place.segment == segment);
        Some(sample.unwrap_or(start))
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

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(i64::try_from(millis).unwrap())
    }

    #[test]
    fn what_was_recorded_within_a_time_stands_between_the_positions_told() {
        // The clock is set back once, and the samples are thinned on the way.
        let most = u64::try_from(MOST).unwrap() * 64 * 3;
        let step = 32;
        let time = |position: u64| if position < most / 2 { position } else { position - most / 4 };
        let places = Places::default();
        places.add_segment(Position(1));
        for position in (1..most).step_by(32) {
            let place = Place { position: Position(position), segment: Position(1), offset: 0 };
            places.add(place, at(time(position)));
        }
        let tip = Position(most - 1);
        let all = || (1..most).step_by(step);
        for (from, to) in [
            (0, u64::MAX >> 1),
            (0, 2),
            (most / 2 - 1000, most / 2),
            (most / 4, most / 4 + 40),
            (most - most / 4 - 40, most),
        ] {
            let (first, last) = places.recorded_within(at(from), at(to), tip);
            let within = || all().filter(|position| (from..to).contains(&time(*position)));
            let (expected_first, expected_last) =
                (within().min().unwrap(), within().max().unwrap());
            assert!(first.0 <= expected_first && expected_last <= last.0 && last <= tip);
            assert!(expected_first - first.0 < 64 * 16 && last.0 - expected_last < 64 * 16);
        }
        let (first, last) = places.recorded_within(at(most), at(most + 1), tip);
        assert!(last < first, "{first:?} {last:?}");
    }

    #[test]
    fn places_stay_bounded_and_still_lead_to_every_entry() {
        let places = Places::default();
        let most = u64::try_from(MOST).unwrap() * 64 * 5;
        for first in [1, most / 2] {
            places.add_segment(Position(first));
        }
        for position in (1..most).step_by(16) {
            let segment = Position(if position < most / 2 { 1 } else { most / 2 });
            let at = Timestamp::from_millis(0);
            places.add(Place { position: Position(position), segment, offset: position }, at);
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
