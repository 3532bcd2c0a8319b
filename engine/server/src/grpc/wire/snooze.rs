//! Snoozes of rules.

use super::{
    binding::binding_id,
    field::{field, instant, time},
    rollout::why,
};
use simbind_core::{ids::BindingId, rollout::Why};
use simbind_proto::v1 as wire;
use simbind_service::{
    ServiceError,
    snooze::{SnoozeRequest, Snoozed},
};

/// What is to be snoozed, and why.
pub(in crate::grpc) fn snooze_request(
    request: wire::SnoozeRuleRequest,
) -> Result<(SnoozeRequest, Why), ServiceError> {
    let wire::SnoozeRuleRequest { binding_id: binding, rule, until, why: said, decision_id } =
        request;
    let request = SnoozeRequest {
        binding: binding_id(&binding)?,
        rule: field("rule", &rule)?,
        until: instant("until", until)?,
        decision: field("decision_id", &decision_id)?,
    };
    Ok((request, why(&said)?))
}

/// A snooze for an answer.
pub(in crate::grpc) fn snooze(binding: BindingId, snooze: &Snoozed) -> wire::Snooze {
    wire::Snooze {
        snooze_id: snooze.id.to_string(),
        binding_id: binding.to_string(),
        rule: snooze.rule.as_str().to_owned(),
        from: Some(time(snooze.from)),
        until: Some(time(snooze.until)),
        why: snooze.why.as_ref().map_or("", Why::as_str).to_owned(),
        decision_id: snooze.decision.to_string(),
        by: snooze.by.to_string(),
    }
}
