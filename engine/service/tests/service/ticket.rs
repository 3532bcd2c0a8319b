//! Issue at the counter.

mod codes;
mod desk;
mod flow;
mod life;

use desk::Desk;
