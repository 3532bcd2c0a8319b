//! What a card signs at a reader whose engine is away.

use crate::ids::ReaderId;

const DOMAIN: &[u8] = b"simbind-offline-tap";
const VERSION: u8 = 1;

/// The bytes that the certificate's key signs: of no use to the engine, nor at another reader, nor
/// twice. The nonce is drawn by the reader for this tap alone.
pub fn offline_message(reader: &ReaderId, nonce: &[u8; 32]) -> Vec<u8> {
    let mut out = Vec::with_capacity(192);
    out.extend_from_slice(DOMAIN);
    out.push(VERSION);
    super::list::field(&mut out, 1, reader.as_str().as_bytes());
    super::list::field(&mut out, 2, nonce);
    out
}
