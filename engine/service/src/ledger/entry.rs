//! Entries of the ledgers, in postcard behind one version byte. An entry that was written is never
//! read differently: a changed shape is a new variant at the end of its enum.

mod decision;
mod line;
mod pin;
mod succession;
mod ticket;

pub use decision::{DecisionEntry, FiredEntry, LimitEntry, decode_decision, encode_decision};
pub(crate) use decision::{SNOOZED, TOKEN};
pub use line::{CorrectionEntry, Drove, Effects, EventEntry, EventText, LineText, Reopens};
pub use pin::{PinAct, PinEntry, PinWord};
pub use succession::{
    ChangedBinding, LoanEntry, ReproofEntry, SuccessionEntry, SuccessionKind, TogetherEntry,
};
pub use ticket::{TicketBinding, TicketChange, TicketEntry};

use super::inquiry::InquiryEntry;
use super::registry::RegistryEntry;
use crate::ports::{status::ListName, store::ProjectionError, vault::Sealed};
use serde::{Deserialize, Serialize};
use simbind_core::{
    applet::{Answer as OrderAnswer, OrderRef},
    ids::{BindingId, CallerId, CarrierId, DecisionId, EventId, RequestId, SnoozeId},
    rollout::Change,
    snooze::Snooze,
    status::Answer,
    time::Timestamp,
};

/// The version of entries.
pub(crate) const VERSION: u8 = 1;

/// How a binding changed. What it changed to is in the sealed binding beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BindingChange {
    /// A handset was added.
    HandsetAdded,
    /// Held.
    Held,
    /// Released.
    Released,
    /// Revoked.
    Revoked,
    /// Proved again.
    Reproved,
    /// A foreign handset was seen in a check.
    ForeignHandset,
    /// An iPhone's app was installed anew: another key is in the place of the old one.
    HandsetReinstalled,
    /// An event of its line suspended it.
    Suspended,
    /// An event that had driven it was taken back.
    Undone,
    /// A release after loss or theft was asked for, and waits for a second caller.
    ReleaseAsked,
    /// A counter announced a change.
    ChangeAnnounced,
    /// Its successor has had its overlap.
    Superseded,
    /// Its certificate's time has passed.
    Expired,
    /// The SIM that a counter announced came in the place of the old one.
    SimArrived,
}

/// Apple's receipt for the key of a handset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptReceipt {
    /// What stands for the key within its binding.
    pub key: [u8; 16],
    /// The receipt, sealed.
    pub sealed: Sealed,
}

/// How a step-up ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutcomeText {
    /// The person gave up or failed.
    Failed,
    /// A relying party said so and showed nothing.
    Claimed,
    /// Verified evidence led to this decision.
    Proved(DecisionId),
}

/// An entry of the state ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StateEntry {
    /// A binding was made.
    Enrolled {
        /// Its id.
        binding: BindingId,
        /// Who asked.
        by: CallerId,
        /// The caller's number of the request.
        request: RequestId,
        /// SHA-256 of the request.
        digest: [u8; 32],
        /// The binding, sealed.
        sealed: Sealed,
        /// Apple's receipt, for an iPhone that attested its key.
        receipt: Option<KeptReceipt>,
        /// The challenge that the keys signed, which is used up.
        challenge: [u8; 16],
    },
    /// A binding changed.
    BindingChanged {
        /// Its id.
        binding: BindingId,
        /// How.
        change: BindingChange,
        /// Who asked; the engine itself is `simbind`.
        by: CallerId,
        /// The binding as it is now, sealed.
        sealed: Sealed,
        /// Apple's receipt, where an iPhone that attested its key came.
        receipt: Option<KeptReceipt>,
    },
    /// A carrier's event about a line.
    Event(EventEntry),
    /// An event whose number was used before for another content: kept, and without effect.
    EventReused(EventEntry),
    /// A carrier takes an event back.
    Correction(CorrectionEntry),
    /// A feed lives.
    Heartbeat {
        /// Whose.
        carrier: CarrierId,
        /// The heartbeat's own number.
        id: EventId,
        /// SHA-256 of the content.
        digest: [u8; 32],
        /// How far back it can see, in days; 0 leaves it as it is.
        horizon_days: u32,
        /// When it was heard.
        learned_at: Timestamp,
    },
    /// A signature counter was accepted.
    CounterSeen {
        /// The binding.
        binding: BindingId,
        /// The counter.
        counter: u64,
        /// The challenge of the check that showed it, so that the same check can be decided again.
        challenge: [u8; 16],
    },
    /// Wrong PIN entries were reported, or the right one.
    PinReported {
        /// The binding.
        binding: BindingId,
        /// How many count now.
        failures: u32,
        /// Who said so.
        by: CallerId,
        /// The caller's number of the report.
        request: RequestId,
        /// SHA-256 of the report.
        digest: [u8; 32],
        /// The other binding of an overlap, which has the same PIN, where there is one.
        beside: Option<BindingId>,
    },
    /// A step-up ended.
    StepUpEnded {
        /// The decision that asked for it.
        decision: DecisionId,
        /// How.
        outcome: OutcomeText,
        /// Who said so.
        by: CallerId,
    },
    /// Packs went into service.
    PacksActivated {
        /// SHA-256 over them.
        hash: [u8; 32],
        /// Their names and texts, in order.
        sources: Vec<(String, String)>,
        /// Who put them there.
        by: CallerId,
    },
    /// Texts of packs, each kept once under its SHA-256.
    PackTexts {
        /// The texts.
        texts: Vec<String>,
    },
    /// Which packs a hash stands for.
    PacksNamed {
        /// SHA-256 over them.
        hash: [u8; 32],
        /// Their names and the SHA-256 of their texts, in order.
        packs: Vec<(String, [u8; 32])>,
    },
    /// Packs came into service, or a step nearer to it, or went.
    PacksChanged(Change),
    /// A rule is held down to its floor for a binding, for a time.
    SnoozeSet {
        /// The binding.
        binding: BindingId,
        /// The snooze, its reason sealed: people write names there.
        snooze: Snooze<Sealed>,
    },
    /// A snooze was ended before its time.
    SnoozeEnded {
        /// The binding.
        binding: BindingId,
        /// The snooze.
        snooze: SnoozeId,
        /// Who ended it.
        by: CallerId,
        /// When.
        at: Timestamp,
        /// Why, sealed.
        why: Sealed,
    },
    /// The counter of an assertion of App Attest was accepted.
    AssertionSeen {
        /// The binding.
        binding: BindingId,
        /// What stands for the key within its binding.
        key: [u8; 16],
        /// The counter.
        counter: u32,
        /// The challenge of the check that showed it, so that the same check can be decided again.
        challenge: [u8; 16],
    },
    /// An issuer answered about one certificate.
    StatusLearned {
        /// The certificate's issuer and serial number, sealed.
        certificate: Sealed,
        /// Who told; the engine itself is `simbind`.
        by: CallerId,
        /// The answer.
        answer: Answer,
    },
    /// An issuer's list of revoked and held certificates was taken. The list is in a file.
    ListTaken {
        /// Which.
        list: ListName,
        /// Who brought it; the engine itself is `simbind`.
        by: CallerId,
        /// SHA-256 of its DER.
        digest: [u8; 32],
        /// As of when it is true.
        this_update: Timestamp,
        /// When the next one is due.
        next_update: Timestamp,
        /// When it was learned.
        learned_at: Timestamp,
    },
    /// A carrier's event about a line, and what it did to bindings of that line.
    EventDrove {
        /// The event.
        event: EventEntry,
        /// What it did.
        effects: Effects,
    },
    /// A carrier takes an event back, and what that did to bindings of its line.
    CorrectionDrove {
        /// The correction.
        correction: CorrectionEntry,
        /// When the event that was wrong had happened.
        occurred_at: Timestamp,
        /// The event that was wrong, as it is kept.
        text: Sealed,
        /// What was undone.
        effects: Effects,
    },
    /// About the registry of handsets and readers.
    Registry(RegistryEntry),
    /// An enrolment ticket was opened, went on, or ended.
    TicketChanged(Box<TicketEntry>),
    /// A PIN was changed or reset, or was said or shown to be known.
    Pin(PinEntry),
    /// A support code was asked for.
    CodeLookedUp(InquiryEntry),
    /// An order to a carrier's platform is about to be sent.
    OrderSent {
        /// The binding.
        binding: BindingId,
        /// The order.
        order: OrderRef,
        /// When it is due again, if nothing is heard.
        next: Timestamp,
    },
    /// Something was heard of an order to a carrier's platform.
    OrderAnswered {
        /// The binding.
        binding: BindingId,
        /// The order.
        order: OrderRef,
        /// Who told; the engine itself, which asked, is `simbind`.
        by: CallerId,
        /// What.
        answer: OrderAnswer,
    },
    /// A binding took another's place.
    Succeeded(SuccessionEntry),
    /// A binding was proved again.
    Reproved(ReproofEntry),
    /// A loaner was handed out or came back.
    Loaned(LoanEntry),
    /// Both bindings of an overlap were released, or their release was asked for.
    ChangedTogether(TogetherEntry),
}

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, ProjectionError> {
    postcard::to_extend(value, vec![VERSION]).map_err(|_| ProjectionError { what: "a new entry" })
}

fn decode<'a, T: Deserialize<'a>>(
    what: &'static str,
    bytes: &'a [u8],
) -> Result<T, ProjectionError> {
    match bytes {
        [VERSION, rest @ ..] => postcard::from_bytes(rest).map_err(|_| ProjectionError { what }),
        _ => Err(ProjectionError { what }),
    }
}

/// The bytes of a state entry.
///
/// # Errors
/// Where it cannot be encoded, which no entry of ours can be.
pub fn encode_state(entry: &StateEntry) -> Result<Vec<u8>, ProjectionError> {
    encode(entry)
}

/// The state entry of the bytes.
///
/// # Errors
/// Where they are of a newer format, or damaged.
pub fn decode_state(bytes: &[u8]) -> Result<StateEntry, ProjectionError> {
    decode("a state entry", bytes)
}
