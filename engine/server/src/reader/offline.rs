//! What is said at a reader while the engine is away: never an allow.

mod fetch;

use super::{Chain, KeyKind};
use parking_lot::Mutex;
use simbind_core::{
    ids::{CertificateId, ReaderId},
    refusals::{Answer, Kept, ListError, Moment, NotTaken, WhyClosed},
};
use simbind_evidence::{
    certificate::{ChainPolicy, TrustAnchors, verify_chain},
    signature::{self, SignatureScheme},
};
use simbind_service::{
    ports::clock::Clock,
    refusals::{ListKey, open},
};
use std::{fmt, sync::Arc, time::Instant};
use thiserror::Error;

/// What comes of a tap while the engine is away. Nobody is let in by any of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unanswered {
    /// The certificate is on the list of refusals.
    #[error("refused: the card is on the engine's list of refusals")]
    Refused,
    /// It is not. Nothing else was checked.
    #[error("not refused, not checked: the engine is away, and the card is not on its list")]
    NotChecked,
    /// The certificate, or what it signed, does not verify.
    #[error("the engine is away, and the card does not prove itself: {0}")]
    NotProved(NotProved),
    /// Nothing can be said.
    #[error("the engine is away, and {0}")]
    Closed(WhyClosed),
}

/// What of a card does not verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotProved {
    /// The certificate has no path to an authority that this reader trusts, or is over.
    #[error("its certificate has no valid path to a trusted authority")]
    Certificate,
    /// The signature is not of the certificate's key over what it was given.
    #[error("its signature is not the certificate's")]
    Signature,
}

/// Why a list is of no use here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoList {
    /// It is none, or not signed by the pinned key.
    #[error(transparent)]
    Unread(#[from] ListError),
    /// It is not one to take now.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
}

/// What an agent goes by while the engine is away.
#[derive(Clone)]
pub struct OfflineTerms {
    /// The reader, as the engine names it.
    pub reader: ReaderId,
    /// The engine's key for lists, as its operator printed it.
    pub key: ListKey,
    /// The authorities of user certificates.
    pub anchors: Arc<TrustAnchors>,
}

/// The newest list of refusals, and what is said by it.
pub struct Desk {
    terms: OfflineTerms,
    clock: Arc<dyn Clock>,
    began: Instant,
    kept: Mutex<Kept>,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("reader", &self.terms.reader).finish_non_exhaustive()
    }
}

impl Desk {
    /// Without a list.
    pub fn new(terms: OfflineTerms, clock: Arc<dyn Clock>) -> Self {
        let kept = Mutex::new(Kept::new(terms.reader.clone()));
        Self { terms, clock, began: Instant::now(), kept }
    }

    fn now(&self) -> Moment {
        Moment { wall: self.clock.now(), steady: self.began.elapsed() }
    }

    /// Takes a list that the engine gave.
    ///
    /// # Errors
    /// [`NoList`]; the one before stays.
    pub fn take(&self, bytes: &[u8]) -> Result<(), NoList> {
        let list = open(bytes, &self.terms.key)?;
        Ok(self.kept.lock().take(list, self.now())?)
    }

    /// Whether anything can be said now, before a card is asked for anything.
    ///
    /// # Errors
    /// [`Unanswered::Closed`].
    pub fn is_open(&self) -> Result<(), Unanswered> {
        self.kept.lock().stands(self.now()).map_err(Unanswered::Closed)
    }

    /// What is said of a card that signed a message.
    pub fn answer(&self, chain: &Chain, message: &[u8], signed: &[u8]) -> Unanswered {
        match self.proved(chain, message, signed) {
            Ok(certificate) => match self.kept.lock().answer(&certificate, self.now()) {
                Answer::Refused => Unanswered::Refused,
                Answer::NotRefused => Unanswered::NotChecked,
                Answer::Closed(why) => Unanswered::Closed(why),
            },
            Err(why) => Unanswered::NotProved(why),
        }
    }

    /// The certificate that signed, as its own chain and key say.
    fn proved(
        &self,
        chain: &Chain,
        message: &[u8],
        signed: &[u8],
    ) -> Result<CertificateId, NotProved> {
        let policy = ChainPolicy::default();
        let at = self.clock.now();
        let verified = verify_chain(chain.certificates(), &self.terms.anchors, &policy, at)
            .map_err(|_| NotProved::Certificate)?;
        let scheme = match chain.key() {
            KeyKind::Rsa => SignatureScheme::RsaPkcs1Sha256,
            KeyKind::P256 => SignatureScheme::EcdsaP256Sha256,
            KeyKind::P384 => SignatureScheme::EcdsaP384Sha384,
        };
        signature::verify(verified.public_key(), scheme, message, signed)
            .map_err(|_| NotProved::Signature)?;
        Ok(verified.id())
    }

    /// The reader.
    pub fn reader(&self) -> &ReaderId {
        &self.terms.reader
    }
}
