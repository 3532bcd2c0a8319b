use crate::{
    der::write::{element, octet_string, sequence},
    signature::SignatureScheme,
};
use simbind_core::time::Timestamp;

/// Who signs: the scheme of the key, and what makes a signature over a message in the form that
/// [`SignatureScheme`] describes.
#[derive(Clone, Copy)]
pub struct Signer<'k> {
    scheme: SignatureScheme,
    sign: &'k dyn Fn(&[u8]) -> Vec<u8>,
}

impl<'k> Signer<'k> {
    /// A signer with this scheme.
    pub fn new(scheme: SignatureScheme, sign: &'k dyn Fn(&[u8]) -> Vec<u8>) -> Self {
        Self { scheme, sign }
    }

    /// The `AlgorithmIdentifier` of its signatures.
    pub(super) fn algorithm(&self) -> Vec<u8> {
        const ECDSA: [u8; 7] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3];
        const RSA: [u8; 8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1];
        let ecdsa = |last| sequence(&[element(&[6], &[&ECDSA[..], &[last]].concat())]);
        match self.scheme {
            SignatureScheme::RsaPkcs1Sha256 => {
                let oid = element(&[6], &[&RSA[..], &[11]].concat());
                sequence(&[oid, element(&[5], &[])])
            }
            SignatureScheme::EcdsaP256Sha256 => ecdsa(2),
            SignatureScheme::EcdsaP384Sha384 => ecdsa(3),
        }
    }

    /// The three parts of something signed.
    pub(super) fn signed(&self, message: Vec<u8>) -> Vec<Vec<u8>> {
        let signature = [vec![0], (self.sign)(&message)].concat();
        vec![message, self.algorithm(), element(&[3], &signature)]
    }
}

/// An extension to add, whatever it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionSpec {
    /// The content octets of its object identifier.
    pub oid: Vec<u8>,
    /// Whether it is critical.
    pub critical: bool,
    /// What its octet string holds.
    pub value: Vec<u8>,
}

impl ExtensionSpec {
    /// The extension 2.5.29.n.
    pub fn id_ce(number: u8, critical: bool, value: Vec<u8>) -> Self {
        Self { oid: vec![0x55, 0x1D, number], critical, value }
    }
}

/// An `Extensions`; none where there is none.
pub(super) fn extensions(specs: &[ExtensionSpec]) -> Option<Vec<u8>> {
    let one = |spec: &ExtensionSpec| {
        let mut parts = vec![element(&[6], &spec.oid)];
        if spec.critical {
            parts.push(element(&[1], &[0xFF]));
        }
        parts.push(octet_string(&spec.value));
        sequence(&parts)
    };
    (!specs.is_empty()).then(|| sequence(&specs.iter().map(one).collect::<Vec<_>>()))
}

/// A GeneralizedTime, to the second.
pub(super) fn generalized(at: Timestamp) -> Vec<u8> {
    element(&[24], digits(at).as_bytes())
}

/// A UTCTime from 1950 to 2049, a GeneralizedTime otherwise (RFC 5280 section 5.1.2.4).
pub(super) fn either(at: Timestamp) -> Vec<u8> {
    let digits = digits(at);
    match digits.split_at_checked(2) {
        Some(("19", rest)) if rest >= "50" => element(&[23], rest.as_bytes()),
        Some(("20", rest)) if rest < "50" => element(&[23], rest.as_bytes()),
        _ => generalized(at),
    }
}

/// `YYYYMMDDHHMMSSZ`.
fn digits(at: Timestamp) -> String {
    let (days, second) = (at.as_secs().div_euclid(86_400), at.as_secs().rem_euclid(86_400));
    // Years begin in March here, so that a leap day is a year's last (an era has 400 of them).
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let day = day - (153 * shifted + 2) / 5 + 1;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z")
}
