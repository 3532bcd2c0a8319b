//! The list of refusals: what a reader goes by while the engine is away. Signed, for one reader,
//! good for minutes; it lets nobody in.

mod kept;
mod list;
mod offline;

#[cfg(test)]
mod tests;

pub use kept::{Answer, Kept, Moment, NotTaken, WhyClosed};
pub use list::{Draft, Entries, Extent, HashKey, ListError, OfflineUse, RefusalList, Sequence};
pub use offline::offline_message;
