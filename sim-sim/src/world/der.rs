//! As much DER as test certificates need (ITU-T X.690).

/// One element: identifier octets as given, length, content.
pub(crate) fn tlv(tag: &[u8], content: &[u8]) -> Vec<u8> {
    let mut out = tag.to_vec();
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let length = u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes();
            let bytes: Vec<u8> = length.into_iter().skip_while(|b| *b == 0).collect();
            out.push(0x80 | u8::try_from(bytes.len()).unwrap_or(4));
            out.extend(bytes);
        }
    }
    out.extend_from_slice(content);
    out
}

/// SEQUENCE.
pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(&[0x30], &parts.concat())
}

/// SET OF, the parts as given.
pub(crate) fn set(parts: &[&[u8]]) -> Vec<u8> {
    tlv(&[0x31], &parts.concat())
}

/// INTEGER of a number that is not negative.
pub(crate) fn integer(value: u64) -> Vec<u8> {
    let mut bytes: Vec<u8> = value.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect();
    if bytes.first().is_none_or(|first| *first >= 0x80) {
        bytes.insert(0, 0);
    }
    tlv(&[0x02], &bytes)
}

/// ENUMERATED of a small number.
pub(crate) fn enumerated(value: u8) -> Vec<u8> {
    tlv(&[0x0A], &[value])
}

/// BOOLEAN.
pub(crate) fn boolean(value: bool) -> Vec<u8> {
    tlv(&[0x01], &[if value { 0xFF } else { 0x00 }])
}

/// OCTET STRING.
pub(crate) fn octets(value: &[u8]) -> Vec<u8> {
    tlv(&[0x04], value)
}

/// NULL.
pub(crate) fn null() -> Vec<u8> {
    vec![0x05, 0x00]
}

/// An explicit context tag: the long form above 30.
pub(crate) fn explicit(tag: u16, content: &[u8]) -> Vec<u8> {
    let low = |value: u16| u8::try_from(value & 0x7F).unwrap_or(0);
    match tag {
        0..=30 => tlv(&[0xA0 | low(tag)], content),
        31..=127 => tlv(&[0xBF, low(tag)], content),
        _ => tlv(&[0xBF, 0x80 | low(tag >> 7), low(tag)], content),
    }
}
