use super::{
    FIELD,
    host::{self, Host, HostConstraint, Pattern},
};
use crate::{
    certificate::{general_name::GeneralName, name::Name},
    der::DerError,
};

/// A part of one form's names.
#[derive(Clone, Debug)]
pub(super) enum Subtree {
    /// One mailbox: its local part as it is written, and its host.
    Mailbox(String, Host),
    /// All mailboxes of hosts.
    Mail(HostConstraint),
    /// A host and all below it; `None`: all.
    Dns(Option<Host>),
    /// A distinguished name and all below it.
    Directory(Name),
    /// The hosts of URIs.
    Uri(HostConstraint),
    /// Addresses that agree with the first part where the second has a bit.
    Ip(Box<[u8]>, Box<[u8]>),
    /// Of a form that is not compared, by its number: every name of the form is refused.
    Unknown(u32),
}

impl Subtree {
    /// # Errors
    /// The constraint is not of its form.
    pub(super) fn of(base: GeneralName) -> Result<Self, DerError> {
        let tree = match base {
            GeneralName::Email(text) if text.contains('@') => {
                mailbox(&text).map(|(local, host)| Self::Mailbox(local, host))
            }
            GeneralName::Email(text) => HostConstraint::parse(&text).map(Self::Mail),
            GeneralName::Dns(text) if text.is_empty() => Some(Self::Dns(None)),
            GeneralName::Dns(text) => Host::parse(&text).map(|host| Self::Dns(Some(host))),
            GeneralName::Directory(name) => Some(Self::Directory(name)),
            GeneralName::Uri(text) => HostConstraint::parse(&text).map(Self::Uri),
            GeneralName::Ip(octets) => network(&octets),
            GeneralName::Utf8Mailbox => Some(Self::Unknown(0)),
            GeneralName::Other(form) => Some(Self::Unknown(form)),
        };
        tree.ok_or(DerError::Range { field: FIELD })
    }

    /// Whether the constraint is for names of this form.
    pub(super) fn is_for(&self, name: &GeneralName) -> bool {
        match (self, name) {
            (
                Self::Mailbox(..) | Self::Mail(_),
                GeneralName::Email(_) | GeneralName::Utf8Mailbox,
            )
            | (Self::Unknown(0), GeneralName::Utf8Mailbox)
            | (Self::Dns(_), GeneralName::Dns(_))
            | (Self::Directory(_), GeneralName::Directory(_))
            | (Self::Uri(_), GeneralName::Uri(_))
            | (Self::Ip(..), GeneralName::Ip(_)) => true,
            (Self::Unknown(form), GeneralName::Other(other)) => form == other,
            _ => false,
        }
    }

    /// Whether all that the name stands for lies within. A malformed name lies nowhere.
    pub(super) fn permits(&self, name: &GeneralName) -> bool {
        match (self, name) {
            (Self::Dns(base), GeneralName::Dns(text)) => Pattern::parse(text)
                .is_some_and(|pattern| base.as_ref().is_none_or(|base| pattern.all_within(base))),
            _ => self.holds(name) == Some(true),
        }
    }

    /// Whether any that the name stands for may lie within. A malformed name may.
    pub(super) fn excludes(&self, name: &GeneralName) -> bool {
        match (self, name) {
            (Self::Dns(base), GeneralName::Dns(text)) => Pattern::parse(text)
                .is_none_or(|pattern| base.as_ref().is_none_or(|base| pattern.any_within(base))),
            _ => self.holds(name) != Some(false),
        }
    }

    /// Whether a name of the constraint's form lies within; `None`: the name is malformed, or the
    /// form is not compared.
    fn holds(&self, name: &GeneralName) -> Option<bool> {
        match (self, name) {
            (Self::Mailbox(local, host), GeneralName::Email(text)) => {
                mailbox(text).map(|(said, at)| said == *local && at == *host)
            }
            (Self::Mail(hosts), GeneralName::Email(text)) => {
                mailbox(text).map(|(_, host)| hosts.holds(&host))
            }
            (Self::Directory(base), GeneralName::Directory(name)) => Some(name.is_within(base)),
            (Self::Uri(hosts), GeneralName::Uri(uri)) => {
                host::of_uri(uri).map(|host| hosts.holds(&host))
            }
            (Self::Ip(network, mask), GeneralName::Ip(octets)) => match octets.len() {
                4 | 16 => Some(is_in(octets, network, mask)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The local part, without the quotes that it may stand in, and the host of a mail address (RFC
/// 5321 section 4.1.2).
fn mailbox(text: &str) -> Option<(String, Host)> {
    let (local, host) = match text.strip_prefix('"') {
        Some(rest) => quoted(rest)?,
        None => {
            let (local, host) = text.split_once('@')?;
            (local.split('.').all(is_atom).then(|| local.to_owned())?, host)
        }
    };
    Some((local, Host::parse(host)?))
}

/// A word of letters, digits and the signs that need no quotes.
fn is_atom(word: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    !word.is_empty() && word.bytes().all(known)
}

/// What stands in quotes, of which the first was read, and what stands behind the sign after them.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut said = String::new();
    let mut rest = text.chars();
    loop {
        said.push(match rest.next()? {
            '"' => break,
            '\\' => rest.next().filter(|next| matches!(next, ' '..='~'))?,
            plain @ ' '..='~' => plain,
            _ => return None,
        });
    }
    Some((said, rest.as_str().strip_prefix('@')?))
}

/// An address and a mask of as many octets, whose bits all stand before its zeros (RFC 4632).
fn network(octets: &[u8]) -> Option<Subtree> {
    let (address, mask) = match octets.len() {
        8 | 32 => octets.split_at_checked(octets.len() / 2)?,
        _ => return None,
    };
    let ones: u32 =
        mask.iter().map(|octet| octet.leading_ones()).take_while(|ones| *ones > 0).sum();
    let all: u32 = mask.iter().map(|octet| octet.count_ones()).sum();
    let first_gap = mask.iter().position(|octet| *octet != 0xFF).unwrap_or(mask.len());
    let zero_after = mask.iter().skip(first_gap + 1).all(|octet| *octet == 0);
    (ones == all && zero_after).then(|| Subtree::Ip(address.into(), mask.into()))
}

fn is_in(octets: &[u8], network: &[u8], mask: &[u8]) -> bool {
    octets.len() == network.len()
        && octets.iter().zip(network).zip(mask).all(|((a, b), mask)| a & mask == b & mask)
}
