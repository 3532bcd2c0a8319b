use super::{Algorithm, JPKI_AID, Response, State, Status, VirtualSim, testing};
use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;
use x509_parser::prelude::{FromDer as _, X509Certificate};

mod applet;
mod basics;
mod properties;
mod shapes;
mod tearing;

/// Sends a command that is written in hexadecimal.
fn send(card: &mut VirtualSim, command: &str) -> Response {
    card.command(&octets(command), &mut ChaCha20Rng::seed_from_u64(7))
}

/// The status word of a command's answer.
fn status(card: &mut VirtualSim, command: &str) -> u16 {
    send(card, command).status.word()
}

fn octets(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().filter_map(|c| c.to_digit(16)).map(|d| u8::try_from(d).unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

/// Sends several commands and expects 9000 of each.
fn all_done(card: &mut VirtualSim, commands: &[&str]) {
    for command in commands {
        assert_eq!(status(card, command), 0x9000, "{command}");
    }
}

fn select_applet(card: &mut VirtualSim) {
    let command = format!("00A4040C0A{}", hex(JPKI_AID));
    assert_eq!(status(card, &command), 0x9000);
}
