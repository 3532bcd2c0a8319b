//! What is told of a tap, in words and as JSON. Neither has an identifier of a person, a SIM or a
//! handset.

use super::super::remote::moment;
use crate::reader::{EngineFault, NoAnswer, Parts, TapEnd, TriesLeft, Unanswered};
use serde_json::{Map, Value, json};
use simbind_proto::v1::{Decision, StepUpMethod, decision::Verdict};
use std::{fmt::Write as _, time::Duration};

/// The word of a verdict; `None` where there is none.
pub(super) fn verdict(decision: &Decision) -> Option<&'static str> {
    decision.verdict.as_ref().map(|verdict| match verdict {
        Verdict::Allow(_) => "allow",
        Verdict::StepUp(_) => "step_up",
        Verdict::Deny(_) => "deny",
    })
}

fn methods(decision: &Decision) -> Vec<String> {
    let Some(Verdict::StepUp(step_up)) = &decision.verdict else { return Vec::new() };
    let word = |method: StepUpMethod| method.as_str_name().to_lowercase();
    let words = step_up.methods().map(word);
    words.map(|word| word.trim_start_matches("step_up_method_").to_owned()).collect()
}

/// A tap for people, in both languages.
pub(super) fn people(end: &TapEnd) -> String {
    let mut text = String::new();
    match &end.outcome {
        Ok(decision) => decided(&mut text, decision),
        Err(why) => {
            let (code, next) = told(why);
            let _ = writeln!(text, "応答なし / no answer: {why}\n  {code}\n    {next}");
        }
    }
    let _ = write!(text, "  {}", times(&end.parts));
    text
}

fn decided(text: &mut String, decision: &Decision) {
    let word = match verdict(decision) {
        Some("allow") => "許可 / allowed",
        Some("step_up") => "追加の本人確認が必要 / one more proof is needed",
        _ => "拒否 / refused",
    };
    // Writing into a text cannot fail.
    let _ = writeln!(text, "{word}");
    for reason in &decision.reasons {
        let _ = writeln!(text, "  {}", reason.code);
        let _ = writeln!(text, "    {} {}", reason.text_ja, reason.next_ja);
        let _ = writeln!(text, "    {} {}", reason.text_en, reason.next_en);
    }
    let methods = methods(decision);
    if !methods.is_empty() {
        let _ = writeln!(text, "  本人確認の方法 / proofs: {}", methods.join(", "));
    }
    let _ = writeln!(text, "  お問い合わせ番号 / support code: {}", decision.support_code);
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn times(parts: &Parts) -> String {
    let [card, person, engine, own] =
        [parts.card(), parts.person, parts.engine(), parts.own()].map(millis);
    format!("card {card:.1} ms, PIN {person:.1} ms, engine {engine:.1} ms, reader {own:.1} ms")
}

/// A word for why there is no answer, and what the person can do, in Japanese.
pub(super) fn told(why: &NoAnswer) -> (&'static str, &'static str) {
    match why {
        NoAnswer::Card(_) => {
            ("CARD", "カードを読み取れませんでした。カードを離して、もう一度かざしてください。")
        }
        NoAnswer::PinBlocked | NoAnswer::PinWrong(TriesLeft::Blocked) => {
            ("PIN_BLOCKED", "暗証番号がロックされています。窓口で初期化できます。")
        }
        NoAnswer::PinWrong(TriesLeft::Some(1)) => {
            ("PIN_WRONG", "暗証番号が違います。あと1回間違えるとロックされます。")
        }
        NoAnswer::PinWrong(_) => ("PIN_WRONG", "暗証番号が違います。"),
        NoAnswer::NoPin(_) => ("NO_PIN", "暗証番号が入力されませんでした。"),
        NoAnswer::Engine(EngineFault::Away(_)) => {
            ("ENGINE_AWAY", "照会先に接続できないため、確認できません。")
        }
        NoAnswer::Offline(Unanswered::Refused) => {
            ("REFUSED_OFFLINE", "利用を停止しているため、通行できません。窓口でご確認ください。")
        }
        NoAnswer::Offline(Unanswered::NotChecked) => {
            ("NOT_CHECKED", "照会先に接続できないため、確認していません。許可ではありません。")
        }
        NoAnswer::Offline(Unanswered::NotProved(_)) => {
            ("NOT_PROVED", "カードの証明書または署名を確認できませんでした。")
        }
        NoAnswer::Offline(Unanswered::Closed(_)) => {
            ("ENGINE_AWAY", "照会先に接続できないため、確認できません。")
        }
        NoAnswer::Engine(_) => ("ENGINE", "照会先から応答がないため、確認できません。"),
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// A tap as one JSON object.
pub(super) fn json(end: &TapEnd) -> Value {
    let mut all = Map::new();
    all.insert("event".to_owned(), json!("tap"));
    match &end.outcome {
        Ok(decision) => put_decision(&mut all, decision),
        Err(why) => put_fault(&mut all, why),
    }
    let Parts { total, card, person, challenge, decision, round_trip, commands } = &end.parts;
    let steps: Map<_, _> =
        card.iter().map(|(step, time)| (step.word().to_owned(), json!(micros(*time)))).collect();
    all.insert("commands".to_owned(), json!(commands));
    all.insert(
        "micros".to_owned(),
        json!({
            "total": micros(*total),
            "card": micros(end.parts.card()),
            "card_steps": steps,
            "person": micros(*person),
            "engine": micros(end.parts.engine()),
            "challenge": micros(*challenge),
            "decision": micros(*decision),
            "own": micros(end.parts.own()),
            "round_trip": round_trip.map(micros),
        }),
    );
    Value::Object(all)
}

fn put_decision(all: &mut Map<String, Value>, decision: &Decision) {
    let reasons = decision.reasons.iter().map(|reason| {
        json!({
            "code": reason.code,
            "text_ja": reason.text_ja,
            "text_en": reason.text_en,
            "next_ja": reason.next_ja,
            "next_en": reason.next_en,
        })
    });
    let (step_up, retry) = match &decision.verdict {
        Some(Verdict::StepUp(step_up)) => (json!(step_up.step_up_id), Value::Null),
        Some(Verdict::Deny(deny)) => (Value::Null, json!(moment(deny.retry_after.as_ref()))),
        _ => (Value::Null, Value::Null),
    };
    for (name, value) in [
        ("verdict", json!(verdict(decision))),
        ("reasons", reasons.collect()),
        ("methods", json!(methods(decision))),
        ("step_up_id", step_up),
        ("retry_after", retry),
        ("decision_id", json!(decision.decision_id)),
        ("support_code", json!(decision.support_code)),
        ("decided_at", json!(moment(decision.decided_at.as_ref()))),
    ] {
        all.insert(name.to_owned(), value);
    }
}

fn put_fault(all: &mut Map<String, Value>, why: &NoAnswer) {
    let step = match why {
        NoAnswer::Card(error) => json!(error.step().word()),
        _ => Value::Null,
    };
    let left = match why {
        NoAnswer::PinWrong(left) => json!(left.count()),
        NoAnswer::PinBlocked => json!(0),
        _ => Value::Null,
    };
    let (code, next) = told(why);
    all.insert("verdict".to_owned(), Value::Null);
    all.insert(
        "fault".to_owned(),
        json!({
            "code": code,
            "text_en": why.to_string(),
            "text_ja": next,
            "step": step,
            "tries_left": left,
        }),
    );
}

#[cfg(test)]
mod tests;
