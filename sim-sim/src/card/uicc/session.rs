//! What is selected, and the commands.

use super::{
    USIM_AID,
    files::{Content, File},
};
use crate::card::{
    access::Access,
    apdu::{Class, Command, Expected},
    application::{Answer, Application, Reply},
    dispatch::SELECT,
    status::Status,
};

const READ_BINARY: u8 = 0xB0;
const READ_RECORD: u8 = 0xB2;
/// STATUS (TS 102 221 section 11.1.2): what is selected now, asked again and again by a handset that
/// wants to know whether its SIM is still there.
const STATUS: u8 = 0xF2;

/// The shortest partial name that selects: the registered provider (ISO/IEC 7816-5).
const SHORTEST_NAME: usize = 5;

/// What is selected among the files.
pub(crate) struct Session {
    folder: File,
    file: Option<File>,
}

impl Default for Session {
    fn default() -> Self {
        Self { folder: File::Mf, file: None }
    }
}

impl Session {
    /// Selects by name: the USIM's whole name, or its beginning.
    pub(crate) fn by_name(name: &[u8]) -> Option<Self> {
        let fits = name.len() >= SHORTEST_NAME && USIM_AID.starts_with(name);
        fits.then_some(Self { folder: File::Usim, file: None })
    }

    /// What a selection answers of what is selected.
    pub(crate) fn describe(&self, command: &Command<'_>, card: &Access<'_>) -> Answer {
        match command.p2 {
            0x0C => Ok(Reply::done()),
            0x00 | 0x04 => {
                let parameters = self.selected().control_parameters(card.state().uicc()?);
                if command.expected == Expected::Nothing {
                    return Ok(Reply::done());
                }
                command.needs_room(parameters.len())?;
                Ok(Reply::of(parameters))
            }
            _ => Err(Status::WRONG_PARAMETERS),
        }
    }

    fn selected(&self) -> File {
        self.file.unwrap_or(self.folder)
    }

    fn take(&mut self, file: File) {
        if file.is_folder() {
            *self = Self { folder: file, file: None };
        } else {
            *self = Self { folder: file.parent(), file: Some(file) };
        }
    }

    /// SELECT by identifier or path (TS 102 221 section 11.1.1). What is not there changes nothing.
    fn select(&mut self, command: &Command<'_>, card: &Access<'_>) -> Answer {
        let found = match command.p1 {
            0x00 => self.by_id(command.data),
            0x01 | 0x02 => step(self.folder, command.data)
                .filter(|file| file.is_folder() == (command.p1 == 0x01)),
            0x03 if command.data.is_empty() => Some(self.folder.parent()),
            0x08 => path(File::Mf, command.data),
            0x09 => path(self.folder, command.data),
            _ => return Err(Status::WRONG_PARAMETERS),
        };
        let file = found.ok_or(Status::NOT_FOUND)?;
        let mut selected = Self { ..*self };
        selected.take(file);
        let reply = selected.describe(command, card)?;
        *self = selected;
        Ok(reply)
    }

    /// An identifier is looked for in the folder, beside it and above it (section 8.4.1).
    fn by_id(&self, id: &[u8]) -> Option<File> {
        if id.is_empty() || id == File::Mf.id() {
            return Some(File::Mf);
        }
        if id == self.folder.id() {
            return Some(self.folder);
        }
        step(self.folder, id).or_else(|| step(self.folder.parent(), id))
    }

    /// The file that a READ means: one named shortly is selected by that.
    fn meant(&mut self, short: Option<u8>) -> Result<File, Status> {
        if let Some(short) = short {
            let file = self.folder.child_in_short(short).ok_or(Status::NOT_FOUND)?;
            self.take(file);
        }
        self.file.ok_or(Status::NO_FILE)
    }

    fn read_binary(&mut self, command: &Command<'_>, card: &Access<'_>) -> Answer {
        command.needs_no_data()?;
        let named = command.p1 & 0x80 != 0;
        let file = self.meant(named.then_some(command.p1 & 0x1F))?;
        let high = if named { 0 } else { command.p1 };
        let offset = usize::from(u16::from_be_bytes([high, command.p2]));
        let Content::Transparent(octets) = file.content(card.state().uicc()?) else {
            return Err(Status::WRONG_FILE);
        };
        let rest = octets.get(offset..).filter(|rest| !rest.is_empty());
        piece(rest.ok_or(Status::WRONG_OFFSET)?, command.expected)
    }

    fn read_record(&mut self, command: &Command<'_>, card: &Access<'_>) -> Answer {
        command.needs_no_data()?;
        if command.p2 & 0x07 != 0x04 {
            return Err(Status::WRONG_PARAMETERS);
        }
        let short = command.p2 >> 3;
        let file = self.meant((short != 0).then_some(short))?;
        let Content::Records(records) = file.content(card.state().uicc()?) else {
            return Err(Status::WRONG_FILE);
        };
        let place = usize::from(command.p1).checked_sub(1).ok_or(Status::NO_RECORD)?;
        let record = records.get(place).ok_or(Status::NO_RECORD)?;
        match command.expected {
            Expected::Nothing => Err(Status::WRONG_LENGTH),
            Expected::UpTo(most) if usize::from(most) != record.len() => {
                Err(Status::right_length(record.len()))
            }
            Expected::UpTo(_) | Expected::All => Ok(Reply::of(record.as_slice())),
        }
    }

    fn status(&self, command: &Command<'_>, card: &Access<'_>) -> Answer {
        match (command.p1, command.p2) {
            (0x00..=0x02, 0x0C) => Ok(Reply::done()),
            (0x00..=0x02, 0x00) => {
                let parameters = self.folder.control_parameters(card.state().uicc()?);
                command.needs_room(parameters.len())?;
                Ok(Reply::of(parameters))
            }
            _ => Err(Status::WRONG_PARAMETERS),
        }
    }
}

impl Application for Session {
    fn process(&mut self, command: &Command<'_>, card: &mut Access<'_>) -> Answer {
        card.state().uicc()?;
        match (command.class, command.instruction) {
            (Class::Standard, SELECT) => self.select(command, card),
            (Class::Standard, READ_BINARY) => self.read_binary(command, card),
            (Class::Standard, READ_RECORD) => self.read_record(command, card),
            (Class::Own, STATUS) => self.status(command, card),
            (Class::OwnSecured, _) => Err(Status::NO_SECURE_MESSAGING),
            _ => Err(Status::WRONG_INSTRUCTION),
        }
    }
}

/// As much as was asked; 6282 warns where there is less.
fn piece(rest: &[u8], expected: Expected) -> Answer {
    let most = match expected {
        Expected::Nothing => return Err(Status::WRONG_LENGTH),
        Expected::UpTo(most) => usize::from(most),
        Expected::All => return Ok(Reply::of(rest.get(..256).unwrap_or(rest))),
    };
    match rest.get(..most) {
        Some(piece) => Ok(Reply::of(piece)),
        None => Ok(Reply::of(rest).under(Status::END_OF_FILE)),
    }
}

/// One step down from a folder.
fn step(folder: File, id: &[u8]) -> Option<File> {
    folder.child(id.try_into().ok()?)
}

/// Steps down from a folder; none at all lead nowhere.
fn path(from: File, ids: &[u8]) -> Option<File> {
    let mut steps = ids.chunks(2).peekable();
    steps.peek()?;
    steps.try_fold(from, step)
}
