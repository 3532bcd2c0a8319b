use crate::{
    certificate::Compared,
    der::{DerError, ENUMERATED, INTEGER, Reader, SEQUENCE},
    status::{
        StatusError, extension,
        point::{PointName, read_names},
        reason::{Code, Reason},
        serial, time,
    },
};
use simbind_core::time::Timestamp;

const REASON_CODE: [u8; 3] = extension::id_ce(21);
const INVALIDITY_DATE: [u8; 3] = extension::id_ce(24);
const CERTIFICATE_ISSUER: [u8; 3] = extension::id_ce(29);

/// One entry of a list (RFC 5280 section 5.3).
pub(super) struct Entry<'d> {
    /// The shortest octets of the serial.
    pub(super) serial: &'d [u8],
    pub(super) since: Timestamp,
    pub(super) code: Code,
    pub(super) invalid_since: Option<Timestamp>,
    pub(super) issuer: EntryIssuer,
}

/// Whose certificate an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryIssuer {
    /// The list's own issuer's, as far as the entry says.
    Own,
    /// Another's, which makes the list an indirect one.
    Another,
}

impl<'d> Entry<'d> {
    pub(super) fn read(list: &mut Reader<'d>, issuer: &Compared<'_>) -> Result<Self, StatusError> {
        const FIELD: &str = "revokedCertificates";
        let mut parts = list.enter(FIELD, SEQUENCE)?;
        let serial = serial::read(parts.expect("serialNumber", INTEGER)?)?;
        let since = time::either(&mut parts, "revocationDate")?;
        let code = Code::Revoked(Reason::Unspecified);
        let mut entry = Self { serial, since, code, invalid_since: None, issuer: EntryIssuer::Own };
        if !parts.is_empty() {
            extension::each(parts, |found| entry.extend(found, issuer))?;
        }
        Ok(entry)
    }

    fn extend(
        &mut self,
        found: extension::Extension<'_>,
        issuer: &Compared<'_>,
    ) -> Result<(), StatusError> {
        match <[u8; 3]>::try_from(found.id) {
            Ok(REASON_CODE) => self.code = read_reason(found.value)?,
            Ok(INVALIDITY_DATE) => {
                let mut value = Reader::new("invalidityDate", found.value);
                self.invalid_since = Some(time::generalized(&mut value, "invalidityDate")?);
                value.finish()?;
            }
            Ok(CERTIFICATE_ISSUER) => self.issuer = read_issuer(found.value, issuer)?,
            _ => found.pass_over()?,
        }
        Ok(())
    }
}

/// A reason code. One that the standard does not define is malformed.
pub(in crate::status) fn read_reason(value: &[u8]) -> Result<Code, DerError> {
    let mut reader = Reader::new("reasonCode", value);
    let content = reader.expect("reasonCode", ENUMERATED)?;
    reader.finish()?;
    let code = match content {
        [number] => Code::of_number(*number),
        _ => None,
    };
    code.ok_or(DerError::Range { field: "reasonCode" })
}

/// An entry may repeat the list's own issuer.
fn read_issuer(value: &[u8], issuer: &Compared<'_>) -> Result<EntryIssuer, DerError> {
    const FIELD: &str = "certificateIssuer";
    let mut reader = Reader::new(FIELD, value);
    let names = read_names(reader.enter(FIELD, SEQUENCE)?)?;
    reader.finish()?;
    let own = |name: &PointName| match name {
        PointName::Directory(name) => issuer.is(name),
        PointName::Other(..) => false,
    };
    Ok(if names.iter().any(own) { EntryIssuer::Own } else { EntryIssuer::Another })
}
