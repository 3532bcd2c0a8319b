//! BER-TLV as cards use it (ISO/IEC 7816-4 section 5.2.2): tags of one or two bytes, lengths below
//! 65,536.

/// Writes a data object. What does not fit a length of two bytes is cut, which no caller reaches.
pub(crate) fn object(tag: u16, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 5);
    let [high, low] = tag.to_be_bytes();
    if high != 0 {
        out.push(high);
    }
    out.push(low);
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    match length.to_be_bytes() {
        [0, short] if short < 0x80 => out.push(short),
        [0, one] => out.extend([0x81, one]),
        two => {
            out.push(0x82);
            out.extend(two);
        }
    }
    out.extend(value.iter().take(usize::from(length)));
    out
}

/// Reads one data object: its tag, its value and what follows. Nothing where the bytes end early.
pub(crate) fn read(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (&first, mut rest) = bytes.split_first()?;
    let mut tag = u16::from(first);
    if first & 0x1F == 0x1F {
        let (&second, after) = rest.split_first()?;
        if second & 0x80 != 0 {
            return None;
        }
        tag = tag << 8 | u16::from(second);
        rest = after;
    }
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7F => (usize::from(first), rest),
        0x81 => {
            let (&one, after) = rest.split_first()?;
            (usize::from(one), after)
        }
        0x82 => {
            let (&two, after) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(two)), after)
        }
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(length)?;
    Some((tag, value, rest))
}

/// The value of the first data object with this tag among those side by side. Nothing where there is
/// none, or where the bytes before it are no data objects.
pub(crate) fn find(mut bytes: &[u8], wanted: u16) -> Option<&[u8]> {
    while let Some((tag, value, rest)) = read(bytes) {
        if tag == wanted {
            return Some(value);
        }
        bytes = rest;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{find, object, read};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            tag in prop_oneof![0u16..0x1F, Just(0x9F70_u16), Just(0x5F20), Just(0xFF40)],
            value in proptest::collection::vec(any::<u8>(), 0..600),
            after in proptest::collection::vec(any::<u8>(), 0..4),
        ) {
            let mut bytes = object(tag, &value);
            bytes.extend(&after);
            prop_assert_eq!(read(&bytes), Some((tag, value.as_slice(), after.as_slice())));
        }

        #[test]
        fn any_bytes_are_read_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = find(&bytes, 0x4F);
        }
    }

    #[test]
    fn an_object_that_ends_early_is_none() {
        assert_eq!(read(&[0x4F, 0x02, 0x01]), None);
        assert_eq!(read(&[0x4F, 0x82, 0x01]), None);
        assert_eq!(read(&[0x9F]), None);
    }
}
