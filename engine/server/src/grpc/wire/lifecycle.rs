//! States of bindings and their reasons on the wire.

use simbind_core::binding::{End, LifecycleReason, Place, State};
use simbind_proto::v1 as wire;
use simbind_service::ServiceError;

/// Why a state shall change.
pub(in crate::grpc) fn lifecycle_reason(value: i32) -> Result<LifecycleReason, ServiceError> {
    use LifecycleReason as Reason;
    use wire::LifecycleReason as Wire;
    match Wire::try_from(value) {
        Ok(Wire::Owner) => Ok(Reason::Owner),
        Ok(Wire::Lost) => Ok(Reason::Lost),
        Ok(Wire::Stolen) => Ok(Reason::Stolen),
        Ok(Wire::Found) => Ok(Reason::Found),
        Ok(Wire::Issuer) => Ok(Reason::Issuer),
        Ok(Wire::LineEnded) => Ok(Reason::LineEnded),
        Ok(Wire::Clerical) => Ok(Reason::Clerical),
        Ok(Wire::SimReissued) => Ok(Reason::SimReissued),
        Ok(Wire::EsimMoved) => Ok(Reason::EsimMoved),
        Ok(Wire::PortedOut) => Ok(Reason::PortedOut),
        Ok(Wire::LineTransferred) => Ok(Reason::LineTransferred),
        Ok(Wire::LineInherited) => Ok(Reason::LineInherited),
        Ok(Wire::Disposed) => Ok(Reason::Disposed),
        Ok(Wire::Recycled) => Ok(Reason::Recycled),
        Ok(
            Wire::CounterRegressed
            | Wire::Time
            | Wire::Renewed
            | Wire::ModelChanged
            | Wire::SimChanged
            | Wire::GivenUp,
        ) => Err(ServiceError::invalid("reason", "is for the engine alone to give")),
        Ok(Wire::Unspecified) | Err(_) => {
            Err(ServiceError::invalid("reason", "is not set, or none of its values"))
        }
    }
}

/// A state, and its reason where it has one.
pub(super) const fn state(state: State) -> (wire::BindingState, wire::LifecycleReason) {
    match state {
        State::Pending => (wire::BindingState::Pending, wire::LifecycleReason::Unspecified),
        State::Active => (wire::BindingState::Active, wire::LifecycleReason::Unspecified),
        State::Suspended { why } => (wire::BindingState::Suspended, reason(why)),
        State::Held { why, .. } => (wire::BindingState::Held, reason(why)),
        State::Ended { end: End::Revoked, why } => (wire::BindingState::Revoked, reason(why)),
        State::Ended { end: End::Expired, why } => (wire::BindingState::Expired, reason(why)),
        State::Ended { end: End::Superseded, why } => (wire::BindingState::Superseded, reason(why)),
    }
}

/// Where a person was identified.
pub(super) const fn place(place: Place) -> wire::IdentifiedPlace {
    match place {
        Place::Counter => wire::IdentifiedPlace::Counter,
        Place::ApprovedPlace => wire::IdentifiedPlace::Approved,
        Place::HomeCard => wire::IdentifiedPlace::HomeCard,
    }
}

const fn reason(reason: LifecycleReason) -> wire::LifecycleReason {
    use LifecycleReason as Reason;
    use wire::LifecycleReason as Wire;
    match reason {
        Reason::Owner => Wire::Owner,
        Reason::Lost => Wire::Lost,
        Reason::Stolen => Wire::Stolen,
        Reason::Found => Wire::Found,
        Reason::Issuer => Wire::Issuer,
        Reason::CounterRegressed => Wire::CounterRegressed,
        Reason::LineEnded => Wire::LineEnded,
        Reason::Clerical => Wire::Clerical,
        Reason::Time => Wire::Time,
        Reason::SimReissued => Wire::SimReissued,
        Reason::EsimMoved => Wire::EsimMoved,
        Reason::PortedOut => Wire::PortedOut,
        Reason::LineTransferred => Wire::LineTransferred,
        Reason::LineInherited => Wire::LineInherited,
        Reason::Disposed => Wire::Disposed,
        Reason::Renewed => Wire::Renewed,
        Reason::ModelChanged => Wire::ModelChanged,
        Reason::SimChanged => Wire::SimChanged,
        Reason::Recycled => Wire::Recycled,
        Reason::GivenUp => Wire::GivenUp,
    }
}
