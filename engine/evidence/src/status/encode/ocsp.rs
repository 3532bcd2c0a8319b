use super::parts::{ExtensionSpec, Signer, extensions, generalized};
use crate::{
    certificate::Authority,
    der::write::{element, octet_string, sequence},
    status::{CertStatus, Serial},
};
use ring::digest;
use simbind_core::time::Timestamp;

/// 1.3.6.1.5.5.7.48.1, to which 1 is added for a basic response and 2 for the nonce.
const OCSP: [u8; 8] = [0x2B, 6, 1, 5, 5, 7, 0x30, 1];

/// What a made answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspSpec {
    /// The version's number, where it is said; version 1 is 0 and goes unsaid.
    pub version: Option<u8>,
    /// Who says that he signed it.
    pub responder: ResponderName,
    /// When he says so.
    pub produced_at: Timestamp,
    /// The answers.
    pub answers: Vec<AnswerSpec>,
    /// The nonce that it repeats.
    pub nonce: Option<Vec<u8>>,
    /// Further extensions.
    pub extensions: Vec<ExtensionSpec>,
    /// The certificates beside it, DER.
    pub certificates: Vec<Vec<u8>>,
}

/// How the responder is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponderName {
    /// By a distinguished name, DER.
    Name(Vec<u8>),
    /// By SHA-1 of its key.
    Key(Vec<u8>),
}

impl ResponderName {
    /// By the key of an authority, or of a delegate that is read as one.
    pub fn by_key(responder: &Authority) -> Self {
        let key = responder.public_key().raw();
        Self::Key(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, key).as_ref().to_vec())
    }
}

/// The answer about one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerSpec {
    /// Who issued it.
    pub issuer: Authority,
    /// By which digest the issuer is named.
    pub digest: CertIdDigest,
    /// Its serial.
    pub serial: Serial,
    /// What of it.
    pub status: CertStatus,
    /// When that was known.
    pub this_update: Timestamp,
    /// When the next answer is due.
    pub next_update: Option<Timestamp>,
    /// Further extensions.
    pub extensions: Vec<ExtensionSpec>,
}

/// A digest that names an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertIdDigest {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl OcspSpec {
    /// An answer about one certificate, good for a day, by the issuer's own key.
    pub fn about(issuer: &Authority, serial: Serial, status: CertStatus, at: Timestamp) -> Self {
        let answer = AnswerSpec {
            issuer: issuer.clone(),
            digest: CertIdDigest::Sha256,
            serial,
            status,
            this_update: at,
            next_update: Some(at.plus(std::time::Duration::from_secs(86_400))),
            extensions: Vec::new(),
        };
        Self {
            version: None,
            responder: ResponderName::by_key(issuer),
            produced_at: at,
            answers: vec![answer],
            nonce: None,
            extensions: Vec::new(),
            certificates: Vec::new(),
        }
    }
}

/// The answer, DER.
pub fn encode_ocsp(spec: &OcspSpec, signer: Signer<'_>) -> Vec<u8> {
    let responder = match &spec.responder {
        ResponderName::Name(name) => element(&[0xA1], name),
        ResponderName::Key(hash) => element(&[0xA2], &octet_string(hash)),
    };
    let answers = spec.answers.iter().map(single).collect::<Vec<_>>();
    let version = spec.version.map(|version| element(&[0xA0], &element(&[2], &[version])));
    let rest = [responder, generalized(spec.produced_at), sequence(&answers)];
    let mut data: Vec<_> = version.into_iter().chain(rest).collect();
    let nonce = spec.nonce.as_deref().map(|nonce| ExtensionSpec {
        oid: [&OCSP[..], &[2]].concat(),
        critical: false,
        value: octet_string(nonce),
    });
    let all = nonce.into_iter().chain(spec.extensions.iter().cloned()).collect::<Vec<_>>();
    data.extend(extensions(&all).map(|all| element(&[0xA1], &all)));

    let mut basic = signer.signed(sequence(&data));
    if !spec.certificates.is_empty() {
        basic.push(element(&[0xA0], &sequence(&spec.certificates)));
    }
    let kind = element(&[6], &[&OCSP[..], &[1]].concat());
    let bytes = sequence(&[kind, octet_string(&sequence(&basic))]);
    sequence(&[element(&[10], &[0]), element(&[0xA0], &bytes)])
}

/// A word in place of an answer, by its number (RFC 6960 section 4.2.1): 3 is tryLater.
pub fn encode_ocsp_word(number: u8) -> Vec<u8> {
    sequence(&[element(&[10], &[number])])
}

fn single(spec: &AnswerSpec) -> Vec<u8> {
    let status = match spec.status {
        CertStatus::Good => element(&[0x80], &[]),
        CertStatus::Unknown => element(&[0x82], &[]),
        CertStatus::Held { since } => revoked(since, 6),
        CertStatus::Revoked { since, reason } => revoked(since, reason.number()),
    };
    let mut parts = vec![certificate_id(spec), status, generalized(spec.this_update)];
    parts.extend(spec.next_update.map(|next| element(&[0xA0], &generalized(next))));
    parts.extend(extensions(&spec.extensions).map(|all| element(&[0xA1], &all)));
    sequence(&parts)
}

fn revoked(since: Timestamp, code: u8) -> Vec<u8> {
    let reason = element(&[0xA0], &element(&[10], &[code]));
    element(&[0xA1], &[generalized(since), reason].concat())
}

fn certificate_id(spec: &AnswerSpec) -> Vec<u8> {
    const SHA2: [u8; 8] = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2];
    let (oid, algorithm) = match spec.digest {
        CertIdDigest::Sha1 => (vec![0x2B, 0x0E, 3, 2, 0x1A], &digest::SHA1_FOR_LEGACY_USE_ONLY),
        CertIdDigest::Sha256 => ([&SHA2[..], &[1]].concat(), &digest::SHA256),
        CertIdDigest::Sha384 => ([&SHA2[..], &[2]].concat(), &digest::SHA384),
        CertIdDigest::Sha512 => ([&SHA2[..], &[3]].concat(), &digest::SHA512),
    };
    let hash = |bytes: &[u8]| octet_string(digest::digest(algorithm, bytes).as_ref());
    sequence(&[
        sequence(&[element(&[6], &oid), element(&[5], &[])]),
        hash(spec.issuer.name_der()),
        hash(spec.issuer.public_key().raw()),
        element(&[2], spec.serial.as_der()),
    ])
}
