//! What a support code stands for, as a desk reads it.

use super::{
    decision::{edge, method, reason, severity},
    explain::kind_of,
    field::time,
    lifecycle,
};
use simbind_core::applet::{LastAnswer, Order, Stage};
use simbind_proto::v1 as wire;
use simbind_rules::{Fact, FactEnum as _, Facts, Place, ReasonCode, Verdict};
use simbind_service::{
    help::{Checked, Inquiry, checked, places},
    ledger::InquiryEntry,
};

/// What every desk sees.
pub(in crate::grpc) fn inquiry(found: &Inquiry) -> wire::Inquiry {
    let decision = &found.decision;
    let reasons: Vec<_> =
        decision.reasons.iter().filter_map(|code| ReasonCode::from_name(code)).collect();
    let methods = match decision.verdict {
        Verdict::StepUp(methods) => methods.iter().map(|each| method(each).into()).collect(),
        Verdict::Allow | Verdict::Deny => Vec::new(),
    };
    let state =
        found.state.map_or(wire::BindingState::Unspecified, |state| lifecycle::state(state).0);
    wire::Inquiry {
        verdict: severity(decision.verdict).to_owned(),
        reasons: decision.reasons.iter().map(|code| reason(code)).collect(),
        methods,
        places: places(decision.verdict, &reasons).into_iter().map(next_place).collect(),
        binding_state: state.into(),
        desk: None,
        analyst: None,
    }
}

/// What a help desk sees beside it.
pub(in crate::grpc) fn desk_view(found: &Inquiry) -> wire::DeskView {
    let decision = &found.decision;
    wire::DeskView {
        decision_id: decision.id.to_string(),
        binding_id: decision.binding.map(|id| id.to_string()).unwrap_or_default(),
        decided_at: Some(time(decision.decided_at)),
        kind: kind_of(decision.kind).into(),
        audience: decision.audience.clone(),
        broken_edge: edge(decision.edge).into(),
        cause: change(&found.facts, Fact::ChangeCause),
        expected: change(&found.facts, Fact::ChangeExpected),
        checked: checked(&found.facts, decision.decided_at).into_iter().map(matter).collect(),
        binding_reason: found.state.map_or(0, |state| lifecycle::state(state).1.into()),
        open_order: found.order.as_ref().map(open_order),
        retry_after: decision.limit.as_ref().map(|limit| time(limit.retry_at)),
    }
}

fn open_order(order: &Order) -> wire::DeskOrder {
    let stage = match order.stage {
        Stage::Due => "due",
        Stage::Sent => "sent",
        Stage::Accepted => "accepted",
        Stage::Refused(_) => "refused",
    };
    let heard_at = match order.last {
        LastAnswer::None => None,
        LastAnswer::At(at) => Some(time(at)),
    };
    wire::DeskOrder {
        action: order.action.fact().name().to_owned(),
        since: Some(time(order.since)),
        stage: stage.to_owned(),
        tries: order.tries,
        heard_at,
    }
}

/// What a fact says of a change; empty where there was none.
fn change(facts: &Facts, fact: Fact) -> String {
    facts.text(fact).filter(|text| text != "none").unwrap_or_default()
}

fn matter(checked: Checked) -> wire::Checked {
    wire::Checked {
        fact: checked.matter.fact.name().to_owned(),
        text_ja: checked.matter.ja.to_owned(),
        text_en: checked.matter.en.to_owned(),
        value: checked.value,
        who: checked.who.unwrap_or_default(),
        at: checked.at.map(time),
    }
}

fn next_place(place: Place) -> wire::NextPlace {
    let (kind, ja, en) = match place {
        Place::App => (wire::Place::App, "お手元の端末とアプリ", "the phone and its app"),
        Place::Card => {
            (wire::Place::Card, "マイナンバーカードでの本人確認", "proof with the card, anywhere")
        }
        Place::Counter => (wire::Place::Counter, "市区町村の窓口", "a municipal counter"),
        Place::Carrier => (
            wire::Place::Carrier,
            "通信事業者の店舗または電話窓口",
            "the carrier's shop or hotline",
        ),
        Place::HelpDesk => {
            (wire::Place::HelpDesk, "ヘルプデスクの電話窓口", "the help desk's hotline")
        }
    };
    wire::NextPlace { place: kind.into(), text_ja: ja.to_owned(), text_en: en.to_owned() }
}

/// One look-up of a code.
pub(in crate::grpc) fn look_up(entry: &InquiryEntry) -> wire::CodeLookUp {
    wire::CodeLookUp {
        caller: entry.by.to_string(),
        at: Some(time(entry.at)),
        decision_ids: entry.decisions.iter().map(ToString::to_string).collect(),
    }
}
