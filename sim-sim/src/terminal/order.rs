//! Personalisation as a counter's terminal does it. Each step may be done again after it broke off
//! anywhere, and the card is then as if it had not.

use super::{
    Line,
    secure::{Secure, TerminalError},
};
use crate::card::{
    ARA_AID, Algorithm, CardKeys, JPKI_AID, Pin, PublicKey, Rule, Status, Strictness, digits,
    issuer::{Dgi, MODULE_AID, PACKAGE_AID, Part},
    tlv::object,
};
use rand::RngCore;
use sha2::{Digest as _, Sha256};
use simbind_core::ids::Imei;

/// The applet's code: the card of a simulation has its behaviour built in, so these octets stand for
/// it.
const CODE: &[u8] = &[0x5A; 1200];

const INSTALL: u8 = 0xE6;
const LOAD: u8 = 0xE8;
const DELETE: u8 = 0xE4;
const STORE_DATA: u8 = 0xE2;
const GET_STATUS: u8 = 0xF2;

/// Octets of code in one command, and of a certificate: with padding and MAC each fits.
const PIECE: usize = 200;

/// What was issued for a card's key. Each is DER.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The certificate.
    pub certificate: Vec<u8>,
    /// That of its authority.
    pub authority: Vec<u8>,
}

/// Where an applet signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Locking {
    /// In any terminal.
    Open,
    /// In those with these IMEIs, four at most; with none, in the next one that tells its own.
    To(Vec<Imei>, Strictness),
}

/// What to write on a card.
pub struct Order<'a> {
    /// The sort of key that the card makes.
    pub algorithm: Algorithm,
    /// The PIN that the person chose.
    pub pin: &'a Pin,
    /// Where the applet will sign.
    pub lock: &'a Locking,
    /// The apps that may reach the applet.
    pub rules: &'a [Rule],
}

/// A terminal with the keys of one card.
pub struct Personaliser<'a> {
    keys: &'a CardKeys,
    random: &'a mut dyn RngCore,
}

/// An authority that a terminal asks for a certificate.
pub type Certify<'a> = dyn FnMut(&PublicKey) -> Option<Issued> + 'a;

impl<'a> Personaliser<'a> {
    /// A terminal that has a card's keys.
    pub fn new(keys: &'a CardKeys, random: &'a mut dyn RngCore) -> Self {
        Self { keys, random }
    }

    /// All of it, for a person who gets the card: whatever an applet was there goes first.
    ///
    /// # Errors
    /// Where the card or the authority refuses, and where the card is gone.
    pub fn personalise(
        &mut self,
        line: &mut dyn Line,
        order: &Order<'_>,
        certify: &mut Certify<'_>,
    ) -> Result<Issued, TerminalError> {
        self.load(line)?;
        let issued = self.write(line, order.algorithm, certify)?;
        self.complete(line, order)?;
        Ok(issued)
    }

    /// Loads the code, where it is not on the card yet, and makes a new applet of it.
    ///
    /// # Errors
    /// As [`Self::personalise`].
    pub fn load(&mut self, line: &mut dyn Line) -> Result<(), TerminalError> {
        let mut secure = Secure::open(line, self.keys, self.random)?;
        let (_, status) = secure.send([DELETE, 0x00, 0x00], &object(0x4F, JPKI_AID))?;
        if status != Status::OK && status != Status::NO_DATA {
            return Err(TerminalError::Refused(status, "DELETE"));
        }
        let (_, status) = secure.send([GET_STATUS, 0x20, 0x02], &object(0x4F, &[]))?;
        match status {
            Status::OK => {}
            Status::NO_DATA => load_code(&mut secure)?,
            other => return Err(TerminalError::Refused(other, "GET STATUS")),
        }
        // No parameters (C9 with nothing) and no privileges.
        let data = fields(&[PACKAGE_AID, MODULE_AID, JPKI_AID, &[0], &[0xC9, 0], &[]])?;
        secure.done([INSTALL, 0x0C, 0x00], &data, "INSTALL for install")?;
        Ok(())
    }

    /// Has the card make its key, and writes the certificate that was issued for it.
    ///
    /// # Errors
    /// As [`Self::personalise`].
    pub fn write(
        &mut self,
        line: &mut dyn Line,
        algorithm: Algorithm,
        certify: &mut Certify<'_>,
    ) -> Result<Issued, TerminalError> {
        let mut session = self.applet(line)?;
        let issued = session.certified(algorithm, certify)?;
        session.store(Dgi::Finish, &[])?;
        Ok(issued)
    }

    /// Sets the PIN, the lock and the rules: with this an applet that has its certificate is in use.
    ///
    /// # Errors
    /// As [`Self::personalise`].
    pub fn complete(
        &mut self,
        line: &mut dyn Line,
        order: &Order<'_>,
    ) -> Result<(), TerminalError> {
        let mut session = self.for_application(line, ARA_AID)?;
        session.secure.done([STORE_DATA, 0x80, 0], &object(0xF1, &[]), "taking rules away")?;
        for rule in order.rules {
            let data = object(0xF0, &rule.to_bytes());
            session.secure.done([STORE_DATA, 0x80, 0], &data, "a rule")?;
        }
        let mut session = self.applet(line)?;
        session.store(Dgi::Lock, &lock_octets(order.lock))?;
        session.store(Dgi::Pin, &[&[0x01], order.pin.characters()].concat())?;
        session.store(Dgi::Finish, &[])?;
        Ok(())
    }

    /// A new key and certificate for the person who has the card: what is in use stays so until all
    /// of the new is there.
    ///
    /// # Errors
    /// As [`Self::personalise`].
    pub fn renew(
        &mut self,
        line: &mut dyn Line,
        algorithm: Algorithm,
        pin: &Pin,
        certify: &mut Certify<'_>,
    ) -> Result<Issued, TerminalError> {
        let mut session = self.applet(line)?;
        let issued = session.certified(algorithm, certify)?;
        session.store(Dgi::Pin, &[&[0x01], pin.characters()].concat())?;
        session.store(Dgi::Finish, &[])?;
        Ok(issued)
    }

    fn applet<'l>(&mut self, line: &'l mut dyn Line) -> Result<Session<'l>, TerminalError> {
        self.for_application(line, JPKI_AID)
    }

    fn for_application<'l>(
        &mut self,
        line: &'l mut dyn Line,
        name: &[u8],
    ) -> Result<Session<'l>, TerminalError> {
        let mut secure = Secure::open(line, self.keys, self.random)?;
        let data = fields(&[&[], &[], name, &[], &[], &[]])?;
        secure.done([INSTALL, 0x20, 0x00], &data, "INSTALL for personalization")?;
        Ok(Session { secure })
    }
}

/// A session in which data go to one application.
struct Session<'a> {
    secure: Secure<'a>,
}

impl Session<'_> {
    fn certified(
        &mut self,
        algorithm: Algorithm,
        certify: &mut Certify<'_>,
    ) -> Result<Issued, TerminalError> {
        let answer = self.store(Dgi::MakeKey, &[0x01, algorithm.octet()])?;
        let public = PublicKey::from_answer(algorithm, &answer).ok_or(TerminalError::Malformed)?;
        let issued = certify(&public).ok_or(TerminalError::Uncertified)?;
        self.certificate(Part::User, &issued.certificate)?;
        self.certificate(Part::UserAuthority, &issued.authority)?;
        Ok(issued)
    }

    fn certificate(&mut self, part: Part, der: &[u8]) -> Result<(), TerminalError> {
        let whole = u16::try_from(der.len()).map_err(|_| TerminalError::TooLong)?.to_be_bytes();
        for (number, piece) in der.chunks(PIECE).enumerate() {
            let offset = u16::try_from(number * PIECE).map_err(|_| TerminalError::TooLong)?;
            let data = [&[part as u8], &whole[..], &offset.to_be_bytes(), piece].concat();
            self.store(Dgi::Certificate, &data)?;
        }
        Ok(())
    }

    fn store(&mut self, dgi: Dgi, data: &[u8]) -> Result<Vec<u8>, TerminalError> {
        let length = u8::try_from(data.len()).map_err(|_| TerminalError::TooLong)?;
        let group = [&(dgi as u16).to_be_bytes(), &[length][..], data].concat();
        let what = match dgi {
            Dgi::MakeKey => "making a key",
            Dgi::Certificate => "a certificate",
            Dgi::Pin => "a PIN",
            Dgi::Lock => "a lock",
            Dgi::Finish => "the end of personalisation",
        };
        self.secure.done([STORE_DATA, 0x80, 0x00], &group, what)
    }
}

fn load_code(secure: &mut Secure<'_>) -> Result<(), TerminalError> {
    let digest = Sha256::digest(CODE);
    let data = fields(&[PACKAGE_AID, &[], &digest, &[], &[]])?;
    secure.done([INSTALL, 0x02, 0x00], &data, "INSTALL for load")?;
    let file = object(0xC4, CODE);
    let last = file.chunks(PIECE).count().saturating_sub(1);
    for (number, block) in file.chunks(PIECE).enumerate() {
        let p1 = if number == last { 0x80 } else { 0x00 };
        let number = u8::try_from(number).map_err(|_| TerminalError::TooLong)?;
        secure.done([LOAD, p1, number], block, "LOAD")?;
    }
    Ok(())
}

/// Values, each behind its length in one octet.
fn fields(values: &[&[u8]]) -> Result<Vec<u8>, TerminalError> {
    let mut out = Vec::new();
    for value in values {
        out.push(u8::try_from(value.len()).map_err(|_| TerminalError::TooLong)?);
        out.extend_from_slice(value);
    }
    Ok(out)
}

fn lock_octets(lock: &Locking) -> Vec<u8> {
    let Locking::To(imeis, strictness) = lock else { return vec![0x00] };
    let mode = match strictness {
        Strictness::Lenient => 0x01,
        Strictness::Strict => 0x02,
    };
    let mut out = vec![mode];
    out.extend(imeis.iter().flat_map(|imei| digits(*imei)));
    out
}
