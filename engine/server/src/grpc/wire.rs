//! Messages of the contract to domain types and back.

mod announce;
mod backtest;
mod binding;
mod check;
mod decision;
mod event;
mod explain;
mod field;
mod help;
mod lifecycle;
mod owner;
mod packs;
mod platform;
mod proof;
mod registry;
mod reopened;
mod rollout;
mod snooze;
mod status;
mod succession;
mod ticket;

pub(super) use announce::announcement;
pub(crate) use backtest::backtest_part;
pub(super) use binding::{binding, binding_id, enrol_request, handset, handset_at, handset_place};
pub(super) use check::{Outcome, Parts, channel, check_request, outcome};
pub(super) use decision::{decision, severity};
pub(super) use event::{message, receipt, refusal};
pub(crate) use explain::explained_facts;
pub(super) use explain::{check_kind, facts, known_facts, milder, rule_trace};
pub(super) use field::{field, instant, page, present, required, sha256, time};
pub(super) use help::{desk_view, inquiry, look_up};
pub(super) use lifecycle::{end_reason, hold_reason, release_reason};
pub(super) use owner::{owner, reproof};
pub(super) use packs::{diagnostic, sources};
pub(super) use platform::{applet, order_place, order_report, order_token, report_outcome};
pub(crate) use platform::{instruction as platform_instruction, said as platform_said};
pub(super) use proof::activation;
pub(super) use registry::{
    compatibility_row, counted, criteria, files, handset_model, import_outcome, in_force,
    readers_asked,
};
pub(super) use reopened::{reopened, reopened_asked};
pub(super) use rollout::{advance, change, rollout, why};
pub(super) use snooze::{snooze, snooze_request};
pub(super) use status::{certificate, outcome as push_outcome, standing, state, told};
pub(super) use succession::{
    handset_change, lending, renewal, renewal_cursor, renewal_request, renewal_token, sim_change,
};
pub(super) use ticket::{
    codes, deed, join_request, page_place, phone_secret, queued, ticket, ticket_id, variant,
};
