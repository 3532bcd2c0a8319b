//! What a handset's token is worth in a check.

use super::HandsetFinding;
use crate::{
    ids::{CertificateId, Iccid},
    time::Timestamp,
    token::HandsetToken,
};
use std::time::Duration;

/// The check that brings a token.
#[derive(Clone, Copy, Debug)]
pub struct Tapped {
    /// The certificate that signed.
    pub certificate: Option<CertificateId>,
    /// The ICCID that its transcript claims.
    pub iccid: Option<Iccid>,
    /// Now.
    pub now: Timestamp,
    /// How far the clocks of handsets may be from ours.
    pub skew: Duration,
}

/// What a token is worth that verifies under the key of the handset at a place, use aside.
pub fn token_finding(token: &HandsetToken, place: usize, tapped: &Tapped) -> HandsetFinding {
    let Tapped { certificate, iccid, now, skew } = *tapped;
    if certificate != Some(token.certificate) || iccid != Some(token.iccid) {
        HandsetFinding::Misbound(place)
    } else if token.age(now, skew).is_none() {
        HandsetFinding::Expired(place)
    } else {
        HandsetFinding::Valid(place)
    }
}
