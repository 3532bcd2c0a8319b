//! Bindings: a certificate, its SIM, its handsets and the evidence for them.

mod driven;
mod handset;
mod life;
mod release;
mod state;
mod succession;
mod table;
mod validity;

#[cfg(test)]
mod tests;

pub use driven::{CertificateUse, Driven};
pub use handset::{
    AppAttestKey, AppleEnvironment, AttestationSerial, AttestedKey, Handset, HandsetKey, Handsets,
    HandsetsError, KeyLevel, PatchLevel, WrongPlatform,
};
pub use life::{Hold, Identified, Place, Source, Suspension};
pub use release::{Asked, NotReleased};
pub use state::{Before, End, LifecycleReason, State};
pub use succession::{Next, NotSucceeded, Replacement, Seen, SimAfter, Successor};
pub use table::{Act, Phase, Refused, TRANSITIONS, Transition};
pub use validity::{
    Birthday, CardEnd, LONGEST_TO_FIFTH_BIRTHDAY, Longest, NoSuchDay, TooLong, certificate_end,
};

use crate::{
    ids::{
        AuthorityId, BindingId, CarrierId, CertificateId, Eid, Iccid, LineRef, Msisdn, PersonRef,
        PointId, SerialNumber,
    },
    line::Announcements,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
pub use simbind_rules::facts::{KeyHome, Platform};

/// Who serves a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Serving {
    /// The carrier or MVNO.
    pub carrier: CarrierId,
    /// The host whose network it uses, where that is another.
    pub host: Option<CarrierId>,
}

impl Serving {
    /// Those who may speak about the line: the carrier, and its host.
    pub fn speakers(&self) -> impl Iterator<Item = &CarrierId> {
        std::iter::once(&self.carrier).chain(&self.host)
    }
}

/// The SIM and the line of a binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sim {
    /// The SIM that was proved.
    pub iccid: Iccid,
    /// The SIMs that a counter announced and that the carrier then put in its place, the last one
    /// last: at most [`Sim::MOST_ARRIVED`]. The line goes by each of these names until the next
    /// proof.
    pub arrived: Vec<Iccid>,
    /// The eUICC, for an eSIM.
    pub eid: Option<Eid>,
    /// Who serves the line.
    pub serving: Serving,
    /// The line by the carrier's reference.
    pub line_ref: Option<LineRef>,
    /// The line by its number.
    pub msisdn: Option<Msisdn>,
}

impl Sim {
    /// The most announced SIMs that follow one another without a proof; one more suspends.
    pub const MOST_ARRIVED: usize = 4;

    /// The SIM that serves the line now, as far as it came as announced.
    pub fn present(&self) -> Iccid {
        self.arrived.last().copied().unwrap_or(self.iccid)
    }

    /// Whether the line goes by this SIM's number: the one that was proved, or one that arrived.
    pub fn goes_by(&self, iccid: Iccid) -> bool {
        self.iccid == iccid || self.arrived.contains(&iccid)
    }

    /// Whether this SIM is the person's or still may come to be: there is room for it.
    pub(crate) fn takes(&self, iccid: Iccid) -> bool {
        self.goes_by(iccid) || self.arrived.len() < Self::MOST_ARRIVED
    }
}

/// What is known of the certificate since it was verified at enrolment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundCertificate {
    /// SHA-256 of the DER.
    pub id: CertificateId,
    /// Who issued it.
    pub issuer: AuthorityId,
    /// Its serial number, by which its issuer knows it.
    pub serial: SerialNumber,
    /// The distribution points whose lists speak for it, its issuer's name among them; at most 16.
    pub points: Vec<PointId>,
    /// The public key as SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), DER.
    pub spki: Vec<u8>,
    /// First instant of validity.
    pub not_before: Timestamp,
    /// First instant after validity.
    pub not_after: Timestamp,
}

/// Whether the applet counts its signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CounterPolicy {
    /// It does not.
    None,
    /// It does, and each check must show a higher number.
    Present,
}

/// A binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// Its id.
    pub id: BindingId,
    /// The person, as the caller's token.
    pub person: PersonRef,
    /// The certificate.
    pub certificate: BoundCertificate,
    /// Where its key sits.
    pub key_home: KeyHome,
    /// Whether the applet counts.
    pub counter: CounterPolicy,
    /// The SIM and the line.
    pub sim: Sim,
    /// The handsets, the first one first.
    pub handsets: Handsets,
    /// The certificate of the person's physical card, for a step-up.
    pub card: Option<CertificateId>,
    /// Where it stands.
    pub state: State,
    /// When it was enrolled.
    pub enrolled_at: Timestamp,
    /// When SIM, handset and person were last proved together. What broke before does not count.
    pub proven_at: Timestamp,
    /// When a check was seen in which the SIM signed for a handset that is not enrolled.
    pub foreign_handset_at: Option<Timestamp>,
    /// Where and when the person was identified for it.
    pub identified: Identified,
    /// The binding whose place it took.
    pub succeeds: Option<BindingId>,
    /// The binding that took its place, at once or after an overlap.
    pub succeeded: Option<Successor>,
    /// When SIM and person were last proved together: with the rest, or later by the card alone,
    /// which says nothing of the handset. What broke of the SIM before does not count.
    pub sim_proven_at: Timestamp,
    /// When the person's card ends; no certificate of a binding lasts longer.
    pub card_ends: CardEnd,
    /// The hold, while there is one.
    pub held: Option<Hold>,
    /// The suspension, while there is one; it stays while the binding is held.
    pub suspended: Option<Suspension>,
    /// When a hold was lifted last.
    pub released_at: Option<Timestamp>,
    /// When its PIN was reset last, at a counter or with the card.
    pub pin_reset_at: Option<Timestamp>,
    /// The events of its line that stand behind its state.
    pub driven: Driven,
    /// The changes that a counter announced.
    pub announced: Announcements,
}

impl Binding {
    /// The state at `now`: a certificate whose time has passed has expired, and a binding whose
    /// successor has had its overlap is superseded, whatever is stored.
    pub fn state_at(&self, now: Timestamp) -> State {
        match self.state {
            State::Ended { .. } => self.state,
            state => self.ended_by_time(now).unwrap_or(state),
        }
    }
}
