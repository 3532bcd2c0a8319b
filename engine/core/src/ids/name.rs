use super::digits::IdError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, sync::Arc};

/// Checks a name of ours or of a caller's: 1 to `max` characters of `A-Z a-z 0-9 - _ . : / @`.
fn check(what: &'static str, text: &str, max: usize) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty(what));
    }
    if text.len() > max {
        return Err(IdError::Length { what, got: text.len(), expected: "1 to 128" });
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_.:/@".contains(&b);
    match text.bytes().position(|b| !allowed(b)) {
        Some(place) => Err(IdError::Alphabet {
            what,
            alphabet: "a letter, a digit or one of - _ . : / @",
            place,
        }),
        None => Ok(()),
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $debug:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                check($what, text, 128)?;
                Ok(Self(text.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.as_ref().to_owned()
            }
        }

        name!(@$debug $name);
    };
    (@open $name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
    (@personal $name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

name! {
    /// A carrier or an MVNO, as configuration and packs call it.
    CarrierId, "carrier", open
}
name! {
    /// A relying party: a login backend.
    RelyingPartyId, "relying party", open
}
name! {
    /// A card reader, or the host of one.
    ReaderId, "reader", open
}
name! {
    /// An authenticated caller, by the name that configuration gives its certificate.
    CallerId, "caller", open
}
name! {
    /// An app: an Android package name or an Apple app id.
    AppId, "app", open
}
impl AppId {
    /// Whether it is an Apple app id: the ten characters of a team, a dot and a bundle identifier.
    /// A package name of Android has no such first part: it is in lower case by convention.
    pub fn is_apple(&self) -> bool {
        let of_team = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        self.0.split_once('.').is_some_and(|(team, bundle)| {
            team.len() == 10 && team.bytes().all(of_team) && !bundle.is_empty()
        })
    }
}

name! {
    /// A carrier's own number of an event, unique within the carrier.
    EventId, "event id", open
}
name! {
    /// A caller's own number of a request, unique within the caller.
    RequestId, "request id", open
}
name! {
    /// A counter or an office, by the caller's own reference.
    OfficeRef, "office", open
}
name! {
    /// A model of handsets, as the registry calls it.
    HandsetModelId, "handset model", open
}
name! {
    /// A model of readers, as the registry calls it.
    ReaderModelId, "reader model", open
}
name! {
    /// A person, as an opaque token of the caller. Never the My Number.
    PersonRef, "person reference", personal
}
name! {
    /// A line, by the carrier's own reference.
    LineRef, "line reference", personal
}
name! {
    /// A clerk's terminal's own reference of an identity check. Never the document, nor a number of it.
    IdentityCheckRef, "identity check reference", personal
}
