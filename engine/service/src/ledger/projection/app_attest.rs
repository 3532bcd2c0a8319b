//! What is kept of the keys of iPhones.

use super::put;
use crate::{
    app_attest::KeyMark,
    ledger::{AssertionRow, KeptReceipt, keys},
    ports::store::{ProjectionError, Write},
};
use simbind_core::ids::BindingId;

/// The receipt that came with a handset, where one did.
pub(super) fn received(
    binding: BindingId,
    receipt: Option<KeptReceipt>,
) -> Result<Option<Write>, ProjectionError> {
    let write = |kept: KeptReceipt| put(keys::receipt(binding, KeyMark(kept.key)), &kept.sealed);
    receipt.map(write).transpose()
}

/// The counter of an assertion.
pub(super) fn counted(
    binding: BindingId,
    key: [u8; 16],
    row: AssertionRow,
) -> Result<Write, ProjectionError> {
    put(keys::assertion(binding, KeyMark(key)), &row)
}
