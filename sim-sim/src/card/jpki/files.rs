//! The applet's elementary files.

use super::{
    applet::Applet,
    session::{Seen, Session},
};
use crate::card::{
    access::Access,
    apdu::Command,
    application::{Answer, Reply},
    pin::Role,
    status::Status,
};

/// The least size of a certificate's file. What is behind the certificate in it is FF.
const FILE: usize = 2048;
/// Larger files are multiples of this.
const PAGE: usize = 256;

/// A file of the applet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum File {
    Pin(Role),
    Key(Role),
    Certificate(Role),
    Authority(Role),
}

impl File {
    const fn parse(identifier: [u8; 2]) -> Option<Self> {
        match u16::from_be_bytes(identifier) {
            0x0018 => Some(Self::Pin(Role::User)),
            0x001B => Some(Self::Pin(Role::Signature)),
            0x0017 => Some(Self::Key(Role::User)),
            0x001A => Some(Self::Key(Role::Signature)),
            0x000A => Some(Self::Certificate(Role::User)),
            0x000B => Some(Self::Authority(Role::User)),
            0x0001 => Some(Self::Certificate(Role::Signature)),
            0x0002 => Some(Self::Authority(Role::Signature)),
            _ => None,
        }
    }

    /// PINs are always there, if only as blocked ones; the rest when it was written.
    fn is_on(self, applet: &Applet) -> bool {
        match self {
            Self::Pin(_) => true,
            Self::Key(role) => applet.key(role).is_some(),
            Self::Certificate(_) | Self::Authority(_) => self.certificate(applet).is_some(),
        }
    }

    fn certificate(self, applet: &Applet) -> Option<&[u8]> {
        match self {
            Self::Certificate(role) => applet.certificate(role),
            Self::Authority(role) => applet.authority(role),
            Self::Pin(_) | Self::Key(_) => None,
        }
        .map(|it| it.der())
    }
}

impl Session {
    /// SELECT of a file by its identifier, without an answer. PINs that were seen stay seen.
    pub(super) fn select_file(&mut self, command: &Command<'_>, card: &Access<'_>) -> Answer {
        if !matches!((command.p1, command.p2), (0x00 | 0x02, 0x0C)) {
            return Err(Status::WRONG_PARAMETERS);
        }
        let identifier = command.data.try_into().map_err(|_| Status::WRONG_LENGTH)?;
        let file = File::parse(identifier).ok_or(Status::NOT_FOUND)?;
        if !file.is_on(card.state().jpki.applet()?) {
            return Err(Status::NOT_FOUND);
        }
        self.file = Some(file);
        Ok(Reply::done())
    }

    /// READ BINARY of the selected file, by an offset of 15 bits.
    pub(super) fn read_binary(&self, command: &Command<'_>, card: &Access<'_>) -> Answer {
        // A short file identifier in P1: there are none.
        if command.p1 & 0x80 != 0 {
            return Err(Status::WRONG_PARAMETERS);
        }
        command.needs_no_data()?;
        command.needs_room(1)?;
        let file = self.file.ok_or(Status::NO_FILE)?;
        let applet = card.state().jpki.applet()?;
        let der = match file {
            File::Pin(_) | File::Key(_) => return Err(Status::WRONG_FILE),
            File::Certificate(_) | File::Authority(_) => file.certificate(applet),
        };
        // The signature certificate names its holder.
        if file == File::Certificate(Role::Signature) && self.signature == Seen::No {
            return Err(Status::SECURITY);
        }
        read(der.ok_or(Status::NO_FILE)?, usize::from(command.parameters()), command)
    }
}

/// A part of a certificate's file.
fn read(der: &[u8], offset: usize, command: &Command<'_>) -> Answer {
    let size = der.len().next_multiple_of(PAGE).max(FILE);
    let left = size.checked_sub(offset).filter(|left| *left > 0).ok_or(Status::WRONG_OFFSET)?;
    let wanted = command.expected.most();
    let length = wanted.min(left);
    let mut data = der.get(offset..).unwrap_or_default().to_vec();
    data.resize(length, 0xFF);
    let reply = Reply::of(data);
    let short = length < wanted && command.expected != crate::card::apdu::Expected::All;
    Ok(if short { reply.under(Status::END_OF_FILE) } else { reply })
}
