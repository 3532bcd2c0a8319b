//! States of bindings and their reasons on the wire.

use simbind_core::binding::{End, LifecycleReason, Place, State};
use simbind_proto::v1 as wire;
use simbind_service::ServiceError;

/// Why a binding shall be held.
pub(in crate::grpc) fn hold_reason(value: i32) -> Result<LifecycleReason, ServiceError> {
    use LifecycleReason as Reason;
    let of_holds = [Reason::Owner, Reason::Lost, Reason::Stolen, Reason::Issuer, Reason::Clerical];
    one_of(value, &of_holds)
}

/// Why a hold shall be lifted.
pub(in crate::grpc) fn release_reason(value: i32) -> Result<LifecycleReason, ServiceError> {
    use LifecycleReason as Reason;
    one_of(value, &[Reason::Owner, Reason::Found, Reason::Issuer, Reason::Clerical])
}

/// Why a binding shall end.
pub(in crate::grpc) fn end_reason(value: i32) -> Result<LifecycleReason, ServiceError> {
    use LifecycleReason as Reason;
    let of_ends = [
        Reason::Owner,
        Reason::Lost,
        Reason::Stolen,
        Reason::Issuer,
        Reason::LineEnded,
        Reason::Clerical,
        Reason::PortedOut,
        Reason::LineTransferred,
        Reason::LineInherited,
        Reason::Disposed,
        Reason::Recycled,
    ];
    one_of(value, &of_ends)
}

fn one_of(value: i32, permitted: &[LifecycleReason]) -> Result<LifecycleReason, ServiceError> {
    let found = permitted.iter().find(|why| i32::from(reason(**why)) == value);
    found.copied().ok_or_else(|| {
        let why = match wire::LifecycleReason::try_from(value) {
            Ok(wire::LifecycleReason::Unspecified) | Err(_) => "is not set, or none of its values",
            Ok(_) => "is no reason for this",
        };
        ServiceError::invalid("reason", why)
    })
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
