//! GET DATA: what the applet tells of itself without a PIN.

use super::applet::Life;
use crate::card::{
    access::Access,
    apdu::Command,
    application::{Answer, Reply},
    pin::Role,
    status::Status,
    toolkit::{Terminal, digits},
};
use sha2::{Digest as _, Sha256};

/// Signatures of the user-authentication key so far: 8 octets.
const SIGNATURES: u16 = 0x9F70;
/// What the card learned of its terminal: 1 octet, and 8 of IMEI where there is one.
const TERMINAL: u16 = 0x9F71;
/// How far the applet is: 1 octet.
const LIFE: u16 = 0x9F72;
/// The user-authentication key's algorithm: 1 octet.
const ALGORITHM: u16 = 0x9F73;
/// SHA-256 of the user-authentication certificate.
const CERTIFICATE: u16 = 0x9F74;

/// GET DATA. A locked applet tells its life alone.
pub(super) fn get(command: &Command<'_>, card: &Access<'_>) -> Answer {
    command.needs_no_data()?;
    let part = &card.state().jpki;
    let applet = part.applet()?;
    let life = applet.life();
    let data = match command.parameters() {
        LIFE => vec![octet(life)],
        SIGNATURES | TERMINAL | ALGORITHM | CERTIFICATE if matches!(life, Life::Locked { .. }) => {
            return Err(Status::CONDITIONS);
        }
        SIGNATURES => part.signatures()?.to_be_bytes().to_vec(),
        TERMINAL => told(card.terminal),
        ALGORITHM => {
            vec![applet.key(Role::User).ok_or(Status::NO_DATA)?.algorithm().octet()]
        }
        CERTIFICATE => {
            let certificate = applet.certificate(Role::User).ok_or(Status::NO_DATA)?;
            Sha256::digest(certificate.der()).to_vec()
        }
        _ => return Err(Status::NO_DATA),
    };
    command.needs_room(data.len())?;
    Ok(Reply::of(data))
}

fn told(terminal: Terminal) -> Vec<u8> {
    let (octet, imei) = match terminal {
        Terminal::Unknown => return vec![0x00],
        Terminal::Before(imei) => (0x01, imei),
        Terminal::Now(imei) => (0x02, imei),
    };
    [&[octet], digits(imei).as_slice()].concat()
}

const fn octet(life: Life) -> u8 {
    match life {
        Life::Loaded => 0x01,
        Life::Personalised => 0x03,
        Life::Locked { .. } => 0x0F,
    }
}
