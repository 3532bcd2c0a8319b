//! Entries of the life of a binding: tickets, what follows a binding, loaners, and orders.

use super::{caller, receipt, sealed};
use simbind_core::{
    applet::{Answer, OrderRef, Refusal},
    ids::{BindingId, TicketId},
    ticket::Locator,
    time::Timestamp,
};
use simbind_service::ledger::{
    BindingChange, LoanEntry, ReproofEntry, StateEntry, SuccessionEntry, SuccessionKind,
    TicketBinding, TicketChange, TicketEntry,
};

const AT: Timestamp = Timestamp::from_millis(1_790_000_000_123);

fn binding(byte: u8) -> BindingId {
    BindingId::from_bytes([byte; 16])
}

pub(super) fn states() -> Vec<(&'static str, StateEntry)> {
    let mut all = changes();
    all.extend(tickets());
    all.extend(successions());
    all.extend(orders());
    all
}

fn changes() -> Vec<(&'static str, StateEntry)> {
    [
        ("suspended", BindingChange::Suspended),
        ("undone", BindingChange::Undone),
        ("change-announced", BindingChange::ChangeAnnounced),
        ("superseded", BindingChange::Superseded),
        ("expired", BindingChange::Expired),
        ("sim-arrived", BindingChange::SimArrived),
    ]
    .into_iter()
    .map(|(name, change)| {
        let (by, receipt) = (caller("simbind"), None);
        let binding = binding(1);
        (name, StateEntry::BindingChanged { binding, change, by, sealed: sealed(6), receipt })
    })
    .collect()
}

fn tickets() -> Vec<(&'static str, StateEntry)> {
    let ticket = |change, request: Option<&str>| TicketEntry {
        ticket: TicketId::from_bytes([3; 16]),
        change,
        by: caller("terminal-1"),
        request: request.map(|request| (request.parse().unwrap(), [2; 32])),
        at: AT,
        office: "ward".parse().unwrap(),
        locator: Locator::from_random([1, 2, 3, 4]),
        opened_at: Timestamp::from_millis(7),
        expires_at: Timestamp::from_millis(8),
        sealed: sealed(9),
        bindings: Vec::new(),
        receipt: None,
    };
    let changed = |entry| StateEntry::TicketChanged(Box::new(entry));
    let asked = |change| changed(ticket(change, Some("r-1")));
    let pending = TicketBinding { id: binding(1), sealed: sealed(5) };
    let bound = TicketEntry {
        bindings: vec![pending.clone()],
        receipt: Some((binding(1), receipt())),
        ..ticket(TicketChange::Step, Some("r-1"))
    };
    let ended = TicketEntry { bindings: vec![pending], ..ticket(TicketChange::Expired, None) };
    vec![
        ("ticket-opened", asked(TicketChange::Opened)),
        ("ticket-resumed", asked(TicketChange::Resumed)),
        ("ticket-recoded", asked(TicketChange::Recoded)),
        ("ticket-wrong-code", asked(TicketChange::WrongCode)),
        ("ticket-joined", asked(TicketChange::Joined)),
        ("ticket-step", asked(TicketChange::Step)),
        ("ticket-bound", changed(bound)),
        ("ticket-activated", asked(TicketChange::Activated)),
        ("ticket-given-up", asked(TicketChange::GivenUp)),
        ("ticket-expired", changed(ended)),
    ]
}

fn successions() -> Vec<(&'static str, StateEntry)> {
    let followed = |kind| SuccessionEntry {
        kind,
        binding: binding(2),
        by: caller("counter"),
        request: "r-1".parse().unwrap(),
        digest: [2; 32],
        sealed: sealed(5),
        receipt: None,
        earlier: vec![(binding(1), sealed(6))],
        card: None,
        attested: None,
    };
    let by_card = SuccessionEntry {
        receipt: Some(receipt()),
        earlier: vec![(binding(1), sealed(6)), (binding(4), sealed(7))],
        card: Some([9; 16]),
        attested: Some([8; 16]),
        ..followed(SuccessionKind::HandsetReplaced)
    };
    let reproved = |card| {
        StateEntry::Reproved(ReproofEntry {
            binding: binding(1),
            by: caller("counter"),
            request: "r-1".parse().unwrap(),
            digest: [2; 32],
            sealed: sealed(5),
            card,
        })
    };
    let loaned = LoanEntry {
        binding: binding(1),
        by: caller("counter"),
        request: "r-1".parse().unwrap(),
        digest: [2; 32],
        event: "counter/1".parse().unwrap(),
        at: AT,
        text: sealed(4),
    };
    vec![
        ("renewed", StateEntry::Succeeded(followed(SuccessionKind::Renewed))),
        ("handset-replaced", StateEntry::Succeeded(followed(SuccessionKind::HandsetReplaced))),
        ("handset-replaced-card", StateEntry::Succeeded(by_card)),
        ("sim-replaced", StateEntry::Succeeded(followed(SuccessionKind::SimReplaced))),
        ("proved-again", reproved(None)),
        ("proved-again-card", reproved(Some([9; 16]))),
        ("loaned", StateEntry::Loaned(loaned)),
    ]
}

fn orders() -> Vec<(&'static str, StateEntry)> {
    let (order, by) = (OrderRef(300), || caller("platform"));
    let answered =
        |answer| StateEntry::OrderAnswered { binding: binding(1), order, by: by(), answer };
    vec![
        ("order-sent", StateEntry::OrderSent { binding: binding(1), order, next: AT }),
        ("order-accepted", answered(Answer::Accepted { again: AT })),
        ("order-confirmed", answered(Answer::Confirmed)),
        ("order-refused", answered(Answer::Refused(Refusal::NoApplet))),
        ("order-needless", answered(Answer::Needless)),
    ]
}
