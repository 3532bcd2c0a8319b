mod answer;
mod cert_id;
mod read;
mod request;
mod responder;
mod single;

pub use answer::{CertStatus, Nonce, VerifiedOcsp, verify_ocsp, verify_ocsp_of_any_age};
pub use read::{MAX_OCSP_BYTES, MAX_OCSP_RESPONSES, UnverifiedOcsp, read_ocsp};
pub use request::ocsp_request;
pub use responder::Responder;
