//! Exceptions: a rule that speaks no louder than its floor for one binding, for a time.

use super::{
    super::remote::{RemoteError, moment, since},
    ask::Asking,
    report::table,
    step::told,
};
use crate::config::parse_duration;
use clap::Args as ClapArgs;
use prost_types::Timestamp;
use serde_json::{Value, json};
use simbind_proto::v1::{EndSnoozeRequest, ListSnoozesRequest, Snooze, SnoozeRuleRequest};
use std::{
    io::{self, Write as _},
    process::ExitCode,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

#[derive(Debug, ClapArgs)]
pub(crate) struct SnoozeArgs {
    /// The binding.
    #[arg(value_name = "BINDING")]
    binding: String,
    /// The rule, as pack/rule.
    #[arg(value_name = "RULE")]
    rule: String,
    /// Until when, at most 30 days: a span like 7d, or a time like 2026-12-01T09:00:00+09:00.
    #[arg(long, value_name = "WHEN")]
    until: String,
    /// The decision that led to it: one of this binding in which the rule spoke.
    #[arg(long, value_name = "ID")]
    decision: String,
    /// Why, for the record.
    #[arg(long, value_name = "TEXT")]
    why: String,
    #[command(flatten)]
    asking: Asking,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct SnoozesArgs {
    /// The binding.
    #[arg(value_name = "BINDING")]
    binding: String,
    #[command(flatten)]
    asking: Asking,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct EndArgs {
    /// The binding.
    #[arg(value_name = "BINDING")]
    binding: String,
    /// The snooze.
    #[arg(value_name = "SNOOZE")]
    snooze: String,
    /// Why, for the record.
    #[arg(long, value_name = "TEXT")]
    why: String,
    #[command(flatten)]
    asking: Asking,
}

pub(super) async fn snooze(args: SnoozeArgs) -> Result<ExitCode, RemoteError> {
    let until = end(&args.until, OffsetDateTime::now_utc()).map_err(RemoteError::Request)?;
    let server = args.asking.connect().await?;
    let request = SnoozeRuleRequest {
        binding_id: args.binding,
        rule: args.rule,
        until: Some(until),
        why: args.why,
        decision_id: args.decision,
    };
    let made = server.rollout().snooze_rule(request).await?.into_inner().snooze;
    let made = made.ok_or(RemoteError::Answer("it has no snooze"))?;
    let Snooze { snooze_id, rule, binding_id, .. } = &made;
    let until = since(made.until.as_ref());
    let text = format!("{snooze_id}: {rule} is snoozed for {binding_id} until {until}");
    told(&args.asking, &text, value(&made))
}

pub(super) async fn list(args: SnoozesArgs) -> Result<ExitCode, RemoteError> {
    let server = args.asking.connect().await?;
    let request = ListSnoozesRequest { binding_id: args.binding };
    let snoozes = server.rollout().list_snoozes(request).await?.into_inner().snoozes;
    let mut out = io::stdout().lock();
    if args.asking.json {
        let rows: Vec<Value> = snoozes.iter().map(value).collect();
        writeln!(out, "{}", json!({ "snoozes": rows }))?;
    } else {
        let mut rows = table(["snooze", "rule", "from", "until", "by", "why"]);
        rows.add_rows(snoozes.iter().map(row));
        writeln!(out, "{rows}")?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn end_snooze(args: EndArgs) -> Result<ExitCode, RemoteError> {
    let server = args.asking.connect().await?;
    let EndArgs { binding, snooze, why, asking } = args;
    let ended = json!({ "snooze_id": snooze });
    let text = format!("{snooze}: ended");
    let request = EndSnoozeRequest { binding_id: binding, snooze_id: snooze, why };
    server.rollout().end_snooze(request).await?;
    told(&asking, &text, ended)
}

fn value(snooze: &Snooze) -> Value {
    json!({
        "snooze_id": snooze.snooze_id,
        "binding_id": snooze.binding_id,
        "rule": snooze.rule,
        "from": moment(snooze.from.as_ref()),
        "until": moment(snooze.until.as_ref()),
        "why": snooze.why,
        "decision_id": snooze.decision_id,
        "by": snooze.by,
    })
}

fn row(snooze: &Snooze) -> [String; 6] {
    let Snooze { snooze_id, rule, by, why, from, until, .. } = snooze.clone();
    [snooze_id, rule, since(from.as_ref()), since(until.as_ref()), by, why]
}

/// The end that a text means: a time, or a span from now on.
fn end(text: &str, now: OffsetDateTime) -> Result<Timestamp, String> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok();
    let at = at.or_else(|| now.checked_add(parse_duration(text).ok()?.try_into().ok()?));
    let at = at.ok_or_else(|| {
        format!("`{text}` is no span like 7d and no time like 2026-12-01T09:00:00+09:00")
    })?;
    Ok(Timestamp { seconds: at.unix_timestamp(), nanos: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_span_or_a_time() {
        let now = OffsetDateTime::from_unix_timestamp(1_790_812_800).unwrap();
        for (text, seconds) in [
            ("7d", 1_790_812_800 + 7 * 86_400),
            ("90m", 1_790_812_800 + 5_400),
            ("2026-10-01T09:00:01+09:00", 1_790_812_801),
        ] {
            assert_eq!(end(text, now).map(|at| at.seconds), Ok(seconds), "{text}");
        }
        for text in ["", "tomorrow", "7", "-7d", "2026-10-01"] {
            assert!(end(text, now).is_err(), "{text}");
        }
    }
}
