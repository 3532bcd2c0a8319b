//! Apple's part: attestations of iPhones' keys and receipts for them, under roots of our own.

use super::{
    WorldError,
    attestation::Soundness,
    authority::{authority_params, name},
    key::{Curve, Key},
};
use crate::seeded;
use rcgen::{
    CertificateParams, CustomExtension, Issuer, KeyUsagePurpose, PublicKeyData as _,
    SigningKey as _,
};
use sha2::{Digest as _, Sha256};
use simbind_core::time::Timestamp;
use simbind_evidence::apple::{
    Environment, Extensions, ReceiptKind,
    encode::{self, ReceiptSpec},
};
use simbind_proto::v1;
use std::time::Duration;
use time::OffsetDateTime;

/// The app on iPhones: an Apple app id, a team and a bundle.
pub const APPLE_APP_ID: &str = "SIMBINDDEV.jp.simbind.demo";

/// Another app, of the same team.
const OTHER_APP_ID: &str = "SIMBINDDEV.jp.simbind.other";

const DAY: Duration = Duration::from_secs(86_400);
/// How long a credential's certificate is valid before and after it is made.
const VALID: (Duration, Duration) = (DAY, Duration::from_secs(3 * 86_400));
/// How long a receipt can be exchanged.
const RECEIPT_LIFE: Duration = Duration::from_secs(90 * 86_400);

/// Attests keys of iPhones.
pub(crate) struct Apple {
    root: Vec<u8>,
    intermediate: Vec<u8>,
    issuer: Issuer<'static, Key>,
    receipts: Receipts,
}

/// Signs receipts.
struct Receipts {
    key: Key,
    certificates: Vec<Vec<u8>>,
}

impl Apple {
    /// Apple in the world of a seed.
    pub(crate) fn new(seed: u64) -> Result<Self, WorldError> {
        let draw = |purpose, curve| Key::draw(&mut seeded::generator(seed, purpose, 0), curve);
        let root_params = authority_params("sim-sim App Attest root", seed);
        let root_key = draw("app attest root", Curve::P384)?;
        let root = root_params.self_signed(&root_key)?.der().to_vec();
        let root_issuer = Issuer::new(root_params, root_key);
        let params = authority_params("sim-sim App Attest CA", seed);
        let key = draw("app attest CA", Curve::P384)?;
        let intermediate = params.signed_by(&key, &root_issuer)?.der().to_vec();
        let issuer = Issuer::new(params, key);
        Ok(Self { root, intermediate, issuer, receipts: Receipts::new(seed)? })
    }

    /// The root.
    pub(crate) fn root_der(&self) -> &[u8] {
        &self.root
    }

    /// The attestation of a key for a challenge.
    pub(crate) fn attest(
        &self,
        key: &Key,
        challenge: &[u8],
        soundness: Soundness,
        now: Timestamp,
    ) -> Result<v1::AppAttest, WorldError> {
        let app_id = app_of(soundness);
        let environment = match soundness {
            Soundness::Developed => Environment::Development,
            _ => Environment::Production,
        };
        let client_hash: [u8; 32] = Sha256::digest(challenge).into();
        let point = key.der_bytes();
        let data = encode::attested_data(app_id, environment, point, &extensions());
        let mut params = CertificateParams::default();
        (params.not_before, params.not_after) =
            (instant(now.minus(VALID.0))?, instant(now.plus(VALID.1))?);
        params.distinguished_name = name("App Attest credential");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.custom_extensions.push(CustomExtension::from_oid_content(
            encode::NONCE_OID,
            encode::nonce_extension(&encode::nonce(&data, &client_hash)),
        ));
        let leaf = params.signed_by(key, &self.issuer)?.der().to_vec();
        let receipt = self.receipts.sign(&ReceiptSpec {
            kind: ReceiptKind::Attest,
            app_id: app_id.to_owned(),
            attested: leaf.clone(),
            client_hash: client_hash.to_vec(),
            environment,
            created: now,
            expires: now.plus(RECEIPT_LIFE),
            risk_metric: None,
        })?;
        let certificates = [&leaf, &self.intermediate];
        let object = encode::attestation_object(&certificates, &receipt, &data);
        let key_id = encode::key_id(point).to_vec();
        Ok(v1::AppAttest { attestation: object.into(), key_id: key_id.into() })
    }
}

impl Receipts {
    fn new(seed: u64) -> Result<Self, WorldError> {
        let draw = |purpose, curve| Key::draw(&mut seeded::generator(seed, purpose, 0), curve);
        let root_params = authority_params("sim-sim receipt root", seed);
        let root_key = draw("receipt root", Curve::P384)?;
        let root = root_params.self_signed(&root_key)?.der().to_vec();
        let issuer = Issuer::new(root_params, root_key);
        let key = draw("receipt signer", Curve::P256)?;
        let mut params = authority_params("sim-sim receipt signer", seed);
        params.is_ca = rcgen::IsCa::NoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params
            .custom_extensions
            .push(CustomExtension::from_oid_content(encode::RECEIPT_SIGNER_OID, vec![5, 0]));
        let signer = params.signed_by(&key, &issuer)?.der().to_vec();
        Ok(Self { key, certificates: vec![signer, root] })
    }

    fn sign(&self, spec: &ReceiptSpec) -> Result<Vec<u8>, WorldError> {
        let content = encode::receipt_content(spec);
        let signature = self.key.sign(&content)?;
        Ok(encode::receipt(&content, &self.certificates, &signature))
    }
}

/// The app whose key an iPhone has.
pub(crate) const fn app_of(soundness: Soundness) -> &'static str {
    match soundness {
        Soundness::OtherApp => OTHER_APP_ID,
        _ => APPLE_APP_ID,
    }
}

/// An assertion of an iPhone's key over a message.
pub(crate) fn assertion(
    key: &Key,
    app_id: &str,
    counter: u32,
    message: &[u8],
) -> Result<Vec<u8>, WorldError> {
    let data = encode::asserted_data(app_id, counter, &extensions());
    let hash: [u8; 32] = Sha256::digest(message).into();
    let signature = key.sign_message(&encode::nonce(&data, &hash))?;
    Ok(encode::assertion_object(&signature.value, &data))
}

/// What iOS says of an app from the App Store.
fn extensions() -> Extensions {
    Extensions { validation_category: Some(4), bundle_version: Some("1".to_owned()) }
}

fn instant(at: Timestamp) -> Result<OffsetDateTime, WorldError> {
    OffsetDateTime::from_unix_timestamp(at.as_secs()).map_err(|_| WorldError::Number)
}
