use super::field::{instant, optional, required};
use simbind_core::line::{Announcement, Awaited};
use simbind_proto::v1 as wire;
use simbind_service::ServiceError;

/// A change that is announced. Whether its time is one is looked at elsewhere.
pub(in crate::grpc) fn announcement(
    announced: wire::AnnouncedChange,
) -> Result<Announcement, ServiceError> {
    use wire::announced_change::Change;
    let wire::AnnouncedChange { change, until } = announced;
    let what = match required("announced.change", change)? {
        Change::Sim(wire::AnnouncedSim { iccid, eid }) => Awaited::Sim {
            iccid: optional("announced.sim.iccid", &iccid)?,
            eid: optional("announced.sim.eid", &eid)?,
        },
        Change::Handset(wire::AnnouncedHandset { imei }) => {
            Awaited::Handset { imei: optional("announced.handset.imei", &imei)? }
        }
        Change::Line(wire::AnnouncedLine {}) => Awaited::Line,
    };
    Ok(Announcement { what, until: instant("announced.until", until)? })
}
