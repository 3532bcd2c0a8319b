//! How the owner is identified, and the SIM that is bound.

use super::{
    check::signature,
    field::{bytes, chain, field, optional, required},
};
use simbind_core::{
    binding::{Serving, Sim},
    ids::LineRef,
};
use simbind_proto::v1 as wire;
use simbind_service::{
    ServiceError,
    succession::{CardSignature, NewSim, OwnerProof, ReproofRequest},
};

const MOST_CHALLENGE_BYTES: usize = 64;

/// A proof of the owner.
pub(in crate::grpc) fn owner(proof: Option<wire::OwnerProof>) -> Result<OwnerProof, ServiceError> {
    use wire::owner_proof::By;
    match required("owner.by", required("owner", proof)?.by)? {
        By::TicketRef(reference) => ticket("owner.ticket_ref", &reference),
        By::Card(card) => owner_card(card),
    }
}

fn ticket(name: &'static str, reference: &str) -> Result<OwnerProof, ServiceError> {
    let reference: LineRef = field(name, reference)?;
    Ok(OwnerProof::Ticket { reference })
}

fn owner_card(card: wire::OwnerCard) -> Result<OwnerProof, ServiceError> {
    const SIGNATURE: &str = "owner.card.card.signature";
    const CHAIN: &str = "owner.card.card.certificate_chain";
    let wire::OwnerCard { challenge, card } = card;
    let challenge = bytes("owner.card.challenge", &challenge, MOST_CHALLENGE_BYTES)?;
    let wire::CardProof { certificate_chain, signature: signed } =
        required("owner.card.card", card)?;
    let chain = chain(CHAIN, &certificate_chain)?;
    let signed = required(SIGNATURE, signature(SIGNATURE, signed)?)?;
    let (scheme, signature) = (signed.scheme, signed.value);
    Ok(OwnerProof::Card(CardSignature { challenge, chain, scheme, signature }))
}

/// A SIM with its line.
pub(super) fn sim(evidence: wire::SimEvidence) -> Result<Sim, ServiceError> {
    let wire::SimEvidence { iccid, eid, serving, line_ref, msisdn } = evidence;
    let wire::Serving { carrier_id, host_carrier_id } = required("sim.serving", serving)?;
    Ok(Sim {
        arrived: Vec::new(),
        iccid: field("sim.iccid", &iccid)?,
        eid: optional("sim.eid", &eid)?,
        serving: Serving {
            carrier: field("sim.serving.carrier_id", &carrier_id)?,
            host: optional("sim.serving.host_carrier_id", &host_carrier_id)?,
        },
        line_ref: optional("sim.line_ref", &line_ref)?,
        msisdn: optional("sim.msisdn", &msisdn)?,
    })
}

/// A new proof, and the caller's number of it.
pub(in crate::grpc) fn reproof(
    request: wire::ReproveBindingRequest,
) -> Result<(simbind_core::ids::RequestId, ReproofRequest), ServiceError> {
    let wire::ReproveBindingRequest { binding_id, iccid, ticket_ref, request_id, card, sim: line } =
        request;
    let id = field("request_id", &request_id)?;
    let binding = super::binding_id(&binding_id)?;
    let sim = match line {
        None => NewSim::SameLine(field("iccid", &iccid)?),
        Some(_) if !iccid.is_empty() => {
            return Err(ServiceError::invalid("iccid", "is given beside sim"));
        }
        Some(line) => NewSim::Line(Box::new(sim(line)?)),
    };
    let owner = match card {
        None => ticket("ticket_ref", &ticket_ref)?,
        Some(_) if !ticket_ref.is_empty() => {
            return Err(ServiceError::invalid("ticket_ref", "is given beside card"));
        }
        Some(card) => owner_card(card)?,
    };
    Ok((id, ReproofRequest { binding, sim, owner }))
}
