//! The one place where errors become gRPC statuses.

use simbind_core::time::Timestamp;
use simbind_service::ServiceError;
use std::time::Duration;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tonic::{
    Code, Status,
    metadata::{MetadataMap, MetadataValue},
};

/// How long a client waits before it tries again after a fault of ours.
const AFTER_A_FAULT: Duration = Duration::from_secs(1);

/// The status of an error. Retry information is in `grpc-retry-pushback-ms`, the wrong field in
/// `simbind-field`, the time from which a change is possible in `simbind-not-before`.
pub(super) fn status(error: ServiceError) -> Status {
    match error {
        ServiceError::Invalid { field, why } => {
            let mut metadata = MetadataMap::new();
            if let Ok(value) = MetadataValue::try_from(&*field) {
                metadata.insert("simbind-field", value);
            }
            let message = format!("{field}: {why}");
            Status::with_metadata(Code::InvalidArgument, message, metadata)
        }
        ServiceError::NotFound(what) => Status::not_found(format!("no such {what}")),
        ServiceError::Exists(why) => Status::already_exists(why),
        ServiceError::Refused(why) => Status::failed_precondition(why),
        ServiceError::NotYet { why, from } => {
            let from = rfc3339(from);
            let mut metadata = MetadataMap::new();
            if let Ok(value) = MetadataValue::try_from(&*from) {
                metadata.insert("simbind-not-before", value);
            }
            let message = format!("{why}: from {from} on");
            Status::with_metadata(Code::FailedPrecondition, message, metadata)
        }
        ServiceError::Forbidden(why) => Status::permission_denied(why),
        ServiceError::Busy { retry_after } => {
            let message = "too much at once; try again later";
            retry(Code::ResourceExhausted, message, retry_after)
        }
        ServiceError::Unavailable { why } => {
            tracing::error!(%why, "a request could not be served");
            retry(Code::Unavailable, "the engine cannot answer now", AFTER_A_FAULT)
        }
    }
}

/// A time in UTC, to the second above.
fn rfc3339(at: Timestamp) -> String {
    let secs = at.as_millis().saturating_add(999).div_euclid(1000);
    let at = OffsetDateTime::from_unix_timestamp(secs).ok();
    at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
}

fn retry(code: Code, message: &str, after: Duration) -> Status {
    let mut metadata = MetadataMap::new();
    let millis = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
    metadata.insert("grpc-retry-pushback-ms", MetadataValue::from(millis));
    Status::with_metadata(code, message, metadata)
}

/// The field that a status names; empty where it names none.
pub(super) fn field(status: &Status) -> String {
    let value = status.metadata().get("simbind-field");
    value.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
