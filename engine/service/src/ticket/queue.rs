use super::write::{Speaker, Terminal};
use crate::{
    engine::Engine,
    error::ServiceError,
    ledger::{decode_row, keys},
    ports::{
        store::{Direction, Scan, Store},
        vault::Vault,
    },
};
use simbind_core::{
    ids::{OfficeRef, TicketId},
    ticket::{State, Ticket},
    time::Timestamp,
};

/// Whose queue is asked for, and by whom.
#[derive(Clone, Debug)]
pub enum QueueFor {
    /// A terminal asks: for its own office, or for one whose tickets it may resume.
    Terminal(Terminal, Option<OfficeRef>),
    /// Who may see every office asks.
    Desk(OfficeRef),
}

/// A page of a queue.
#[derive(Clone, Debug)]
pub struct QueuePage {
    /// Open tickets, oldest first.
    pub tickets: Vec<Ticket>,
    /// Where the next page begins.
    pub next: Option<(Timestamp, TicketId)>,
    /// When it was looked at.
    pub now: Timestamp,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// A ticket for a terminal; `None` asks for one who may see every office's.
    ///
    /// # Errors
    /// Where there is none that may be seen.
    pub async fn ticket(
        &self,
        id: TicketId,
        terminal: Option<&Terminal>,
    ) -> Result<Ticket, ServiceError> {
        let ticket = self.kept_ticket(id).await?.ticket;
        if let Some(terminal) = terminal {
            self.may_see(&Speaker::Terminal(terminal.clone()), &ticket)?;
        }
        Ok(ticket)
    }

    /// The open tickets of an office, oldest first, a page at a time.
    ///
    /// # Errors
    /// Where the office is not the caller's to see, or the store cannot be read.
    pub async fn ticket_queue(
        &self,
        whose: &QueueFor,
        after: Option<(Timestamp, TicketId)>,
        rows: usize,
    ) -> Result<QueuePage, ServiceError> {
        let office = match whose {
            QueueFor::Desk(office) => office,
            QueueFor::Terminal(terminal, asked) => {
                let office = asked.as_ref().unwrap_or(&terminal.office);
                if !self.settings.counter.may_resume(&terminal.office, office) {
                    let why = "is none whose tickets this terminal may see";
                    return Err(ServiceError::invalid("office", why));
                }
                office
            }
        };
        let after = after.map(|(at, id)| keys::queued(office, at, id)).transpose()?;
        let prefix = keys::office_queue(office)?;
        let direction = Direction::Ascending;
        let page = self.store.scan(Scan { prefix, after, rows, direction }).await?;
        let now = self.now();
        let mut tickets = Vec::with_capacity(page.rows.len());
        let mut last = None;
        for (_, row) in &page.rows {
            let id: TicketId = decode_row(&row.value)?;
            let ticket = match self.kept_ticket(id).await {
                Ok(kept) => kept.ticket,
                Err(ServiceError::NotFound(_)) => continue,
                Err(error) => return Err(error),
            };
            last = Some((ticket.opened_at, id));
            // One that has ended by time waits only to be swept.
            if ticket.state_at(now) == State::Open {
                tickets.push(ticket);
            }
        }
        Ok(QueuePage { tickets, next: last.filter(|_| page.next.is_some()), now })
    }

    /// Tickets whose time has passed, the longest overdue first.
    pub(super) async fn overdue_tickets(&self, most: usize) -> Result<Vec<TicketId>, ServiceError> {
        let prefix = keys::tickets_due()?;
        let direction = Direction::Ascending;
        let scan = Scan { prefix, after: None, rows: most, direction };
        let page = self.store.scan(scan).await?;
        let latest = keys::ticket_due(self.now(), TicketId::from_bytes([0xFF; 16]))?;
        let due = page.rows.iter().take_while(|(key, _)| *key <= latest);
        due.map(|(_, row)| Ok(decode_row(&row.value)?)).collect()
    }
}
