//! An IMEI as octets.

use simbind_core::ids::Imei;

/// As a terminal tells it: a mobile identity (3GPP TS 24.008 section 10.5.1.4) of 15 digits. The
/// first digit shares its octet with the sort of identity, which is 2, and the mark of an odd number.
pub fn identity(imei: Imei) -> [u8; 8] {
    let text = imei.to_digits_with_check();
    let mut nibbles = [0x0A; 16];
    for (nibble, digit) in nibbles.iter_mut().skip(1).zip(text.bytes()) {
        *nibble = digit & 0xF;
    }
    pairs(&nibbles, |first, second| second << 4 | first)
}

/// Reads what a terminal told. Some send 0 as the check digit: it is not looked at.
pub(crate) fn from_identity(octets: &[u8]) -> Option<Imei> {
    let octets: &[u8; 8] = octets.try_into().ok()?;
    let (first, _) = octets.split_first()?;
    if first & 0x0F != 0x0A {
        return None;
    }
    let nibbles = octets.iter().flat_map(|octet| [octet & 0xF, octet >> 4]).skip(1);
    parse(nibbles.take(14))
}

/// As the applet tells it: 15 digits in the order in which they are written, then F.
pub(crate) fn digits(imei: Imei) -> [u8; 8] {
    let text = imei.to_digits_with_check();
    let mut nibbles = [0x0F; 16];
    for (nibble, digit) in nibbles.iter_mut().zip(text.bytes()) {
        *nibble = digit & 0xF;
    }
    pairs(&nibbles, |first, second| first << 4 | second)
}

/// Reads what the applet told.
pub(crate) fn from_digits(octets: &[u8]) -> Option<Imei> {
    let octets: &[u8; 8] = octets.try_into().ok()?;
    if octets.last()? & 0x0F != 0x0F {
        return None;
    }
    let nibbles = octets.iter().flat_map(|octet| [octet >> 4, octet & 0xF]);
    parse(nibbles.take(14))
}

fn pairs(nibbles: &[u8; 16], join: impl Fn(u8, u8) -> u8) -> [u8; 8] {
    let mut octets = [0; 8];
    let (pairs, _) = nibbles.as_chunks::<2>();
    for (octet, [first, second]) in octets.iter_mut().zip(pairs) {
        *octet = join(*first, *second);
    }
    octets
}

fn parse(nibbles: impl Iterator<Item = u8>) -> Option<Imei> {
    let digits: Option<String> =
        nibbles.map(|nibble| char::from_digit(u32::from(nibble), 10)).collect();
    digits?.parse().ok()
}
