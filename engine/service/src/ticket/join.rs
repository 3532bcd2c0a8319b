use super::write::{Asked, Kept, PhoneSecret, Speaker};
use crate::{
    challenge::Issued,
    engine::{Engine, TRIES, contended},
    error::ServiceError,
    ledger::{OfficeRow, TicketChange, decode_row, keys},
    ports::{
        store::{Store, StoreError},
        vault::{LookupKind, Vault},
    },
};
use simbind_core::{
    ids::{CallerId, RequestId, TicketId},
    ticket::{Code, Moved, Record, State, Ticket, Variant},
    time::Timestamp,
};

/// What a phone shows to join a ticket.
#[derive(Clone, Debug)]
pub enum ShownOrTyped {
    /// What the person typed: an access code and perhaps a password.
    Typed {
        /// The access code.
        access: Code,
        /// The password.
        password: Option<Code>,
    },
    /// What the phone read from the terminal.
    Shown(Code),
}

/// A phone that joins.
#[derive(Clone, Debug)]
pub struct JoinRequest {
    /// What it shows.
    pub code: ShownOrTyped,
    /// What will stand for it.
    pub secret: PhoneSecret,
}

/// The ticket is the phone's.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The ticket.
    pub ticket: Ticket,
    /// A challenge of it.
    pub challenge: Issued,
}

/// What is answered alike where no ticket begins so, and where a code is wrong.
fn no_such_codes() -> ServiceError {
    ServiceError::NotFound("open ticket with these codes")
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// A phone shows the codes of a ticket. Wrong ones are counted, and on disk before the answer.
    ///
    /// # Errors
    /// Where no open ticket has these codes, it takes none any more, or another phone has joined.
    pub async fn join_ticket(
        &self,
        through: &CallerId,
        request: RequestId,
        join: &JoinRequest,
    ) -> Result<Joined, ServiceError> {
        let id = self.located(&join.code).await?;
        let secret = join.secret.clone();
        let mark = self.phone_mark(id, secret.bytes());
        let asked = Asked { request, digest: crate::digest::of(&("join", id, mark))? };
        for _ in 0..TRIES {
            let kept = match self.kept_ticket(id).await {
                Err(ServiceError::NotFound(_)) => return Err(no_such_codes()),
                kept => kept?,
            };
            let now = self.now();
            if kept.ticket.state_at(now) != State::Open {
                return Err(no_such_codes());
            }
            // A code that was shown is good for a minute only; the phone's secret says enough.
            if kept.ticket.phone.is_some_and(|joined| joined.matches(&mark)) {
                return self.joined(kept.ticket);
            }
            self.takes_codes(&kept.ticket, now).await?;
            let mut ticket = kept.ticket.clone();
            let (change, answer, asked) = if self.fits(&ticket, &join.code, now) {
                match ticket.record(Record::Join(mark), now)? {
                    Moved::Not => return self.joined(ticket),
                    Moved::On => (TicketChange::Joined, None, asked.clone()),
                }
            } else {
                ticket.mistyped();
                let tried = self.tried(id, &join.code);
                let digest = crate::digest::of(&("wrong", id, mark, tried))?;
                let asked = Asked { digest, ..asked.clone() };
                (TicketChange::WrongCode, Some(no_such_codes()), asked)
            };
            // The same wrong try once more is the same answer, and is not counted again.
            if self.changed_before(through, &asked).await?.is_some() {
                return answer.map_or_else(|| self.joined(ticket), Err);
            }
            match self.write_join(through, &asked, change, &kept, &ticket).await {
                Ok(()) => return answer.map_or_else(|| self.joined(ticket), Err),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    async fn write_join(
        &self,
        through: &CallerId,
        asked: &Asked,
        change: TicketChange,
        kept: &Kept,
        ticket: &Ticket,
    ) -> Result<(), StoreError> {
        let beside = super::write::Beside::default();
        self.write_ticket(through, Some(asked), change, (kept, ticket), beside).await
    }

    /// Stands for what was typed or read: a keyed hash, since a wrong code can be nearly right.
    fn tried(&self, id: TicketId, shown: &ShownOrTyped) -> [u8; 16] {
        let (first, second) = match shown {
            ShownOrTyped::Shown(code) => (code.to_text(), None),
            ShownOrTyped::Typed { access, password } => {
                (access.to_text(), password.as_ref().map(Code::to_text))
            }
        };
        let second = second.as_ref().map(|text| text.as_bytes()).unwrap_or_default();
        self.vault.lookup(LookupKind::Code, &[b"tried", id.as_bytes(), first.as_bytes(), second]).0
    }

    fn joined(&self, ticket: Ticket) -> Result<Joined, ServiceError> {
        let challenge = self.ticket_challenge(ticket.id)?;
        Ok(Joined { ticket, challenge })
    }

    /// The open ticket whose codes begin so.
    async fn located(&self, code: &ShownOrTyped) -> Result<TicketId, ServiceError> {
        let (ShownOrTyped::Typed { access: code, .. } | ShownOrTyped::Shown(code)) = code;
        let locator = code.locator().ok_or_else(no_such_codes)?;
        let snapshot = self.store.read(&[keys::ticket_locator(locator)?]).await?;
        match snapshot.values.first() {
            Some(Some(row)) => Ok(decode_row(&row.value)?),
            _ => Err(no_such_codes()),
        }
    }

    /// Whether the ticket and its office still take codes after the wrong ones so far.
    async fn takes_codes(&self, ticket: &Ticket, now: Timestamp) -> Result<(), ServiceError> {
        let terms = &self.settings.counter;
        if ticket.wrong_codes >= terms.wrong_codes {
            let why = "too many wrong codes; the clerk can give out new ones";
            return Err(ServiceError::Refused(why.into()));
        }
        let snapshot = self.store.read(&[keys::office(&ticket.office)?]).await?;
        if let Some(Some(row)) = snapshot.values.first() {
            let office: OfficeRow = decode_row(&row.value)?;
            if office.wrong_at(now) >= terms.office_wrong_codes {
                let retry_after = office.wrong_since.plus(OfficeRow::WINDOW).since(now);
                return Err(ServiceError::Busy { retry_after });
            }
        }
        Ok(())
    }

    /// Whether what was shown is what the ticket's variant asks for.
    fn fits(&self, ticket: &Ticket, shown: &ShownOrTyped, now: Timestamp) -> bool {
        match (ticket.variant, shown) {
            (Variant::Terminal, ShownOrTyped::Shown(code)) => self.was_shown(ticket, code, now),
            (Variant::TwoCodes | Variant::OneCode, ShownOrTyped::Typed { access, password }) => {
                let Some(good) = self.codes(ticket) else { return false };
                let password = match (&good.password, password) {
                    (Some(good), Some(typed)) => good.matches(typed),
                    (None, None) => true,
                    _ => false,
                };
                // Both are compared, so that the time taken says nothing of either.
                good.access.matches(access) & password
            }
            _ => false,
        }
    }

    /// A ticket for its phone, with a challenge while it is open.
    ///
    /// # Errors
    /// Where the phone has joined no such ticket.
    pub async fn ticket_of_phone(
        &self,
        through: &CallerId,
        secret: &PhoneSecret,
        id: TicketId,
    ) -> Result<(Ticket, Option<Issued>), ServiceError> {
        let ticket = self.kept_ticket(id).await?.ticket;
        let speaker = Speaker::Phone { through: through.clone(), secret: secret.clone() };
        self.may_see(&speaker, &ticket)?;
        let open = ticket.state_at(self.now()) == State::Open;
        let challenge = open.then(|| self.ticket_challenge(id)).transpose()?;
        Ok((ticket, challenge))
    }
}
