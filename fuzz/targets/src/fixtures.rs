//! What the targets trust: anchors and keys whose private halves were thrown away when
//! `cargo run -p simbind-fuzz-targets` made them, and all that was ever signed with them.

use simbind_core::time::Timestamp;
use simbind_evidence::{android::AttestationRoots, certificate::TrustAnchors};
use std::sync::LazyLock;

/// 2026-10-01T00:00:00Z, inside the validity of all that is made here.
pub const NOW: Timestamp = Timestamp::from_secs(1_790_812_800);

/// The anchor of persons' certificates, DER.
pub const ANCHOR: &[u8] = include_bytes!("../fixtures/anchor.der");
/// The leaves below it, a list in DER: the only ones there can be.
pub const LEAVES: &[u8] = include_bytes!("../fixtures/leaves.der");
/// The root of handsets' attestations, DER.
pub const ROOT: &[u8] = include_bytes!("../fixtures/root.der");
/// The attested leaves below it, a list in DER.
pub const ATTESTED: &[u8] = include_bytes!("../fixtures/attested.der");
/// Keys, each an SPKI, and what they signed: key, message and signature in turns, as a list.
pub const SIGNED: &[u8] = include_bytes!("../fixtures/signed.bin");
/// The app that App Attest vouches for here.
pub const APP: &str = "0123456789.example.app";
/// App Attest: the root, the attested key's id, the client data hash, the key, its assertion, and
/// the root of receipts, as a list.
pub const APP_ATTEST: &[u8] = include_bytes!("../fixtures/app_attest.bin");
/// Status: the issuer, the serial that is asked about, and all the lists and answers that there
/// are, as a list.
pub const STATUS: &[u8] = include_bytes!("../fixtures/status.bin");
/// The key of signed bundles, raw Ed25519.
pub const BUNDLE_KEY: &[u8; 32] = include_bytes!("../fixtures/bundle.key");
/// The only bundle that it signed.
pub const BUNDLE: &[u8] = include_bytes!("../fixtures/bundle.json");

/// [`ANCHOR`], as verifiers take it.
pub static ANCHORS: LazyLock<TrustAnchors> =
    LazyLock::new(|| TrustAnchors::from_der([ANCHOR]).unwrap_or(TrustAnchors::none()));
/// [`ROOT`], as verifiers take it.
pub static ROOTS: LazyLock<AttestationRoots> =
    LazyLock::new(|| AttestationRoots::from_der([ROOT]).unwrap_or(AttestationRoots::none()));

/// Cuts bytes into a list of DER elements. What is no element is the last part, so that every
/// input is some list.
pub fn elements(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while !bytes.is_empty() {
        let (part, rest) = bytes.split_at_checked(length(bytes)).unwrap_or((bytes, &[]));
        parts.push(part);
        bytes = rest;
    }
    parts
}

/// The length of the element that stands first: of its tag, its length and its content.
fn length(bytes: &[u8]) -> usize {
    let Some(first) = bytes.get(1).copied() else { return bytes.len() };
    if first < 0x80 {
        return 2 + usize::from(first);
    }
    let octets = usize::from(first & 0x7F).min(4);
    let head = bytes.get(2..2 + octets).unwrap_or_default();
    let content = head.iter().fold(0_usize, |sum, octet| (sum << 8) | usize::from(*octet));
    2 + octets + content
}

/// Cuts a list of parts, each behind its length in two octets, high first. What does not fit is
/// the last part.
pub fn parts(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length));
        let (part, rest) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        parts.push(part);
        bytes = rest;
    }
    parts
}

/// Puts parts into such a list.
pub fn joined(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}
