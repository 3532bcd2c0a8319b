use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
};
use simbind_core::ids::CallerId;
use std::collections::BTreeMap;
use thiserror::Error;
use time::{Duration, OffsetDateTime};

/// The callers that get a certificate where none are named.
pub const DEFAULT_CALLERS: [&str; 19] = [
    "bank",
    "shop",
    "doors",
    "city-hall",
    "ward-office",
    "docomo",
    "iij",
    "aqua-mobile",
    "kddi",
    "kawasemi",
    "softbank",
    "tsubame-mobile",
    "rakuten",
    "help-desk",
    "analyst",
    "auditor",
    "operator",
    "issuer",
    "enrolment-app",
];

/// How long the certificates live.
const LIFETIME: Duration = Duration::days(90);

/// A certificate and its key, both PEM. `Debug` shows neither.
#[derive(Clone)]
pub struct PemPair {
    /// The certificate.
    pub certificate: String,
    /// The private key, PKCS#8.
    pub key: String,
}

impl std::fmt::Debug for PemPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PemPair").finish_non_exhaustive()
    }
}

/// A set of certificates for trying things out.
#[derive(Clone, Debug)]
pub struct DevCerts {
    /// The authority, for both sides. Its key is thrown away.
    pub ca: String,
    /// The server's, for `localhost`, `127.0.0.1` and `::1`.
    pub server: PemPair,
    /// Each caller's.
    pub clients: BTreeMap<CallerId, PemPair>,
}

/// A certificate cannot be made.
#[derive(Debug, Error)]
pub enum MakeError {
    /// The name does not fit a certificate's DNS name.
    #[error("`{0}` is no DNS name")]
    Name(CallerId),
    /// The library refused.
    #[error("certificate: {0}")]
    Rcgen(#[from] rcgen::Error),
}

/// Makes a set, valid from a day before `now` for 90 days.
///
/// # Errors
/// [`MakeError`] where a caller's name is no DNS name.
pub fn make(callers: &[CallerId], now: OffsetDateTime) -> Result<DevCerts, MakeError> {
    let issuer = authority(now)?;
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let server = leaf(&issuer, &names, ExtendedKeyUsagePurpose::ServerAuth, now)?;
    let mut clients = BTreeMap::new();
    for name in callers {
        if !is_dns_name(name.as_str()) {
            return Err(MakeError::Name(name.clone()));
        }
        let names = [name.as_str().to_owned()];
        let pair = leaf(&issuer, &names, ExtendedKeyUsagePurpose::ClientAuth, now)?;
        clients.insert(name.clone(), pair);
    }
    Ok(DevCerts { ca: issuer.pem(), server, clients })
}

/// RFC 1035 section 2.3.1, in lower case.
fn is_dns_name(name: &str) -> bool {
    name.split('.').all(|label| {
        let inside = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(inside)
            && !label.starts_with('-')
            && !label.ends_with('-')
    })
}

fn params(name: &str, now: OffsetDateTime) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    params.distinguished_name = subject;
    params.not_before = now.saturating_sub(Duration::DAY);
    params.not_after = now.saturating_add(LIFETIME);
    params
}

fn authority(now: OffsetDateTime) -> Result<CertifiedIssuer<'static, KeyPair>, MakeError> {
    let mut params = params("simbind development authority", now);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

fn leaf(
    issuer: &CertifiedIssuer<'_, KeyPair>,
    names: &[String],
    usage: ExtendedKeyUsagePurpose,
    now: OffsetDateTime,
) -> Result<PemPair, MakeError> {
    let mut params = params(names.first().map_or("", String::as_str), now);
    params.subject_alt_names = CertificateParams::new(names.to_vec())?.subject_alt_names;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![usage];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok(PemPair { certificate: certificate.pem(), key: key.serialize_pem() })
}
