//! Identifiers as texts.

use crate::Outcome;
use simbind_core::ids::{
    AppId, BindingId, CallerId, CarrierId, DecisionId, Eid, EventId, Iccid, Imei, Imsi, LineRef,
    Msisdn, OfficeRef, PersonRef, ReaderId, RelyingPartyId, RequestId, SnoozeId, StepUpId,
    SupportCode,
};
use std::{
    fmt::{Debug, Display},
    str::FromStr,
};

/// What is read is written, and reads back as the same.
fn round<T: FromStr + PartialEq + Debug>(text: &str, write: impl Fn(&T) -> String) -> Outcome {
    let outcome = text.parse::<T>();
    if let Ok(read) = &outcome {
        let written = write(read);
        assert!(written.len() <= text.len() + 20, "longer than what was read");
        let Ok(again) = written.parse::<T>() else { unread() };
        assert!(again == *read, "it reads back as another");
    }
    Outcome::of(&outcome)
}

fn shown<T: FromStr + PartialEq + Debug + Display>(text: &str) -> Outcome {
    round::<T>(text, ToString::to_string)
}

fn digits<T: FromStr + PartialEq + Debug + Clone + Into<String>>(text: &str) -> Outcome {
    round::<T>(text, |read| read.clone().into())
}

#[expect(clippy::panic, reason = "a target fails by panicking")]
fn unread() -> ! {
    panic!("what was written is not read");
}

/// A text, as each of the identifiers.
pub fn identifiers(bytes: &[u8]) -> Outcome {
    let Ok(text) = std::str::from_utf8(bytes) else { return Outcome::Refused };
    let outcomes = [
        digits::<Iccid>(text),
        digits::<Imei>(text),
        digits::<Imsi>(text),
        digits::<Eid>(text),
        digits::<Msisdn>(text),
        round::<Imei>(text, |imei| imei.to_digits_with_check()),
        shown::<BindingId>(text),
        shown::<DecisionId>(text),
        shown::<SnoozeId>(text),
        shown::<StepUpId>(text),
        shown::<SupportCode>(text),
        shown::<AppId>(text),
        shown::<CallerId>(text),
        shown::<CarrierId>(text),
        shown::<ReaderId>(text),
        shown::<RelyingPartyId>(text),
    ];
    for taken in [
        text.parse::<EventId>().map(|id| id.as_str() == text),
        text.parse::<LineRef>().map(|id| id.as_str() == text),
        text.parse::<OfficeRef>().map(|id| id.as_str() == text),
        text.parse::<PersonRef>().map(|id| id.as_str() == text),
        text.parse::<RequestId>().map(|id| id.as_str() == text),
    ] {
        assert!(taken.unwrap_or(true), "a name is not kept as it was");
    }
    let _ = simbind::config::parse_duration(text);
    if outcomes.contains(&Outcome::Taken) { Outcome::Taken } else { Outcome::Refused }
}
