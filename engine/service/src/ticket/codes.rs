//! Codes are kept nowhere: they are made from the ticket by a keyed hash, and made again to be shown
//! once more or compared.

use crate::{
    challenge::{Issued, Purpose},
    engine::Engine,
    error::ServiceError,
    ports::{
        store::Store,
        vault::{LookupKind, Vault},
    },
};
use simbind_core::{
    ids::TicketId,
    ticket::{Code, CodeKind, PhoneMark, Ticket, Variant},
    time::Timestamp,
};
use zeroize::Zeroizing;

/// The codes of a ticket, for the person.
#[derive(Clone, Debug)]
pub struct TicketCodes {
    /// The access code.
    pub access: Code,
    /// The password beside it.
    pub password: Option<Code>,
}

/// A code for a terminal to show.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The code.
    pub code: Code,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// How long one code is shown, in milliseconds. It is good for as long again.
const SHOWN_FOR: i64 = 60_000;

impl<S: Store, V: Vault> Engine<S, V> {
    /// The codes that are good for a ticket now; none where there is none to type.
    pub(super) fn codes(&self, ticket: &Ticket) -> Option<TicketCodes> {
        let (access, password) = match ticket.variant {
            Variant::TwoCodes => (CodeKind::Access, Some(CodeKind::Password)),
            Variant::OneCode => (CodeKind::AccessAlone, None),
            Variant::Terminal => return None,
        };
        let code = |kind| self.code(ticket, kind, 0);
        Some(TicketCodes { access: code(access), password: password.map(code) })
    }

    /// The code for the terminal to show now.
    pub(super) fn shown_now(&self, ticket: &Ticket, now: Timestamp) -> Shown {
        let slot = now.as_millis().div_euclid(SHOWN_FOR);
        Shown {
            code: self.code(ticket, CodeKind::Shown, slot),
            expires_at: Timestamp::from_millis((slot + 2) * SHOWN_FOR),
        }
    }

    /// Whether a code was shown for the ticket within its time.
    pub(super) fn was_shown(&self, ticket: &Ticket, code: &Code, now: Timestamp) -> bool {
        let slot = now.as_millis().div_euclid(SHOWN_FOR);
        let good = |slot| self.code(ticket, CodeKind::Shown, slot).matches(code);
        // Both are compared, so that the time taken says nothing.
        good(slot) | good(slot - 1)
    }

    fn code(&self, ticket: &Ticket, kind: CodeKind, slot: i64) -> Code {
        let parts: [&[u8]; 4] =
            [kind.label().as_bytes(), ticket.id.as_bytes(), &[ticket.codes], &slot.to_be_bytes()];
        let secret = Zeroizing::new(self.vault.lookup(LookupKind::Code, &parts).0);
        Code::new(kind, ticket.locator, &*secret)
    }

    /// What stands for a phone in a ticket.
    pub(super) fn phone_mark(&self, ticket: TicketId, secret: &[u8; 32]) -> PhoneMark {
        PhoneMark(self.vault.lookup(LookupKind::Phone, &[ticket.as_bytes(), secret]).0)
    }

    /// A challenge of a ticket.
    pub(super) fn ticket_challenge(&self, ticket: TicketId) -> Result<Issued, ServiceError> {
        Ok(self.enrolment.issue(self.random()?, &Purpose::Ticket(ticket), self.now()))
    }
}
