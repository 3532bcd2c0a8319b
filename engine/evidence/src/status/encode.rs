//! Makes revocation lists and OCSP answers, for tests and simulators. What is made is signed by
//! whatever key the caller has, and says whatever the caller wants, right or wrong.

mod crl;
mod ocsp;
mod parts;

pub use crl::{CrlEntrySpec, CrlSpec, encode_crl};
pub use ocsp::{AnswerSpec, CertIdDigest, OcspSpec, ResponderName, encode_ocsp, encode_ocsp_word};
pub use parts::{ExtensionSpec, Signer};
