//! A check: from a parsed request to a recorded decision.

mod effects;
mod evidence;
mod gathering;
mod record;
mod request;
mod restore;
mod run;
mod token;

pub(crate) use record::{fired, snoozed};
pub(crate) use run::{DECISIONS, decision_id};

pub use request::{CertificateClaim, CheckRequest, HandsetWord, ReaderPart, Signed, TokenProof};
