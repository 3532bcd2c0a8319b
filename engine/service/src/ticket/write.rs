//! Reading a ticket, and writing what became of it.

use crate::{
    attest::Verified,
    engine::{Engine, TRIES, contended, engine_caller},
    error::ServiceError,
    ledger::{
        KeptReceipt, StateEntry, TicketBinding, TicketChange, TicketEntry, TicketRow, decode_row,
        keys,
    },
    ports::{
        store::{Expected, Key, Position, Store, StoreError},
        vault::{KeyId, Vault},
    },
    sealing,
};
use simbind_core::{
    binding::{
        Act as BindingAct, Binding, LifecycleReason, Place, Refused, Source, State as BindingState,
    },
    ids::{BindingId, CallerId, OfficeRef, RequestId, TicketId},
    ticket::{Moved, Ticket, TicketRefused},
    time::Timestamp,
};
use zeroize::Zeroizing;

impl From<TicketRefused> for ServiceError {
    fn from(refused: TicketRefused) -> Self {
        Self::Refused(refused.to_string())
    }
}

/// A clerk's terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Its name, by its certificate.
    pub name: CallerId,
    /// Where it stands.
    pub office: OfficeRef,
    /// What kind of place that is.
    pub place: Place,
}

/// 32 bytes that a phone drew for a ticket.
#[derive(Clone)]
pub struct PhoneSecret(Zeroizing<[u8; 32]>);

impl PhoneSecret {
    /// The secret.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for PhoneSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PhoneSecret(…)")
    }
}

/// Who speaks about a ticket.
#[derive(Clone, Debug)]
pub enum Speaker {
    /// A clerk, at a terminal.
    Terminal(Terminal),
    /// A phone, through the issuing app's backend.
    Phone {
        /// The backend.
        through: CallerId,
        /// What the phone shows.
        secret: PhoneSecret,
    },
}

impl Speaker {
    /// The caller, for records.
    pub(super) const fn caller(&self) -> &CallerId {
        match self {
            Self::Terminal(terminal) => &terminal.name,
            Self::Phone { through, .. } => through,
        }
    }
}

/// A caller's number of a request, with the digest of what it asks.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The number.
    pub request: RequestId,
    /// SHA-256 of the content.
    pub digest: [u8; 32],
}

/// A ticket in the store.
pub(super) struct Kept {
    pub(super) ticket: Ticket,
    pub(super) version: Position,
    pub(super) key: KeyId,
}

/// What is to be written beside a changed ticket.
#[derive(Default)]
pub(super) struct Beside {
    /// Bindings as they are now.
    pub(super) bindings: Vec<Binding>,
    /// What must hold for them.
    pub(super) expect: Vec<(Key, Expected)>,
    /// The receipt of an iPhone's key.
    pub(super) receipt: Option<(BindingId, KeptReceipt)>,
}

fn missing() -> ServiceError {
    ServiceError::NotFound("ticket")
}

impl<S: Store, V: Vault> Engine<S, V> {
    pub(super) async fn kept_ticket(&self, id: TicketId) -> Result<Kept, ServiceError> {
        let snapshot = self.store.read(&[keys::ticket(id)?]).await?;
        let Some(stored) = snapshot.values.into_iter().next().flatten() else {
            return Err(missing());
        };
        let row: TicketRow = decode_row(&stored.value)?;
        let ticket = sealing::open(&*self.vault, sealing::TICKET, &row.sealed)?;
        let ticket = ticket.ok_or_else(missing)?;
        Ok(Kept { ticket, version: stored.version, key: row.sealed.key })
    }

    /// Whether who speaks may know of the ticket; where not, it is as if there were none.
    pub(super) fn may_see(&self, speaker: &Speaker, ticket: &Ticket) -> Result<(), ServiceError> {
        let may = match speaker {
            Speaker::Terminal(terminal) => {
                self.settings.counter.may_resume(&terminal.office, &ticket.office)
            }
            Speaker::Phone { secret, .. } => {
                let mark = self.phone_mark(ticket.id, secret.bytes());
                ticket.phone.is_some_and(|joined| joined.matches(&mark))
            }
        };
        if may { Ok(()) } else { Err(missing()) }
    }

    /// Whether who speaks may go on with the ticket.
    pub(super) fn may_change(
        &self,
        speaker: &Speaker,
        ticket: &Ticket,
    ) -> Result<(), ServiceError> {
        self.may_see(speaker, ticket)?;
        match speaker {
            Speaker::Terminal(terminal) if terminal.name != ticket.held_by => {
                let why = "another terminal goes on with this ticket; resume it here first";
                Err(ServiceError::Refused(why.into()))
            }
            Speaker::Terminal(_) | Speaker::Phone { .. } => Ok(()),
        }
    }

    /// The ticket that a request changed before, if it did.
    pub(super) async fn changed_before(
        &self,
        by: &CallerId,
        asked: &Asked,
    ) -> Result<Option<TicketId>, ServiceError> {
        let snapshot = self.store.read(&[keys::request(by, &asked.request)?]).await?;
        let Some(Some(row)) = snapshot.values.first() else { return Ok(None) };
        let (before, id): ([u8; 32], TicketId) = decode_row(&row.value)?;
        if before == asked.digest {
            Ok(Some(id))
        } else {
            Err(ServiceError::Exists("the request id was used for another request"))
        }
    }

    /// Changes a ticket as `apply` says; where something else changed it first, all over again. The
    /// same request once more gives the ticket as it is.
    pub(super) async fn change_ticket(
        &self,
        (speaker, asked): (&Speaker, &Asked),
        id: TicketId,
        change: TicketChange,
        seen: Option<&Verified>,
        mut apply: impl FnMut(&mut Ticket, Timestamp) -> Result<Moved, ServiceError> + Send,
    ) -> Result<Ticket, ServiceError> {
        for _ in 0..TRIES {
            let kept = self.kept_ticket(id).await?;
            self.may_see(speaker, &kept.ticket)?;
            if self.changed_before(speaker.caller(), asked).await?.is_some() {
                return Ok(kept.ticket);
            }
            let now = self.now();
            let mut ticket = kept.ticket.clone();
            if apply(&mut ticket, now)? == Moved::Not {
                return Ok(ticket);
            }
            let mut beside = if change.ends() {
                self.binding_given_up(&kept.ticket).await?
            } else {
                self.binding_beside(&kept.ticket, &mut ticket, now).await?
            };
            beside.receipt = self.receipt_beside(&ticket, kept.key, seen)?;
            let by = speaker.caller();
            match self.write_ticket(by, Some(asked), change, (&kept, &ticket), beside).await {
                Ok(()) => return Ok(ticket),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    pub(super) async fn write_ticket(
        &self,
        by: &CallerId,
        asked: Option<&Asked>,
        change: TicketChange,
        (kept, ticket): (&Kept, &Ticket),
        beside: Beside,
    ) -> Result<(), StoreError> {
        let mut expect = vec![(keys::ticket(ticket.id)?, Expected::Version(kept.version))];
        if let Some(asked) = asked {
            expect.push((keys::request(by, &asked.request)?, Expected::Absent));
        }
        expect.extend(beside.expect.iter().cloned());
        let entry = self.ticket_entry((by, asked), change, ticket, kept.key, beside)?;
        self.append_state(&entry, expect).await.map(|_| ())
    }

    pub(super) fn ticket_entry(
        &self,
        (by, asked): (&CallerId, Option<&Asked>),
        change: TicketChange,
        ticket: &Ticket,
        key: KeyId,
        beside: Beside,
    ) -> Result<StateEntry, StoreError> {
        let mut bindings = Vec::with_capacity(beside.bindings.len());
        for binding in &beside.bindings {
            let sealed = sealing::seal(&*self.vault, key, sealing::BINDING, binding)?;
            bindings.push(TicketBinding { id: binding.id, sealed });
        }
        Ok(StateEntry::TicketChanged(Box::new(TicketEntry {
            ticket: ticket.id,
            change,
            by: by.clone(),
            request: asked.map(|asked| (asked.request.clone(), asked.digest)),
            at: self.now(),
            office: ticket.office.clone(),
            locator: ticket.locator,
            opened_at: ticket.opened_at,
            expires_at: ticket.expires_at,
            sealed: sealing::seal(&*self.vault, key, sealing::TICKET, ticket)?,
            bindings,
            receipt: beside.receipt,
        })))
    }

    /// The pending binding that the change makes, rewrites or takes back.
    async fn binding_beside(
        &self,
        before: &Ticket,
        ticket: &mut Ticket,
        now: Timestamp,
    ) -> Result<Beside, ServiceError> {
        let had = before.bound(now).is_some();
        match (had, ticket.bound(now)) {
            (false, None) => Ok(Beside::default()),
            (false, Some(binding)) => {
                let free = self.free_certificate(&binding).await?;
                let absent = (keys::binding(binding.id)?, Expected::Absent);
                let (_, person) = self.person_key(&binding.person).await?;
                self.room_for_binding(&binding.person, &binding.sim.serving).await?;
                let expect = vec![free, absent, person];
                Ok(Beside { bindings: vec![binding], expect, receipt: None })
            }
            (true, Some(binding)) => {
                let standing = self.binding(before.binding).await?;
                if standing.binding.state != BindingState::Pending {
                    let why = "the binding is not pending any more; give the ticket up";
                    return Err(ServiceError::Refused(why.into()));
                }
                let expect = vec![
                    self.free_certificate(&binding).await?,
                    (keys::binding(binding.id)?, Expected::Version(standing.version)),
                ];
                let enrolled_at = standing.binding.enrolled_at;
                let binding = Binding { enrolled_at, ..binding };
                Ok(Beside { bindings: vec![binding], expect, receipt: None })
            }
            // What follows is another binding than the one that is taken back.
            (true, None) => {
                ticket.binding = BindingId::from_bytes(self.random()?);
                self.binding_given_up(before).await
            }
        }
    }

    /// The end of a ticket's pending binding, where it has one.
    pub(super) async fn binding_given_up(&self, ticket: &Ticket) -> Result<Beside, ServiceError> {
        let standing = match self.binding(ticket.binding).await {
            Ok(standing) => standing,
            Err(ServiceError::NotFound(_)) => return Ok(Beside::default()),
            Err(error) => return Err(error),
        };
        let mut binding = standing.binding;
        let act = match binding.state {
            BindingState::Pending => BindingAct::GiveUp,
            _ => BindingAct::Revoke,
        };
        // What an event of the line ended is given up too: it does not come back with a correction.
        match binding.apply(act, LifecycleReason::GivenUp, &Source::Engine, self.now()) {
            Ok(()) => {}
            Err(Refused::Ended) => return Ok(Beside::default()),
            Err(refused) => return Err(refused.into()),
        }
        let expect = vec![(keys::binding(binding.id)?, Expected::Version(standing.version))];
        Ok(Beside { bindings: vec![binding], expect, receipt: None })
    }

    fn receipt_beside(
        &self,
        ticket: &Ticket,
        key: KeyId,
        seen: Option<&Verified>,
    ) -> Result<Option<(BindingId, KeptReceipt)>, ServiceError> {
        let Some(Verified { handset, receipt, .. }) = seen else { return Ok(None) };
        let kept = self.kept_receipt(ticket.binding, key, handset, receipt.as_ref())?;
        Ok(kept.map(|kept| (ticket.binding, kept)))
    }

    /// Ends open tickets whose time has passed, at most so many, and says how many it ended.
    ///
    /// # Errors
    /// Where the store cannot be read or written.
    pub async fn end_overdue_tickets(&self, most: usize) -> Result<usize, ServiceError> {
        let by = engine_caller()?;
        let mut ended = 0;
        for id in self.overdue_tickets(most).await? {
            let kept = self.kept_ticket(id).await;
            let kept = match kept {
                Ok(kept) => kept,
                Err(ServiceError::NotFound(_)) => continue,
                Err(error) => return Err(error),
            };
            let mut ticket = kept.ticket.clone();
            if ticket.end(simbind_core::ticket::Act::Expire).is_err() {
                continue;
            }
            let beside = self.binding_given_up(&kept.ticket).await?;
            match self
                .write_ticket(&by, None, TicketChange::Expired, (&kept, &ticket), beside)
                .await
            {
                Ok(()) => ended += 1,
                // Whoever came first is right; the next sweep sees what is left.
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(ended)
    }
}
