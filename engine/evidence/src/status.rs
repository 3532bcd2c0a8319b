//! Whether a certificate still counts: revocation lists (RFC 5280 section 5) and OCSP answers
//! (RFC 6960). Bytes, issuer and time in, verified answers out; fetching and keeping them is
//! another's.

mod crl;
#[cfg(any(test, feature = "test-util"))]
pub mod encode;
mod error;
mod extension;
mod freshness;
mod ocsp;
mod point;
mod reason;
mod serial;
mod signed;
mod subject;
mod time;

pub use crl::{
    CrlNumber, CrlScope, Listing, MAX_CRL_BYTES, MAX_CRL_ENTRIES, Subjects, UnverifiedCrl,
    VerifiedCrl, read_crl, verify_crl, verify_crl_of_any_age,
};
pub use error::{ResponderWord, StatusError};
pub use freshness::{Freshness, StatusRules};
pub use ocsp::{
    CertStatus, MAX_OCSP_BYTES, MAX_OCSP_RESPONSES, Nonce, Responder, UnverifiedOcsp, VerifiedOcsp,
    ocsp_request, read_ocsp, verify_ocsp, verify_ocsp_of_any_age,
};
pub use reason::Reason;
pub use serial::Serial;
pub use subject::CrlSubject;

#[cfg(test)]
mod tests;
