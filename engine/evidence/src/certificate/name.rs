//! Comparing distinguished names (RFC 5280 section 7.1): letter case, the kind of string and
//! superfluous spaces do not count.

use crate::der::{DerError, OBJECT_IDENTIFIER, Reader, SEQUENCE, SET, Tag};

const FIELD: &str = "name";

/// Whether two names (DER) are the same. Names that cannot be read are the same only octet by
/// octet.
pub(crate) fn same_name(one: &[u8], other: &[u8]) -> bool {
    one == other || matches!((fold(one), fold(other)), (Ok(one), Ok(other)) if one == other)
}

/// One attribute: its type, and its value as compared.
type Attribute = (Vec<u8>, Value);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Text(String),
    Octets(u32, Vec<u8>),
}

/// The name as it is compared: sets of attributes, in the order of the name.
fn fold(name: &[u8]) -> Result<Vec<Vec<Attribute>>, DerError> {
    let mut outer = Reader::new(FIELD, name);
    let mut sets = outer.enter(FIELD, SEQUENCE)?;
    outer.finish()?;
    let mut folded = Vec::new();
    while !sets.is_empty() {
        let mut set = sets.enter(FIELD, SET)?;
        let mut attributes = Vec::new();
        while !set.is_empty() {
            let mut attribute = set.enter(FIELD, SEQUENCE)?;
            let kind = attribute.expect(FIELD, OBJECT_IDENTIFIER)?.to_vec();
            let (tag, value) = attribute.any()?;
            attribute.finish()?;
            attributes.push((kind, fold_value(tag, value)));
        }
        attributes.sort();
        folded.push(attributes);
    }
    Ok(folded)
}

fn fold_value(tag: Tag, value: &[u8]) -> Value {
    let text = match (tag.class, tag.constructed, tag.number) {
        // UTF8String, PrintableString, IA5String
        (0, false, 12 | 19 | 22) => std::str::from_utf8(value).ok().map(str::to_owned),
        // TeletexString, in practice ISO 8859-1
        (0, false, 20) => Some(value.iter().copied().map(char::from).collect()),
        // UniversalString
        (0, false, 28) => wide::<4>(value, |octets| char::from_u32(u32::from_be_bytes(octets))),
        // BMPString
        (0, false, 30) => {
            wide::<2>(value, |octets| char::from_u32(u32::from(u16::from_be_bytes(octets))))
        }
        _ => None,
    };
    match text {
        Some(text) => {
            let words = text.split_whitespace().collect::<Vec<_>>();
            Value::Text(words.join(" ").to_lowercase())
        }
        None => Value::Octets(tag.number, value.to_vec()),
    }
}

fn wide<const N: usize>(value: &[u8], read: fn([u8; N]) -> Option<char>) -> Option<String> {
    let mut chunks = value.chunks_exact(N);
    let text = chunks.by_ref().map(|chunk| read(chunk.try_into().ok()?)).collect();
    if chunks.remainder().is_empty() { text } else { None }
}

#[cfg(test)]
mod tests {
    use super::same_name;
    use crate::android::encode::{element, sequence, set};

    fn name(parts: &[(u8, u8, &[u8])]) -> Vec<u8> {
        let part = |(kind, tag, value): &(u8, u8, &[u8])| {
            set(&[sequence(&[element(&[6], &[0x55, 4, *kind]), element(&[*tag], value)])])
        };
        sequence(&parts.iter().map(part).collect::<Vec<_>>())
    }

    #[test]
    fn case_spaces_and_kind_of_string_do_not_count() {
        let plain = name(&[(6, 19, b"JP"), (3, 19, b"City Hall CA")]);
        let same = [
            name(&[(6, 19, b"jp"), (3, 12, b"CITY HALL ca")]),
            name(&[(6, 19, b"JP"), (3, 20, b"  City   Hall CA ")]),
            name(&[(6, 12, b"JP"), (3, 30, b"\0C\0i\0t\0y\0 \0H\0a\0l\0l\0 \0C\0A")]),
        ];
        for other in same {
            assert!(same_name(&plain, &other));
        }
    }

    #[test]
    fn another_name_is_another() {
        let plain = name(&[(6, 19, b"JP"), (3, 19, b"City Hall CA")]);
        let others = [
            name(&[(3, 19, b"City Hall CA"), (6, 19, b"JP")]),
            name(&[(6, 19, b"JP"), (3, 19, b"CityHall CA")]),
            name(&[(6, 19, b"JP"), (3, 19, b"City Hall CB")]),
            name(&[(6, 19, b"JP"), (10, 19, b"City Hall CA")]),
            name(&[(6, 19, b"JP")]),
            name(&[(6, 19, b"JP"), (3, 4, b"City Hall CA")]),
            Vec::new(),
        ];
        for other in others {
            assert!(!same_name(&plain, &other));
        }
    }
}
