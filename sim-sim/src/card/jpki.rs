//! The applet with a person's keys, in the shape of the JPKI cards: what stock clients send to
//! those works here. Its own data commands are in `CARD.md`.

mod applet;
mod data;
mod files;
mod pins;
mod session;
mod sign;

pub(super) use applet::{Applet, Certificate, MOST_CERTIFICATE, Part};
pub use applet::{CertificateLength, Counting};
pub(super) use session::Session;

/// The applet's name: that of the JPKI cards' application.
pub const AID: &[u8] = &[0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01];
