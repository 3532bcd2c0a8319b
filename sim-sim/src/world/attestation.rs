//! The test maker's attestation: chains like those of Android Key Attestation, under a root of our
//! own.

use super::{
    WorldError,
    apps::App,
    authority::{authority_params, name},
    key::{Curve, Key},
};
use crate::seeded;
use prost::bytes::Bytes;
use rcgen::{
    CertificateParams, CustomExtension, Issuer, KeyUsagePurpose, SerialNumber, date_time_ymd,
};
use simbind_core::time::Timestamp;
use simbind_evidence::android::{
    BootState, SecurityLevel,
    encode::{KEY_DESCRIPTION_OID, KeyDescriptionSpec, encode_key_description},
};
use std::time::Duration;

/// The app whose key is attested and that carries logins: an Android package name.
pub const APP_ID: &str = "jp.simbind.demo";

/// SHA-256 of the certificate that signs the app, as the attestation tells it.
pub const APP_SIGNER_SHA256: [u8; 32] = [0x5A; 32];

/// How sound a handset is, as its attestation says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Soundness {
    /// Key in a trusted execution environment, boot verified and locked.
    Sound,
    /// Key in software only.
    Software,
    /// The boot loader is unlocked.
    Unlocked,
    /// Its app has the right name, and was signed by another.
    Repackaged,
    /// An iPhone's app is one under development, whose keys Apple attests apart.
    Developed,
    /// An iPhone's key is another app's.
    OtherApp,
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
        (imeis, app): (&[String], App),
        now: Timestamp,
    ) -> Result<Vec<Bytes>, WorldError> {
        let mut params = CertificateParams::default();
        params.not_before = date_time_ymd(1970, 1, 1);
        params.not_after = date_time_ymd(2048, 1, 1);
        params.distinguished_name = name("Android Keystore Key");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        // Keystore numbers every leaf 1.
        params.serial_number = Some(SerialNumber::from(1_u64));
        params.custom_extensions.push(CustomExtension::from_oid_content(
            KEY_DESCRIPTION_OID,
            key_description(challenge, soundness, (imeis, app), now),
        ));
        let leaf = params.signed_by(key, &self.issuer)?.der().to_vec();
        Ok(vec![leaf.into(), self.batch.clone().into(), self.root.clone().into()])
    }
}

/// What the leaf says of the handset. Without a trusted environment nothing of it is proved.
fn key_description(
    challenge: &[u8],
    soundness: Soundness,
    (imeis, app): (&[String], App),
    now: Timestamp,
) -> Vec<u8> {
    let level = match soundness {
        Soundness::Software => SecurityLevel::Software,
        Soundness::Sound
        | Soundness::Unlocked
        | Soundness::Repackaged
        | Soundness::Developed
        | Soundness::OtherApp => SecurityLevel::TrustedEnvironment,
    };
    let signer = if soundness == Soundness::Repackaged { [0x66; 32] } else { app.signer };
    let locked = soundness != Soundness::Unlocked;
    encode_key_description(&KeyDescriptionSpec {
        attestation_level: level,
        keymint_level: level,
        challenge: challenge.to_vec(),
        boot_state: if locked { BootState::Verified } else { BootState::Unverified },
        locked,
        os_patch: patch_level(now),
        packages: vec![app.id.to_owned()],
        signer_digests: vec![signer],
        imeis: imeis.iter().filter_map(|imei| imei.parse().ok()).collect(),
        ..KeyDescriptionSpec::default()
    })
}

/// The month, as YYYYMM, of some thirty days before: phones are a little behind.
fn patch_level(now: Timestamp) -> u32 {
    const THIRTY_DAYS: Duration = Duration::from_secs(30 * 86_400);
    // A month is taken as a twelfth of a mean Gregorian year.
    let months = now.minus(THIRTY_DAYS).as_secs().max(0) / (31_556_952 / 12);
    u32::try_from((1970 + months / 12) * 100 + months % 12 + 1).unwrap_or(202_601)
}
