//! Identifiers. Each is a type with private fields and one way in; identifiers of persons and
//! of their devices show nothing of themselves in `Debug`.

mod authority_id;
mod certificate_id;
mod digits;
mod eid;
mod iccid;
mod imei;
mod imsi;
mod list_scope;
mod msisdn;
mod name;
mod random_id;
mod serial;

pub use authority_id::AuthorityId;
pub use certificate_id::CertificateId;
pub use digits::IdError;
pub use eid::Eid;
pub use iccid::{CheckDigit, Iccid, Issuer};
pub use imei::{Imei, ImeiSet, ImeiSetError};
pub use imsi::Imsi;
pub use list_scope::{ListScope, PointId};
pub use msisdn::Msisdn;
pub use name::{
    AppId, CallerId, CarrierId, EventId, HandsetModelId, IdentityCheckRef, LineRef, OfficeRef,
    PersonRef, ReaderId, ReaderModelId, RelyingPartyId, RequestId,
};
pub use random_id::{
    BindingId, ChallengeId, DecisionId, OrderId, SnoozeId, StepUpId, SupportCode, TicketId,
};
pub use serial::{LongSerial, SerialNumber};

#[cfg(test)]
mod tests;
