//! Distinguished names as they are compared (RFC 5280 section 7.1).

use crate::der::{DerError, OBJECT_IDENTIFIER, Reader, SEQUENCE, SET, Tag};
use std::{cell::OnceCell, char, fmt};
use unicode_normalization::UnicodeNormalization;

const FIELD: &str = "name";
/// Longer names are compared octet by octet alone.
const MAX_FOLDED: usize = 16 * 1024;
/// The types of texts: UTF8String, PrintableString, TeletexString, IA5String and others.
const TEXTS: [u32; 8] = [12, 18, 19, 20, 22, 26, 28, 30];
/// 1.2.840.113549.1.9.1, emailAddress (RFC 2985).
const EMAIL: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 1];

#[cfg(test)]
thread_local! {
    /// How many names this thread has read, for tests of what is read once.
    pub(crate) static NAMES_READ: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// A distinguished name. Names are equal where their texts are, whatever string type they are
/// written in, however they are capitalised, and however many spaces stand between words.
#[derive(Clone)]
pub(crate) struct Name {
    der: Box<[u8]>,
    /// One entry for each relative name: its attributes in one spelling.
    relatives: Vec<Box<[u8]>>,
    emails: Vec<String>,
}

impl Name {
    /// Reads a name, DER to the last octet.
    pub(crate) fn from_der(der: &[u8]) -> Result<Self, DerError> {
        #[cfg(test)]
        NAMES_READ.set(NAMES_READ.get() + 1);
        let mut outer = Reader::new(FIELD, der);
        let mut list = outer.enter(FIELD, SEQUENCE)?;
        outer.finish()?;
        let (mut relatives, mut emails) = (Vec::new(), Vec::new());
        while !list.is_empty() {
            relatives.push(relative(list.enter(FIELD, SET)?, &mut emails)?);
        }
        Ok(Self { der: der.into(), relatives, emails })
    }

    /// The name as it was read.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether the name says nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.relatives.is_empty()
    }

    /// Whether the name is this one or stands below it.
    pub(crate) fn is_within(&self, base: &Self) -> bool {
        self.relatives.starts_with(&base.relatives)
    }

    /// The mail addresses in the name, which constraints on mail addresses are for too.
    pub(crate) fn emails(&self) -> impl Iterator<Item = &str> {
        self.emails.iter().map(String::as_str)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.relatives == other.relatives
    }
}

impl Eq for Name {}

/// Shows nothing: a name is a person's.
impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({} parts)", self.relatives.len())
    }
}

/// A name (DER) that others are compared with, read at most once however many they are.
pub(crate) struct Compared<'d> {
    der: &'d [u8],
    name: OnceCell<Option<Name>>,
}

impl<'d> Compared<'d> {
    pub(crate) fn new(der: &'d [u8]) -> Self {
        Self { der, name: OnceCell::new() }
    }

    /// Whether it is the same as another. Names that cannot be read, or have more than 16 KiB, are
    /// the same only octet by octet.
    pub(crate) fn is(&self, other: &[u8]) -> bool {
        let read = |der: &[u8]| {
            if der.len() > MAX_FOLDED { None } else { Name::from_der(der).ok() }
        };
        if self.der == other {
            return true;
        }
        let own = self.name.get_or_init(|| read(self.der)).as_ref();
        own.is_some_and(|own| read(other).is_some_and(|other| *own == other))
    }
}

/// Whether two names (DER) are the same; see [`Compared::is`].
pub(crate) fn same_name(one: &[u8], other: &[u8]) -> bool {
    Compared::new(one).is(other)
}

/// Checks that a name (DER) is one, and that what it writes as a text is one of that type.
pub(crate) fn check_texts(der: &[u8]) -> Result<(), DerError> {
    let mut outer = Reader::new(FIELD, der);
    let mut list = outer.enter(FIELD, SEQUENCE)?;
    outer.finish()?;
    while !list.is_empty() {
        let mut set = list.enter(FIELD, SET)?;
        while !set.is_empty() {
            let mut pair = set.enter(FIELD, SEQUENCE)?;
            pair.expect(FIELD, OBJECT_IDENTIFIER)?;
            let (tag, content) = pair.any()?;
            pair.finish()?;
            if tag.class == 0 && TEXTS.contains(&tag.number) && text(tag, content).is_none() {
                return Err(DerError::Der { field: FIELD });
            }
        }
    }
    Ok(())
}

/// A name (DER) in one spelling: two are the same by [`same_name`] where their spellings are.
pub(crate) fn spelling(der: &[u8]) -> Vec<u8> {
    let read = if der.len() > MAX_FOLDED { None } else { Name::from_der(der).ok() };
    let Some(name) = read else { return [&[0], der].concat() };
    let mut spelled = vec![1];
    for relative in &name.relatives {
        spelled.extend(u64::try_from(relative.len()).unwrap_or(u64::MAX).to_be_bytes());
        spelled.extend_from_slice(relative);
    }
    spelled
}

/// A relative name in one spelling: its attributes in order, each with its length.
fn relative(mut set: Reader<'_>, emails: &mut Vec<String>) -> Result<Box<[u8]>, DerError> {
    if set.is_empty() {
        return Err(DerError::Der { field: FIELD });
    }
    let mut attributes = Vec::new();
    while !set.is_empty() {
        let mut pair = set.enter(FIELD, SEQUENCE)?;
        let kind = pair.expect(FIELD, OBJECT_IDENTIFIER)?;
        let (tag, content) = pair.any()?;
        pair.finish()?;
        let value = text(tag, content);
        if kind == EMAIL {
            emails.push(value.clone().unwrap_or_default());
        }
        attributes.push(attribute(kind, tag, content, value));
    }
    attributes.sort_unstable();
    Ok(attributes.concat().into())
}

fn attribute(kind: &[u8], tag: Tag, content: &[u8], value: Option<String>) -> Vec<u8> {
    // What is no text is compared octet by octet, with its type.
    let (mark, value) = match value {
        Some(value) => (0, folded(&value).into_bytes()),
        None => (1 + tag.number, content.to_vec()),
    };
    let mut out = Vec::with_capacity(kind.len() + value.len() + 20);
    for part in [kind, &mark.to_be_bytes(), &value] {
        out.extend(part.len().to_be_bytes());
        out.extend(part);
    }
    out
}

/// The text of a string type; `None` where it is another type or not well-formed.
fn text(tag: Tag, content: &[u8]) -> Option<String> {
    if tag.class != 0 || tag.constructed {
        return None;
    }
    match tag.number {
        12 => String::from_utf8(content.to_vec()).ok(),
        // TeletexString, in practice ISO 8859-1.
        20 => Some(content.iter().copied().map(char::from).collect()),
        18 | 19 | 22 | 26 if content.is_ascii() => String::from_utf8(content.to_vec()).ok(),
        28 => {
            let (words, []) = content.as_chunks::<4>() else { return None };
            words.iter().map(|word| char::from_u32(u32::from_be_bytes(*word))).collect()
        }
        30 => {
            let (units, []) = content.as_chunks::<2>() else { return None };
            let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
            char::decode_utf16(units).collect::<Result<_, _>>().ok()
        }
        _ => None,
    }
}

/// One spelling of a text: compatibility forms and case folded, white space one space between words.
fn folded(text: &str) -> String {
    let lower: String = text.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Compared, NAMES_READ, Name, same_name};
    use crate::android::encode::{element, sequence};

    const CN: &[u8] = &[0x55, 4, 3];
    const O: &[u8] = &[0x55, 4, 10];

    fn pair(kind: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
        sequence(&[element(&[6], kind), element(&[tag], value)])
    }

    fn name(relatives: &[&[Vec<u8>]]) -> Name {
        let sets: Vec<_> =
            relatives.iter().map(|pairs| element(&[0x31], &pairs.concat())).collect();
        Name::from_der(&sequence(&sets)).unwrap()
    }

    fn common(tag: u8, value: &[u8]) -> Name {
        name(&[&[pair(CN, tag, value)]])
    }

    #[test]
    fn names_are_equal_where_their_texts_are() {
        let utf8 = |text: &str| common(12, text.as_bytes());
        let equal = [
            (utf8("Good CA"), common(19, b"good  ca")),
            (utf8("Good CA"), common(22, b"  GOOD CA ")),
            (utf8("Good CA"), common(20, b"Good CA")),
            (utf8("É"), common(20, &[0xE9])),
            (utf8("É"), utf8("e\u{301}")),
            (utf8("ジャパン"), utf8("ｼﾞｬﾊﾟﾝ")),
            (utf8("ÄA"), common(30, &[0, 0xE4, 0, 0x41])),
            (utf8("a"), common(28, &[0, 0, 0, 0x41])),
        ];
        for (place, (one, other)) in equal.iter().enumerate() {
            assert_eq!(one, other, "pair {place}");
        }
        let different = [
            (utf8("Good CA"), utf8("GoodCA")),
            (utf8("é"), utf8("e")),
            (common(22, &[0xE9]), utf8("é")),
            (common(22, &[0xE9]), common(4, &[0xE9])),
            (utf8("a"), name(&[&[pair(O, 12, b"a")]])),
            (utf8("a"), name(&[])),
        ];
        for (place, (one, other)) in different.iter().enumerate() {
            assert_ne!(one, other, "pair {place}");
        }
    }

    #[test]
    fn long_names_are_compared_octet_by_octet() {
        let of = |octets, text: &[u8]| common(12, &text.repeat(octets)).der().to_vec();
        assert!(same_name(&of(16_000, b"a"), &of(16_000, b"A")));
        assert!(!same_name(&of(17_000, b"a"), &of(17_000, b"A")));
        assert!(same_name(&of(17_000, b"a"), &of(17_000, b"a")));
    }

    #[test]
    fn a_name_that_many_are_compared_with_is_read_once() {
        let issuer = common(12, b"Good CA");
        let compared = Compared::new(issuer.der());
        let before = NAMES_READ.get();
        for _ in 0..10 {
            assert!(compared.is(common(12, b"GOOD CA").der()));
            assert!(!compared.is(common(12, b"Other CA").der()));
        }
        // Twenty were made for the test and twenty compared.
        assert_eq!(NAMES_READ.get() - before, 41);
    }

    #[test]
    fn attributes_of_one_relative_name_have_no_order_and_relative_names_do() {
        let (a, b) = (pair(CN, 12, b"a"), pair(O, 12, b"b"));
        assert_eq!(name(&[&[a.clone(), b.clone()]]), name(&[&[b.clone(), a.clone()]]));
        let (one, two) = (std::slice::from_ref(&a), std::slice::from_ref(&b));
        let (ab, ba) = (name(&[one, two]), name(&[two, one]));
        assert_ne!(ab, ba);
        assert_ne!(name(&[&[a.clone(), b.clone()]]), ab);
        assert!(ab.is_within(&name(&[one])) && ab.is_within(&name(&[])));
        assert!(!ba.is_within(&common(12, b"a")) && !common(12, b"a").is_within(&ab));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let empty_set = sequence(&[element(&[0x31], &[])]);
        let no_value = sequence(&[element(&[0x31], &sequence(&[element(&[6], CN)]))]);
        let mut trailing = sequence(&[]);
        trailing.push(0);
        for der in [empty_set, no_value, trailing, vec![0x31, 0], vec![]] {
            assert!(Name::from_der(&der).is_err());
            assert!(same_name(&der, &der) && !same_name(&der, &sequence(&[])));
        }
    }
}
