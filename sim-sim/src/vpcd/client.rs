use super::frame::{Frame, FrameError, Frames, framed};
use std::{convert::Infallible, io, time::Duration};
use thiserror::Error;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::sleep,
};

/// How long after a failed connection the next one is tried: pcscd takes a moment to restart.
const AGAIN: Duration = Duration::from_millis(50);

/// A card that vpcd can be attached to.
pub trait Card {
    /// The power came on, or a reset: what was proved to the card is forgotten.
    fn reset(&mut self);

    /// The power went off.
    fn off(&mut self);

    /// The answer to reset.
    fn atr(&self) -> Vec<u8>;

    /// A command of any bytes. What the answer tells is on disk when this returns.
    fn command(&mut self, command: &[u8]) -> Answer;
}

/// What a card does with a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It answers: data and status word.
    Bytes(Vec<u8>),
    /// It is pulled out of the reader.
    Pulled,
    /// It answers nothing from now on, and stays in the reader.
    Hung,
}

/// What ends one connection.
#[derive(Debug, Error)]
enum Lost {
    #[error("vpcd hung up")]
    HungUp,
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error("an answer of the card is longer than a frame")]
    Long,
}

/// What ends one connection for good, or for now.
enum Stop {
    Pulled,
    Lost(Lost),
}

impl<E: Into<Lost>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Lost(error.into())
    }
}

/// Attaches a card to the vpcd at an address like `127.0.0.1:35963`, again and again where vpcd
/// goes, until the card is pulled out. `told` hears what happens, in words.
pub async fn attach(card: &mut impl Card, address: &str, mut told: impl FnMut(&str)) {
    let mut said = String::new();
    loop {
        let lost = match TcpStream::connect(address).await {
            Err(error) => error.into(),
            Ok(stream) => {
                told(&format!("attached to {address}"));
                said.clear();
                match serve(card, stream).await {
                    Stop::Lost(lost) => lost,
                    Stop::Pulled => return,
                }
            }
        };
        card.off();
        let text = format!("{lost}: trying {address} again");
        // The same words once, however long vpcd is away.
        if said != text {
            told(&text);
            said = text;
        }
        sleep(AGAIN).await;
    }
}

async fn serve(card: &mut impl Card, mut stream: TcpStream) -> Stop {
    match talk(card, &mut stream).await {
        Ok(never) => match never {},
        Err(stop) => stop,
    }
}

async fn talk(card: &mut impl Card, stream: &mut TcpStream) -> Result<Infallible, Stop> {
    stream.set_nodelay(true)?;
    let mut frames = Frames::default();
    let mut chunk = [0; 4096];
    let mut hung = false;
    loop {
        at_once(stream)?;
        let count = stream.read(&mut chunk).await?;
        if count == 0 {
            return Err(Lost::HungUp.into());
        }
        frames.push(chunk.get(..count).unwrap_or_default());
        while let Some(frame) = frames.take()? {
            let reply = if hung { Answer::Hung } else { reply(card, &frame) };
            match reply {
                Answer::Bytes(bytes) if bytes.is_empty() => {}
                Answer::Bytes(bytes) => {
                    stream.write_all(&framed(&bytes).ok_or(Lost::Long)?).await?;
                }
                Answer::Pulled => return Err(Stop::Pulled),
                Answer::Hung => hung = true,
            }
        }
    }
}

/// What becomes of a frame. No bytes are no reply.
fn reply(card: &mut impl Card, frame: &Frame) -> Answer {
    match frame {
        Frame::Off => card.off(),
        Frame::On | Frame::Reset => card.reset(),
        Frame::Unknown(_) => {}
        Frame::Atr => return Answer::Bytes(card.atr()),
        Frame::Command(command) => return card.command(command),
    }
    Answer::Bytes(Vec::new())
}

/// Has what comes acknowledged at once: vpcd writes length and body apart, and would wait 40 ms
/// between them. The system forgets this, so it is said before each read.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn at_once(stream: &TcpStream) -> io::Result<()> {
    stream.set_quickack(true)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn at_once(_stream: &TcpStream) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
