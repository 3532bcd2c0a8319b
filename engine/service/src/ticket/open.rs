use super::{
    codes::{Shown, TicketCodes},
    write::{Asked, Speaker, Terminal},
};
use crate::{
    engine::{Engine, TRIES, contended},
    error::ServiceError,
    ledger::{OfficeRow, TicketChange, decode_row, keys},
    ports::{
        store::{Expected, Key, Store, StoreError},
        vault::Vault,
    },
};
use simbind_core::{
    ids::{BindingId, IdentityCheckRef, OfficeRef, PersonRef, RequestId, TicketId},
    ticket::{IdentityCheck, Locator, Moved, Progress, State, Ticket, Variant},
};
use std::time::Duration;

/// For whom a ticket is opened.
#[derive(Clone, Debug)]
pub struct OpenRequest {
    /// The person.
    pub person: PersonRef,
    /// The terminal's reference of the identity check.
    pub identity_check: IdentityCheckRef,
    /// Another variant than the office's.
    pub variant: Option<Variant>,
}

/// A ticket for a terminal, with the codes to hand over.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The ticket.
    pub ticket: Ticket,
    /// Its codes; none where there is none to type, or a phone has joined.
    pub codes: Option<TicketCodes>,
}

/// When an office that is full is asked again.
const FULL: Duration = Duration::from_secs(60);

impl<S: Store, V: Vault> Engine<S, V> {
    /// Opens a ticket. The same request gives the same ticket, and its codes until a phone joined.
    ///
    /// # Errors
    /// Where the office has too many open tickets, or the store cannot be written.
    pub async fn open_ticket(
        &self,
        terminal: &Terminal,
        request: RequestId,
        open: OpenRequest,
    ) -> Result<Opened, ServiceError> {
        let digest =
            crate::digest::of(&("open", &open.person, &open.identity_check, open.variant))?;
        let asked = Asked { request, digest };
        for _ in 0..TRIES {
            if let Some(id) = self.changed_before(&terminal.name, &asked).await? {
                return Ok(self.with_codes(self.kept_ticket(id).await?.ticket));
            }
            let ticket = self.new_ticket(terminal, &open)?;
            let (key, first) = self.person_key(&ticket.person).await?;
            let mut expect = vec![
                (keys::request(&terminal.name, &asked.request)?, Expected::Absent),
                // Another one whose codes would begin alike: drawn again.
                (keys::ticket_locator(ticket.locator)?, Expected::Absent),
                self.room(&terminal.office).await?,
            ];
            expect.push(first);
            let by = (&terminal.name, Some(&asked));
            let beside = super::write::Beside::default();
            let entry = self.ticket_entry(by, TicketChange::Opened, &ticket, key, beside)?;
            match self.append_state(&entry, expect).await {
                Ok(_) => return Ok(self.with_codes(ticket)),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    fn new_ticket(&self, terminal: &Terminal, open: &OpenRequest) -> Result<Ticket, ServiceError> {
        let now = self.now();
        let terms = &self.settings.counter;
        Ok(Ticket {
            id: TicketId::from_bytes(self.random()?),
            locator: Locator::from_random(self.random()?),
            office: terminal.office.clone(),
            variant: terms.variant_for(&terminal.office, open.variant)?,
            person: open.person.clone(),
            identity: IdentityCheck {
                reference: open.identity_check.clone(),
                place: terminal.place,
                at: now,
            },
            opened_by: terminal.name.clone(),
            held_by: terminal.name.clone(),
            opened_at: now,
            expires_at: now.plus(terms.lifetime),
            progress: Progress::OPENED,
            codes: 1,
            wrong_codes: 0,
            changes: 0,
            phone: None,
            binding: BindingId::from_bytes(self.random()?),
            certificate: None,
            sim: None,
            handset: None,
        })
    }

    /// That the office has room for one more ticket, while its count stands as it is.
    async fn room(&self, office: &OfficeRef) -> Result<(Key, Expected), ServiceError> {
        let key = keys::office(office)?;
        let snapshot = self.store.read(std::slice::from_ref(&key)).await?;
        let Some(Some(row)) = snapshot.values.first() else { return Ok((key, Expected::Absent)) };
        let OfficeRow { open, .. } = decode_row(&row.value)?;
        if open >= self.settings.counter.open_tickets {
            return Err(ServiceError::Busy { retry_after: FULL });
        }
        Ok((key, Expected::Version(row.version)))
    }

    fn with_codes(&self, ticket: Ticket) -> Opened {
        let open = ticket.state_at(self.now()) == State::Open && ticket.phone.is_none();
        let codes = if open { self.codes(&ticket) } else { None };
        Opened { ticket, codes }
    }

    /// Goes on with a ticket at another terminal.
    ///
    /// # Errors
    /// Where there is none for this terminal's office, or it is over.
    pub async fn resume_ticket(
        &self,
        terminal: &Terminal,
        request: RequestId,
        id: TicketId,
    ) -> Result<Ticket, ServiceError> {
        let asked = Asked { request, digest: crate::digest::of(&("resume", id))? };
        let speaker = Speaker::Terminal(terminal.clone());
        let change = TicketChange::Resumed;
        let resumed = |ticket: &mut Ticket, now| Ok(ticket.resume(&terminal.name, now)?);
        self.change_ticket((&speaker, &asked), id, change, None, resumed).await
    }

    /// Goes on with a ticket at this terminal, and gives out new codes for it.
    ///
    /// # Errors
    /// Where there is none for this terminal's office, it is over, or new codes were given out too
    /// often.
    pub async fn recode_ticket(
        &self,
        terminal: &Terminal,
        request: RequestId,
        id: TicketId,
    ) -> Result<Opened, ServiceError> {
        let asked = Asked { request, digest: crate::digest::of(&("recode", id))? };
        let speaker = Speaker::Terminal(terminal.clone());
        let recoded = |ticket: &mut Ticket, now| {
            ticket.resume(&terminal.name, now)?;
            ticket.recode(now)?;
            Ok(Moved::On)
        };
        let change = TicketChange::Recoded;
        let ticket = self.change_ticket((&speaker, &asked), id, change, None, recoded).await?;
        Ok(self.with_codes(ticket))
    }

    /// A code for the terminal to show, which a phone reads from it.
    ///
    /// # Errors
    /// Where the terminal does not go on with such a ticket, or it is over.
    pub async fn show_code(
        &self,
        terminal: &Terminal,
        id: TicketId,
    ) -> Result<Shown, ServiceError> {
        let ticket = self.kept_ticket(id).await?.ticket;
        self.may_change(&Speaker::Terminal(terminal.clone()), &ticket)?;
        let now = self.now();
        match ticket.state_at(now) {
            State::Open => Ok(self.shown_now(&ticket, now)),
            state => {
                let over = simbind_core::ticket::Refused::Over(state);
                Err(simbind_core::ticket::TicketRefused::from(over).into())
            }
        }
    }
}
