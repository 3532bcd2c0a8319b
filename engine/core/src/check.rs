//! A check: what it brings, what that comes to as facts, and the ruling on it.

mod assertion;
mod facts;
mod ruling;
#[cfg(test)]
mod tests;
mod whereabouts;

pub use assertion::Asserted;
pub use facts::{
    AppClaim, AttestationFinding, CertificateFinding, CheckContext, Claims, Counter,
    HandsetFinding, Pin, Reader, StatusFinding, Subject, gather, speaking,
};
pub use ruling::{Answer, Permit, Ruling, after_step_up, rule, rule_snoozed};
pub use whereabouts::Observation;
