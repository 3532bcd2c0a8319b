//! A handset's side of the rules.

use super::{AID, AppSigner, Rule, read_rules};
use crate::card::{Response, Status, VirtualSim};
use rand::RngCore;

/// The most octets of rules that a handset reads.
const MOST: usize = 8192;

/// What keeps a handset's apps from applets that are not theirs. It reads the card's rules when the
/// card gets power. A handset that does not enforce them reaches every applet: the rules keep out
/// foreign apps, not a handset in an attacker's hands.
#[derive(Clone, Debug)]
pub struct Enforcer(Vec<Rule>);

impl Enforcer {
    /// Reads the card's rules, which selects ARA-M.
    ///
    /// # Errors
    /// Where the card has no rules to give, or they cannot be read: then no app reaches anything.
    pub fn read(card: &mut VirtualSim, random: &mut dyn RngCore) -> Result<Self, Status> {
        let mut send = |command: &[u8]| match card.command(command, random) {
            Response { data, status: Status::OK, .. } => Ok(data),
            Response { status, .. } => Err(status),
        };
        let length = u8::try_from(AID.len()).unwrap_or(0);
        send(&[&[0x00, 0xA4, 0x04, 0x00, length], AID].concat())?;
        let mut bytes = send(&[0x80, 0xCA, 0xFF, 0x40, 0x00])?.to_vec();
        while bytes.len() < MOST {
            match send(&[0x80, 0xCA, 0xFF, 0x60, 0x00]) {
                Ok(next) => bytes.extend_from_slice(&next),
                Err(Status::NO_DATA) => break,
                Err(status) => return Err(status),
            }
        }
        read_rules(&bytes).map(Self).ok_or(Status::WRONG_DATA)
    }

    /// Whether an app may reach an applet.
    pub fn admits(&self, applet: &[u8], app: AppSigner) -> bool {
        self.0.iter().any(|rule| rule.allows(applet, app))
    }
}
