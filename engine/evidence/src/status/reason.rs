/// Why a certificate was revoked (RFC 5280 section 5.3.1). A hold is none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Not said.
    Unspecified,
    /// The person's key became known to someone else.
    KeyCompromise,
    /// The authority's key did.
    CaCompromise,
    /// The person's name or affiliation changed.
    AffiliationChanged,
    /// Another certificate takes its place.
    Superseded,
    /// It is no longer needed.
    CessationOfOperation,
    /// A right that it spoke of was withdrawn.
    PrivilegeWithdrawn,
    /// The attribute authority's key became known to someone else.
    AaCompromise,
}

/// A reason code as it stands in lists and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Revoked(Reason),
    Hold,
    RemoveFromCrl,
}

impl Code {
    /// The code with this number, if the standard defines one.
    pub(super) fn of_number(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Revoked(Reason::Unspecified),
            1 => Self::Revoked(Reason::KeyCompromise),
            2 => Self::Revoked(Reason::CaCompromise),
            3 => Self::Revoked(Reason::AffiliationChanged),
            4 => Self::Revoked(Reason::Superseded),
            5 => Self::Revoked(Reason::CessationOfOperation),
            6 => Self::Hold,
            8 => Self::RemoveFromCrl,
            9 => Self::Revoked(Reason::PrivilegeWithdrawn),
            10 => Self::Revoked(Reason::AaCompromise),
            _ => return None,
        })
    }

    /// How much it weighs where a certificate is listed twice.
    pub(super) fn severity(self) -> u8 {
        match self {
            Self::RemoveFromCrl => 0,
            Self::Hold => 1,
            Self::Revoked(Reason::KeyCompromise | Reason::CaCompromise | Reason::AaCompromise) => 3,
            Self::Revoked(_) => 2,
        }
    }
}

impl Reason {
    /// The reason's number in the standard.
    pub const fn number(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::PrivilegeWithdrawn => 9,
            Self::AaCompromise => 10,
        }
    }
}
