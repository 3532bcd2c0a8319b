use crate::{
    certificate::Authority,
    der::{DerError, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE},
    status::serial,
};
use ring::digest;

/// 1.3.14.3.2.26
pub(super) const SHA1: &[u8] = &[0x2B, 0x0E, 3, 2, 0x1A];
/// 2.16.840.1.101.3.4.2, to which 1, 2, 3 are added for SHA-256, SHA-384, SHA-512.
const SHA2: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2];

/// Which certificate an answer is about (RFC 6960 section 4.1.1).
pub(super) struct CertId<'d> {
    /// `None`: a digest that is not known; such an answer is about nobody.
    digest: Option<&'static digest::Algorithm>,
    name_hash: &'d [u8],
    key_hash: &'d [u8],
    /// The shortest octets of the serial.
    pub(super) serial: &'d [u8],
}

impl<'d> CertId<'d> {
    pub(super) fn read(answer: &mut Reader<'d>) -> Result<Self, DerError> {
        let mut parts = answer.enter("certID", SEQUENCE)?;
        let mut algorithm = parts.enter("hashAlgorithm", SEQUENCE)?;
        let oid = algorithm.expect("hashAlgorithm", OBJECT_IDENTIFIER)?;
        let plain = matches!(algorithm.rest(), [] | [5, 0]);
        let read = Self {
            digest: algorithm_of(oid).filter(|_| plain),
            name_hash: parts.expect("issuerNameHash", OCTET_STRING)?,
            key_hash: parts.expect("issuerKeyHash", OCTET_STRING)?,
            serial: serial::read(parts.expect("serialNumber", INTEGER)?)?,
        };
        parts.finish()?;
        Ok(read)
    }

    /// Whether both hashes are the issuer's.
    pub(super) fn is_of(&self, issuer: &Authority) -> bool {
        let Some(algorithm) = self.digest else {
            return false;
        };
        let fits = |bytes: &[u8], hash| digest::digest(algorithm, bytes).as_ref() == hash;
        fits(issuer.name_der(), self.name_hash) && fits(issuer.public_key().raw(), self.key_hash)
    }
}

fn algorithm_of(oid: &[u8]) -> Option<&'static digest::Algorithm> {
    if oid == SHA1 {
        return Some(&digest::SHA1_FOR_LEGACY_USE_ONLY);
    }
    match oid.strip_prefix(SHA2) {
        Some([1]) => Some(&digest::SHA256),
        Some([2]) => Some(&digest::SHA384),
        Some([3]) => Some(&digest::SHA512),
        _ => None,
    }
}

/// SHA-1, which names and finds and proves nothing.
pub(super) fn sha1(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::{CertId, SHA1, sha1};
    use crate::{
        certificate::Authority,
        der::{
            Reader,
            write::{element, octet_string, sequence},
        },
        testca::Party,
    };

    #[test]
    fn a_digest_that_is_not_known_or_has_parameters_names_nobody() {
        let issuer = Authority::from_der(&Party::authority("issuer", 1).self_signed()).unwrap();
        let md5 = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 2, 5];
        let cases = [
            (SHA1, vec![], true),
            (SHA1, vec![5, 0], true),
            (SHA1, vec![4, 0], false),
            (SHA1, vec![5, 0, 5, 0], false),
            (&md5, vec![5, 0], false),
        ];
        for (place, (oid, parameters, known)) in cases.into_iter().enumerate() {
            let der = sequence(&[
                sequence(&[element(&[6], oid), parameters]),
                octet_string(&sha1(issuer.name_der())),
                octet_string(&sha1(issuer.public_key().raw())),
                element(&[2], &[1]),
            ]);
            let read = CertId::read(&mut Reader::new("certID", &der)).unwrap();
            assert_eq!(read.is_of(&issuer), known, "case {place}");
        }
    }
}
