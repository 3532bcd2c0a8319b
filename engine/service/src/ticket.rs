//! Issue at the counter: enrolment tickets from the identity check to an active binding.

mod activate;
mod codes;
mod join;
mod open;
mod queue;
mod step;
mod terms;
mod write;

pub use activate::Activated;
pub use codes::{Shown, TicketCodes};
pub use join::{JoinRequest, Joined, ShownOrTyped};
pub use open::{OpenRequest, Opened};
pub use queue::{QueueFor, QueuePage};
pub use step::{CertificateRequest, Deed};
pub use terms::{CounterTerms, OfficeTerms, TerminalTerms};
pub use write::{Asked, PhoneSecret, Speaker, Terminal};
