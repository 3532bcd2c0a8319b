//! A card that is made whole from parameters, as tests and command lines need one.

use super::{
    ara::{Rule, Rules},
    issuer::{Domain, TEST_KEYS},
    jpki::{self, Applet, Certificate, CertificateLength},
    key::{KeyError, PrivateKey},
    pin::{Pin, Role},
    scp03::CardKeys,
    state::State,
    status::Status,
    toolkit::{Asking, Lock, Strictness, Toolkit},
    uicc::Uicc,
};
pub use jpki::Counting;
use simbind_core::ids::{Iccid, Imei, Imsi};
use std::fmt;
use thiserror::Error;

/// A key pair and what belongs to it. Each certificate is DER.
#[derive(Clone)]
pub struct Credential {
    /// The private key.
    pub key: PrivateKey,
    /// Its certificate.
    pub certificate: Vec<u8>,
    /// The certificate of the authority that issued it.
    pub authority: Vec<u8>,
    /// Its PIN.
    pub pin: Pin,
}

impl fmt::Debug for Credential {
    /// A certificate may name its holder.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({:?})", self.key)
    }
}

/// What a card is made from.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The card's number.
    pub iccid: Iccid,
    /// The subscriber's number.
    pub imsi: Imsi,
    /// The user-authentication key.
    pub user: Credential,
    /// The signature key, where the card has one.
    pub signature: Option<Credential>,
    /// Whether the card tells how often it signed.
    pub counting: Counting,
}

/// Why no card can be made of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProfileError {
    /// A certificate does not fit.
    #[error(transparent)]
    Certificate(#[from] CertificateLength),
    /// A key cannot be held.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// What makes an applet whole is missing.
    #[error("the applet is not whole")]
    Unfinished,
}

impl State {
    /// The state of a personalised SIM.
    ///
    /// # Errors
    /// Where a certificate is empty or too long.
    pub fn personalised(profile: Profile) -> Result<Self, ProfileError> {
        let Profile { iccid, imsi, user, signature, counting } = profile;
        let mut state = Self::blank(iccid, imsi, counting);
        state.jpki.applet = Some(applet(user, signature)?);
        state.issuer = state.issuer.with_code();
        Ok(state)
    }

    /// The state of a SIM without the applet.
    pub fn blank(iccid: Iccid, imsi: Imsi, counting: Counting) -> Self {
        Self {
            uicc: Some(Uicc::new(iccid, imsi)),
            jpki: jpki::Part::empty(counting),
            toolkit: Toolkit::new(Asking::Asks),
            ara: Rules::default(),
            issuer: Domain::new(TEST_KEYS),
        }
    }

    /// The same SIM with keys of its own for its issuer, and without the applet's code.
    #[must_use]
    pub fn with_keys(mut self, keys: CardKeys) -> Self {
        self.issuer = Domain::new(keys);
        self
    }

    /// The same SIM, which asks its terminal for nothing.
    pub fn without_toolkit(mut self) -> Self {
        self.toolkit = Toolkit::new(Asking::Silent);
        self
    }

    /// The same SIM with its applet locked to terminals; with none, to the next that tells its
    /// IMEI.
    ///
    /// # Errors
    /// 6A80 for more than four.
    pub fn locked(mut self, imeis: &[Imei], strictness: Strictness) -> Result<Self, Status> {
        self.toolkit.lock = Lock::to(imeis, strictness)?;
        Ok(self)
    }

    /// The same SIM with a rule that lets an app reach an applet.
    ///
    /// # Errors
    /// 6A84 where there are [`MOST_RULES`](super::MOST_RULES) already.
    pub fn with_rule(mut self, rule: Rule) -> Result<Self, Status> {
        self.ara.add(rule)?;
        Ok(self)
    }

    /// The applet and its counts on another SIM.
    pub(crate) fn moved_to(&self, other: &Self) -> Self {
        Self { jpki: self.jpki.clone(), ..other.clone() }
    }

    /// The state of a person's physical card: the applet alone, which tells no count.
    ///
    /// # Errors
    /// Where a certificate is empty or too long.
    pub fn physical(user: Credential, signature: Option<Credential>) -> Result<Self, ProfileError> {
        let mut jpki = jpki::Part::empty(Counting::Silent);
        jpki.applet = Some(applet(user, signature)?);
        Ok(Self {
            uicc: None,
            jpki,
            toolkit: Toolkit::new(Asking::Silent),
            ara: Rules::default(),
            issuer: Domain::new(TEST_KEYS),
        })
    }
}

fn applet(user: Credential, signature: Option<Credential>) -> Result<Applet, ProfileError> {
    let mut applet = Applet::loaded();
    put(&mut applet, Role::User, user)?;
    if let Some(signature) = signature {
        put(&mut applet, Role::Signature, signature)?;
    }
    applet.finish().map_err(|_| ProfileError::Unfinished)?;
    Ok(applet)
}

fn put(applet: &mut Applet, role: Role, credential: Credential) -> Result<(), ProfileError> {
    let Credential { key, certificate, authority, pin } = credential;
    applet.put_key(role, key);
    applet.put_certificate(role, Certificate::try_from(certificate)?);
    applet.put_authority(role, Certificate::try_from(authority)?);
    applet.set_pin(role, pin);
    Ok(())
}
