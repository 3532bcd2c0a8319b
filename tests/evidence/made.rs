//! Chains of our own making, as files in a folder.

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CustomExtension, DnType, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, SerialNumber, date_time_ymd,
};
use simbind_evidence::android::encode::{
    KEY_DESCRIPTION_OID, KeyDescriptionSpec, encode_key_description,
};
use std::{fs, path::Path};

/// Inside the validity of all that is made here.
pub(crate) const AT: &str = "2026-10-01T00:00:00Z";
/// The challenge of the chains, in hexadecimal.
pub(crate) const CHALLENGE: &str = "6368616c6c656e6765";
pub(crate) const SIGNER: [u8; 32] = [0x11; 32];
pub(crate) const IMEI: &str = "490154203237518";

/// Someone with a name and a key, who can issue.
pub(crate) struct Party {
    pub(crate) params: CertificateParams,
    pub(crate) key: KeyPair,
}

impl Party {
    pub(crate) fn authority(name: &str, serial: u64) -> Self {
        let mut party = Self::leaf(name, serial);
        party.params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        party.params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        party
    }

    pub(crate) fn leaf(name: &str, serial: u64) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.serial_number = Some(SerialNumber::from(serial));
        params.not_before = date_time_ymd(2021, 1, 1);
        params.not_after = date_time_ymd(2035, 1, 1);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        Self { params, key: KeyPair::generate().unwrap() }
    }

    pub(crate) fn self_signed(&self) -> Certificate {
        self.params.self_signed(&self.key).unwrap()
    }

    pub(crate) fn issue(&self, subject: &Self) -> Certificate {
        let issuer = Issuer::from_params(&self.params, &self.key);
        subject.params.signed_by(&subject.key, &issuer).unwrap()
    }
}

/// What a sound handset says.
pub(crate) fn spec() -> KeyDescriptionSpec {
    KeyDescriptionSpec {
        challenge: b"challenge".to_vec(),
        packages: vec!["jp.example.simbind".into()],
        signer_digests: vec![SIGNER],
        imeis: vec![IMEI.parse().unwrap()],
        ..KeyDescriptionSpec::default()
    }
}

/// Writes `chain.pem`, `leaf.der`, `rest.pem`, `roots.pem` and `status.json`, which lists the batch
/// certificate.
pub(crate) fn write(folder: &Path, spec: &KeyDescriptionSpec) {
    let root = Party::authority("root", 0xA001);
    let batch = Party::authority("batch", 0xCC66);
    let mut leaf = Party::leaf("Android Keystore Key", 1);
    leaf.params
        .custom_extensions
        .push(CustomExtension::from_oid_content(KEY_DESCRIPTION_OID, encode_key_description(spec)));
    let (leaf, batch, root) = (batch.issue(&leaf), root.issue(&batch), root.self_signed());
    let rest = batch.pem() + &root.pem();
    let file = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    file("chain.pem", (leaf.pem() + &rest).as_bytes());
    file("leaf.der", leaf.der());
    file("rest.pem", rest.as_bytes());
    file("roots.pem", root.pem().as_bytes());
    file("status.json", br#"{"entries": {"cc66": {"status": "SUSPENDED"}}}"#);
}
