//! CMS `SignedData` (RFC 5652), as far as receipts use it, from DER.

use super::{ReceiptError, ber};
use crate::der::{DerError, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE, SET, Tag};

const FIELD: &str = "receipt";
/// The most certificates that are read; receipts have three.
const MAX_CERTIFICATES: usize = 8;

/// 1.2.840.113549.1.7.1 and .2, data and signedData.
const DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1];
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2];
/// 2.16.840.1.101.3.4.2.1, SHA-256.
pub(super) const SHA256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
/// 1.2.840.113549.1.9.3 and .4, contentType and messageDigest.
const CONTENT_TYPE: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 3];
const MESSAGE_DIGEST: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 4];

const fn context(number: u32) -> Tag {
    Tag { class: 2, constructed: true, number }
}

/// Signed data by one signer.
pub(super) struct SignedData<'d> {
    /// What is signed.
    pub(super) content: &'d [u8],
    pub(super) certificates: Vec<&'d [u8]>,
    pub(super) signer: Signer<'d>,
}

/// A signer: who it is, and how it signed.
pub(super) struct Signer<'d> {
    /// The issuer of its certificate, a DER name.
    pub(super) issuer: &'d [u8],
    /// The certificate's serial number, the INTEGER's octets.
    pub(super) serial: &'d [u8],
    pub(super) digest: &'d [u8],
    pub(super) algorithm: &'d [u8],
    /// The content of the signed attributes. None: the content itself is signed.
    pub(super) attributes: Option<&'d [u8]>,
    pub(super) signature: &'d [u8],
}

impl<'d> SignedData<'d> {
    pub(super) fn read(der: &'d [u8]) -> Result<Self, ReceiptError> {
        let mut outer = Reader::new(FIELD, der);
        let mut info = outer.enter(FIELD, SEQUENCE)?;
        outer.finish()?;
        if info.expect(FIELD, OBJECT_IDENTIFIER)? != SIGNED_DATA {
            return Err(ReceiptError::Kind);
        }
        let mut tagged = info.enter(FIELD, context(0))?;
        info.finish()?;
        let mut data = tagged.enter("signedData", SEQUENCE)?;
        tagged.finish()?;
        check_version(&mut data)?;
        check_digests(data.enter("digestAlgorithms", SET)?)?;
        let content = content(data.enter("encapContentInfo", SEQUENCE)?)?;
        let certificates = certificates(data.enter("certificates", context(0))?)?;
        let mut signers = data.enter("signerInfos", SET)?;
        data.finish()?;
        let signer = Signer::read(signers.enter("signerInfo", SEQUENCE)?)?;
        if !signers.is_empty() {
            return Err(ReceiptError::Kind);
        }
        Ok(Self { content, certificates, signer })
    }
}

/// Version 1 is the one of such content and of a signer who is named by issuer and serial (RFC 5652
/// sections 5.1 and 5.3). Nobody signs it, so nothing else is taken for it.
fn check_version(reader: &mut Reader<'_>) -> Result<(), ReceiptError> {
    match reader.number("version", INTEGER)? {
        1 => Ok(()),
        _ => Err(ReceiptError::Kind),
    }
}

/// The announced digests: SHA-256 alone, as nobody signs them either.
fn check_digests(mut digests: Reader<'_>) -> Result<(), ReceiptError> {
    let found = algorithm(digests.enter("digestAlgorithm", SEQUENCE)?)?;
    if found == SHA256 && digests.is_empty() { Ok(()) } else { Err(ReceiptError::Algorithm) }
}

fn content<'d>(mut info: Reader<'d>) -> Result<&'d [u8], ReceiptError> {
    if info.expect("eContentType", OBJECT_IDENTIFIER)? != DATA {
        return Err(ReceiptError::Kind);
    }
    let mut tagged = info.enter("eContent", context(0))?;
    info.finish()?;
    let content = tagged.expect("eContent", OCTET_STRING)?;
    tagged.finish()?;
    Ok(content)
}

fn certificates(mut set: Reader<'_>) -> Result<Vec<&[u8]>, ReceiptError> {
    const FIELD: &str = "certificates";
    let mut found = Vec::new();
    while !set.is_empty() {
        if found.len() == MAX_CERTIFICATES {
            return Err(DerError::TooLong { field: FIELD }.into());
        }
        let before = set.rest();
        set.expect(FIELD, SEQUENCE)?;
        let length = before.len().saturating_sub(set.rest().len());
        found.push(before.get(..length).unwrap_or_default());
    }
    Ok(found)
}

impl<'d> Signer<'d> {
    fn read(mut info: Reader<'d>) -> Result<Self, ReceiptError> {
        check_version(&mut info)?;
        let mut id = info.enter("issuerAndSerialNumber", SEQUENCE)?;
        let before = id.rest();
        id.expect("issuer", SEQUENCE)?;
        let length = before.len().saturating_sub(id.rest().len());
        let issuer = before.get(..length).unwrap_or_default();
        let serial = id.expect("serialNumber", INTEGER)?;
        id.finish()?;
        let digest = algorithm(info.enter("digestAlgorithm", SEQUENCE)?)?;
        let mut ahead = info;
        let attributes = match ahead.any()? {
            (tag, content) if tag == context(0) => {
                info = ahead;
                Some(content)
            }
            _ => None,
        };
        let signed_with = algorithm(info.enter("signatureAlgorithm", SEQUENCE)?)?;
        let signature = info.expect("signature", OCTET_STRING)?;
        if !info.is_empty() {
            info.expect("unsignedAttrs", context(1))?;
        }
        info.finish()?;
        Ok(Self { issuer, serial, digest, algorithm: signed_with, attributes, signature })
    }
}

/// The object identifier of an algorithm; its parameters are absent or NULL.
fn algorithm<'d>(mut identifier: Reader<'d>) -> Result<&'d [u8], ReceiptError> {
    let oid = identifier.expect("algorithm", OBJECT_IDENTIFIER)?;
    match identifier.rest() {
        [] | [5, 0] => Ok(oid),
        _ => Err(ReceiptError::Algorithm),
    }
}

/// What is signed where there are signed attributes: the SET of them (RFC 5652 section 5.4).
pub(super) fn signed_form(attributes: &[u8]) -> Result<Vec<u8>, ReceiptError> {
    let length = ber::definite(attributes.len()).ok_or(ReceiptError::Ber)?;
    Ok([&[0x31][..], &length, attributes].concat())
}

/// Whether signed attributes are for this content: its type and its digest, each once.
pub(super) fn attributes_match(attributes: &[u8], digest: &[u8; 32]) -> Result<bool, DerError> {
    let mut reader = Reader::new("signedAttrs", attributes);
    let (mut typed, mut digested) = (0_u32, 0_u32);
    while !reader.is_empty() {
        let mut attribute = reader.enter("attribute", SEQUENCE)?;
        let name = attribute.expect("attrType", OBJECT_IDENTIFIER)?;
        let mut values = attribute.enter("attrValues", SET)?;
        attribute.finish()?;
        let (_, value) = values.any()?;
        let single = values.is_empty();
        match name {
            CONTENT_TYPE if single && value == DATA => typed += 1,
            MESSAGE_DIGEST if single && value == digest => digested += 1,
            CONTENT_TYPE | MESSAGE_DIGEST => return Ok(false),
            _ => {}
        }
    }
    Ok((typed, digested) == (1, 1))
}
