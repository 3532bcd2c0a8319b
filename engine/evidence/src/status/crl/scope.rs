use crate::{
    certificate::same_name,
    der::{DerError, Reader, SEQUENCE},
    status::{
        CrlSubject, StatusError,
        point::{PointName, context, read_point},
    },
};
use simbind_core::ids::PointId;

const FIELD: &str = "issuingDistributionPoint";

/// Which certificates of its issuer a list speaks for (RFC 5280 section 5.2.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlScope {
    subjects: Subjects,
    /// Empty: every distribution point.
    points: Vec<PointName>,
    /// Theirs.
    ids: Vec<PointId>,
    /// Why the list is not counted.
    unserved: Option<StatusError>,
}

/// Whose certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subjects {
    /// Everyone's.
    All,
    /// Those of persons and things, not of authorities.
    Users,
    /// Those of authorities.
    Authorities,
    /// Attribute certificates, which nothing here is about.
    Attributes,
}

impl CrlScope {
    /// All certificates of the issuer.
    pub(super) const ALL: Self =
        Self { subjects: Subjects::All, points: Vec::new(), ids: Vec::new(), unserved: None };

    /// Whose certificates.
    pub fn subjects(&self) -> Subjects {
        self.subjects
    }

    /// Whether the list is of some distribution points only, so that it speaks only for the
    /// certificates that name one of them.
    pub fn is_partitioned(&self) -> bool {
        !self.points.is_empty()
    }

    /// Why a list of this scope is not counted, whoever signed it: it speaks for other issuers, or
    /// is of some reasons only.
    pub(super) fn unserved(&self) -> Option<StatusError> {
        self.unserved
    }

    /// The points that it is of; none where it is of every one.
    pub fn point_ids(&self) -> &[PointId] {
        &self.ids
    }

    /// Whether it speaks for anyone who is no authority.
    pub fn is_of_users(&self) -> bool {
        matches!(self.subjects, Subjects::All | Subjects::Users)
    }

    /// Whether not being on the list says something of every certificate that is no authority's.
    pub(super) fn covers_users(&self) -> bool {
        self.points.is_empty() && self.is_of_users()
    }

    /// Whether the list speaks for a certificate (RFC 5280 section 6.3.3 b 2).
    pub(super) fn covers(&self, subject: &CrlSubject, issuer: &[u8]) -> bool {
        let kind = match self.subjects {
            Subjects::All => true,
            Subjects::Users => !subject.is_authority(),
            Subjects::Authorities => subject.is_authority(),
            Subjects::Attributes => false,
        };
        let by_issuer = PointName::Directory(issuer.into());
        let mut named = subject.points().iter().chain([&by_issuer]);
        kind && same_name(subject.issuer_der(), issuer)
            && (self.points.is_empty()
                || named.any(|name| self.points.iter().any(|point| point.is(name))))
    }

    /// Reads the extension's value.
    pub(super) fn read(value: &[u8], issuer: &[u8]) -> Result<Self, StatusError> {
        let mut outer = Reader::new(FIELD, value);
        let mut parts = outer.enter(FIELD, SEQUENCE)?;
        outer.finish()?;
        if parts.is_empty() {
            return Err(DerError::Der { field: FIELD }.into());
        }
        let mut scope = Self::ALL;
        let mut before = None;
        while !parts.is_empty() {
            let (tag, content) = parts.any()?;
            if tag.class != 2 || before.is_some_and(|before| before >= tag.number) {
                return Err(DerError::Der { field: FIELD }.into());
            }
            before = Some(tag.number);
            let subjects = match tag.number {
                0 if tag == context(0, true) => {
                    scope.points = read_point(Reader::new(FIELD, content), issuer)?;
                    if scope.points.is_empty() {
                        return Err(DerError::Der { field: FIELD }.into());
                    }
                    scope.ids = scope.points.iter().map(PointName::id).collect();
                    continue;
                }
                3 if tag == context(3, false) && !content.is_empty() => {
                    scope.unserved = Some(StatusError::SomeReasons);
                    continue;
                }
                1 => Subjects::Users,
                2 => Subjects::Authorities,
                5 => Subjects::Attributes,
                4 if said(tag == context(4, false), content)? => {
                    scope.unserved = Some(StatusError::Indirect);
                    continue;
                }
                4 => continue,
                _ => return Err(DerError::Type { field: FIELD }.into()),
            };
            if !said(tag == context(tag.number, false), content)? {
                continue;
            }
            if scope.subjects != Subjects::All {
                return Err(DerError::Twice { field: FIELD }.into());
            }
            scope.subjects = subjects;
        }
        Ok(scope)
    }
}

/// An implicit BOOLEAN.
fn said(right_tag: bool, content: &[u8]) -> Result<bool, DerError> {
    match content {
        [octet] if right_tag => Ok(*octet != 0),
        _ => Err(DerError::Type { field: FIELD }),
    }
}
