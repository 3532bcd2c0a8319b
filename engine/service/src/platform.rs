//! Orders to the carriers' platforms: sent when they are due, answered when the platform tells, and
//! listed. That an order is given follows from a change of the binding, in the ledger's projection.

mod listing;
mod reporting;
mod schedule;
mod sending;
mod terms;

#[cfg(test)]
mod tests;

pub use listing::{OpenOrders, OrderState, PlatformFigures};
pub use reporting::Report;
pub use sending::PlatformJob;
pub use terms::PlatformTerms;

pub(crate) use schedule::Platforms;
