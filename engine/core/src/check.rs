//! A check: what it brings, what that comes to as facts, and the ruling on it.

mod facts;
mod ruling;

pub use facts::{
    AppClaim, CertificateFinding, CheckContext, Claims, Counter, HandsetFinding, Observation, Pin,
    Reader, Subject, gather,
};
pub use ruling::{Answer, Permit, Ruling, after_step_up, rule};
