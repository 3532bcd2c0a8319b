use super::{
    field::Field,
    types::{Blocks, Lengths, Reader},
};
use thiserror::Error;

const SELECT_APPLET: &[u8] =
    &[0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01];
const CERTIFICATE: [u8; 2] = [0x00, 0x0A];
const PIN: [u8; 2] = [0x00, 0x18];
const KEY: [u8; 2] = [0x00, 0x17];
/// The most octets that a reader asks for at once.
const BLOCK: usize = 256;

/// Why a tap came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum Why {
    /// The handset has no contactless chip.
    #[error("no contactless interface")]
    NoInterface,
    /// Reader and handset have no technology in common that carries commands.
    #[error("no contactless type in common")]
    NoCommonType,
    /// The handset's contactless chip does not reach the SIM.
    #[error("no answer from the applet")]
    NoApplet,
    /// Too little of the field comes through the handset's back.
    #[error("the field is too weak through the back")]
    WeakField,
    /// The contact was lost.
    #[error("contact lost")]
    Lost,
    /// The handset ended the contact.
    #[error("the handset ends the contact")]
    Ended,
    /// The reader stopped waiting.
    #[error("slower than the reader waits")]
    Slow,
    /// An answer is longer than the reader takes.
    #[error("an answer is too long for the reader")]
    LongForReader,
    /// An answer is longer than the handset lets through.
    #[error("an answer is too long for the handset")]
    LongForHandset,
    /// The reader leaves an answer with the card.
    #[error("an answer is not fetched")]
    NotFetched,
    /// The card refuses the form of a command.
    #[error("extended lengths are refused")]
    Extended,
    /// The card refuses a command.
    #[error("refused with {0:04X}")]
    Refused(u16),
    /// What was read is none of what was asked for.
    #[error("not what was asked for")]
    Garbled,
}

/// What a tap reads and has signed.
pub(super) struct Tapped {
    pub(super) certificate: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

/// Taps as an agent does that sees the card for the first time: certificate, PIN, signature.
pub(super) fn tap(
    field: &mut Field<'_>,
    reader: &Reader,
    pin: &[u8],
    digest: &[u8],
) -> Result<Tapped, Why> {
    let mut asking = Asking { field, reader, lengths: reader.lengths };
    asking.plain(SELECT_APPLET)?;
    asking.select(CERTIFICATE)?;
    let certificate = asking.certificate()?;
    asking.select(PIN)?;
    asking.plain(&with_data([0x00, 0x20, 0x00, 0x80], pin)?)?;
    asking.select(KEY)?;
    let signature = asking.wanting([0x80, 0x2A, 0x00, 0x80], digest, BLOCK)?;
    Ok(Tapped { certificate, signature })
}

struct Asking<'a, 'b> {
    field: &'a mut Field<'b>,
    reader: &'a Reader,
    lengths: Lengths,
}

impl Asking<'_, '_> {
    fn plain(&mut self, command: &[u8]) -> Result<Vec<u8>, Why> {
        let answer = self.field.exchange(command)?;
        let (data, status) = answer.split_last_chunk::<2>().ok_or(Why::Garbled)?;
        match u16::from_be_bytes(*status) {
            0x9000 => Ok(data.to_vec()),
            other => Err(Why::Refused(other)),
        }
    }

    fn select(&mut self, file: [u8; 2]) -> Result<(), Why> {
        self.plain(&with_data([0x00, 0xA4, 0x02, 0x0C], &file)?)?;
        Ok(())
    }

    /// The header tells the length (DER), and then it is read in blocks.
    fn certificate(&mut self) -> Result<Vec<u8>, Why> {
        let head = self.plain(&[0x00, 0xB0, 0x00, 0x00, 0x04])?;
        let &[0x30, 0x82, high, low] = head.as_slice() else { return Err(Why::Garbled) };
        let length = usize::from(u16::from_be_bytes([high, low])).saturating_add(4);
        let mut block = BLOCK.min(self.reader.answer.saturating_sub(2));
        let mut read = Vec::new();
        while read.len() < length {
            let [high, low] = u16::try_from(read.len()).map_err(|_| Why::Garbled)?.to_be_bytes();
            let wanted = block.min(length.saturating_sub(read.len()));
            match self.wanting([0x00, 0xB0, high, low], &[], wanted) {
                Ok(part) if !part.is_empty() => read.extend(part),
                Ok(_) => return Err(Why::Garbled),
                Err(Why::LongForHandset) if self.reader.blocks == Blocks::Smaller && block > 32 => {
                    block /= 2;
                }
                Err(why) => return Err(why),
            }
        }
        Ok(read)
    }

    /// A command that wants so many octets, in the form that the reader uses.
    fn wanting(&mut self, header: [u8; 4], data: &[u8], wanted: usize) -> Result<Vec<u8>, Why> {
        if self.lengths != Lengths::Short {
            match self.plain(&extended(header, data, wanted)?) {
                Ok(data) => return Ok(data),
                Err(Why::Refused(0x6700)) if self.lengths == Lengths::ExtendedThenShort => {
                    self.lengths = Lengths::Short;
                }
                Err(Why::Refused(0x6700)) => return Err(Why::Extended),
                Err(why) => return Err(why),
            }
        }
        let mut command = if data.is_empty() { header.to_vec() } else { with_data(header, data)? };
        // 256 is written as 0.
        command.push(u8::try_from(wanted).unwrap_or(0));
        self.plain(&command)
    }
}

fn with_data(header: [u8; 4], data: &[u8]) -> Result<Vec<u8>, Why> {
    let length = u8::try_from(data.len()).map_err(|_| Why::Garbled)?;
    Ok([&header, &[length][..], data].concat())
}

fn extended(header: [u8; 4], data: &[u8], wanted: usize) -> Result<Vec<u8>, Why> {
    let length =
        |count: usize| u16::try_from(count).map(u16::to_be_bytes).map_err(|_| Why::Garbled);
    let mut command = [&header[..], &[0]].concat();
    if !data.is_empty() {
        command.extend(length(data.len())?);
        command.extend(data);
    }
    command.extend(length(wanted)?);
    Ok(command)
}
