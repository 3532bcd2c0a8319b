//! Samples, and what becomes of them when they are changed.

use super::{chance::Share, change::Change, places::Places};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

/// Verifies inputs; nothing where they are refused.
type Verify<T> = Box<dyn Fn(&[Vec<u8>]) -> Option<T> + Send + Sync>;

/// Inputs that are accepted.
pub(crate) struct Sample<T> {
    /// What it is.
    pub(crate) name: String,
    /// What the verifier is given, each a file of its own.
    pub(crate) inputs: Vec<Vec<u8>>,
    /// Whether the inputs are a list, whose end can be missing.
    pub(crate) list: bool,
    /// What of the inputs is outside of all that is verified.
    pub(crate) outside: Places,
    /// The verifier, with the whole of what it gives.
    pub(crate) verify: Verify<T>,
}

/// What came of the changes of a sample.
#[derive(Default)]
struct Tally {
    tried: usize,
    refused: usize,
    same: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.tried += other.tried;
        self.refused += other.refused;
        self.same += other.same;
        self.wrong.extend(other.wrong);
    }
}

/// Changes each sample, and fails where a change that counts is accepted.
pub(crate) fn run<T: PartialEq + Send + Sync>(set: &str, samples: &[Sample<T>], share: &Share) {
    println!("{set}: {share:?}");
    assert!(!samples.is_empty(), "{set}: no samples");
    let mut all = Tally::default();
    for sample in samples {
        let genuine = (sample.verify)(&sample.inputs);
        let genuine = genuine.unwrap_or_else(|| panic!("{} is refused unchanged", sample.name));
        let changes = Change::all(&sample.inputs, sample.list);
        let tried: Vec<Change> = share.of(changes.len()).iter().map(|at| changes[*at]).collect();
        let tally = in_parts(&tried, |part| tally(sample, &genuine, part));
        let (tried, refused, same) = (tally.tried, tally.refused, tally.same);
        println!("{set}: {}: {tried} tried, {refused} refused, {same} the same", sample.name);
        all.add(tally);
    }
    let (tried, refused, same) = (all.tried, all.refused, all.same);
    println!(
        "{set}: {} samples, {tried} changes: {refused} refused, {same} the same, {} wrong",
        samples.len(),
        all.wrong.len()
    );
    let first: Vec<_> = all.wrong.iter().take(40).collect();
    assert!(all.wrong.is_empty(), "{set}, {share:?}: {} wrong: {first:#?}", all.wrong.len());
}

fn in_parts(changes: &[Change], part: impl Fn(&[Change]) -> Tally + Sync) -> Tally {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut all = Tally::default();
    thread::scope(|scope| {
        let part = &part;
        let parts = changes.chunks(changes.len().div_ceil(threads).max(1));
        let running: Vec<_> = parts.map(|changes| scope.spawn(move || part(changes))).collect();
        running.into_iter().for_each(|part| all.add(part.join().unwrap()));
    });
    all
}

fn tally<T: PartialEq>(sample: &Sample<T>, genuine: &T, changes: &[Change]) -> Tally {
    let mut tally = Tally::default();
    for change in changes {
        tally.tried += 1;
        let changed = change.applied(&sample.inputs);
        let outcome = catch_unwind(AssertUnwindSafe(|| (sample.verify)(&changed)));
        let wrong = match outcome {
            Err(_) => Some("panics"),
            Ok(None) => {
                tally.refused += 1;
                None
            }
            Ok(Some(read)) if read != *genuine => Some("comes to something else"),
            Ok(Some(_)) if !sample.outside.hold(*change, &sample.inputs) => {
                Some("changes nothing, and is not listed as outside")
            }
            Ok(Some(_)) => {
                tally.same += 1;
                None
            }
        };
        tally.wrong.extend(wrong.map(|wrong| format!("{}: {change}: {wrong}", sample.name)));
    }
    tally
}
