//! The bound on what one chain may make us do.

use super::ChainError;
use std::cell::Cell;

/// The most signatures that are verified while one path is looked for. A path of a leaf and two
/// authorities needs two or three; crosswise certified authorities need some more.
pub const MAX_SIGNATURES: u32 = 40;
/// The most issuers that are tried while one path is looked for.
const MAX_STEPS: u32 = 2_000;
/// The most names that are compared with constraints while one path is looked for. A long name
/// counts once for each [`OCTETS_OF_A_NAME`].
const MAX_COMPARISONS: u32 = 100_000;
/// How long a name may be that counts as one.
const OCTETS_OF_A_NAME: usize = 256;

/// What may still be done for one chain.
#[derive(Debug)]
pub(super) struct Work {
    signatures: Cell<u32>,
    steps: Cell<u32>,
    comparisons: Cell<u32>,
}

impl Work {
    pub(super) fn new() -> Self {
        Self {
            signatures: Cell::new(MAX_SIGNATURES),
            steps: Cell::new(MAX_STEPS),
            comparisons: Cell::new(MAX_COMPARISONS),
        }
    }

    /// One signature is verified.
    pub(super) fn signature(&self) -> Result<(), ChainError> {
        spend(&self.signatures, 1)
    }

    /// One issuer is tried.
    pub(super) fn step(&self) -> Result<(), ChainError> {
        spend(&self.steps, 1)
    }

    /// One name of so many octets is compared with so many constraints.
    pub(super) fn compare(&self, constraints: usize, octets: usize) -> Result<(), ChainError> {
        let cost = constraints.saturating_mul(octets / OCTETS_OF_A_NAME + 1);
        spend(&self.comparisons, u32::try_from(cost).unwrap_or(u32::MAX))
    }
}

fn spend(left: &Cell<u32>, amount: u32) -> Result<(), ChainError> {
    let after = left.get().checked_sub(amount).ok_or(ChainError::TooMuchWork)?;
    left.set(after);
    Ok(())
}
