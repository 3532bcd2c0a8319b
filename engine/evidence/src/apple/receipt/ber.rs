//! From the BER of receipts to DER. The CMS libraries at hand read DER alone.
//!
//! What changes: indefinite lengths become definite, and an octet string in pieces becomes one.
//! Everything else must be DER already and stays as it is, so that what is signed keeps its octets.

use super::{MAX_RECEIPT_BYTES, ReceiptError};

/// Elements inside elements; receipts have twelve.
const MAX_DEPTH: usize = 24;
const CONSTRUCTED: u8 = 0x20;
const OCTET_STRING: u8 = 0x04;
const END_OF_CONTENTS: [u8; 2] = [0, 0];

/// The DER of a receipt.
pub(super) fn to_der(bytes: &[u8]) -> Result<Vec<u8>, ReceiptError> {
    if bytes.len() > MAX_RECEIPT_BYTES {
        return Err(ReceiptError::TooLarge { got: bytes.len(), max: MAX_RECEIPT_BYTES });
    }
    let mut rest = bytes;
    let der = element(&mut rest, MAX_DEPTH).ok_or(ReceiptError::Ber)?;
    if rest.is_empty() { Ok(der) } else { Err(ReceiptError::Ber) }
}

/// The DER of the element that begins here.
fn element(rest: &mut &[u8], depth: usize) -> Option<Vec<u8>> {
    let depth = depth.checked_sub(1)?;
    let (tag, length) = head(rest)?;
    let constructed = tag & CONSTRUCTED != 0;
    let parts = match (constructed, length) {
        (false, Length::Definite(length)) => take(rest, length)?.to_vec(),
        (false, Length::Indefinite) => return None,
        (true, length) => inside(rest, length, tag == OCTET_STRING | CONSTRUCTED, depth)?,
    };
    let tag = if tag == OCTET_STRING | CONSTRUCTED { OCTET_STRING } else { tag };
    Some([&[tag][..], &definite(parts.len())?, &parts].concat())
}

/// What is in a constructed element; the octets alone where it is an octet string in pieces.
fn inside(
    rest: &mut &[u8],
    length: Length,
    is_octet_string: bool,
    depth: usize,
) -> Option<Vec<u8>> {
    let mut content = match length {
        Length::Definite(length) => take(rest, length)?,
        Length::Indefinite => rest,
    };
    let mut out = Vec::new();
    loop {
        match length {
            Length::Definite(_) if content.is_empty() => return Some(out),
            Length::Indefinite if content.starts_with(&END_OF_CONTENTS) => {
                *rest = content.get(END_OF_CONTENTS.len()..)?;
                return Some(out);
            }
            _ if is_octet_string => match head(&mut content)? {
                (OCTET_STRING, Length::Definite(piece)) => {
                    out.extend_from_slice(take(&mut content, piece)?);
                }
                _ => return None,
            },
            _ => out.extend(element(&mut content, depth)?),
        }
    }
}

#[derive(Clone, Copy)]
enum Length {
    Definite(usize),
    Indefinite,
}

/// Tag and length. Tag numbers above 30 do not occur, nor the end of contents elsewhere than at an
/// end.
fn head(rest: &mut &[u8]) -> Option<(u8, Length)> {
    let (tag, after) = rest.split_first()?;
    let (first, after) = after.split_first()?;
    if tag & 0x1F == 0x1F || *tag == 0 {
        return None;
    }
    let octets = usize::from(first & 0x7F);
    let (length, after) = match first {
        0x80 => (Length::Indefinite, after),
        0..0x80 => (Length::Definite(octets), after),
        0x81..=0x83 => {
            let (head, after) = after.split_at_checked(octets)?;
            let length = head.iter().fold(0_usize, |sum, octet| (sum << 8) | usize::from(*octet));
            let minimal = head.first() != Some(&0) && length >= 0x80;
            (Length::Definite(minimal.then_some(length)?), after)
        }
        _ => return None,
    };
    *rest = after;
    Some((*tag, length))
}

fn take<'d>(rest: &mut &'d [u8], length: usize) -> Option<&'d [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

/// The shortest definite length.
pub(super) fn definite(length: usize) -> Option<Vec<u8>> {
    if let Ok(short @ 0..0x80) = u8::try_from(length) {
        return Some(vec![short]);
    }
    let octets = length.to_be_bytes();
    let significant = octets.get(octets.iter().take_while(|octet| **octet == 0).count()..)?;
    let count = u8::try_from(significant.len()).ok()?;
    Some([&[0x80 | count][..], significant].concat())
}
