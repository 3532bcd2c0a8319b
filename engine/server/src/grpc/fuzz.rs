//! For the fuzz targets: messages of the contract, read as the handlers read them.

use super::wire;
use simbind_core::{
    ids::CallerId,
    transcript::Audience::{self, RelyingParty},
};
use simbind_proto::v1;
use simbind_rules::facts::Sensitivity;
use simbind_service::ServiceError;

/// A message that a handler reads.
#[derive(Clone, Debug)]
pub enum Message {
    /// A login.
    CheckLogin(v1::CheckLoginRequest),
    /// An enrolment.
    EnrolBinding(v1::EnrolBindingRequest),
    /// A carrier's event.
    SimEvent(v1::SimEvent),
    /// What became of a step-up or of PIN entries.
    ReportOutcome(v1::ReportOutcomeRequest),
    /// A snooze of a rule.
    SnoozeRule(v1::SnoozeRuleRequest),
    /// Packs to be tried.
    CheckPacks(v1::CheckPacksRequest),
    /// Facts to be explained.
    ExplainFacts(v1::ExplainFactsRequest),
}

/// Reads a message: what is wrong with it.
///
/// # Errors
/// As the handler gives it to the caller.
pub fn read(message: Message) -> Result<(), ServiceError> {
    match message {
        Message::CheckLogin(login) => check_login(login),
        Message::EnrolBinding(request) => wire::enrol_request(request).map(drop),
        Message::SimEvent(event) => wire::message(event).map(drop),
        Message::ReportOutcome(report) => wire::outcome(report.outcome).map(drop),
        Message::SnoozeRule(request) => wire::snooze_request(request).map(drop),
        Message::CheckPacks(request) => wire::sources("packs", request.packs).map(drop),
        Message::ExplainFacts(request) => {
            let kind = wire::check_kind(request.kind)?;
            wire::known_facts(kind, &request.facts).map(drop)
        }
    }
}

fn check_login(login: v1::CheckLoginRequest) -> Result<(), ServiceError> {
    let caller: CallerId = wire::field("caller", "bank")?;
    let audience: Audience = RelyingParty(wire::field("relying_party", "bank")?);
    let parts = wire::Parts {
        caller,
        request: wire::field("request_id", &login.request_id)?,
        audience,
        channel: wire::channel(login.channel)?,
        sensitivity: Sensitivity::View,
        reader: None,
    };
    wire::check_request(parts, login.evidence).map(drop)
}
