use super::{Algorithm, JPKI_AID, Response, State, Status, VirtualSim, jpki::Applet, testing};
use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;
use x509_parser::prelude::{FromDer as _, X509Certificate};

mod applet;
mod basics;
mod pins;
mod properties;
mod shapes;
mod tearing;
mod uicc;

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

const USER_PIN_FILE: &str = "00A4020C020018";
const SIGNATURE_PIN_FILE: &str = "00A4020C02001B";
const USER_KEY: &str = "00A4020C020017";
const SIGNATURE_KEY: &str = "00A4020C02001A";
const USER_PIN: &str = "002000800431323334";
const SIGNATURE_PIN: &str = "00200080084142433132333435";
/// A digest of 32 octets to sign.
const SIGN: &str = "802A00802000112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF00";

/// A card with the applet selected.
fn selected() -> VirtualSim {
    let mut card = testing::card(Algorithm::P256);
    select_applet(&mut card);
    card
}

fn change(card: &mut VirtualSim, change: impl FnOnce(&mut Applet)) {
    let mut state = card.state().clone();
    change(state.jpki.applet.as_mut().unwrap());
    *card = VirtualSim::from_state(state);
    card.reset();
}
