//! A check: what it brings, what that comes to as facts, and the ruling on it.

mod apps;
mod assertion;
mod cause;
mod facts;
mod proofs;
mod registered;
mod reopened;
mod ruling;
mod sims;
#[cfg(test)]
mod tests;
mod token;
mod whereabouts;

pub use apps::{AppClaims, AppWord, NamedApps, named_apps};
pub use assertion::Asserted;
pub use cause::change_after_step_up;
pub use facts::{
    AppClaim, AttestationFinding, CertificateFinding, CheckContext, Claims, Counter,
    HandsetFinding, Pin, Reader, StatusFinding, Subject, gather, speaking, tell_applet,
};
pub use registered::registered;
pub use reopened::{Again, KnownNow, as_known_now};
pub use ruling::{Answer, Permit, Ruling, after_step_up, rule, rule_snoozed};
pub use token::{Tapped, token_finding};
pub use whereabouts::Observation;
