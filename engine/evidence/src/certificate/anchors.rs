use crate::der::{Reader, SEQUENCE};
use rustls_pki_types::{CertificateDer, SubjectPublicKeyInfoDer, TrustAnchor, pem::PemObject};
use thiserror::Error;
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

/// The authorities that certificates of persons must lead to. Never empty.
#[derive(Clone)]
pub struct TrustAnchors {
    anchors: Vec<TrustAnchor<'static>>,
}

/// Why a list of anchors was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AnchorError {
    /// No certificate was given.
    #[error("there is no certificate among the trust anchors")]
    Empty,
    /// The PEM text is broken, at a block counted from zero.
    #[error("block {at} of the trust anchors is not PEM")]
    Pem {
        /// The block, from zero.
        at: usize,
    },
    /// A certificate is malformed, counted from zero.
    #[error("trust anchor {at} is not an X.509 certificate")]
    Malformed {
        /// The certificate, from zero.
        at: usize,
    },
}

/// Reads the certificates of a PEM text; other blocks are passed over.
pub(crate) fn certificates_of_pem(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, AnchorError> {
    let certificates = CertificateDer::pem_slice_iter(pem)
        .enumerate()
        .map(|(at, certificate)| certificate.map_err(|_| AnchorError::Pem { at }))
        .collect::<Result<Vec<_>, _>>()?;
    if certificates.is_empty() { Err(AnchorError::Empty) } else { Ok(certificates) }
}

impl TrustAnchors {
    /// Reads anchors from PEM, one or more certificates.
    ///
    /// # Errors
    /// [`AnchorError`] where there is none, or one is malformed.
    pub fn from_pem(pem: &[u8]) -> Result<Self, AnchorError> {
        Self::from_der(certificates_of_pem(pem)?)
    }

    /// Reads anchors from DER certificates.
    ///
    /// # Errors
    /// [`AnchorError`] where there is none, or one is malformed.
    pub fn from_der<C: AsRef<[u8]>>(
        certificates: impl IntoIterator<Item = C>,
    ) -> Result<Self, AnchorError> {
        let mut anchors = Vec::new();
        for (at, certificate) in certificates.into_iter().enumerate() {
            let der = CertificateDer::from(certificate.as_ref());
            let whole = X509Certificate::from_der(&der).is_ok_and(|(rest, _)| rest.is_empty());
            let anchor = webpki::anchor_from_trusted_cert(&der).ok().filter(|_| whole);
            anchors.push(anchor.ok_or(AnchorError::Malformed { at })?.to_owned());
        }
        if anchors.is_empty() { Err(AnchorError::Empty) } else { Ok(Self { anchors }) }
    }

    /// No anchors: nothing is trusted, and every chain is refused.
    pub const fn none() -> Self {
        Self { anchors: Vec::new() }
    }

    /// Whether nothing is trusted.
    pub const fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// How many anchors there are.
    pub fn len(&self) -> usize {
        self.anchors.len()
    }

    /// The keys of the anchors with this name (DER) that constrain no names, as
    /// `SubjectPublicKeyInfo`s.
    pub(super) fn keys_named<'a>(
        &'a self,
        subject: &'a [u8],
    ) -> impl Iterator<Item = SubjectPublicKeyInfoDer<'static>> + 'a {
        // An anchor holds its name without the outer tag and length.
        let named = move |anchor: &&TrustAnchor<'_>| {
            Reader::new("subject", subject).expect("subject", SEQUENCE) == Ok(&*anchor.subject)
        };
        self.anchors
            .iter()
            .filter(|anchor| anchor.name_constraints.is_none())
            .filter(move |anchor| named(anchor))
            .map(webpki::spki_for_anchor)
    }

    /// The keys of all anchors with this name.
    pub(super) fn all_keys_named<'a>(
        &'a self,
        subject: &'a [u8],
    ) -> impl Iterator<Item = SubjectPublicKeyInfoDer<'static>> + 'a {
        let named = move |anchor: &&TrustAnchor<'_>| {
            Reader::new("subject", subject).expect("subject", SEQUENCE) == Ok(&*anchor.subject)
        };
        self.anchors.iter().filter(move |anchor| named(anchor)).map(webpki::spki_for_anchor)
    }

    pub(super) fn as_slice(&self) -> &[TrustAnchor<'static>] {
        &self.anchors
    }
}

impl std::fmt::Debug for TrustAnchors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TrustAnchors({})", self.anchors.len())
    }
}
