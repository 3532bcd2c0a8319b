//! Files of evidence, bounded.

use super::outcome::Unreadable;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use simbind_evidence::pem;
use std::{fs::File, io::Read as _, path::Path, path::PathBuf, str::FromStr};

/// The most bytes of a file that are read: as much as the largest status list has.
const LARGEST: u64 = 16 << 20;

/// Bytes of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Unreadable> {
    let shown = |why: &dyn std::fmt::Display| Unreadable::new(path, why);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| shown(&error))?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| shown(&error))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGEST {
        return Err(shown(&"it is larger than 16 MiB"));
    }
    Ok(bytes)
}

/// Whether it begins as a long sequence does. Text can begin with the digit 0, which is the same
/// octet as a sequence's tag, and no octet of it follows that is above 127.
fn is_der(bytes: &[u8]) -> bool {
    matches!(bytes, [0x30, 0x80..=0xFF, ..])
}

/// The certificates of some files, in order: of PEM all that stand in it, of DER the one.
pub(super) fn certificates(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>, Unreadable> {
    let mut all = Vec::new();
    for path in paths {
        let bytes = read(path)?;
        if is_der(&bytes) {
            all.push(bytes);
            continue;
        }
        let blocks = pem::certificates(&bytes).map_err(|why| Unreadable::new(path, &why))?;
        if blocks.is_empty() {
            return Err(Unreadable::new(path, &"it holds no certificate, neither PEM nor DER"));
        }
        all.extend(blocks);
    }
    Ok(all)
}

/// The revocation lists of a file: of PEM all that stand in it, of DER the one.
pub(super) fn lists(path: &Path) -> Result<Vec<Vec<u8>>, Unreadable> {
    let bytes = read(path)?;
    if is_der(&bytes) {
        return Ok(vec![bytes]);
    }
    let all = pem::revocation_lists(&bytes).map_err(|why| Unreadable::new(path, &why))?;
    if all.is_empty() {
        return Err(Unreadable::new(path, &"it holds no revocation list, neither PEM nor DER"));
    }
    Ok(all)
}

/// Bytes as an argument in base64.
#[derive(Clone, Debug)]
pub(super) struct Base64(pub(super) Vec<u8>);

impl FromStr for Base64 {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text: String = text.split_ascii_whitespace().collect();
        BASE64_STANDARD.decode(text).map(Self).map_err(|_| "it is not base64")
    }
}

/// Bytes as an argument.
#[derive(Clone, Debug)]
pub(super) struct Hex(pub(super) Vec<u8>);

impl FromStr for Hex {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "it is not an even number of hexadecimal digits";
        if !text.is_ascii() || !text.len().is_multiple_of(2) {
            return Err(WRONG);
        }
        let digits = text
            .chars()
            .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<Vec<u8>>>()
            .ok_or(WRONG)?;
        let pair = |pair: &[u8]| pair.iter().fold(0_u8, |octet, digit| octet << 4 | digit);
        Ok(Self(digits.chunks(2).map(pair).collect()))
    }
}
