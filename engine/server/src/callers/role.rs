use std::{fmt, str::FromStr};
use thiserror::Error;

/// What a caller is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A login backend.
    RelyingParty,
    /// The host of readers.
    ReaderHost,
    /// A carrier or an MVNO.
    Carrier,
    /// A counter that binds phones.
    Counter,
    /// A help desk that explains refusals.
    HelpDesk,
    /// A security analyst who changes rules.
    Analyst,
    /// An auditor who reads decisions.
    Auditor,
    /// Who runs the server.
    Operator,
    /// An issuer of certificates, which says how they stand.
    Issuer,
    /// The backend of the app with which people enrol their phones at a counter.
    EnrolmentApp,
}

/// A role by a name that there is not.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{0}` is none of relying-party, reader-host, carrier, counter, help-desk, analyst, auditor, operator, \
     issuer, enrolment-app"
)]
pub struct UnknownRole(String);

impl Role {
    /// All roles.
    pub const ALL: [Self; 10] = [
        Self::RelyingParty,
        Self::ReaderHost,
        Self::Carrier,
        Self::Counter,
        Self::HelpDesk,
        Self::Analyst,
        Self::Auditor,
        Self::Operator,
        Self::Issuer,
        Self::EnrolmentApp,
    ];

    /// The name in configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RelyingParty => "relying-party",
            Self::ReaderHost => "reader-host",
            Self::Carrier => "carrier",
            Self::Counter => "counter",
            Self::HelpDesk => "help-desk",
            Self::Analyst => "analyst",
            Self::Auditor => "auditor",
            Self::Operator => "operator",
            Self::Issuer => "issuer",
            Self::EnrolmentApp => "enrolment-app",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        let found = Self::ALL.into_iter().find(|role| role.name() == text);
        found.ok_or_else(|| UnknownRole(text.to_owned()))
    }
}
