use super::{
    Receipt, ReceiptError, ReceiptRoots, ber,
    cms::{self, SHA256, SignedData, Signer},
};
use crate::{
    apple::chain::{self, MAX_CERTIFICATES},
    certificate::same_name,
    link,
    signature::{Digest, PublicKey, sha256, verify_with_digest},
};
use simbind_core::time::Timestamp;
use x509_parser::certificate::X509Certificate;

/// 1.2.840.10045.4.3.2, ecdsa-with-SHA256.
const ECDSA_SHA256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2];
/// 1.2.840.113635.100.12.15, which marks those who sign these receipts. The same authority issues
/// certificates for other purposes.
const RECEIPT_SIGNER: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x63, 0x64, 0x0C, 0x0F];

/// A receipt that is Apple's word. Only [`verify_receipt`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedReceipt(Receipt);

impl VerifiedReceipt {
    /// What Apple says.
    pub fn receipt(&self) -> &Receipt {
        &self.0
    }
}

/// Verifies a receipt at the given time, its signature and its chain to a root.
///
/// # Errors
/// [`ReceiptError`], the first link that does not hold.
pub fn verify_receipt(
    bytes: &[u8],
    roots: &ReceiptRoots,
    at: Timestamp,
) -> Result<VerifiedReceipt, ReceiptError> {
    let der = ber::to_der(bytes)?;
    let data = SignedData::read(&der)?;
    let path = path(&data, roots)?;
    let walked = chain::walk(&path, &roots.0, at)?;
    let leaf = walked.leaf()?;
    if !leaf.extensions().iter().any(|found| found.oid.as_bytes() == RECEIPT_SIGNER) {
        return Err(ReceiptError::Signer);
    }
    let key =
        PublicKey::from_spki_der(leaf.public_key().raw).map_err(|_| ReceiptError::Algorithm)?;
    check_signature(&data, &key)?;
    let receipt = Receipt::of_content(data.content)?;
    if at >= receipt.expires() {
        return Err(ReceiptError::Expired);
    }
    Ok(VerifiedReceipt(receipt))
}

/// The signer's certificate and those that issued it, without the root.
fn path<'d>(data: &SignedData<'d>, roots: &ReceiptRoots) -> Result<Vec<&'d [u8]>, ReceiptError> {
    let certificates = data
        .certificates
        .iter()
        .filter_map(|der| Some((*der, link::read(der)?)))
        .collect::<Vec<_>>();
    // No signature covers how the signer is named: it is exact.
    let is_signer = |found: &X509Certificate<'_>, signer: &Signer<'_>| {
        found.issuer().as_raw() == signer.issuer && found.raw_serial() == signer.serial
    };
    let mut next = certificates.iter().find(|(_, found)| is_signer(found, &data.signer));
    let mut path = Vec::new();
    while let Some((der, found)) = next {
        if roots.0.has_key(found.public_key().raw) || path.len() == MAX_CERTIFICATES {
            break;
        }
        path.push(*der);
        if same_name(found.issuer().as_raw(), found.subject().as_raw()) {
            break;
        }
        next = certificates
            .iter()
            .find(|(_, issuer)| same_name(issuer.subject().as_raw(), found.issuer().as_raw()));
    }
    if path.is_empty() { Err(ReceiptError::NoSigner) } else { Ok(path) }
}

fn check_signature(data: &SignedData<'_>, key: &PublicKey) -> Result<(), ReceiptError> {
    let signer = &data.signer;
    if signer.digest != SHA256 || signer.algorithm != ECDSA_SHA256 {
        return Err(ReceiptError::Algorithm);
    }
    let message = match signer.attributes {
        None => data.content.to_vec(),
        Some(attributes) => {
            if !cms::attributes_match(attributes, &sha256(data.content))? {
                return Err(ReceiptError::Signature);
            }
            cms::signed_form(attributes)?
        }
    };
    if verify_with_digest(key, Digest::Sha256, &message, signer.signature) {
        Ok(())
    } else {
        Err(ReceiptError::Signature)
    }
}
