//! The virtual world: authorities, and the people with their SIMs, handsets and lines.

pub(crate) mod apple;
pub(crate) mod apps;
pub(crate) mod attestation;
pub(crate) mod authority;
pub(crate) mod card;
pub(crate) mod carrier;
mod credential;
pub(crate) mod enrolment;
pub(crate) mod handset;
pub(crate) mod holder;
pub(crate) mod key;
pub(crate) mod numbers;
pub(crate) mod person;
pub(crate) mod sim;
#[cfg(test)]
mod tests;

use crate::{
    card::{KeyError, ProfileError, Status},
    terminal::TerminalError,
};
use apple::Apple;
use attestation::Maker;
use authority::{Authority, Branch};
use thiserror::Error;

/// Why a world cannot be made. None of these happens with a sound build.
#[derive(Debug, Error)]
pub enum WorldError {
    /// A key could not be made or used.
    #[error("a test key cannot be made or used")]
    Key,
    /// A number that was made up does not parse.
    #[error("a made-up number does not parse")]
    Number,
    /// A virtual card answered otherwise than one with its PIN shown does.
    #[error("a virtual card answered {0}")]
    Card(Status),
    /// A handset obeyed the card's rules, which do not name the app.
    #[error("the handset kept an app from the applet")]
    KeptOut,
    /// A card could not be made of what there is for it.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// A counter's terminal could not personalise a virtual card.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    /// A certificate could not be made.
    #[error("a test certificate cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
}

impl From<KeyError> for WorldError {
    fn from(_: KeyError) -> Self {
        Self::Key
    }
}

/// A world that one seed decides: the same seed gives the same keys, certificates and numbers in
/// each process.
pub struct World {
    pub(crate) seed: u64,
    pub(crate) people: usize,
    pub(crate) authority: Authority,
    /// Another authority, whose next list is late.
    pub(crate) late_authority: Authority,
    pub(crate) maker: Maker,
    pub(crate) apple: Apple,
}

impl World {
    /// The most people that a world can have: their numbers stay apart up to here.
    pub const MAX_PEOPLE: usize = 10_000_000;

    /// A world of so many people, at most [`Self::MAX_PEOPLE`]. The people themselves are made
    /// when they are needed.
    ///
    /// # Errors
    /// Where a key or a certificate cannot be made.
    pub fn new(seed: u64, people: usize) -> Result<Self, WorldError> {
        Ok(Self {
            seed,
            people: people.min(Self::MAX_PEOPLE),
            authority: Authority::new(seed, Branch::Prompt)?,
            late_authority: Authority::new(seed, Branch::Late)?,
            maker: Maker::new(seed)?,
            apple: Apple::new(seed)?,
        })
    }

    pub(crate) const fn authority(&self, branch: Branch) -> &Authority {
        match branch {
            Branch::Prompt => &self.authority,
            Branch::Late => &self.late_authority,
        }
    }

    /// The anchors of people's certificates, as PEM: all that [`Self::issuers_pem`] gives.
    pub fn anchors_pem(&self) -> String {
        self.issuers_pem().concat()
    }

    /// The authorities of people's certificates, which tell how those stand, each as PEM.
    pub fn issuers_pem(&self) -> [String; 2] {
        [Branch::Prompt, Branch::Late]
            .map(|branch| pem::encode(&pem::Pem::new("CERTIFICATE", self.authority(branch).der())))
    }

    /// The root of Android handsets' attestations, as PEM.
    pub fn attestation_roots_pem(&self) -> String {
        pem::encode(&pem::Pem::new("CERTIFICATE", self.maker.root_der()))
    }

    /// The root of iPhones' attestations, as PEM.
    pub fn apple_roots_pem(&self) -> String {
        pem::encode(&pem::Pem::new("CERTIFICATE", self.apple.root_der()))
    }
}
