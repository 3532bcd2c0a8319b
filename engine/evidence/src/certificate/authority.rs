use super::certificates_of_pem;
use crate::signature::{KeyError, PublicKey};
use simbind_core::ids::AuthorityId;
use std::fmt;
use thiserror::Error;
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

/// An authority that issues certificates and says which of them still count: its name and its key.
/// That it is to be trusted is the caller's word or a verified path; nothing here looks at it.
#[derive(Clone, PartialEq, Eq)]
pub struct Authority {
    name: Box<[u8]>,
    key: PublicKey,
    may_sign_crls: MaySignCrls,
}

/// What an authority's key usage says of signing revocation lists (RFC 5280 section 4.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaySignCrls {
    /// The usage holds cRLSign.
    Yes,
    /// There is no key usage: nothing forbids it.
    Unsaid,
    /// The usage is there and leaves cRLSign out.
    No,
}

/// Why a certificate names no authority that we can verify with.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AuthorityError {
    /// There is not exactly one certificate.
    #[error("an issuer's file holds exactly one certificate, this one {got}")]
    NotOne {
        /// How many there are.
        got: usize,
    },
    /// Not an X.509 certificate, or an extension is broken.
    #[error("the issuer's certificate is malformed")]
    Malformed,
    /// Its key is of a kind that we do not verify with.
    #[error("the issuer's key is not supported: {0}")]
    UnsupportedKey(#[from] KeyError),
}

impl Authority {
    /// Reads the authority's own certificate, DER.
    ///
    /// # Errors
    /// [`AuthorityError`] where it is malformed or its key is of a kind that is not supported.
    pub fn from_der(der: &[u8]) -> Result<Self, AuthorityError> {
        match X509Certificate::from_der(der) {
            Ok(([], certificate)) => Self::of_certificate(&certificate),
            _ => Err(AuthorityError::Malformed),
        }
    }

    /// Reads the authority's own certificate, a PEM text that holds one.
    ///
    /// # Errors
    /// As [`Self::from_der`], and where there is not exactly one certificate.
    pub fn from_pem(pem: &[u8]) -> Result<Self, AuthorityError> {
        match certificates_of_pem(pem).unwrap_or_default().as_slice() {
            [one] => Self::from_der(one),
            other => Err(AuthorityError::NotOne { got: other.len() }),
        }
    }

    pub(crate) fn of_certificate(
        certificate: &X509Certificate<'_>,
    ) -> Result<Self, AuthorityError> {
        let usage = certificate.key_usage().map_err(|_| AuthorityError::Malformed)?;
        let may_sign_crls = match usage {
            None => MaySignCrls::Unsaid,
            Some(usage) if usage.value.crl_sign() => MaySignCrls::Yes,
            Some(_) => MaySignCrls::No,
        };
        Ok(Self {
            name: certificate.subject().as_raw().into(),
            key: PublicKey::from_spki_der(certificate.public_key().raw)?,
            may_sign_crls,
        })
    }

    /// The identity of this name with this key.
    pub fn id(&self) -> AuthorityId {
        AuthorityId::of_name_and_key(&self.name, self.key.spki_der())
    }

    /// The distinguished name, DER.
    pub fn name_der(&self) -> &[u8] {
        &self.name
    }

    /// The key that its certificates and its revocation lists are signed with.
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// Whether its certificate allows it to sign revocation lists.
    pub fn may_sign_crls(&self) -> MaySignCrls {
        self.may_sign_crls
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authority({:?}, {:?})", self.id(), self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::{Authority, AuthorityError, MaySignCrls};
    use crate::testca::Party;
    use rcgen::KeyUsagePurpose;

    #[test]
    fn an_authority_is_its_name_and_its_key() {
        let mut party = Party::authority("issuer", 1);
        let one = Authority::from_der(&party.self_signed()).unwrap();
        assert_eq!(one.may_sign_crls(), MaySignCrls::No);
        party.params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let again = Authority::from_der(&party.self_signed()).unwrap();
        assert_eq!(again.may_sign_crls(), MaySignCrls::Yes);
        party.params.key_usages = vec![];
        let unsaid = Authority::from_der(&party.self_signed()).unwrap();
        assert_eq!(unsaid.may_sign_crls(), MaySignCrls::Unsaid);
        assert_eq!(one.id(), again.id());

        let other_key = Party::authority("issuer", 1).self_signed();
        assert_ne!(Authority::from_der(&other_key).unwrap().id(), one.id());
        let other_name = Party { key: party.key, ..Party::authority("other", 1) }.self_signed();
        assert_ne!(Authority::from_der(&other_name).unwrap().id(), one.id());
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        let mut trailing = Party::authority("issuer", 1).self_signed();
        trailing.push(0);
        for der in [&trailing[..], b"", b"no"] {
            assert_eq!(Authority::from_der(der), Err(AuthorityError::Malformed));
        }
        assert_eq!(Authority::from_pem(b""), Err(AuthorityError::NotOne { got: 0 }));
    }
}
