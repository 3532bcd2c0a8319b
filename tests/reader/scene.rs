//! A server that trusts a virtual SIM's issuer, and the person who has that SIM.

use super::in_process::SharedSim;
use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;
use sha2::Digest as _;
use sim_sim::{
    World,
    card::{Algorithm, Profile, State, VirtualSim, testing},
    phone::Phone,
};
use simbind_core::ids::CertificateId;
use simbind_proto::v1::{
    binding_service_client::BindingServiceClient, sim_event::Kind,
    sim_event_service_client::SimEventServiceClient, *,
};
use simbind_tests::{Launch, Server, now, to_proto};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// The reader, as a server without configuration knows it.
pub(crate) const DOOR: &str = "local-door";
/// The handset that the person enrolled.
const IMEI: &str = "490154203237518";
/// Somebody else's.
const OTHER_IMEI: &str = "352099001761481";

pub(crate) struct Scene {
    pub(crate) server: Server,
    pub(crate) dir: TempDir,
    world: World,
    profile: Profile,
    events: u32,
}

impl Scene {
    pub(crate) async fn new(algorithm: Algorithm) -> Self {
        Self::configured(algorithm, None).await
    }

    /// With a configuration of the server.
    pub(crate) async fn configured(algorithm: Algorithm, config: Option<&str>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let world = World::new(1, 1).unwrap();
        let anchors = dir.path().join("anchors.pem");
        std::fs::write(&anchors, world.anchors_pem()).unwrap();
        let makers = dir.path().join("makers.pem");
        std::fs::write(&makers, world.attestation_roots_pem()).unwrap();
        let launch = Launch::new(dir.path().join("data")).trust(&anchors);
        let mut launch = launch.attestation_roots(&makers);
        if let Some(config) = config {
            let file = dir.path().join("simbind.toml");
            std::fs::write(&file, config).unwrap();
            launch = launch.config(&file);
        }
        let server = launch.start().await.unwrap();
        let profile = testing::profile(&world, algorithm);
        Self { server, dir, world, profile, events: 0 }
    }

    /// The card, as it comes from its issuer.
    pub(crate) fn card(&self) -> State {
        State::personalised(self.profile.clone()).unwrap()
    }

    /// Somebody else's card, that nobody bound.
    pub(crate) fn other_card(&self) -> State {
        let mut profile = self.profile.clone();
        profile.iccid = "8981100000000000010".parse().unwrap();
        profile.user = profile.signature.take().unwrap();
        profile.user.pin = self.profile.user.pin.clone();
        State::personalised(profile).unwrap()
    }

    /// The card with power.
    pub(crate) fn sim(&self) -> SharedSim {
        let mut sim = VirtualSim::from_state(self.card());
        sim.reset();
        Arc::new(Mutex::new(sim))
    }

    /// A handset whose app speaks for the card's certificate on its SIM. Handsets of different
    /// numbers are different ones.
    pub(crate) fn phone(&self, number: u64) -> Phone {
        let certificate = CertificateId::of_der(&self.profile.user.certificate);
        Phone::android(&self.world, number, certificate, self.profile.iccid).unwrap()
    }

    /// A handset whose app is enrolled with another SIM than the card.
    pub(crate) fn phone_of_another_sim(&self, number: u64) -> Phone {
        let certificate = CertificateId::of_der(&self.profile.user.certificate);
        let iccid = "8981100000000000010".parse().unwrap();
        Phone::android(&self.world, number, certificate, iccid).unwrap()
    }

    /// Binds the card's certificate to its SIM and the person's handset, which attests nothing.
    pub(crate) async fn bind(&self) -> String {
        let plain = HandsetEvidence {
            imeis: vec![IMEI.to_owned()],
            platform: Platform::Other.into(),
            ..HandsetEvidence::default()
        };
        self.enrol(plain, None).await
    }

    /// The same with a handset that attests its key.
    pub(crate) async fn bind_with(&self, phone: &mut Phone) -> String {
        self.enrol(HandsetEvidence::default(), Some(phone)).await
    }

    async fn enrol(&self, plain: HandsetEvidence, phone: Option<&mut Phone>) -> String {
        let mut counter = BindingServiceClient::new(self.server.channel().await.unwrap());
        let drawn = counter.issue_enrolment_challenge(IssueEnrolmentChallengeRequest {}).await;
        let challenge = drawn.unwrap().into_inner().challenge;
        let attested = |phone: &Phone| phone.evidence(&self.world, &challenge, now()).unwrap();
        let handset = phone.as_deref().map_or(plain, attested);
        let mut request = EnrolBindingRequest {
            request_id: "enrol-1".to_owned(),
            person_ref: "prs-1".to_owned(),
            certificate_chain: vec![self.profile.user.certificate.clone().into()],
            iccid: testing::ICCID.to_owned(),
            serving: Some(Serving {
                carrier_id: "docomo".to_owned(),
                host_carrier_id: String::new(),
            }),
            line_ref: "line-1".to_owned(),
            msisdn: "+819000000001".to_owned(),
            key_home: KeyHome::Sim.into(),
            signature_counter: SignatureCounter::Present.into(),
            handset: Some(handset),
            ..EnrolBindingRequest::default()
        };
        let key = phone.as_deref().map(Phone::key_sha256);
        let message = sim_sim::enrolment_message(&request, &challenge, key).unwrap();
        let signature = Some(self.signed(&message));
        let handset = phone.map(|phone| phone.word(&message).unwrap());
        request.proof = Some(KeysProof { challenge, signature, handset });
        let bound = counter.enrol_binding(request).await.unwrap().into_inner();
        bound.binding.unwrap().binding_id
    }

    /// The certificate key's signature, made at the counter.
    fn signed(&self, message: &[u8]) -> Signature {
        const DIGEST_INFO: &[u8] = &[
            0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x01, 0x05, 0x00, 0x04, 0x20,
        ];
        let key = &self.profile.user.key;
        let sha256 = sha2::Sha256::digest(message).to_vec();
        let (scheme, input) = match key.algorithm() {
            Algorithm::Rsa2048 => {
                (SignatureScheme::RsaPkcs1Sha256, [DIGEST_INFO, sha256.as_slice()].concat())
            }
            Algorithm::P256 => (SignatureScheme::EcdsaP256Sha256, sha256),
            Algorithm::P384 => {
                (SignatureScheme::EcdsaP384Sha384, sha2::Sha384::digest(message).to_vec())
            }
        };
        let value = key.sign(&input, &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
        Signature { scheme: scheme.into(), value: value.into() }
    }

    /// The carrier says that it sees the SIM in the person's handset.
    pub(crate) async fn seen_at_home(&mut self) {
        self.tell(Kind::HandsetObserved(HandsetObserved { imei: IMEI.to_owned() })).await;
    }

    /// The carrier says that the SIM came into somebody else's handset.
    pub(crate) async fn moved(&mut self) {
        self.tell(Kind::HandsetChanged(HandsetChanged { imei: OTHER_IMEI.to_owned() })).await;
    }

    /// The carrier says that the line was suspended because the phone was stolen.
    pub(crate) async fn stolen(&mut self) {
        let cause = SuspensionCause::Stolen.into();
        self.tell(Kind::LineSuspended(LineSuspended { cause })).await;
    }

    async fn tell(&mut self, kind: Kind) {
        self.events += 1;
        let mut carrier = SimEventServiceClient::new(self.server.channel().await.unwrap());
        let event = SimEvent {
            event_id: format!("e-{}", self.events),
            carrier_id: "docomo".to_owned(),
            occurred_at: Some(to_proto(now())),
            line: Some(sim_event::Line::Iccid(testing::ICCID.to_owned())),
            kind: Some(kind),
        };
        let told = carrier.publish_events(PublishEventsRequest { events: vec![event] }).await;
        let told = told.unwrap().into_inner();
        assert_eq!(told.results.first().unwrap().status(), EventStatus::Applied, "{told:?}");
    }
}
