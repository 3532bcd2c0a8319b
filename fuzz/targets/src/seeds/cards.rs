//! Commands to the virtual SIM.

use super::Made;

const APPLET: &[u8] =
    &[0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01];
const USER_PIN_FILE: &[u8] = &[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x18];
const SIGNATURE_PIN_FILE: &[u8] = &[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x1B];
const USER_KEY: &[u8] = &[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x17];
const CERTIFICATE: &[u8] = &[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x0A];
const TRIES: &[u8] = &[0x00, 0x20, 0x00, 0x80];
const USER_PIN: &[u8] = b"\x00\x20\x00\x80\x041234";
const WRONG_PIN: &[u8] = b"\x00\x20\x00\x80\x040000";
const CHANGE: &[u8] = b"\x00\x24\x00\x80\x0812344321";
const READ: &[u8] = &[0x00, 0xB0, 0x00, 0x00, 0x00];
const COUNTER: &[u8] = &[0x80, 0xCA, 0x9F, 0x70, 0x00];

pub(super) fn make(made: &mut Made) {
    let mut sign = vec![0x80, 0x2A, 0x00, 0x80, 0x20];
    sign.extend([0x5A; 32]);
    sign.push(0);
    let signing = [APPLET, USER_PIN_FILE, TRIES, USER_PIN, USER_KEY, &sign, &sign, COUNTER];
    made.seed("card_command", "signs", chain(&signing));
    let blocking = [APPLET, USER_PIN_FILE, WRONG_PIN, WRONG_PIN, WRONG_PIN, USER_PIN, &[], APPLET];
    made.seed("card_command", "blocks", chain(&blocking));
    made.seed("card_command", "reads", chain(&[APPLET, CERTIFICATE, READ, COUNTER]));
    let changing = [APPLET, USER_PIN_FILE, CHANGE, USER_PIN, SIGNATURE_PIN_FILE, WRONG_PIN];
    made.seed("card_command", "changes", chain(&changing));
    let master = [0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00];
    let iccid = [0x00, 0xA4, 0x00, 0x0C, 0x02, 0x2F, 0xE2];
    made.seed("card_command", "iccid", chain(&[&master, &iccid, READ, APPLET, &iccid]));
}

/// Commands one behind the other, each with an octet of its length before it.
fn chain(commands: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for command in commands {
        bytes.push(u8::try_from(command.len()).unwrap_or(0));
        bytes.extend_from_slice(command);
    }
    bytes
}
