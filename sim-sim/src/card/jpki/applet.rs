//! What the applet keeps.

use crate::card::{
    key::PrivateKey,
    pin::{Pin, PinObject, Role},
    status::Status,
};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};
use thiserror::Error;

/// The applet's place on the card. The counters outlive the applet, so that loading it again does
/// not count from one.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::card) struct Part {
    /// Where it is loaded.
    pub(in crate::card) applet: Option<Applet>,
    counting: Counting,
    user_signatures: u64,
    signature_signatures: u64,
}

/// Whether an applet tells how often it signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counting {
    /// It does.
    Counts,
    /// It has no such number.
    Silent,
}

/// How far the applet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::card) enum Life {
    /// Being personalised: nothing can be signed.
    Loaded,
    /// In use.
    Personalised,
    /// Locked by its issuer, from either of the others.
    Locked { personalised: Personalised },
}

/// Whether a locked applet had been personalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::card) enum Personalised {
    Yes,
    No,
}

impl Life {
    /// The octet by which the issuer's domain tells it (GlobalPlatform, section 11.1.1): selectable,
    /// the applet's own state "in use", and locked from either.
    pub(in crate::card) const fn status(self) -> u8 {
        match self {
            Self::Loaded => 0x07,
            Self::Personalised => 0x0F,
            Self::Locked { personalised: Personalised::No } => 0x87,
            Self::Locked { personalised: Personalised::Yes } => 0x8F,
        }
    }
}

/// The applet's secrets and files.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::card) struct Applet {
    life: Life,
    user: Slot,
    signature: Slot,
}

/// One of the two key pairs with what belongs to it.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Slot {
    pin: PinObject,
    key: Option<PrivateKey>,
    certificate: Option<Certificate>,
    authority: Option<Certificate>,
}

/// A certificate in DER, shared by copies.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub(in crate::card) struct Certificate(Arc<[u8]>);

/// The longest certificate on a card.
pub(in crate::card) const MOST_CERTIFICATE: usize = 8192;

/// A certificate is empty or longer than a file can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a certificate on a card has 1 to {MOST_CERTIFICATE} octets")]
pub struct CertificateLength;

impl TryFrom<Vec<u8>> for Certificate {
    type Error = CertificateLength;

    fn try_from(der: Vec<u8>) -> Result<Self, CertificateLength> {
        let fits = (1..=MOST_CERTIFICATE).contains(&der.len());
        if fits { Ok(Self(der.into())) } else { Err(CertificateLength) }
    }
}

impl From<Certificate> for Vec<u8> {
    fn from(certificate: Certificate) -> Self {
        certificate.0.to_vec()
    }
}

impl Certificate {
    pub(in crate::card) fn der(&self) -> &[u8] {
        &self.0
    }
}

impl Part {
    /// A place without an applet.
    pub(in crate::card) const fn empty(counting: Counting) -> Self {
        Self { applet: None, counting, user_signatures: 0, signature_signatures: 0 }
    }

    /// The applet.
    ///
    /// # Errors
    /// 6A82 where none is loaded.
    pub(in crate::card) fn applet(&self) -> Result<&Applet, Status> {
        self.applet.as_ref().ok_or(Status::NOT_FOUND)
    }

    /// The applet, to be changed.
    ///
    /// # Errors
    /// 6A82 where none is loaded.
    pub(in crate::card) fn applet_mut(&mut self) -> Result<&mut Applet, Status> {
        self.applet.as_mut().ok_or(Status::NOT_FOUND)
    }

    /// How often the user-authentication key signed.
    ///
    /// # Errors
    /// 6A88 where the card does not count.
    pub(in crate::card) const fn signatures(&self) -> Result<u64, Status> {
        match self.counting {
            Counting::Counts => Ok(self.user_signatures),
            Counting::Silent => Err(Status::NO_DATA),
        }
    }

    /// Counts a signature before it is made.
    pub(super) fn count(&mut self, role: Role) -> Result<(), Status> {
        let counter = match role {
            Role::User => &mut self.user_signatures,
            Role::Signature => &mut self.signature_signatures,
        };
        *counter = counter.checked_add(1).ok_or(Status::CONDITIONS)?;
        Ok(())
    }
}

impl Applet {
    /// An applet without keys, certificates and PINs.
    pub(in crate::card) fn loaded() -> Self {
        Self { life: Life::Loaded, user: Slot::default(), signature: Slot::default() }
    }

    pub(in crate::card) const fn life(&self) -> Life {
        self.life
    }

    /// Ends personalisation.
    ///
    /// # Errors
    /// 6985 where the user-authentication key, its certificate, its authority's or its PIN is
    /// missing, where the same is true of a signature key that was put in, and where the applet is
    /// locked.
    pub(in crate::card) fn finish(&mut self) -> Result<(), Status> {
        let signature = self.signature.key.is_none() || self.signature.is_whole();
        if !self.user.is_whole() || !signature || matches!(self.life, Life::Locked { .. }) {
            return Err(Status::CONDITIONS);
        }
        self.life = Life::Personalised;
        Ok(())
    }

    /// Locks the applet: only its life can be read.
    pub(in crate::card) const fn lock(&mut self) {
        let personalised = match self.life {
            Life::Personalised => Personalised::Yes,
            Life::Loaded => Personalised::No,
            Life::Locked { personalised } => personalised,
        };
        self.life = Life::Locked { personalised };
    }

    /// Takes the lock away.
    pub(in crate::card) const fn unlock(&mut self) {
        match self.life {
            Life::Locked { personalised: Personalised::Yes } => self.life = Life::Personalised,
            Life::Locked { personalised: Personalised::No } => self.life = Life::Loaded,
            Life::Loaded | Life::Personalised => {}
        }
    }

    /// Puts a key into its place. What was certified of the one before goes, and so does its PIN,
    /// which a former holder may know. The applet is no longer in use until personalisation is
    /// ended again.
    pub(in crate::card) fn put_key(&mut self, role: Role, key: PrivateKey) {
        let slot = self.slot_mut(role);
        slot.key = Some(key);
        slot.certificate = None;
        slot.pin = PinObject::default();
        match self.life {
            Life::Loaded | Life::Personalised => self.life = Life::Loaded,
            Life::Locked { .. } => self.life = Life::Locked { personalised: Personalised::No },
        }
    }

    /// Writes the certificate of a key.
    pub(in crate::card) fn put_certificate(&mut self, role: Role, certificate: Certificate) {
        self.slot_mut(role).certificate = Some(certificate);
    }

    /// Writes the certificate of a key's certificate authority.
    pub(in crate::card) fn put_authority(&mut self, role: Role, certificate: Certificate) {
        self.slot_mut(role).authority = Some(certificate);
    }

    /// Sets a PIN, with all its tries. This is the only way out of a blocked one.
    pub(in crate::card) fn set_pin(&mut self, role: Role, pin: Pin) {
        self.slot_mut(role).pin = PinObject::fresh(pin, role);
    }

    pub(in crate::card) const fn key(&self, role: Role) -> Option<&PrivateKey> {
        self.slot(role).key.as_ref()
    }

    pub(in crate::card) const fn certificate(&self, role: Role) -> Option<&Certificate> {
        self.slot(role).certificate.as_ref()
    }

    pub(in crate::card) const fn authority(&self, role: Role) -> Option<&Certificate> {
        self.slot(role).authority.as_ref()
    }

    pub(in crate::card) const fn pin(&self, role: Role) -> &PinObject {
        &self.slot(role).pin
    }

    pub(super) const fn pin_mut(&mut self, role: Role) -> &mut PinObject {
        &mut self.slot_mut(role).pin
    }

    const fn slot(&self, role: Role) -> &Slot {
        match role {
            Role::User => &self.user,
            Role::Signature => &self.signature,
        }
    }

    const fn slot_mut(&mut self, role: Role) -> &mut Slot {
        match role {
            Role::User => &mut self.user,
            Role::Signature => &mut self.signature,
        }
    }
}

impl Slot {
    /// Whether nothing is missing that signing needs.
    const fn is_whole(&self) -> bool {
        let certified = self.certificate.is_some() && self.authority.is_some();
        self.key.is_some() && certified && self.pin.length() > 0
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.applet.as_ref().map(Applet::life))
    }
}
