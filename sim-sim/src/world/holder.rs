//! What an app or a reader does with a card for the one who knows its PIN.

use super::WorldError;
use crate::card::{Algorithm, JPKI_AID, Response, Status, VirtualSim, from_digits, identity};
use rand::RngCore;
use sha2::{Digest as _, Sha256, Sha384};
use simbind_core::ids::Imei;
use simbind_proto::v1;

const USER_PIN_FILE: &[u8] = &[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x18];
const USER_KEY: &[u8] = &[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x17];
const ALGORITHM: &[u8] = &[0x80, 0xCA, 0x9F, 0x73, 0x00];
const COUNTER: &[u8] = &[0x80, 0xCA, 0x9F, 0x70, 0x00];
const TERMINAL: &[u8] = &[0x80, 0xCA, 0x9F, 0x71, 0x00];
/// TERMINAL PROFILE of a handset that tells location and IMEI.
const PROFILE: &[u8] = &[0x80, 0x10, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x40];
const FETCH: &[u8] = &[0x80, 0x12, 0x00, 0x00, 0x00];
const TERMINAL_RESPONSE: [u8; 4] = [0x80, 0x14, 0x00, 0x00];
/// What is told before the IMEI: which question, from terminal to SIM, done.
const TOLD: &[u8] =
    &[0x81, 0x03, 0x01, 0x26, 0x01, 0x82, 0x02, 0x82, 0x81, 0x83, 0x01, 0x00, 0x94, 0x08];
const VERIFY: [u8; 4] = [0x00, 0x20, 0x00, 0x80];
const SIGN: [u8; 4] = [0x80, 0x2A, 0x00, 0x80];
/// `DigestInfo` of SHA-256 (RFC 8017 section 9.2, note 1), up to the digest.
const SHA256_INFO: &[u8] = &[
    0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// A card with power in somebody's hand.
pub(crate) struct Holder<'a> {
    card: &'a mut VirtualSim,
    random: &'a mut dyn RngCore,
}

/// Gives a card power. A handset begins by telling what it can do, and answers what the SIM then
/// asks of it; a reader tells nothing.
///
/// # Errors
/// Where the SIM does not go along.
pub(crate) fn power_on(
    card: &mut VirtualSim,
    random: &mut dyn RngCore,
    handset: Option<Imei>,
) -> Result<(), WorldError> {
    card.reset();
    let Some(imei) = handset else { return Ok(()) };
    match card.command(PROFILE, random).status.word() {
        0x9000 => return Ok(()),
        0x9100..=0x91FF => {}
        other => return Err(WorldError::Card(Status::from_word(other))),
    }
    let mut holder = Holder { card, random };
    holder.done(FETCH)?;
    let told = [TOLD, &identity(imei)].concat();
    holder.done(&with_data(TERMINAL_RESPONSE, &told))?;
    Ok(())
}

impl<'a> Holder<'a> {
    /// Selects the applet of a card that has power.
    ///
    /// # Errors
    /// Where there is no applet in use.
    pub(crate) fn begin(
        card: &'a mut VirtualSim,
        random: &'a mut dyn RngCore,
    ) -> Result<Self, WorldError> {
        let mut holder = Self { card, random };
        let select = with_data([0x00, 0xA4, 0x04, 0x0C], JPKI_AID);
        holder.done(&select)?;
        Ok(holder)
    }

    /// How often the user-authentication key signed, where the card tells.
    ///
    /// # Errors
    /// Where the card fails.
    pub(crate) fn signatures(&mut self) -> Result<Option<u64>, WorldError> {
        let answer = self.card.command(COUNTER, self.random);
        match answer.status {
            Status::OK => Ok(answer.data.as_slice().try_into().map(u64::from_be_bytes).ok()),
            Status::NO_DATA => Ok(None),
            other => Err(WorldError::Card(other)),
        }
    }

    /// The IMEI that the SIM learned of the terminal that it is in now.
    ///
    /// # Errors
    /// Where the card fails.
    pub(crate) fn terminal(&mut self) -> Result<Option<Imei>, WorldError> {
        let data = self.done(TERMINAL)?.data;
        let Some((0x02, imei)) = data.split_first() else { return Ok(None) };
        from_digits(imei).map(Some).ok_or(WorldError::Number)
    }

    /// Shows the PIN, and has a message signed with the user-authentication key.
    ///
    /// # Errors
    /// Where the PIN is wrong or blocked, and where the card fails.
    pub(crate) fn sign(&mut self, pin: &[u8], message: &[u8]) -> Result<v1::Signature, WorldError> {
        self.done(USER_PIN_FILE)?;
        self.done(&with_data(VERIFY, pin))?;
        self.done(USER_KEY)?;
        let (scheme, input) = match self.algorithm()? {
            Algorithm::Rsa2048 => (
                v1::SignatureScheme::RsaPkcs1Sha256,
                [SHA256_INFO, &Sha256::digest(message)].concat(),
            ),
            Algorithm::P256 => {
                (v1::SignatureScheme::EcdsaP256Sha256, Sha256::digest(message).to_vec())
            }
            Algorithm::P384 => {
                (v1::SignatureScheme::EcdsaP384Sha384, Sha384::digest(message).to_vec())
            }
        };
        let mut command = with_data(SIGN, &input);
        command.push(0);
        let value = self.done(&command)?.data.to_vec();
        Ok(v1::Signature { scheme: scheme.into(), value: value.into() })
    }

    fn algorithm(&mut self) -> Result<Algorithm, WorldError> {
        let answer = self.done(ALGORITHM)?;
        let octet = answer.data.first().copied().unwrap_or_default();
        Algorithm::from_octet(octet).ok_or(WorldError::Key)
    }

    /// Sends a command, and takes nothing but 9000.
    fn done(&mut self, command: &[u8]) -> Result<Response, WorldError> {
        let answer = self.card.command(command, self.random);
        match answer.status {
            Status::OK => Ok(answer),
            other => Err(WorldError::Card(other)),
        }
    }
}

/// A command of case 3, of at most 255 octets of data.
fn with_data(header: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut command = header.to_vec();
    command.push(u8::try_from(data.len()).unwrap_or(0));
    command.extend_from_slice(data);
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{World, card::testing};
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha20Rng;
    use simbind_evidence::signature::{PublicKey, SignatureScheme, verify};
    use x509_parser::prelude::{FromDer as _, X509Certificate};

    const SORTS: [(Algorithm, SignatureScheme); 3] = [
        (Algorithm::Rsa2048, SignatureScheme::RsaPkcs1Sha256),
        (Algorithm::P256, SignatureScheme::EcdsaP256Sha256),
        (Algorithm::P384, SignatureScheme::EcdsaP384Sha384),
    ];

    #[test]
    fn what_a_card_signs_is_what_the_engine_verifies() {
        let world = World::new(1, 1).unwrap();
        let mut random = ChaCha20Rng::seed_from_u64(3);
        for (algorithm, scheme) in SORTS {
            let der = testing::profile(&world, algorithm).user.certificate;
            let (_, certificate) = X509Certificate::from_der(&der).unwrap();
            let key = PublicKey::from_spki_der(certificate.public_key().raw).unwrap();
            let mut card = testing::card(algorithm);
            let mut holder = Holder::begin(&mut card, &mut random).unwrap();
            let signature = holder.sign(testing::USER_PIN, b"message").unwrap();
            verify(&key, scheme, b"message", &signature.value).unwrap();
            assert!(verify(&key, scheme, b"another", &signature.value).is_err());
        }
    }

    #[test]
    fn a_wrong_pin_is_told_and_three_of_them_end_it() {
        let mut card = testing::card(Algorithm::P256);
        let mut random = ChaCha20Rng::seed_from_u64(3);
        for expected in [0x63C2, 0x63C1, 0x63C0, 0x6983] {
            let mut holder = Holder::begin(&mut card, &mut random).unwrap();
            let refused = holder.sign(b"0000", b"message").unwrap_err();
            let WorldError::Card(status) = refused else { panic!("{refused}") };
            assert_eq!(status.word(), expected);
        }
        let mut holder = Holder::begin(&mut card, &mut random).unwrap();
        assert!(holder.sign(testing::USER_PIN, b"message").is_err(), "the right one, too late");
    }
}
