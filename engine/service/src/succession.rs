//! What follows one binding by another, and what keeps one whole while its SIM or handset changes
//! honestly: renewals, new handsets, new SIMs, new proofs, loaners, and how many there may be.

mod loan;
mod owner;
mod renewals;
mod replace;
mod reprove;
mod room;
mod sweep;
pub(crate) mod together;
mod write;

pub use loan::{Lent, LoanRequest};
pub(crate) use owner::Wanted;
pub use owner::{CardSignature, OwnerProof};
pub use renewals::{Lister, Renewal, RenewalCursor};
pub use replace::{HandsetChange, RenewRequest, SimChange};
pub use reprove::{NewSim, ReproofRequest};
