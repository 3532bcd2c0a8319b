//! The terminal's side of a session with the issuer's domain.

use super::{Line, Lost, exchange, select};
use crate::card::{
    CardKeys, ISSUER_AID, Status,
    scp03::{Channel, CipherFault, Level, SessionKeys, WrapFault, same},
};
use rand::RngCore;
use thiserror::Error;

/// Why a terminal could not do what it wanted with a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TerminalError {
    /// The card did not answer.
    #[error(transparent)]
    Lost(#[from] Lost),
    /// The card refused a command.
    #[error("the card answered {0} to {1}")]
    Refused(Status, &'static str),
    /// The card did not prove its keys: it is not the issuer's, or not the one it says.
    #[error("the card did not prove the issuer's keys")]
    Impostor,
    /// The card answered what cannot be read.
    #[error("the card's answer cannot be read")]
    Malformed,
    /// A command would be longer than a card takes.
    #[error("a command would be too long")]
    TooLong,
    /// No certificate was issued for the card's key.
    #[error("no certificate was issued for the card's key")]
    Uncertified,
    /// The block cipher did not work.
    #[error(transparent)]
    Cipher(#[from] CipherFault),
}

impl From<WrapFault> for TerminalError {
    fn from(fault: WrapFault) -> Self {
        match fault {
            WrapFault::Cipher(fault) => Self::Cipher(fault),
            WrapFault::Length => Self::TooLong,
            WrapFault::Mac | WrapFault::Padding => Self::Malformed,
        }
    }
}

/// An open session.
pub(super) struct Secure<'a> {
    line: &'a mut dyn Line,
    channel: Channel,
}

impl<'a> Secure<'a> {
    /// Selects the domain, and opens a session whose commands are authenticated and encrypted.
    pub(super) fn open(
        line: &'a mut dyn Line,
        keys: &CardKeys,
        random: &mut dyn RngCore,
    ) -> Result<Self, TerminalError> {
        let status = select(line, ISSUER_AID)?;
        expect(status, "the selection of its domain")?;
        let mut host = [0; 8];
        random.fill_bytes(&mut host);
        let (answer, status) = exchange(line, [0x80, 0x50, 0x00, 0x00], &host)?;
        expect(status, "INITIALIZE UPDATE")?;
        let proof = answer.get(13..).and_then(|rest| rest.split_first_chunk::<8>());
        let (card, cryptogram) = proof.ok_or(TerminalError::Malformed)?;
        let keys = SessionKeys::derive(keys, host, *card)?;
        if !same(&keys.card_cryptogram()?, cryptogram) {
            return Err(TerminalError::Impostor);
        }
        let level = Level::MacAndEncryption;
        let cryptogram = keys.host_cryptogram()?;
        let mut channel = Channel::new(keys, level);
        let header = [0x84, 0x82, level.p1(), 0x00];
        let data = channel.seal(header, &cryptogram)?;
        let (_, status) = exchange(line, header, &data)?;
        expect(status, "EXTERNAL AUTHENTICATE")?;
        Ok(Self { line, channel })
    }

    /// Sends a command, whatever the card says to it.
    pub(super) fn send(
        &mut self,
        [instruction, p1, p2]: [u8; 3],
        data: &[u8],
    ) -> Result<(Vec<u8>, Status), TerminalError> {
        let header = [0x84, instruction, p1, p2];
        let data = self.channel.wrap(header, data)?;
        exchange(self.line, header, &data)
    }

    /// Sends a command that must be done.
    pub(super) fn done(
        &mut self,
        header: [u8; 3],
        data: &[u8],
        what: &'static str,
    ) -> Result<Vec<u8>, TerminalError> {
        let (answer, status) = self.send(header, data)?;
        expect(status, what)?;
        Ok(answer)
    }
}

fn expect(status: Status, what: &'static str) -> Result<(), TerminalError> {
    if status == Status::OK { Ok(()) } else { Err(TerminalError::Refused(status, what)) }
}
