//! The SIM toolkit (ETSI TS 102 223), as far as a SIM uses it to learn its terminal's IMEI: the
//! handset says what it can do, the SIM asks in its next answers' status words, the handset fetches
//! the question and answers it. What a terminal tells is the terminal's word.

mod imei;
mod lock;

pub use imei::identity;
pub(crate) use imei::{digits, from_digits, from_identity};
pub(super) use lock::Lock;
pub use lock::Strictness;

use super::{
    access::Access,
    apdu::{Class, Command},
    application::{Answer, Reply},
    status::Status,
    tlv::find,
};
use serde::{Deserialize, Serialize};
use simbind_core::ids::Imei;

const TERMINAL_PROFILE: u8 = 0x10;
const FETCH: u8 = 0x12;
const TERMINAL_RESPONSE: u8 = 0x14;

/// PROVIDE LOCAL INFORMATION, number 1, about the IMEI (section 6.6.15): from the UICC to the
/// terminal.
pub(crate) const QUESTION: &[u8] =
    &[0xD0, 0x09, 0x81, 0x03, 0x01, 0x26, 0x01, 0x82, 0x02, 0x81, 0x82];

/// The question's command details, which an answer repeats.
const DETAILS: &[u8] = &[0x01, 0x26, 0x01];

/// Whether the SIM asks handsets at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Asking {
    /// It asks once after each power-up.
    Asks,
    /// It has no toolkit.
    Silent,
}

/// What a SIM has ever been told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Told {
    Never,
    Last(Imei),
}

/// What the toolkit keeps without power.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Toolkit {
    asking: Asking,
    told: Told,
    pub(super) lock: Lock,
}

impl Toolkit {
    /// Nothing learned, and no lock.
    pub(super) const fn new(asking: Asking) -> Self {
        Self { asking, told: Told::Never, lock: Lock::Open }
    }
}

/// What a SIM knows of its terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Terminal {
    /// No terminal ever told it.
    Unknown,
    /// A terminal told it while it was powered before: this need not be that one.
    Before(Imei),
    /// This one told it since it was powered on.
    Now(Imei),
}

/// How far the question is since the card was powered on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Quiet,
    /// The handset is told with each answer that there is something to fetch.
    Waiting,
    /// It was fetched, and not answered yet.
    Asked,
    Answered,
    /// The handset does not tell.
    Refused,
}

/// What a loss of power forgets.
#[derive(Debug, Default)]
pub(super) struct Session {
    stage: Stage,
}

impl Session {
    /// Whether a command is the toolkit's, whatever is selected.
    pub(super) const fn takes(command: &Command<'_>) -> bool {
        matches!(command.class, Class::Own)
            && matches!(command.instruction, TERMINAL_PROFILE | FETCH | TERMINAL_RESPONSE)
    }

    /// Serves a command of the toolkit.
    pub(super) fn process(&mut self, command: &Command<'_>, card: &mut Access<'_>) -> Answer {
        command.needs_parameters(0)?;
        match command.instruction {
            TERMINAL_PROFILE => self.begin(command.data, card.state().toolkit.asking),
            FETCH => self.fetch(command),
            _ => self.answered(command.data, card),
        }
    }

    /// The status word of an answer that went well: 91xx as long as there is something to fetch.
    pub(super) fn mark(&self, status: Status) -> Status {
        let waiting = self.stage == Stage::Waiting && status == Status::OK;
        if waiting { Status::to_fetch(QUESTION.len()) } else { status }
    }

    /// What the SIM knows of the terminal that it is in.
    pub(super) const fn terminal(&self, kept: &Toolkit) -> Terminal {
        match (kept.told, self.stage) {
            (Told::Never, _) => Terminal::Unknown,
            (Told::Last(imei), Stage::Answered) => Terminal::Now(imei),
            (Told::Last(imei), _) => Terminal::Before(imei),
        }
    }

    fn begin(&mut self, profile: &[u8], asking: Asking) -> Answer {
        if self.stage == Stage::Quiet && asking == Asking::Asks && tells_imei(profile) {
            self.stage = Stage::Waiting;
        }
        Ok(Reply::done())
    }

    fn fetch(&mut self, command: &Command<'_>) -> Answer {
        command.needs_no_data()?;
        if self.stage != Stage::Waiting {
            return Err(Status::CONDITIONS);
        }
        command.needs_room(QUESTION.len())?;
        self.stage = Stage::Asked;
        Ok(Reply::of(QUESTION))
    }

    /// TERMINAL RESPONSE. An IMEI that is kept is one that this terminal told.
    fn answered(&mut self, data: &[u8], card: &mut Access<'_>) -> Answer {
        if self.stage != Stage::Asked {
            return Err(Status::CONDITIONS);
        }
        if either(data, 0x01) != Some(DETAILS) {
            return Err(Status::WRONG_DATA);
        }
        // 0x: performed; 2x: the terminal cannot just now; 3x: not at all.
        let result = either(data, 0x03).and_then(|result| result.first());
        match result.ok_or(Status::WRONG_DATA)? {
            0x00..=0x0F => {
                let told = either(data, 0x14).and_then(from_identity);
                let imei = told.ok_or(Status::WRONG_DATA)?;
                keep(imei, card)?;
                self.stage = Stage::Answered;
            }
            _ => self.stage = Stage::Refused,
        }
        Ok(Reply::done())
    }
}

/// Keeps what was told, and shuts an armed lock to it.
fn keep(imei: Imei, card: &mut Access<'_>) -> Result<(), Status> {
    let kept = &card.state().toolkit;
    if kept.told == Told::Last(imei) && !kept.lock.is_armed() {
        return Ok(());
    }
    card.commit(|state| {
        state.toolkit.told = Told::Last(imei);
        state.toolkit.lock.learn(imei);
        Ok(())
    })
}

/// Byte 4, bit 7 of the profile (section 5.2): PROVIDE LOCAL INFORMATION of location and IMEI.
fn tells_imei(profile: &[u8]) -> bool {
    profile.get(3).is_some_and(|byte| byte & 0x40 != 0)
}

/// A data object with or without the comprehension flag in its tag.
fn either(data: &[u8], tag: u16) -> Option<&[u8]> {
    find(data, tag | 0x80).or_else(|| find(data, tag))
}
