//! People: a certificate with its key, a SIM, and a phone with an attested key.

use super::{
    TestEngine, caller,
    iphone::{self, APPLE_APP, Apple, Iphone, sha256},
};
use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, CustomExtension, DnType, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PublicKeyData as _, SerialNumber, SigningKey as _,
};
use simbind_core::{
    app::{AppList, AppProof, AppRole, ListedApp, SignerDigest},
    binding::{CounterPolicy, KeyHome, Platform, Serving, Sim},
    ids::{CertificateId, Iccid, Imei, ImeiSet, StepUpId},
    transcript::{Audience, step_up_message},
};
use simbind_evidence::{
    android::encode::{KEY_DESCRIPTION_OID, KeyDescriptionSpec, encode_key_description},
    signature::SignatureScheme,
};
use simbind_rules::facts::{Channel, Sensitivity};
use simbind_service::{
    ServiceError, Standing,
    attest::{AttestationRequest, HandsetRequest},
    check::{CertificateClaim, CheckRequest, HandsetWord, Signed},
    enrol::EnrolRequest,
    outcome::StepUpProof,
    proof::KeysProof,
    succession::{CardSignature, OwnerProof},
};
use time::macros::datetime;

/// An authority that issues everything here.
pub(crate) struct Authority {
    pub(crate) apple: Apple,
    params: CertificateParams,
    key: KeyPair,
}

pub(super) fn params(name: &str, serial: u64) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from(serial));
    params.not_before = datetime!(2021-01-01 00:00:00 UTC);
    params.not_after = datetime!(2035-01-01 00:00:00 UTC);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = params("authority", 1);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Self { apple: Apple::new(), params, key: KeyPair::generate().unwrap() }
    }

    pub(crate) fn certificate(&self) -> Vec<u8> {
        self.params.self_signed(&self.key).unwrap().der().to_vec()
    }

    /// Itself, as an issuer whose word is verified.
    pub(crate) fn known(&self) -> simbind_evidence::certificate::Authority {
        simbind_evidence::certificate::Authority::from_der(&self.certificate()).unwrap()
    }

    pub(crate) fn key(&self) -> &KeyPair {
        &self.key
    }

    /// An authority for a batch of handsets.
    fn batch(&self) -> Self {
        let mut batch = Self::new();
        batch.params.distinguished_name.push(DnType::OrganizationName, "batch");
        batch.params.serial_number = Some(SerialNumber::from(BATCH_SERIAL));
        batch
    }

    fn issue(&self, subject: &CertificateParams, key: &KeyPair) -> Vec<u8> {
        let issuer = Issuer::from_params(&self.params, &self.key);
        subject.signed_by(key, &issuer).unwrap().der().to_vec()
    }
}

/// An IMEI of its serial number.
pub(crate) fn imei(serial: u32) -> Imei {
    format!("35299900{serial:06}").parse().unwrap()
}

/// An app that does both parts.
pub(crate) const APP: &str = "jp.example.simbind";
/// What a person logs in to.
pub(crate) const BUSINESS: &str = "jp.example.bank";
/// What holds the applet.
pub(crate) const UI: &str = "jp.example.card";
/// Who signs them.
pub(crate) const SIGNER: [u8; 32] = [7; 32];

/// The list of apps.
pub(crate) fn apps() -> AppList {
    let entry = |id: &str, role| {
        let signers = [SignerDigest::from_sha256(SIGNER)].into();
        let carrier_privilege = [].into();
        let proof = AppProof::Android { signers };
        (id.parse().unwrap(), ListedApp { role, proof, carrier_privilege })
    };
    let android =
        [entry(APP, AppRole::Both), entry(BUSINESS, AppRole::Business), entry(UI, AppRole::Ui)];
    android.into_iter().chain(iphone::apps()).collect()
}
/// The serial of every handset's batch certificate.
pub(crate) const BATCH_SERIAL: u64 = 0xBA7C;

/// A phone.
pub(crate) struct Phone {
    pub(crate) imei: Imei,
    /// The app that asked for its key, and who signs it.
    pub(crate) asked_by: (&'static str, [u8; 32]),
    key: Option<KeyPair>,
}

impl Phone {
    pub(crate) fn attested(serial: u32) -> Self {
        let key = Some(KeyPair::generate().unwrap());
        Self { imei: imei(serial), asked_by: (APP, SIGNER), key }
    }

    pub(crate) fn plain(serial: u32) -> Self {
        Self { imei: imei(serial), asked_by: (APP, SIGNER), key: None }
    }

    /// What it brings to be enrolled.
    pub(crate) fn request(&self, engine: &TestEngine, authority: &Authority) -> HandsetRequest {
        let challenge = engine.enrolment_challenge().unwrap().bytes.to_vec();
        self.request_for(challenge, authority)
    }

    pub(crate) fn request_for(&self, challenge: Vec<u8>, authority: &Authority) -> HandsetRequest {
        let attestation = match &self.key {
            None => AttestationRequest::None,
            Some(key) => {
                let description = encode_key_description(&KeyDescriptionSpec {
                    challenge: challenge.clone(),
                    packages: vec![self.asked_by.0.into()],
                    signer_digests: vec![self.asked_by.1],
                    imeis: vec![self.imei],
                    ..KeyDescriptionSpec::default()
                });
                let mut params = params("handset", 99);
                params
                    .custom_extensions
                    .push(CustomExtension::from_oid_content(KEY_DESCRIPTION_OID, description));
                let batch = authority.batch();
                let chain = vec![
                    batch.issue(&params, key),
                    authority.issue(&batch.params, &batch.key),
                    authority.certificate(),
                ];
                AttestationRequest::AndroidKey { chain, challenge }
            }
        };
        HandsetRequest {
            imeis: ImeiSet::new([self.imei]).unwrap(),
            platform: Platform::Android,
            attestation,
        }
    }

    /// SHA-256 of the public key.
    pub(crate) fn key_hash(&self) -> [u8; 32] {
        sha256(&self.key.as_ref().unwrap().subject_public_key_info())
    }

    pub(crate) fn prove(&self, message: &[u8]) -> HandsetWord {
        let signature = self.key.as_ref().map(|key| HandsetWord::Signature(signed(key, message)));
        signature.unwrap_or(HandsetWord::Nothing)
    }
}

fn signed(key: &KeyPair, message: &[u8]) -> Signed {
    Signed { scheme: SignatureScheme::EcdsaP256Sha256, value: key.sign(message).unwrap() }
}

/// A person.
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) iccid: Iccid,
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) phone: Phone,
    /// In place of the phone.
    pub(crate) iphone: Option<Iphone>,
    pub(crate) counter: CounterPolicy,
    key: KeyPair,
    card: Option<(Vec<u8>, KeyPair)>,
    serial: u64,
}

impl Person {
    pub(crate) fn new(authority: &Authority, serial: u32) -> Self {
        let key = KeyPair::generate().unwrap();
        let chain = vec![authority.issue(&params("person", 1000 + u64::from(serial)), &key)];
        Self {
            name: format!("person-{serial}"),
            iccid: iccid(serial),
            chain,
            phone: Phone::attested(serial),
            iphone: None,
            counter: CounterPolicy::None,
            key,
            card: None,
            serial: 1000 + u64::from(serial),
        }
    }

    /// With a certificate that names a distribution point of lists.
    pub(crate) fn at_point(mut self, authority: &Authority, uri: &str) -> Self {
        let mut params = params("person", self.serial);
        params.crl_distribution_points = vec![CrlDistributionPoint { uris: vec![uri.into()] }];
        self.chain = vec![authority.issue(&params, &self.key)];
        self
    }

    /// With a certificate that ends so many days after [`super::START`].
    pub(crate) fn ending(mut self, authority: &Authority, days: u64) -> Self {
        let mut params = params("person", self.serial);
        let day = std::time::Duration::from_secs(86_400);
        params.not_after = datetime!(2026-10-01 00:00:00 UTC) + day * u32::try_from(days).unwrap();
        self.chain = vec![authority.issue(&params, &self.key)];
        self
    }

    pub(crate) fn with_iphone(self) -> Self {
        Self { iphone: Some(Iphone::new(APPLE_APP)), ..self }
    }

    pub(crate) fn iphone(&self) -> &Iphone {
        self.iphone.as_ref().unwrap()
    }

    /// The serial number of the certificate.
    pub(crate) const fn serial(&self) -> u64 {
        self.serial
    }

    pub(crate) fn counting(self) -> Self {
        Self { counter: CounterPolicy::Present, ..self }
    }

    pub(crate) fn with_card(self, authority: &Authority) -> Self {
        let key = KeyPair::generate().unwrap();
        let der = authority.issue(&params("card", 5000), &key);
        Self { card: Some((der, key)), ..self }
    }

    pub(crate) fn certificate(&self) -> CertificateId {
        CertificateId::of_der(&self.chain[0])
    }

    pub(crate) fn asked(&self, engine: &TestEngine, authority: &Authority) -> EnrolRequest {
        let challenge = engine.enrolment_challenge().unwrap().bytes.to_vec();
        let asked = EnrolRequest {
            person: self.name.parse().unwrap(),
            chain: self.chain.clone(),
            sim: Sim {
                arrived: Vec::new(),
                iccid: self.iccid,
                eid: None,
                serving: Serving { carrier: "docomo".parse().unwrap(), host: None },
                line_ref: None,
                msisdn: None,
            },
            key_home: KeyHome::Sim,
            counter: self.counter,
            handset: match &self.iphone {
                Some(iphone) => iphone.request_for(challenge.clone(), authority),
                None => self.phone.request_for(challenge.clone(), authority),
            },
            card: self.card.as_ref().map(|(der, _)| CertificateId::of_der(der)),
            proof: KeysProof {
                challenge,
                signature: self.signs(b"nothing yet"),
                handset: HandsetWord::Nothing,
            },
        };
        self.proves(asked)
    }

    pub(crate) async fn enrol(&self, world: &super::World) -> Result<Standing, ServiceError> {
        let asked = self.asked(&world.engine, &world.authority);
        let request = format!("enrol-{}", self.name).parse().unwrap();
        world.engine.enrol(&caller("counter"), &request, asked).await
    }

    /// A login that the person makes now, with all that can be brought.
    pub(crate) fn login(&self, engine: &TestEngine, request: &str) -> CheckRequest {
        self.login_with(engine, request, |_| {})
    }

    /// Logs in.
    pub(crate) async fn check(
        &self,
        engine: &TestEngine,
        request: &str,
    ) -> std::sync::Arc<simbind_service::ledger::DecisionEntry> {
        engine.check(&self.login(engine, request)).await.unwrap()
    }

    /// A login with something changed before it is signed.
    pub(crate) fn login_with(
        &self,
        engine: &TestEngine,
        request: &str,
        change: impl FnOnce(&mut CheckRequest),
    ) -> CheckRequest {
        let audience = Audience::RelyingParty("bank".parse().unwrap());
        let issued = engine.issue_challenge(audience.clone(), Channel::AppLogin).unwrap();
        let mut check = CheckRequest {
            caller: caller("bank"),
            request: request.parse().unwrap(),
            audience,
            channel: Channel::AppLogin,
            sensitivity: Sensitivity::View,
            reader: None,
            challenge: issued.bytes.to_vec(),
            certificate: CertificateClaim::Chain(self.chain.clone()),
            signature: None,
            handset: HandsetWord::Nothing,
            iccid: Some(self.iccid),
            imei: self.iphone.is_none().then_some(self.phone.imei),
            toolkit_imei: None,
            counter: None,
            app: Some(self.iphone.as_ref().map_or(APP, |own| own.app).parse().unwrap()),
            signed_at: engine.now(),
            ui_app: None,
            ocsp: None,
        };
        change(&mut check);
        self.sign(&mut check);
        check
    }

    /// The certificate key's signature over a message.
    pub(crate) fn signs(&self, message: &[u8]) -> Signed {
        signed(&self.key, message)
    }

    pub(crate) fn sign(&self, check: &mut CheckRequest) {
        self.sign_over(check, &check.transcript());
    }

    /// Signs other bytes than the check's own.
    pub(crate) fn sign_over(&self, check: &mut CheckRequest, transcript: &[u8]) {
        check.signature = Some(signed(&self.key, transcript));
        check.handset = match &self.iphone {
            Some(iphone) => HandsetWord::Assertion(iphone.assert(transcript)),
            None => self.phone.prove(transcript),
        };
    }

    /// The card's word over a message.
    pub(crate) fn card_signs(&self, challenge: Vec<u8>, message: &[u8]) -> OwnerProof {
        let (der, key) = self.card.as_ref().unwrap();
        let Signed { scheme, value } = signed(key, message);
        OwnerProof::Card(CardSignature {
            challenge,
            chain: vec![der.clone()],
            scheme,
            signature: value,
        })
    }

    /// The card's word for a step-up.
    pub(crate) fn card_proof(&self, step_up: StepUpId) -> StepUpProof {
        let (der, key) = self.card.as_ref().unwrap();
        let Signed { scheme, value } = signed(key, &step_up_message(&step_up.to_string()));
        StepUpProof::Card { chain: vec![der.clone()], scheme, signature: value }
    }
}

fn iccid(serial: u32) -> Iccid {
    let body = format!("898110{serial:012}");
    (0..10).find_map(|check| format!("{body}{check}").parse().ok()).unwrap()
}
