//! Single changes of a sample's inputs.

use std::fmt;

/// The octets from the start of an input whose bits are flipped.
const FLIPPED: usize = 8192;

/// One change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// A bit of an octet of an input is another.
    Flip {
        /// The input.
        input: usize,
        /// The octet.
        at: usize,
        /// The bit, from the lowest.
        bit: u8,
    },
    /// An input ends here.
    Cut {
        /// The input.
        input: usize,
        /// How many octets are left.
        left: usize,
    },
    /// An input has an octet more.
    Longer {
        /// The input.
        input: usize,
    },
    /// Only the first inputs are given.
    Drop {
        /// How many are left.
        left: usize,
    },
}

impl Change {
    /// Every change of inputs; of a list, some at its end can be missing.
    pub(crate) fn all(inputs: &[Vec<u8>], list: bool) -> Vec<Self> {
        let mut all = Vec::new();
        for (input, bytes) in inputs.iter().enumerate() {
            let flips = 0..bytes.len().min(FLIPPED);
            all.extend(flips.flat_map(|at| (0..8).map(move |bit| Self::Flip { input, at, bit })));
            all.extend((0..bytes.len()).map(|left| Self::Cut { input, left }));
            all.push(Self::Longer { input });
        }
        if list {
            all.extend((0..inputs.len()).map(|left| Self::Drop { left }));
        }
        all
    }

    /// The inputs with the change.
    pub(crate) fn applied(self, inputs: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let mut changed = inputs.to_vec();
        match self {
            Self::Flip { input, at, bit } => changed[input][at] ^= 1 << bit,
            Self::Cut { input, left } => changed[input].truncate(left),
            Self::Longer { input } => changed[input].push(0),
            Self::Drop { left } => changed.truncate(left),
        }
        changed
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flip { input, at, bit } => write!(f, "bit {bit} of octet {at} of input {input}"),
            Self::Cut { input, left } => write!(f, "input {input} cut to {left} octets"),
            Self::Longer { input } => write!(f, "an octet more at the end of input {input}"),
            Self::Drop { left } => write!(f, "the first {left} inputs alone"),
        }
    }
}
