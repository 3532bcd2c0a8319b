//! X.509, signatures and attestations: bytes, anchors and time in, verified evidence out. Pure: no
//! I/O, no clock, no randomness. What cannot be verified is refused with an error that names why,
//! and no error or `Debug` repeats a personal identifier.

pub mod android;
pub mod apple;
pub mod certificate;
mod der;
pub mod inspect;
mod link;
pub mod oid;
pub mod pem;
pub mod signature;
pub mod status;

#[cfg(test)]
mod testca;
