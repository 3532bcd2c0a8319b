//! A counter that sees a person again.

use super::{TestEngine, World, caller};
use simbind_core::ids::{BindingId, Iccid};
use simbind_service::{
    ServiceError, Standing,
    succession::{NewSim, OwnerProof, ReproofRequest},
};

impl World {
    /// A counter sees person, SIM and handset again.
    pub(crate) async fn reprove(
        &self,
        request: &str,
        id: BindingId,
        iccid: Iccid,
    ) -> Result<Standing, ServiceError> {
        reproved(&self.engine, request, id, iccid).await
    }
}

/// A counter sees person, SIM and handset again.
pub(crate) async fn reproved(
    engine: &TestEngine,
    request: &str,
    id: BindingId,
    iccid: Iccid,
) -> Result<Standing, ServiceError> {
    let asked = ReproofRequest {
        binding: id,
        sim: NewSim::SameLine(iccid),
        owner: OwnerProof::Ticket { reference: "ticket-1".parse().unwrap() },
    };
    engine.reprove(&caller("counter"), &request.parse().unwrap(), asked).await
}

/// A counter's word that it saw the person.
pub(crate) fn in_person() -> simbind_service::succession::OwnerProof {
    simbind_service::succession::OwnerProof::Ticket { reference: "t-1".parse().unwrap() }
}
