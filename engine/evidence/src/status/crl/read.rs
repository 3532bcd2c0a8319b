use super::{
    CrlNumber, CrlScope,
    entry::{Entry, EntryIssuer},
    table::Table,
};
use crate::{
    certificate::{Compared, check_texts},
    der::{DerError, INTEGER, Reader, SEQUENCE},
    status::{StatusError, extension, point::context, signed::Signed, time},
};
use simbind_core::time::Timestamp;

/// The most octets that a list may have: 64 MiB, room for more than a million entries.
pub const MAX_CRL_BYTES: usize = 64 * 1024 * 1024;
/// The most entries that a list may have.
pub const MAX_CRL_ENTRIES: usize = 2_000_000;

const FIELD: &str = "tbsCertList";
const CRL_NUMBER: [u8; 3] = extension::id_ce(20);
const DELTA_INDICATOR: [u8; 3] = extension::id_ce(27);
const ISSUING_POINT: [u8; 3] = extension::id_ce(28);

/// A list as it stands, with nothing verified: for showing to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedCrl {
    issuer: Box<[u8]>,
    this_update: Timestamp,
    next_update: Timestamp,
    entries: usize,
    scope: CrlScope,
    unserved: Option<StatusError>,
}

impl UnverifiedCrl {
    /// The issuer's name, DER.
    pub fn issuer_der(&self) -> &[u8] {
        &self.issuer
    }

    /// When the list was made.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When the next one is due.
    pub fn next_update(&self) -> Timestamp {
        self.next_update
    }

    /// How many certificates are listed.
    pub fn entries(&self) -> usize {
        self.entries
    }

    /// Which certificates the list speaks for.
    pub fn scope(&self) -> &CrlScope {
        &self.scope
    }

    /// Why the list would not be counted, whoever signed it: it is a delta, speaks for other
    /// issuers, or is of some reasons only.
    pub fn unserved(&self) -> Option<StatusError> {
        self.unserved
    }
}

/// Reads a list without an issuer, DER. What it says is nobody's word. A list that verifying would
/// refuse for what it is, as a delta, is read too: see [`UnverifiedCrl::unserved`].
///
/// # Errors
/// [`StatusError`] where it is not of the form that is read, has no nextUpdate, or has a critical
/// extension that is not understood.
pub fn read_crl(der: &[u8]) -> Result<UnverifiedCrl, StatusError> {
    let envelope = Envelope::read(der)?;
    let head = envelope.head()?;
    let body = Body::read_up_to(&head, MAX_CRL_ENTRIES, Purpose::Show)?;
    Ok(UnverifiedCrl {
        issuer: head.issuer.into(),
        this_update: head.this_update,
        next_update: head.next_update,
        entries: body.table.len(),
        scope: body.scope,
        unserved: body.unserved,
    })
}

/// A list's signature and what it covers.
pub(super) struct Envelope<'d>(pub(super) Signed<'d>);

impl<'d> Envelope<'d> {
    pub(super) fn read(der: &'d [u8]) -> Result<Self, StatusError> {
        if der.len() > MAX_CRL_BYTES {
            return Err(StatusError::TooLarge { got: der.len(), max: MAX_CRL_BYTES });
        }
        let mut outer = Reader::new("certificateList", der);
        let mut parts = outer.enter("certificateList", SEQUENCE)?;
        outer.finish()?;
        let signed = Signed::read(&mut parts, FIELD)?;
        parts.finish()?;
        Ok(Self(signed))
    }

    pub(super) fn head(&self) -> Result<Head<'d>, StatusError> {
        Head::read(self.0.content, self.0.algorithm)
    }
}

/// What stands before the entries.
pub(super) struct Head<'d> {
    pub(super) issuer: &'d [u8],
    pub(super) this_update: Timestamp,
    pub(super) next_update: Timestamp,
    rest: Reader<'d>,
}

impl<'d> Head<'d> {
    fn read(mut parts: Reader<'d>, outer_algorithm: &[u8]) -> Result<Self, StatusError> {
        match parts.number("version", INTEGER) {
            Ok(1) => {}
            Ok(_) | Err(DerError::Type { .. }) => return Err(StatusError::Version),
            Err(error) => return Err(error.into()),
        }
        if parts.expect("signature", SEQUENCE)? != outer_algorithm {
            return Err(StatusError::AlgorithmMismatch);
        }
        let before = parts.rest();
        parts.expect("issuer", SEQUENCE)?;
        let length = before.len().saturating_sub(parts.rest().len());
        let issuer = before.get(..length).unwrap_or_default();
        check_texts(issuer)?;
        let this_update = time::either(&mut parts, "thisUpdate")?;
        if !time::is_next(&parts) {
            return Err(StatusError::NoNextUpdate);
        }
        let next_update = time::either(&mut parts, "nextUpdate")?;
        Ok(Self { issuer, this_update, next_update, rest: parts })
    }
}

/// The entries and the extensions behind them.
pub(super) struct Body {
    pub(super) table: Table,
    pub(super) number: Option<CrlNumber>,
    pub(super) scope: CrlScope,
    /// Why the list is not counted.
    unserved: Option<StatusError>,
}

/// What a list is read for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To be counted: one that is not served is refused.
    Count,
    /// To be shown.
    Show,
}

impl Body {
    pub(super) fn read(head: &Head<'_>) -> Result<Self, StatusError> {
        Self::read_up_to(head, MAX_CRL_ENTRIES, Purpose::Count)
    }

    fn read_up_to(head: &Head<'_>, max: usize, purpose: Purpose) -> Result<Self, StatusError> {
        let (entries, extensions) = split(head.rest)?;
        let issuer = Compared::new(head.issuer);
        let mut body =
            Self { table: Table::new(), number: None, scope: CrlScope::ALL, unserved: None };
        // The extensions first: they may say that the entries are not to be read.
        if let Some(extensions) = extensions {
            extension::each(extensions, |found| body.extend(found, head.issuer))?;
        }
        body.unserved = body.unserved.or(body.scope.unserved());
        body.check_served(purpose)?;
        let too_many = StatusError::TooMany { what: "entries", max };
        if let Some(mut entries) = entries {
            while !entries.is_empty() {
                if body.table.len() == max {
                    return Err(too_many);
                }
                let entry = Entry::read(&mut entries, &issuer)?;
                if entry.issuer == EntryIssuer::Another {
                    body.unserved = body.unserved.or(Some(StatusError::Indirect));
                    body.check_served(purpose)?;
                }
                body.table.push(&entry).ok_or(too_many)?;
            }
        }
        body.table.finish();
        Ok(body)
    }

    fn check_served(&self, purpose: Purpose) -> Result<(), StatusError> {
        match (purpose, self.unserved) {
            (Purpose::Count, Some(why)) => Err(why),
            _ => Ok(()),
        }
    }

    fn extend(
        &mut self,
        found: extension::Extension<'_>,
        issuer: &[u8],
    ) -> Result<(), StatusError> {
        match <[u8; 3]>::try_from(found.id) {
            Ok(CRL_NUMBER) => {
                // RFC 5280 section 5.2.3 has it never critical.
                found.pass_over()?;
                self.number = Some(CrlNumber::read(found.value)?);
            }
            Ok(DELTA_INDICATOR) => self.unserved = Some(StatusError::Delta),
            Ok(ISSUING_POINT) => self.scope = CrlScope::read(found.value, issuer)?,
            _ => found.pass_over()?,
        }
        Ok(())
    }
}

type Parts<'d> = (Option<Reader<'d>>, Option<Reader<'d>>);

/// The entries, where there are any, and the extensions.
fn split(mut rest: Reader<'_>) -> Result<Parts<'_>, StatusError> {
    let mut parts = (None, None);
    if rest.is_empty() {
        return Ok(parts);
    }
    let mut ahead = rest;
    if ahead.any()?.0 == SEQUENCE {
        parts.0 = Some(rest.enter("revokedCertificates", SEQUENCE)?);
    }
    if !rest.is_empty() {
        parts.1 = Some(rest.enter("crlExtensions", context(0, true))?);
    }
    rest.finish()?;
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::{Body, Envelope, Purpose};
    use crate::{
        certificate::Authority,
        signature::SignatureScheme,
        status::{
            Serial, StatusError,
            encode::{CrlEntrySpec, CrlSpec, Signer, encode_crl},
        },
        testca::{NOW, Party},
    };

    #[test]
    fn entries_are_counted_while_they_are_read() {
        let issuer = Authority::from_der(&Party::authority("issuer", 1).self_signed()).unwrap();
        let held = |number| CrlEntrySpec::held(Serial::of_unsigned(&[number]).unwrap(), NOW);
        let entries = (1..=3).map(held).collect();
        let spec = CrlSpec { entries, ..CrlSpec::empty(&issuer, NOW) };
        let der = encode_crl(&spec, Signer::new(SignatureScheme::EcdsaP256Sha256, &|_| Vec::new()));
        let envelope = Envelope::read(&der).unwrap();
        let read = |max| {
            Body::read_up_to(&envelope.head().unwrap(), max, Purpose::Count)
                .map(|it| it.table.len())
        };
        assert_eq!(read(3), Ok(3));
        assert_eq!(read(2), Err(StatusError::TooMany { what: "entries", max: 2 }));
    }
}
