//! Where the agent's words go: verdicts to standard output, and to the log.

use super::text;
use crate::reader::{Ask, LinkFault, Presence, TapEnd, Teller};
use serde_json::{Value, json};
use std::io::{self, Write as _};

/// How a line on standard output looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    People,
    Json,
}

impl Form {
    /// A line on standard output, at once. Nobody may read it, and the log has it too.
    fn line(self, people: &str, json: impl FnOnce() -> Value) {
        let mut out = io::stdout().lock();
        let _ = match self {
            Self::People => writeln!(out, "{people}"),
            Self::Json => writeln!(out, "{}", json()),
        };
        let _ = out.flush();
    }

    /// A host program is asked for a PIN.
    pub(super) fn ask(self, number: u64, ask: Ask) {
        let left = ask.tries.count();
        let tries = left.map_or_else(|| "unknown".to_owned(), |left| left.to_string());
        self.line(
            &format!("simbind reader pin ask={number} tries_left={tries}"),
            || json!({ "event": "pin", "ask": number, "tries_left": left }),
        );
    }

    /// A list of refusals is at hand, or newer ones are missed.
    pub(super) fn refusals(self, fetched: Result<(), &str>) {
        match fetched {
            Ok(()) => {
                tracing::info!("there is a list of refusals");
                self.line(
                    "simbind reader refusals=there",
                    || json!({ "event": "refusals", "missed": null }),
                );
            }
            Err(why) => {
                tracing::warn!(%why, "there is no newer list of refusals");
                let people = format!("simbind reader refusals=missed: {why}");
                self.line(&people, || json!({ "event": "refusals", "missed": why }));
            }
        }
    }

    /// The engine came or went.
    pub(super) fn engine(self, presence: &Presence) {
        match presence {
            Presence::Starting => {}
            Presence::There => {
                tracing::info!("the engine is there");
                self.line(
                    "simbind reader engine=there",
                    || json!({ "event": "engine", "away": null }),
                );
            }
            Presence::Away(why) => {
                tracing::warn!(%why, "the engine is away: nobody is let in");
                let people =
                    format!("照会先に接続できません / the engine is away, nobody is let in: {why}");
                self.line(&people, || json!({ "event": "engine", "away": why }));
            }
        }
    }
}

impl Teller for Form {
    fn reader(&mut self, fault: Option<LinkFault>) {
        match fault {
            None => {
                tracing::info!("the reader is there");
                self.line("simbind reader ready", || json!({ "event": "ready" }));
            }
            Some(fault) => {
                tracing::warn!(%fault, "the reader cannot be used");
                let people =
                    format!("リーダーを使用できません / the reader cannot be used: {fault}");
                self.line(&people, || json!({ "event": "reader", "fault": fault.to_string() }));
            }
        }
    }

    fn tap(&mut self, end: &TapEnd) {
        log(end);
        self.line(&text::people(end), || text::json(end));
    }
}

/// One line in the log: codes, and what they can be looked up by.
fn log(end: &TapEnd) {
    let parts = &end.parts;
    let [card, engine, own] = [parts.card(), parts.engine(), parts.own()].map(|t| t.as_millis());
    match &end.outcome {
        Ok(decision) => {
            let codes: Vec<&str> = decision.reasons.iter().map(|reason| &*reason.code).collect();
            tracing::info!(
                verdict = text::verdict(decision),
                reasons = codes.join(","),
                decision = decision.decision_id,
                support_code = decision.support_code,
                card_ms = card,
                engine_ms = engine,
                own_ms = own,
                "tap"
            );
        }
        Err(why) => tracing::warn!(
            code = text::told(why).0,
            %why,
            card_ms = card,
            engine_ms = engine,
            own_ms = own,
            "a tap without a verdict"
        ),
    }
}
