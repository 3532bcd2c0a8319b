use super::{
    field::{bytes, chain, field, optional, required, sha256, time},
    lifecycle,
};
use simbind_core::{
    binding::{CounterPolicy, Handset, Handsets, Serving, Sim},
    ids::{BindingId, CertificateId, Imei, ImeiSet},
    line::LineView,
};
use simbind_proto::v1 as wire;
use simbind_rules::facts::{HandsetLatch, KeyHome, Platform, SecurityLevel};
use simbind_service::{
    ServiceError, Standing,
    attest::{AttestationRequest, HandsetRequest},
    enrol::EnrolRequest,
};

const ATTESTATION: &str = "handset.app_attest.attestation";
/// The most bytes of an App Attest attestation; real ones have about 5,600.
const MOST_ATTESTATION_BYTES: usize = 16 << 10;

/// The place of a handset that another shall take.
pub(in crate::grpc) fn handset_place(place: u32) -> Result<usize, ServiceError> {
    handset_at("reinstalled", place)
}

/// The place of a handset.
pub(in crate::grpc) fn handset_at(name: &'static str, place: u32) -> Result<usize, ServiceError> {
    let found = usize::try_from(place).ok().filter(|place| *place < Handsets::MAX);
    found.ok_or_else(|| ServiceError::invalid(name, format!("is {place}; places are 0 to 7")))
}

/// A binding's id.
pub(in crate::grpc) fn binding_id(text: &str) -> Result<BindingId, ServiceError> {
    field("binding_id", text)
}

fn unset(name: &'static str) -> ServiceError {
    ServiceError::invalid(name, "is not set, or none of its values")
}

pub(super) fn key_home(value: i32) -> Result<KeyHome, ServiceError> {
    match wire::KeyHome::try_from(value) {
        Ok(wire::KeyHome::Sim) => Ok(KeyHome::Sim),
        Ok(wire::KeyHome::SecureElement) => Ok(KeyHome::SecureElement),
        Ok(wire::KeyHome::Keychain) => Ok(KeyHome::Keychain),
        Ok(wire::KeyHome::Unspecified) | Err(_) => Err(unset("key_home")),
    }
}

fn platform(value: i32) -> Result<Platform, ServiceError> {
    match wire::Platform::try_from(value) {
        Ok(wire::Platform::Android) => Ok(Platform::Android),
        Ok(wire::Platform::Ios) => Ok(Platform::Ios),
        Ok(wire::Platform::Other) => Ok(Platform::Other),
        Ok(wire::Platform::Unspecified) | Err(_) => Err(unset("handset.platform")),
    }
}

pub(super) fn counter(value: i32) -> Result<CounterPolicy, ServiceError> {
    match wire::SignatureCounter::try_from(value) {
        Ok(wire::SignatureCounter::Present) => Ok(CounterPolicy::Present),
        Ok(wire::SignatureCounter::None | wire::SignatureCounter::Unspecified) => {
            Ok(CounterPolicy::None)
        }
        Err(_) => Err(ServiceError::invalid("signature_counter", "is none of its values")),
    }
}

/// The evidence of a handset.
pub(in crate::grpc) fn handset(
    evidence: Option<wire::HandsetEvidence>,
) -> Result<HandsetRequest, ServiceError> {
    let wire::HandsetEvidence { imeis, platform: on, key_attestation_chain, challenge, app_attest } =
        required("handset", evidence)?;
    if imeis.len() > ImeiSet::MAX {
        let why = format!("has {} IMEIs; at most {} are taken", imeis.len(), ImeiSet::MAX);
        return Err(ServiceError::invalid("handset.imeis", why));
    }
    let parsed: Result<Vec<Imei>, _> =
        imeis.iter().map(|imei| field("handset.imeis", imei)).collect();
    let imeis =
        ImeiSet::new(parsed?).map_err(|error| ServiceError::invalid("handset.imeis", error))?;
    let chain = chain("handset.key_attestation_chain", &key_attestation_chain)?;
    let challenge = || bytes("handset.challenge", &challenge, 64);
    let attestation = match app_attest {
        None if chain.is_empty() => AttestationRequest::None,
        None => AttestationRequest::AndroidKey { chain, challenge: challenge()? },
        Some(_) if !chain.is_empty() => {
            let why = "is given beside key_attestation_chain";
            return Err(ServiceError::invalid("handset.app_attest", why));
        }
        Some(wire::AppAttest { attestation, key_id }) => AttestationRequest::AppAttest {
            attestation: bytes(ATTESTATION, &attestation, MOST_ATTESTATION_BYTES)?,
            key_id: sha256("handset.app_attest.key_id", &key_id)?.to_vec(),
            challenge: challenge()?,
        },
    };
    Ok(HandsetRequest { imeis, platform: platform(on)?, attestation })
}

/// An enrolment, without the caller's number of it.
pub(in crate::grpc) fn enrol_request(
    request: wire::EnrolBindingRequest,
) -> Result<EnrolRequest, ServiceError> {
    let wire::EnrolBindingRequest {
        request_id: _,
        person_ref,
        certificate_chain,
        iccid,
        eid,
        serving,
        line_ref,
        msisdn,
        key_home: home,
        signature_counter,
        handset: evidence,
        card_certificate_sha256,
        proof,
    } = request;
    let person = field("person_ref", &person_ref)?;
    let chain = chain("certificate_chain", &certificate_chain)?;
    if chain.is_empty() {
        return Err(ServiceError::invalid("certificate_chain", "is empty"));
    }
    let wire::Serving { carrier_id, host_carrier_id } = required("serving", serving)?;
    let sim = Sim {
        arrived: Vec::new(),
        iccid: field("iccid", &iccid)?,
        eid: optional("eid", &eid)?,
        serving: Serving {
            carrier: field("serving.carrier_id", &carrier_id)?,
            host: optional("serving.host_carrier_id", &host_carrier_id)?,
        },
        line_ref: optional("line_ref", &line_ref)?,
        msisdn: optional("msisdn", &msisdn)?,
    };
    let card = match &*card_certificate_sha256 {
        [] => None,
        sha => Some(CertificateId::from_sha256(sha256("card_certificate_sha256", sha)?)),
    };
    Ok(EnrolRequest {
        person,
        chain,
        sim,
        key_home: key_home(home)?,
        counter: counter(signature_counter)?,
        handset: handset(evidence)?,
        card,
        proof: super::proof::enrolment(proof)?,
    })
}

/// A binding for an answer, with the edges that its own record shows as broken.
pub(in crate::grpc) fn binding(standing: Standing, line: Option<&LineView>) -> wire::Binding {
    let Standing { binding, version, .. } = standing;
    let (state, why) = lifecycle::state(binding.state);
    let first = binding.handsets.first();
    wire::Binding {
        binding_id: binding.id.to_string(),
        state: state.into(),
        state_reason: why.into(),
        certificate_sha256: binding.certificate.id.as_bytes().to_vec().into(),
        certificate_not_after: Some(time(binding.certificate.not_after)),
        key_home: key_home_answer(binding.key_home).into(),
        platform: platform_answer(first.platform()).into(),
        attestation_level: level_answer(first.key().level()).into(),
        handsets: u32::try_from(binding.handsets.count()).unwrap_or(u32::MAX),
        enrolled_at: Some(time(binding.enrolled_at)),
        broken_edges: line.map(broken).unwrap_or_default(),
        version: version.0,
        enrolled_handsets: binding.handsets.iter().map(enrolled_handset).collect(),
        identified_place: lifecycle::place(binding.identified.place).into(),
        identified_at: Some(time(binding.identified.at)),
        succeeds: binding.succeeds.map(|id| id.to_string()).unwrap_or_default(),
        held_since: binding.held.as_ref().map(|hold| time(hold.since)),
        releasable_from: None,
        release_asked_at: binding
            .held
            .and_then(|hold| hold.release_asked)
            .map(|asked| time(asked.at)),
        suspended_since: binding.suspended.map(|suspension| time(suspension.since)),
        released_at: binding.released_at.map(time),
        pin_reset_at: binding.pin_reset_at.map(time),
        serving: Some(wire::Serving {
            carrier_id: binding.sim.serving.carrier.into(),
            host_carrier_id: binding.sim.serving.host.map(String::from).unwrap_or_default(),
        }),
    }
}

fn enrolled_handset(handset: &Handset) -> wire::EnrolledHandset {
    wire::EnrolledHandset {
        platform: platform_answer(handset.platform()).into(),
        attestation_level: level_answer(handset.key().level()).into(),
        enrolled_at: Some(time(handset.enrolled_at)),
    }
}

fn broken(line: &LineView) -> Vec<i32> {
    use simbind_rules::facts::{LineLatch, SimLatch};
    [
        (line.sim_latch != SimLatch::Clear, wire::Edge::CertificateSim),
        (line.handset_latch != HandsetLatch::Clear, wire::Edge::SimHandset),
        (!matches!(line.line_latch, LineLatch::Clear | LineLatch::PortedIn), wire::Edge::SimLine),
    ]
    .into_iter()
    .filter_map(|(broken, edge)| broken.then_some(edge.into()))
    .collect()
}

const fn key_home_answer(home: KeyHome) -> wire::KeyHome {
    match home {
        KeyHome::Sim => wire::KeyHome::Sim,
        KeyHome::SecureElement => wire::KeyHome::SecureElement,
        KeyHome::Keychain => wire::KeyHome::Keychain,
    }
}

const fn platform_answer(platform: Platform) -> wire::Platform {
    match platform {
        Platform::Android => wire::Platform::Android,
        Platform::Ios => wire::Platform::Ios,
        Platform::Other => wire::Platform::Other,
    }
}

const fn level_answer(level: SecurityLevel) -> wire::AttestationLevel {
    match level {
        SecurityLevel::None => wire::AttestationLevel::None,
        SecurityLevel::Software => wire::AttestationLevel::Software,
        SecurityLevel::Tee => wire::AttestationLevel::Tee,
        SecurityLevel::Strongbox => wire::AttestationLevel::Strongbox,
        SecurityLevel::AppAttest => wire::AttestationLevel::AppAttest,
    }
}
