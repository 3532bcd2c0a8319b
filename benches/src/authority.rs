//! The authorities of certificates and of handsets' attestations.

use crate::keys::Keys;
use prost::bytes::Bytes;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, IsCa, Issuer,
    KeyUsagePurpose, SerialNumber, date_time_ymd,
};
use simbind_evidence::android::encode::{
    KEY_DESCRIPTION_OID, KeyDescriptionSpec, encode_key_description,
};

/// The app of the handsets.
pub const APP: &str = "jp.simbind.demo";

/// Issues certificates and attests keys.
pub struct Authority {
    users: Issuer<'static, Keys>,
    users_der: Vec<u8>,
    handsets: Issuer<'static, Keys>,
    handsets_der: Vec<u8>,
}

impl Authority {
    /// New authorities.
    pub fn draw() -> Self {
        let (users, users_der) = root("bench users");
        let (handsets, handsets_der) = root("bench handsets");
        Self { users, users_der, handsets, handsets_der }
    }

    /// The anchor of certificates.
    pub fn anchor_pem(&self) -> String {
        pem::encode(&pem::Pem::new("CERTIFICATE", self.users_der.clone()))
    }

    /// The root of attestations.
    pub fn attestation_root_pem(&self) -> String {
        pem::encode(&pem::Pem::new("CERTIFICATE", self.handsets_der.clone()))
    }

    /// The certificate of a key, DER.
    pub fn issue(&self, key: &Keys, number: u64) -> Bytes {
        let mut params = params("bench user");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.serial_number = Some(SerialNumber::from(number + 1));
        params.use_authority_key_identifier_extension = true;
        let issued = params.signed_by(key, &self.users).expect("a certificate is issued");
        issued.der().to_vec().into()
    }

    /// The attestation of a key for a challenge, leaf first.
    pub fn attest(&self, key: &Keys, challenge: &[u8], imei: &str) -> Vec<Bytes> {
        let mut params = params("Android Keystore Key");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.serial_number = Some(SerialNumber::from(1_u64));
        let description = encode_key_description(&KeyDescriptionSpec {
            challenge: challenge.to_vec(),
            packages: vec![APP.to_owned()],
            signer_digests: vec![[0x5A; 32]],
            imeis: imei.parse().into_iter().collect(),
            ..KeyDescriptionSpec::default()
        });
        let extension = CustomExtension::from_oid_content(KEY_DESCRIPTION_OID, description);
        params.custom_extensions.push(extension);
        let leaf = params.signed_by(key, &self.handsets).expect("an attestation is made");
        vec![leaf.der().to_vec().into(), self.handsets_der.clone().into()]
    }
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2045, 1, 1);
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "JP");
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn root(name: &str) -> (Issuer<'static, Keys>, Vec<u8>) {
    let key = Keys::draw();
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let der = params.self_signed(&key).expect("a root is made").der().to_vec();
    (Issuer::new(params, key), der)
}
