//! Messages of the contract to domain types and back.

mod binding;
mod check;
mod decision;
mod event;
mod field;

pub(super) use binding::{binding, binding_id, enrol_request, handset, lifecycle_reason};
pub(super) use check::{Outcome, Parts, channel, check_request, outcome};
pub(super) use decision::{condition, decision, facts, severity};
pub(super) use event::{message, receipt, refusal};
pub(super) use field::{field, page, required, time};
