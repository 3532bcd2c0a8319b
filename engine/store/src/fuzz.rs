//! For the fuzz targets: the frames of a segment.

use crate::ledger::frame::{Frames, Next, Step, Tag, next, parse_mark, push_entry, push_mark};

/// Reads frames from bytes, in both ways that the store has: how many there are.
///
/// # Panics
/// Where the two disagree, or a frame that is read would not be written so.
pub fn frames(bytes: &[u8]) -> usize {
    let mut count = 0;
    let (mut rest, mut reader) = (bytes, Frames::new(bytes, 0));
    while let Next::Frame(head, end) = next(rest) {
        let step = reader.next();
        assert!(matches!(step, Ok(Step::Frame(_))), "one reader has a frame, the other has not");
        let Some((frame, after)) = rest.split_at_checked(end) else { break };
        assert!(frame.ends_with(&reader.body), "the readers have different bodies");
        let mut written = Vec::new();
        match head.tag {
            Tag::Entry => {
                push_entry(&mut written, head.position, head.at, &[0; 32], &reader.body);
            }
            Tag::Mark => {
                let Some((id, chain)) = parse_mark(&reader.body) else { break };
                push_mark(&mut written, head.position, head.at, &id, &chain);
            }
        }
        assert_eq!(written, frame, "a frame that is not written so");
        rest = after;
        count += 1;
    }
    let step = reader.next();
    assert!(!matches!(step, Ok(Step::Frame(_))), "one reader has no frame, the other has");
    count
}

/// Two entries and a commit mark, as a segment holds them.
pub fn some_frames() -> Vec<u8> {
    use simbind_core::time::Timestamp;
    use simbind_service::ports::store::Position;
    let at = Timestamp::from_secs(1_790_812_800);
    let mut bytes = Vec::new();
    let first = push_entry(&mut bytes, Position(1), at, &[0; 32], b"an entry");
    let second = push_entry(&mut bytes, Position(2), at, &first, b"another entry");
    push_mark(&mut bytes, Position(2), at, &[7; 16], &second);
    bytes
}
