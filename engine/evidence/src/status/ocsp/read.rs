use super::single::{Single, optional};
use crate::{
    der::{DerError, ENUMERATED, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE, Tag},
    status::{ResponderWord, StatusError, extension, point::context, signed::Signed, time},
};
use simbind_core::time::Timestamp;

/// The most octets that an OCSP answer may have, certificates included.
pub const MAX_OCSP_BYTES: usize = 64 * 1024;
/// The most certificates that one answer may be about.
pub const MAX_OCSP_RESPONSES: usize = 64;
/// The most certificates that may come with an answer.
const MAX_CERTIFICATES: usize = 8;

/// 1.3.6.1.5.5.7.48.1.1, a basic response.
const BASIC: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 0x30, 1, 1];
/// 1.3.6.1.5.5.7.48.1.2 (RFC 9654).
pub(super) const NONCE: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 0x30, 1, 2];

/// An OCSP answer as it stands, with nothing verified: for showing to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnverifiedOcsp {
    produced_at: Timestamp,
    answers: usize,
}

impl UnverifiedOcsp {
    /// When the responder signed.
    pub fn produced_at(&self) -> Timestamp {
        self.produced_at
    }

    /// How many certificates it is about.
    pub fn answers(&self) -> usize {
        self.answers
    }
}

/// Reads an answer without an issuer, DER. What it says is nobody's word.
///
/// # Errors
/// [`StatusError`] where it is not a basic response of the form that is read, where the responder
/// says a word in place of one, or where a critical extension is not understood.
pub fn read_ocsp(der: &[u8]) -> Result<UnverifiedOcsp, StatusError> {
    let data = Basic::read(der)?.data()?;
    Ok(UnverifiedOcsp { produced_at: data.produced_at, answers: data.singles.len() })
}

/// A basic response: what is signed, and the certificates beside it, whole.
pub(super) struct Basic<'d> {
    pub(super) signed: Signed<'d>,
    pub(super) certificates: Vec<&'d [u8]>,
}

impl<'d> Basic<'d> {
    pub(super) fn read(der: &'d [u8]) -> Result<Self, StatusError> {
        if der.len() > MAX_OCSP_BYTES {
            return Err(StatusError::TooLarge { got: der.len(), max: MAX_OCSP_BYTES });
        }
        let mut reader = Reader::new("basicOCSPResponse", basic_bytes(der)?);
        let mut parts = reader.enter("basicOCSPResponse", SEQUENCE)?;
        reader.finish()?;
        let signed = Signed::read(&mut parts, "tbsResponseData")?;
        let certificates = match optional(&mut parts, 0)? {
            Some(certificates) => read_certificates(certificates)?,
            None => Vec::new(),
        };
        parts.finish()?;
        Ok(Self { signed, certificates })
    }

    pub(super) fn data(&self) -> Result<Data<'d>, StatusError> {
        Data::read(self.signed.content)
    }
}

/// The octets of the basic response within an `OCSPResponse`.
fn basic_bytes(der: &[u8]) -> Result<&[u8], StatusError> {
    let mut reader = Reader::new("ocspResponse", der);
    let mut outer = reader.enter("ocspResponse", SEQUENCE)?;
    reader.finish()?;
    check_word(outer.expect("responseStatus", ENUMERATED)?)?;
    let mut explicit = optional(&mut outer, 0)?.ok_or(StatusError::NotBasic)?;
    outer.finish()?;
    let mut bytes = explicit.enter("responseBytes", SEQUENCE)?;
    explicit.finish()?;
    if bytes.expect("responseType", OBJECT_IDENTIFIER)? != BASIC {
        return Err(StatusError::NotBasic);
    }
    let response = bytes.expect("response", OCTET_STRING)?;
    bytes.finish()?;
    Ok(response)
}

fn check_word(status: &[u8]) -> Result<(), StatusError> {
    let word = match status {
        [0] => return Ok(()),
        [1] => ResponderWord::MalformedRequest,
        [2] => ResponderWord::InternalError,
        [3] => ResponderWord::TryLater,
        [5] => ResponderWord::SigRequired,
        [6] => ResponderWord::Unauthorized,
        _ => ResponderWord::Undefined,
    };
    Err(StatusError::Responder(word))
}

fn read_certificates(mut reader: Reader<'_>) -> Result<Vec<&[u8]>, StatusError> {
    const FIELD: &str = "certs";
    let mut list = reader.enter(FIELD, SEQUENCE)?;
    reader.finish()?;
    let mut certificates = Vec::new();
    while !list.is_empty() {
        if certificates.len() == MAX_CERTIFICATES {
            return Err(StatusError::TooMany { what: FIELD, max: MAX_CERTIFICATES });
        }
        let before = list.rest();
        list.expect(FIELD, SEQUENCE)?;
        let length = before.len().saturating_sub(list.rest().len());
        certificates.push(before.get(..length).unwrap_or_default());
    }
    Ok(certificates)
}

/// Who the answer says signed it.
pub(super) enum ResponderId<'d> {
    /// A name, DER.
    Name(&'d [u8]),
    /// SHA-1 of the key.
    Key(&'d [u8]),
}

/// What a responder signs.
pub(super) struct Data<'d> {
    pub(super) responder: ResponderId<'d>,
    pub(super) produced_at: Timestamp,
    pub(super) singles: Vec<Single<'d>>,
    /// The nonce extension's value.
    pub(super) nonce: Option<&'d [u8]>,
}

impl<'d> Data<'d> {
    fn read(mut parts: Reader<'d>) -> Result<Self, StatusError> {
        if let Some(mut version) = optional(&mut parts, 0)? {
            if version.number("version", INTEGER)? != 0 {
                return Err(StatusError::Version);
            }
            version.finish()?;
        }
        let responder = read_responder(&mut parts)?;
        let produced_at = time::generalized(&mut parts, "producedAt")?;
        let mut list = parts.enter("responses", SEQUENCE)?;
        let mut singles = Vec::new();
        while !list.is_empty() {
            if singles.len() == MAX_OCSP_RESPONSES {
                return Err(StatusError::TooMany { what: "answers", max: MAX_OCSP_RESPONSES });
            }
            singles.push(Single::read(&mut list)?);
        }
        let mut nonce = None;
        if let Some(extensions) = optional(&mut parts, 1)? {
            extension::each(extensions, |found| {
                if found.id == NONCE {
                    nonce = Some(found.value);
                    return Ok(());
                }
                found.pass_over()
            })?;
        }
        parts.finish()?;
        Ok(Self { responder, produced_at, singles, nonce })
    }
}

fn read_responder<'d>(parts: &mut Reader<'d>) -> Result<ResponderId<'d>, DerError> {
    const FIELD: &str = "responderID";
    const NAME: Tag = context(1, true);
    const KEY: Tag = context(2, true);
    let (tag, content) = parts.any()?;
    let mut inner = Reader::new(FIELD, content);
    let id = match tag {
        NAME => {
            inner.expect(FIELD, SEQUENCE)?;
            ResponderId::Name(content)
        }
        KEY => ResponderId::Key(inner.expect(FIELD, OCTET_STRING)?),
        _ => return Err(DerError::Type { field: FIELD }),
    };
    inner.finish()?;
    Ok(id)
}
