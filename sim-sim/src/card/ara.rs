//! ARA-M, the master of access rules (GlobalPlatform Secure Element Access Control): which app on a
//! handset may reach which applet. The card keeps the rules and gives them out; the handset's access
//! enforcer obeys them. An applet with no rule is open to no app.

mod enforcer;

pub use enforcer::Enforcer;

use super::{
    access::Access,
    apdu::{Class, Command},
    application::{Answer, Application, Reply},
    status::Status,
    tlv::{find, object, read},
};
use serde::{Deserialize, Serialize};

/// The name of the application.
pub const AID: &[u8] = &[0xA0, 0x00, 0x00, 0x01, 0x51, 0x41, 0x43, 0x4C, 0x00];

/// The most rules that a card keeps.
pub const MOST_RULES: usize = 16;

const GET_DATA: u8 = 0xCA;
/// All rules.
const ALL: u16 = 0xFF40;
/// The rest of an answer that was longer than one command gives.
const NEXT: u16 = 0xFF60;
/// The tag that changes when rules change.
const REFRESH: u16 = 0xDF20;

/// SHA-256 of the certificate that an app is signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppSigner([u8; 32]);

impl AppSigner {
    /// The signer of a digest.
    pub const fn from_sha256(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }
}

/// One app may reach one applet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    applet: Vec<u8>,
    app: AppSigner,
}

impl Rule {
    /// A rule for an applet's whole name, of 5 to 16 octets (ISO/IEC 7816-5).
    pub fn new(applet: &[u8], app: AppSigner) -> Option<Self> {
        (5..=16).contains(&applet.len()).then(|| Self { applet: applet.to_vec(), app })
    }

    /// Whether it lets this app reach this applet.
    pub fn allows(&self, applet: &[u8], app: AppSigner) -> bool {
        self.applet == applet && self.app == app
    }

    /// REF-AR-DO: what it is about, and that APDUs and NFC are always allowed.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut about = object(0x4F, &self.applet);
        about.extend(object(0xC1, &self.app.0));
        let mut rule = object(0xE1, &about);
        rule.extend(object(0xE3, &[0xD0, 0x01, 0x01, 0xD1, 0x01, 0x01]));
        object(0xE2, &rule)
    }

    /// Reads the value of a REF-AR-DO. One that allows nothing, or that this card could not honour
    /// word by word (a filter of APDUs, another digest), is none.
    fn from_value(value: &[u8]) -> Option<Self> {
        let (about, rights) = (find(value, 0xE1)?, find(value, 0xE3)?);
        if find(rights, 0xD0)? != [0x01] {
            return None;
        }
        Self::new(find(about, 0x4F)?, AppSigner(find(about, 0xC1)?.try_into().ok()?))
    }
}

/// The rules of a card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    rules: Vec<Rule>,
    /// How often they have changed.
    changes: u64,
}

impl Rules {
    /// STORE DATA (GPD SEAC section 4.1): F0 adds a rule, F1 takes those of an applet away, or all
    /// where it names none.
    pub(super) fn store(&mut self, data: &[u8]) -> Result<(), Status> {
        match read(data) {
            Some((0xF0, value, [])) => {
                let Some((0xE2, value, [])) = read(value) else { return Err(Status::WRONG_DATA) };
                return self.add(Rule::from_value(value).ok_or(Status::WRONG_DATA)?);
            }
            Some((0xF1, value, [])) => match find(value, 0x4F) {
                Some(applet) => self.rules.retain(|rule| rule.applet != applet),
                None if value.is_empty() => self.rules.clear(),
                None => return Err(Status::WRONG_DATA),
            },
            _ => return Err(Status::WRONG_DATA),
        }
        self.changes = self.changes.wrapping_add(1);
        Ok(())
    }

    /// Adds a rule. One that is there already is there once.
    pub(super) fn add(&mut self, rule: Rule) -> Result<(), Status> {
        if !self.rules.contains(&rule) {
            if self.rules.len() >= MOST_RULES {
                return Err(Status::NO_ROOM);
            }
            self.rules.push(rule);
        }
        self.changes = self.changes.wrapping_add(1);
        Ok(())
    }

    /// Response-ALL-REF-AR-DO.
    fn to_bytes(&self) -> Vec<u8> {
        object(ALL, &self.rules.iter().flat_map(Rule::to_bytes).collect::<Vec<_>>())
    }
}

/// Reads what GET DATA \[All\] gave, as a handset's access enforcer does. What is no rule that this
/// side understands lets nobody in, so it is left out.
fn read_rules(bytes: &[u8]) -> Option<Vec<Rule>> {
    let Some((ALL, mut value, [])) = read(bytes) else { return None };
    let mut rules = Vec::new();
    while !value.is_empty() {
        let (tag, one, rest) = read(value)?;
        if tag == 0xE2 {
            rules.extend(Rule::from_value(one));
        }
        value = rest;
    }
    Some(rules)
}

/// What the next selection forgets: what is left of a long answer.
#[derive(Debug, Default)]
pub(super) struct Session {
    left: Vec<u8>,
}

impl Session {
    fn give(&mut self, whole: Vec<u8>, command: &Command<'_>) -> Answer {
        command.needs_room(1)?;
        self.left = whole;
        let most = command.expected.most().min(self.left.len());
        let rest = self.left.split_off(most);
        Ok(Reply::of(std::mem::replace(&mut self.left, rest)))
    }
}

impl Application for Session {
    fn process(&mut self, command: &Command<'_>, card: &mut Access<'_>) -> Answer {
        match (command.class, command.instruction, command.parameters()) {
            (Class::Own, GET_DATA, ALL) => self.give(card.state().ara.to_bytes(), command),
            (Class::Own, GET_DATA, NEXT) if self.left.is_empty() => Err(Status::NO_DATA),
            (Class::Own, GET_DATA, NEXT) => {
                let left = std::mem::take(&mut self.left);
                self.give(left, command)
            }
            (Class::Own, GET_DATA, REFRESH) => {
                let tag = object(REFRESH, &card.state().ara.changes.to_be_bytes());
                command.needs_room(tag.len())?;
                Ok(Reply::of(tag))
            }
            (Class::Own, GET_DATA, _) => Err(Status::NO_DATA),
            (Class::OwnSecured, _, _) => Err(Status::NO_SECURE_MESSAGING),
            _ => Err(Status::WRONG_INSTRUCTION),
        }
    }
}

#[cfg(test)]
mod tests;
