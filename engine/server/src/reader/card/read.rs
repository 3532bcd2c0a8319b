//! What is read from a card without a PIN.

use super::{Card, CardError, CardFault, Step};
use crate::reader::{Chain, Status};
use simbind_core::ids::{CertificateId, Iccid, Imei};

/// The user-authentication certificate and its authority's.
const CERTIFICATE: [u8; 2] = [0x00, 0x0A];
const AUTHORITY: [u8; 2] = [0x00, 0x0B];
/// The longest certificate that is read, as the engine takes it.
const LONGEST: usize = 16 * 1024;
/// The most parts that a certificate is read in: a card may give less than it is asked for.
const PARTS: usize = 256;
/// The terminal was learned in this power session.
const LEARNED_NOW: u8 = 0x02;

impl Card<'_> {
    /// The SIM's number from EF_ICCID (ETSI TS 102 221 clause 13.2); `None` where the card has no
    /// such file, or no number in it.
    ///
    /// # Errors
    /// [`CardError`] where the card does not answer.
    pub fn number(&mut self) -> Result<Option<Iccid>, CardError> {
        for file in [[0x3F, 0x00], [0x2F, 0xE2]] {
            let [high, low] = file;
            let select = [0x00, 0xA4, 0x00, 0x04, 0x02, high, low, 0x00];
            if self.ask(Step::Number, &select)?.status != Status::DONE {
                return Ok(None);
            }
        }
        let read = self.ask_if_known(Step::Number, &[0x00, 0xB0, 0x00, 0x00, 0x0A])?;
        Ok(read.as_deref().and_then(digits).and_then(|digits| digits.parse().ok()))
    }

    /// The SHA-256 of the card's certificate; `None` where the applet does not tell it.
    ///
    /// # Errors
    /// [`CardFault::Locked`] where the applet is locked.
    pub fn identity(&mut self) -> Result<Option<CertificateId>, CardError> {
        let answer = self.ask(Step::Identity, &[0x80, 0xCA, 0x9F, 0x74, 0x00])?;
        match answer.status {
            Status::DONE => Ok(answer.data.try_into().ok().map(CertificateId::from_sha256)),
            Status::CONDITIONS => Err(CardError::new(Step::Identity, CardFault::Locked)),
            _ => Ok(None),
        }
    }

    /// Reads the certificate, and its authority's where the card has it.
    ///
    /// # Errors
    /// [`CardFault::NoCertificate`] where there is none or none that can sign a tap.
    pub fn chain(&mut self) -> Result<Chain, CardError> {
        let none = CardError::new(Step::Certificate, CardFault::NoCertificate);
        let leaf = self.certificate(CERTIFICATE)?.ok_or(none)?;
        let authority = self.certificate(AUTHORITY)?;
        Chain::new(leaf, authority).ok_or(none)
    }

    /// A certificate; `None` where the file is not there or empty.
    fn certificate(&mut self, file: [u8; 2]) -> Result<Option<Vec<u8>>, CardError> {
        let step = Step::Certificate;
        if self.select(step, file)? != Status::DONE {
            return Ok(None);
        }
        let Some(head) = self.ask_if_known(step, &[0x00, 0xB0, 0x00, 0x00, 0x04])? else {
            return Ok(None);
        };
        let malformed = CardError::new(step, CardFault::Malformed);
        let [0x30, 0x82, high, low] = *head else { return Ok(None) };
        let size = usize::from(u16::from_be_bytes([high, low])).saturating_add(4);
        if size > LONGEST {
            return Err(malformed);
        }
        let mut der = Vec::with_capacity(size);
        for _ in 0..PARTS {
            if der.len() == size {
                return Ok(Some(der));
            }
            let [from, at] = u16::try_from(der.len()).map_err(|_| malformed)?.to_be_bytes();
            let wanted = size.saturating_sub(der.len()).min(256);
            // An expected length of 256 is written as 0.
            let expected = u8::try_from(wanted).unwrap_or(0);
            let answer = self.ask(step, &[0x00, 0xB0, from, at, expected])?;
            if answer.status != Status::DONE {
                return Err(CardError::new(step, CardFault::Refused(answer.status)));
            }
            if answer.data.is_empty() || answer.data.len() > wanted {
                return Err(malformed);
            }
            der.extend(answer.data);
        }
        Err(malformed)
    }

    /// How many signatures the key has made; `None` where the applet does not count.
    ///
    /// # Errors
    /// [`CardError`] where the card does not answer.
    pub fn counter(&mut self) -> Result<Option<u64>, CardError> {
        let told = self.ask_if_known(Step::Counter, &[0x80, 0xCA, 0x9F, 0x70, 0x00])?;
        Ok(told.and_then(|told| told.try_into().ok()).map(u64::from_be_bytes))
    }

    /// The handset that the SIM learned to be in, in this power session; `None` where it learned of
    /// none since.
    ///
    /// # Errors
    /// [`CardError`] where the card does not answer.
    pub fn terminal(&mut self) -> Result<Option<Imei>, CardError> {
        let told = self.ask_if_known(Step::Terminal, &[0x80, 0xCA, 0x9F, 0x71, 0x00])?;
        let imei = told.as_deref().and_then(|told| match told.split_first() {
            Some((&LEARNED_NOW, imei)) => digits(imei),
            _ => None,
        });
        Ok(imei.and_then(|imei| imei.parse().ok()))
    }
}

/// Nibble-swapped decimal digits to the first filler F; `None` where another nibble is none, or
/// something stands behind the filler.
fn digits(bytes: &[u8]) -> Option<String> {
    let nibbles = bytes.iter().flat_map(|byte| [byte & 0x0F, byte >> 4]);
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    let mut ended = false;
    for nibble in nibbles {
        match nibble {
            0..=9 if !ended => text.push(char::from(b'0'.saturating_add(nibble))),
            0x0F => ended = true,
            _ => return None,
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_swapped_and_end_at_the_filler() {
        let iccid: Iccid = "8981100000000000010".parse().unwrap();
        assert_eq!(digits(&iccid.to_ef()).as_deref(), Some("8981100000000000010"));
        assert_eq!(digits(&[0x1F, 0xFF]), None, "a digit behind the filler");
        assert_eq!(digits(&[0x2A]), None, "no digit");
        assert_eq!(digits(&[]).as_deref(), Some(""));
    }
}
