use thiserror::Error;

/// One thing that vpcd says to a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The power goes off.
    Off,
    /// The power comes on.
    On,
    /// A reset.
    Reset,
    /// The question for the answer to reset, which is also how vpcd sees that the card is there.
    Atr,
    /// A control byte without a meaning; it is passed over.
    Unknown(u8),
    /// A command for the card: 2 to 65,535 bytes.
    Command(Vec<u8>),
}

/// The bytes are no frames of vpcd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// A frame without a body.
    #[error("vpcd sent an empty frame")]
    Empty,
}

/// Frames out of a stream of bytes: each is two bytes of length, the higher first, and a body. Keeps
/// at most one frame that is not whole, and so never more than 64 KiB beyond what was pushed last.
#[derive(Debug, Default)]
pub struct Frames {
    kept: Vec<u8>,
}

impl Frames {
    /// Takes bytes as they came.
    pub fn push(&mut self, bytes: &[u8]) {
        self.kept.extend_from_slice(bytes);
    }

    /// The next whole frame. To be called until there is none.
    ///
    /// # Errors
    /// [`FrameError`] where the other end does not speak vpcd's protocol.
    pub fn take(&mut self) -> Result<Option<Frame>, FrameError> {
        let Some((length, rest)) = self.kept.split_first_chunk::<2>() else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes(*length));
        let Some(body) = rest.get(..length) else { return Ok(None) };
        let frame = match body {
            [] => return Err(FrameError::Empty),
            [0x00] => Frame::Off,
            [0x01] => Frame::On,
            [0x02] => Frame::Reset,
            [0x04] => Frame::Atr,
            [other] => Frame::Unknown(*other),
            command => Frame::Command(command.to_vec()),
        };
        self.kept.drain(..length.saturating_add(2));
        Ok(Some(frame))
    }
}

/// A body as a frame: length and body together, to be written at once. `None` above 65,535 bytes.
pub(super) fn framed(body: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(body.len()).ok()?;
    Some([&length.to_be_bytes(), body].concat())
}

#[cfg(test)]
mod tests {
    use super::{Frame, FrameError, Frames, framed};
    use proptest::prelude::*;

    fn all(frames: &mut Frames) -> Vec<Frame> {
        std::iter::from_fn(|| frames.take().unwrap()).collect()
    }

    #[test]
    fn several_frames_in_one_segment_come_out_one_by_one() {
        let mut frames = Frames::default();
        frames.push(&[0, 1, 1, 0, 1, 4, 0, 5, 0, 0xA4, 0, 0x0C, 0, 0, 1, 2, 0, 1, 0, 0, 1, 9]);
        assert_eq!(
            all(&mut frames),
            [
                Frame::On,
                Frame::Atr,
                Frame::Command(vec![0, 0xA4, 0, 0x0C, 0]),
                Frame::Reset,
                Frame::Off,
                Frame::Unknown(9)
            ]
        );
    }

    #[test]
    fn a_frame_without_a_body_is_refused() {
        let mut frames = Frames::default();
        frames.push(&[0, 0, 0, 1, 4]);
        assert_eq!(frames.take(), Err(FrameError::Empty));
    }

    #[test]
    fn a_body_too_long_for_its_length_is_not_framed() {
        assert!(framed(&vec![0; 65_536]).is_none());
        assert_eq!(framed(&vec![0; 65_535]).unwrap().len(), 65_537);
    }

    proptest! {
        #[test]
        fn frames_do_not_depend_on_how_the_stream_is_cut(
            bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 2..300), 1..8),
            cuts in prop::collection::vec(1..50_usize, 1..40),
        ) {
            let stream: Vec<u8> = bodies.iter().flat_map(|b| framed(b).unwrap()).collect();
            let (mut frames, mut got, mut left) = (Frames::default(), Vec::new(), stream.as_slice());
            for cut in cuts.iter().cycle() {
                if left.is_empty() { break }
                let (now, later) = left.split_at((*cut).min(left.len()));
                frames.push(now);
                got.extend(all(&mut frames));
                left = later;
            }
            let wanted: Vec<_> = bodies.into_iter().map(Frame::Command).collect();
            prop_assert_eq!(got, wanted);
            prop_assert!(frames.kept.is_empty());
        }
    }
}
