//! A virtual SIM in a reader: the wire to `vpcd`, the driver of vsmartcard that shows a program to
//! pcscd as a card, and the folder that is the card's memory.

mod client;
mod folder;
mod frame;
mod inserted;
mod issue;

pub use client::{Answer, Card, attach};
pub use folder::{Folder, FolderError};
pub use frame::{Frame, FrameError, Frames};
pub use inserted::{Inserted, Mishap};
pub use issue::{IssueError, Order, issue};
