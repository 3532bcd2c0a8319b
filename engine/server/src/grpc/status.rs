//! The one place where errors become gRPC statuses.

use simbind_service::ServiceError;
use std::time::Duration;
use tonic::{
    Code, Status,
    metadata::{MetadataMap, MetadataValue},
};

/// How long a client waits before it tries again after a fault of ours.
const AFTER_A_FAULT: Duration = Duration::from_secs(1);

/// The status of an error. Retry information is in `grpc-retry-pushback-ms`, the wrong field in
/// `simbind-field`.
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
