//! Stories of the counter: a phone is issued by a ticket.

use super::{
    action::{Action, Hand, Place, Slot},
    script::Script,
};
use crate::catalogue::Kind;

/// What can happen in a step of these stories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// A new phone, SIM and certificate are issued.
    Issue,
    /// The same, and the app is installed again in the middle of it.
    IssueInterrupted,
    /// Somebody saw the codes and joins first.
    SeenCodes,
    /// Somebody found the slip and guesses the rest.
    GuessedCodes,
    /// Another phone's attestation is recorded than the one that signs.
    OtherAttestation,
    /// Another SIM signs than the one that was seen.
    OtherSim,
    /// Another office's terminal goes on with the ticket.
    OtherOffice,
    /// The SIM is issued anew to somebody else while the ticket is open.
    SimReissued,
}

/// Writes the steps of one of this part's kinds; whether the script's kind is one of them.
pub(super) fn story(script: &mut Script) -> bool {
    let kind = script.kind;
    let act = match kind {
        Kind::CounterIssue | Kind::CounterIphone => Act::Issue,
        Kind::CounterInterrupted => Act::IssueInterrupted,
        Kind::CodesSeen => Act::SeenCodes,
        Kind::CodesGuessed => Act::GuessedCodes,
        Kind::AnotherPhonesAttestation => Act::OtherAttestation,
        Kind::AnotherSimsKey => Act::OtherSim,
        Kind::OtherOffice => Act::OtherOffice,
        Kind::SimSwappedAtCounter => Act::SimReissued,
        _ => return false,
    };
    script.act(Action::Counter(act)).wait(5, 60);
    if matches!(act, Act::Issue | Act::IssueInterrupted) {
        let operation = script.operation();
        let plan = script.with(kind, Place::App(operation), Slot(Hand::Bound, 0));
        script.check(plan);
    }
    true
}
