//! PEM texts. A block that begins and is not read is an error: what is passed over in silence may
//! be the list that revokes.

use rustls_pki_types::pem::{PemObject as _, SectionKind};
use thiserror::Error;

const BOM: &[u8] = b"\xEF\xBB\xBF";
const BEGIN: &[u8] = b"-----BEGIN";

/// Why a PEM text was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PemError {
    /// The text is broken, at a block counted from zero.
    #[error("block {at} is not PEM")]
    Broken {
        /// The block, from zero.
        at: usize,
    },
    /// More blocks begin than can be read: one does not begin its line, or has a label that is not
    /// known.
    #[error("{begun} PEM blocks begin, but {read} can be read")]
    PassedOver {
        /// How often a block begins.
        begun: usize,
        /// How many blocks were read.
        read: usize,
    },
}

/// The certificates of a text, in order; blocks of other known kinds are passed over. Empty where
/// there is none.
///
/// # Errors
/// [`PemError`] where not every block can be read.
pub fn certificates(text: &[u8]) -> Result<Vec<Vec<u8>>, PemError> {
    blocks(text, SectionKind::Certificate)
}

/// The revocation lists of a text, as [`certificates`].
///
/// # Errors
/// As [`certificates`].
pub fn revocation_lists(text: &[u8]) -> Result<Vec<Vec<u8>>, PemError> {
    blocks(text, SectionKind::Crl)
}

fn blocks(text: &[u8], kind: SectionKind) -> Result<Vec<Vec<u8>>, PemError> {
    let text = text.strip_prefix(BOM).unwrap_or(text);
    let all = <(SectionKind, Vec<u8>)>::pem_slice_iter(text)
        .enumerate()
        .map(|(at, block)| block.map_err(|_| PemError::Broken { at }))
        .collect::<Result<Vec<_>, _>>()?;
    let begun = text.windows(BEGIN.len()).filter(|window| *window == BEGIN).count();
    if begun != all.len() {
        return Err(PemError::PassedOver { begun, read: all.len() });
    }
    Ok(all.into_iter().filter(|(of, _)| *of == kind).map(|(_, der)| der).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "-----BEGIN X509 CRL-----\nAQI=\n-----END X509 CRL-----\n";
    const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nAwQ=\n-----END CERTIFICATE-----\n";

    fn lists(text: &str) -> Result<Vec<Vec<u8>>, PemError> {
        revocation_lists(text.as_bytes())
    }

    #[test]
    fn blocks_are_read_behind_a_byte_order_mark_and_notes() {
        let both = format!("\u{FEFF}a note\r\n{LIST}{CERTIFICATE}{LIST}");
        assert_eq!(lists(&both), Ok(vec![vec![1, 2], vec![1, 2]]));
        assert_eq!(certificates(both.as_bytes()), Ok(vec![vec![3, 4]]));
        assert_eq!(lists(CERTIFICATE), Ok(Vec::new()));
        assert_eq!(lists("nothing"), Ok(Vec::new()));
    }

    #[test]
    fn no_block_is_passed_over_in_silence() {
        let unread = Err(PemError::PassedOver { begun: 2, read: 1 });
        for hidden in [
            format!(" {LIST}"),
            format!("\t{LIST}"),
            format!("\u{FEFF}{LIST}"),
            LIST.replace("X509 CRL", "CRL"),
            LIST.replace("X509 CRL", "TRUSTED CERTIFICATE"),
        ] {
            assert_eq!(lists(&format!("{LIST}{hidden}")), unread, "{hidden}");
        }
        assert_eq!(lists(&LIST.replace("AQI=", "%")), Err(PemError::Broken { at: 0 }));
        let cut = LIST.trim_end().trim_end_matches('-');
        assert_eq!(lists(&format!("{LIST}{cut}")), Err(PemError::Broken { at: 1 }));
    }
}
