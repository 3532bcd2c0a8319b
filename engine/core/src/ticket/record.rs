use super::{Act, Locator, Progress, Refused, State, Step, Variant};
use crate::{
    binding::{
        Binding, BoundCertificate, CardEnd, CounterPolicy, Driven, Handset, Handsets, Identified,
        KeyHome, Place, Sim, State as BindingState,
    },
    ids::{BindingId, CallerId, CertificateId, IdentityCheckRef, OfficeRef, PersonRef, TicketId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};
use thiserror::Error;

/// That a person's identity was checked in person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityCheck {
    /// The terminal's own reference of the check.
    pub reference: IdentityCheckRef,
    /// Where it was.
    pub place: Place,
    /// When the ticket was opened for it.
    pub at: Timestamp,
}

/// Stands for the phone that joined: a keyed hash of a secret that its app drew.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneMark(pub [u8; 16]);

impl fmt::Debug for PhoneMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneMark(…)")
    }
}

impl PhoneMark {
    /// Compares in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
    }
}

/// How a certificate came to where its key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// Through the terminal's IC card reader.
    Reader,
    /// By the phone, which read a code from the terminal.
    ShownCode,
}

/// A certificate that was verified and written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The certificate.
    pub certificate: BoundCertificate,
    /// Where its key sits.
    pub key_home: KeyHome,
    /// Whether the applet counts its signatures.
    pub counter: CounterPolicy,
    /// The certificate of the person's physical card.
    pub card: Option<CertificateId>,
    /// How it came there.
    pub way: Way,
}

/// What was seen or done, verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A phone showed the codes.
    Join(PhoneMark),
    /// The applet was downloaded.
    Loaded,
    /// The PIN was set.
    PinSet,
    /// The SIM.
    Sim(Sim),
    /// The certificate.
    Certificate(Box<Written>),
    /// The handset; its key is attested.
    Handset(Box<Handset>),
}

/// Whether something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// The ticket is another than before.
    On,
    /// The same had been recorded before.
    Not,
}

/// Why a ticket does not take what it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TicketRefused {
    /// The table says no.
    #[error(transparent)]
    Table(#[from] Refused),
    /// Another phone joined before.
    #[error("another phone has joined this ticket; the clerk can give out new codes")]
    OtherPhone,
    /// The handset shows no attested key.
    #[error("the handset shows no attested key, and a ticket needs one")]
    NotAttested,
    /// Too much was changed.
    #[error("the ticket was changed {} times; open another", Ticket::MOST_CHANGES)]
    Changes,
    /// New codes were given out too often.
    #[error("new codes were given out {} times; open another ticket", Ticket::MOST_CODES)]
    Codes,
}

/// An enrolment ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// What its codes begin with.
    pub locator: Locator,
    /// The office that opened it.
    pub office: OfficeRef,
    /// What the person proves to be the one at the counter with.
    pub variant: Variant,
    /// The person.
    pub person: PersonRef,
    /// The identity check.
    pub identity: IdentityCheck,
    /// The terminal that opened it.
    pub opened_by: CallerId,
    /// The terminal that may go on with it.
    pub held_by: CallerId,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// How far it is.
    pub progress: Progress,
    /// Which codes are good: each time that new ones are given out it is one more.
    pub codes: u8,
    /// Wrong codes since these were given out.
    pub wrong_codes: u8,
    /// How often it was changed.
    pub changes: u16,
    /// The phone that joined.
    pub phone: Option<PhoneMark>,
    /// The id that its binding has, or will have.
    pub binding: BindingId,
    /// The certificate that was written.
    pub certificate: Option<Written>,
    /// The SIM that was seen, and when last.
    pub sim: Option<(Sim, Timestamp)>,
    /// The handset that was seen.
    pub handset: Option<Handset>,
}

impl Ticket {
    /// The most changes of one ticket, its end aside.
    pub const MOST_CHANGES: u16 = 64;
    /// How often new codes are given out for one ticket at most.
    pub const MOST_CODES: u8 = 5;

    /// Where it stands at `now`: one whose time has passed has expired, whatever is stored.
    pub fn state_at(&self, now: Timestamp) -> State {
        match self.progress.state {
            State::Open if now >= self.expires_at => State::Expired,
            state => state,
        }
    }

    /// Takes in what was seen or done. The same again changes nothing, but for a SIM that is seen
    /// once more: what a carrier told before counts no more.
    ///
    /// # Errors
    /// Where the ticket is over, a step is missing, or another phone has joined.
    pub fn record(&mut self, record: Record, now: Timestamp) -> Result<Moved, TicketRefused> {
        self.open(now)?;
        match record {
            Record::Join(phone) => match self.phone {
                Some(joined) if joined.matches(&phone) => return Ok(Moved::Not),
                Some(_) => return Err(TicketRefused::OtherPhone),
                None => {
                    self.step(Act::Join)?;
                    self.phone = Some(phone);
                }
            },
            Record::Loaded if self.progress.done.has(Step::Loaded) => return Ok(Moved::Not),
            Record::Loaded => self.step(Act::Load)?,
            Record::PinSet if self.progress.done.has(Step::Pin) => return Ok(Moved::Not),
            Record::PinSet => self.step(Act::SetPin)?,
            Record::Sim(sim) => match &self.sim {
                Some((seen, at)) if *seen == sim && *at == now => return Ok(Moved::Not),
                Some((seen, _)) if seen.iccid == sim.iccid && seen.eid == sim.eid => {
                    self.step(Act::SeeSim)?;
                    self.sim = Some((sim, now));
                }
                Some(_) => {
                    self.step(Act::ChangeSim)?;
                    self.sim = Some((sim, now));
                    self.certificate = None;
                }
                None => {
                    self.step(Act::SeeSim)?;
                    self.sim = Some((sim, now));
                }
            },
            Record::Certificate(written) => {
                if self.certificate.as_ref() == Some(&*written) {
                    return Ok(Moved::Not);
                }
                self.step(Act::Write)?;
                self.certificate = Some(*written);
            }
            Record::Handset(handset) => {
                if handset.key().spki().is_none() {
                    return Err(TicketRefused::NotAttested);
                }
                let same = |seen: &Handset| {
                    seen.imeis == handset.imeis && seen.key().spki() == handset.key().spki()
                };
                if self.handset.as_ref().is_some_and(same) {
                    return Ok(Moved::Not);
                }
                self.step(Act::SeeHandset)?;
                self.handset = Some(*handset);
            }
        }
        Ok(Moved::On)
    }

    /// Another terminal goes on with it.
    ///
    /// # Errors
    /// Where it is over, or was changed too often.
    pub fn resume(&mut self, terminal: &CallerId, now: Timestamp) -> Result<Moved, TicketRefused> {
        self.open(now)?;
        if self.held_by == *terminal {
            return Ok(Moved::Not);
        }
        self.changed()?;
        self.held_by = terminal.clone();
        Ok(Moved::On)
    }

    /// New codes are given out: what the phone did before is to be done again, by whichever phone
    /// shows them.
    ///
    /// # Errors
    /// Where it is over, or new codes were given out too often.
    pub fn recode(&mut self, now: Timestamp) -> Result<(), TicketRefused> {
        self.open(now)?;
        if self.codes >= Self::MOST_CODES {
            return Err(TicketRefused::Codes);
        }
        self.step(Act::Recode)?;
        self.codes += 1;
        self.wrong_codes = 0;
        self.phone = None;
        self.certificate = None;
        self.handset = None;
        Ok(())
    }

    /// A wrong code was shown.
    pub fn mistyped(&mut self) {
        self.wrong_codes = self.wrong_codes.saturating_add(1);
    }

    /// As [`Self::end`], where its time has not passed.
    ///
    /// # Errors
    /// Where the table says no, or its time has passed.
    pub fn end_at(&mut self, act: Act, now: Timestamp) -> Result<(), TicketRefused> {
        self.open(now)?;
        self.end(act)
    }

    /// It is over, or active: `act` says how.
    ///
    /// # Errors
    /// Where the table says no.
    pub fn end(&mut self, act: Act) -> Result<(), TicketRefused> {
        self.progress = self.progress.after(act)?;
        Ok(())
    }

    /// The binding that certificate, SIM and handset make, pending; `None` while one of them is
    /// missing.
    pub fn bound(&self, now: Timestamp) -> Option<Binding> {
        let (Some(written), Some((sim, seen_at)), Some(handset)) =
            (&self.certificate, &self.sim, &self.handset)
        else {
            return None;
        };
        // What a carrier tells in that very instant came after it.
        let proven_at = seen_at.minus(Duration::from_millis(1));
        Some(Binding {
            id: self.binding,
            person: self.person.clone(),
            certificate: written.certificate.clone(),
            key_home: written.key_home,
            counter: written.counter,
            sim: sim.clone(),
            handsets: Handsets::new(handset.clone()),
            card: written.card,
            state: BindingState::Pending,
            enrolled_at: now,
            proven_at,
            foreign_handset_at: None,
            identified: Identified { place: self.identity.place, at: self.identity.at },
            succeeds: None,
            succeeded: None,
            sim_proven_at: proven_at,
            card_ends: CardEnd::Unsaid,
            held: None,
            suspended: None,
            released_at: None,
            pin_reset_at: None,
            driven: Driven::default(),
            announced: crate::line::Announcements::default(),
        })
    }

    fn open(&self, now: Timestamp) -> Result<(), TicketRefused> {
        match self.state_at(now) {
            State::Open => Ok(()),
            state => Err(Refused::Over(state).into()),
        }
    }

    fn step(&mut self, act: Act) -> Result<(), TicketRefused> {
        let after = self.progress.after(act)?;
        self.changed()?;
        self.progress = after;
        Ok(())
    }

    fn changed(&mut self) -> Result<(), TicketRefused> {
        if self.changes >= Self::MOST_CHANGES {
            return Err(TicketRefused::Changes);
        }
        self.changes += 1;
        Ok(())
    }
}
