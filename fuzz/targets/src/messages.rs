//! Messages of the contract, as the handlers read them.

use crate::Outcome;
use prost::{DecodeError, Message as Encoded};
use simbind::grpc::fuzz::{Message, read};
use simbind_service::ServiceError;

/// A number that chooses a message, then the message's bytes. A fault of it is the caller's, is
/// told shortly, and names the field.
pub fn messages(bytes: &[u8]) -> Outcome {
    let Some((which, bytes)) = bytes.split_first() else { return Outcome::Refused };
    let Ok(message) = decoded(*which, bytes) else { return Outcome::Refused };
    let outcome = read(message);
    match &outcome {
        Ok(()) => {}
        Err(ServiceError::Invalid { field, why }) => {
            assert!(!field.is_empty() && !why.is_empty(), "a refusal that says nothing");
            assert!(field.len() + why.len() < 4096, "a long refusal");
        }
        Err(other) => assert!(other.to_string().is_empty(), "{other}: not of the field"),
    }
    Outcome::of(&outcome)
}

fn decoded(which: u8, bytes: &[u8]) -> Result<Message, DecodeError> {
    fn read<M: Encoded + Default>(
        bytes: &[u8],
        kind: fn(M) -> Message,
    ) -> Result<Message, DecodeError> {
        M::decode(bytes).map(kind)
    }
    match which % 7 {
        0 => read(bytes, Message::CheckLogin),
        1 => read(bytes, Message::EnrolBinding),
        2 => read(bytes, Message::SimEvent),
        3 => read(bytes, Message::ReportOutcome),
        4 => read(bytes, Message::SnoozeRule),
        5 => read(bytes, Message::CheckPacks),
        _ => read(bytes, Message::ExplainFacts),
    }
}
