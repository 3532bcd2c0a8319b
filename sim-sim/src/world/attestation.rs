//! The test maker's attestation: chains like those of Android Key Attestation, under a root of our
//! own.

use super::{
    WorldError,
    authority::{authority_params, name},
    der,
    key::{Curve, Key},
    numbers,
};
use crate::seeded;
use prost::bytes::Bytes;
use rcgen::{
    CertificateParams, CustomExtension, Issuer, KeyUsagePurpose, SerialNumber, date_time_ymd,
};

/// The app whose key is attested and that carries logins: an Android package name.
pub const APP_ID: &str = "jp.example.login";

/// SHA-256 of the certificate that signs the app, as the attestation tells it.
pub const APP_SIGNER_SHA256: [u8; 32] = [0x5A; 32];

/// The extension KeyDescription (1.3.6.1.4.1.11129.2.1.17).
const KEY_DESCRIPTION: [u64; 10] = [1, 3, 6, 1, 4, 1, 11129, 2, 1, 17];

/// How sound a handset is, as its attestation says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Soundness {
    /// Key in a trusted execution environment, boot verified and locked.
    Sound,
    /// Key in software only.
    Software,
    /// The boot loader is unlocked.
    Unlocked,
}

/// Makes attestation chains.
pub(crate) struct Maker {
    root: Vec<u8>,
    batch: Vec<u8>,
    issuer: Issuer<'static, Key>,
}

impl Maker {
    /// The maker of a seed.
    pub(crate) fn new(seed: u64) -> Result<Self, WorldError> {
        let root_key = Key::draw(&mut seeded::generator(seed, "maker root", 0), Curve::P256)?;
        let root_params = authority_params("sim-sim attestation root", seed);
        let root = root_params.self_signed(&root_key)?.der().to_vec();
        let root_issuer = Issuer::new(root_params, root_key);
        let batch_key = Key::draw(&mut seeded::generator(seed, "maker batch", 0), Curve::P256)?;
        let batch_params = authority_params("sim-sim attestation batch", seed);
        let batch = batch_params.signed_by(&batch_key, &root_issuer)?.der().to_vec();
        Ok(Self { root, batch, issuer: Issuer::new(batch_params, batch_key) })
    }

    /// The root.
    pub(crate) fn root_der(&self) -> &[u8] {
        &self.root
    }

    /// The chain of a key for a challenge, leaf first.
    pub(crate) fn attest(
        &self,
        key: &Key,
        challenge: &[u8],
        soundness: Soundness,
        imeis: &[String],
    ) -> Result<Vec<Bytes>, WorldError> {
        let mut params = CertificateParams::default();
        params.not_before = date_time_ymd(1970, 1, 1);
        params.not_after = date_time_ymd(2048, 1, 1);
        params.distinguished_name = name("Android Keystore Key");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        // Keystore numbers every leaf 1.
        params.serial_number = Some(SerialNumber::from(1_u64));
        params.custom_extensions.push(CustomExtension::from_oid_content(
            &KEY_DESCRIPTION,
            key_description(challenge, soundness, imeis),
        ));
        let leaf = params.signed_by(key, &self.issuer)?.der().to_vec();
        Ok(vec![leaf.into(), self.batch.clone().into(), self.root.clone().into()])
    }
}

/// KeyDescription, version 200 of the schema.
fn key_description(challenge: &[u8], soundness: Soundness, imeis: &[String]) -> Vec<u8> {
    let level = match soundness {
        Soundness::Software => 0,
        Soundness::Sound | Soundness::Unlocked => 1,
    };
    let hardware = match soundness {
        Soundness::Software => der::sequence(&[]),
        Soundness::Sound => hardware_enforced(true, imeis),
        Soundness::Unlocked => hardware_enforced(false, imeis),
    };
    der::sequence(&[
        &der::integer(200),
        &der::enumerated(level),
        &der::integer(200),
        &der::enumerated(level),
        &der::octets(challenge),
        &der::octets(&[]),
        &software_enforced(soundness),
        &hardware,
    ])
}

/// What the operating system says: when the key was made, and for which app.
fn software_enforced(soundness: Soundness) -> Vec<u8> {
    let package = der::sequence(&[&der::octets(APP_ID.as_bytes()), &der::integer(1)]);
    let application =
        der::sequence(&[&der::set(&[&package]), &der::set(&[&der::octets(&APP_SIGNER_SHA256)])]);
    let created = der::explicit(701, &der::integer(numbers::KEY_MADE_AT_MILLIS));
    let application = der::explicit(709, &der::octets(&application));
    match soundness {
        Soundness::Software => der::sequence(&[&key_properties(), &created, &application]),
        Soundness::Sound | Soundness::Unlocked => der::sequence(&[&created, &application]),
    }
}

/// Purpose sign, EC of 256 bits, SHA-256, P-256, no user needed, made on the device.
fn key_properties() -> Vec<u8> {
    [
        der::explicit(1, &der::set(&[&der::integer(2)])),
        der::explicit(2, &der::integer(3)),
        der::explicit(3, &der::integer(256)),
        der::explicit(5, &der::set(&[&der::integer(4)])),
        der::explicit(10, &der::integer(1)),
        der::explicit(503, &der::null()),
        der::explicit(702, &der::integer(0)),
    ]
    .concat()
}

fn hardware_enforced(locked: bool, imeis: &[String]) -> Vec<u8> {
    // Verified boot state: 0 verified, 2 unverified.
    let root_of_trust = der::sequence(&[
        &der::octets(&[0xB0; 32]),
        &der::boolean(locked),
        &der::enumerated(if locked { 0 } else { 2 }),
        &der::octets(&[0xB1; 32]),
    ]);
    let mut list = key_properties();
    list.extend(der::explicit(704, &root_of_trust));
    list.extend(der::explicit(705, &der::integer(160_000)));
    list.extend(der::explicit(706, &der::integer(202_610)));
    if let Some(imei) = imeis.first() {
        list.extend(der::explicit(714, &der::octets(imei.as_bytes())));
    }
    list.extend(der::explicit(718, &der::integer(20_261_005)));
    list.extend(der::explicit(719, &der::integer(20_261_005)));
    if let Some(imei) = imeis.get(1) {
        list.extend(der::explicit(723, &der::octets(imei.as_bytes())));
    }
    der::sequence(&[&list])
}
