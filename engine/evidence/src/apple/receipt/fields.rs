use super::{ReceiptError, ber, cms::SignedData};
use crate::{
    apple::{AppAttestation, Environment},
    der::{INTEGER, OCTET_STRING, Reader, SEQUENCE, SET},
    link,
    signature::{PublicKey, sha256},
};
use simbind_core::time::Timestamp;
use std::fmt;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

const APP_ID: u32 = 2;
const PUBLIC_KEY: u32 = 3;
const CLIENT_HASH: u32 = 4;
const TOKEN: u32 = 5;
const KIND: u32 = 6;
const ENVIRONMENT: u32 = 7;
const CREATED: u32 = 12;
const RISK_METRIC: u32 = 17;
const NOT_BEFORE: u32 = 19;
const EXPIRES: u32 = 21;

/// The most fields that are read; receipts have nine.
const MAX_FIELDS: usize = 32;

/// Which receipt it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReceiptKind {
    /// The one that came with the attestation.
    Attest,
    /// One that Apple gave for an earlier one. It may hold a risk metric.
    Receipt,
}

/// What a receipt says. By itself it is nobody's word: see [`super::verify_receipt`].
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    kind: ReceiptKind,
    app_id: Box<str>,
    public_key: PublicKey,
    client_hash: Box<[u8]>,
    token: Option<Box<str>>,
    environment: Option<Environment>,
    created: Timestamp,
    not_before: Option<Timestamp>,
    expires: Timestamp,
    risk_metric: Option<u32>,
}

/// Reads a receipt and verifies nothing of it.
///
/// # Errors
/// [`ReceiptError`] where it cannot be read.
pub fn read_receipt(bytes: &[u8]) -> Result<Receipt, ReceiptError> {
    Receipt::of_content(SignedData::read(&ber::to_der(bytes)?)?.content)
}

/// The values of a receipt's fields, by number. Fields that are not known are passed over.
struct Fields<'d>(Vec<(u32, &'d [u8])>);

impl<'d> Fields<'d> {
    fn read(content: &'d [u8]) -> Result<Self, ReceiptError> {
        let mut outer = Reader::new("fields", content);
        let mut set = outer.enter("fields", SET)?;
        outer.finish()?;
        let mut found: Vec<(u32, &[u8])> = Vec::new();
        while !set.is_empty() {
            let mut entry = set.enter("field", SEQUENCE)?;
            let field = entry.number("type", INTEGER)?;
            entry.number("version", INTEGER)?;
            let value = entry.expect("value", OCTET_STRING)?;
            entry.finish()?;
            if found.iter().any(|(known, _)| *known == field) || found.len() == MAX_FIELDS {
                return Err(ReceiptError::Twice { field });
            }
            found.push((field, value));
        }
        Ok(Self(found))
    }

    fn get(&self, field: u32) -> Option<&'d [u8]> {
        self.0.iter().find(|(known, _)| *known == field).map(|(_, value)| *value)
    }

    fn need(&self, field: u32) -> Result<&'d [u8], ReceiptError> {
        self.get(field).ok_or(ReceiptError::Missing { field })
    }

    fn text(&self, field: u32) -> Result<Option<&'d str>, ReceiptError> {
        let text = self.get(field).map(std::str::from_utf8).transpose();
        text.map_err(|_| ReceiptError::Field { field })
    }

    fn instant(&self, field: u32) -> Result<Option<Timestamp>, ReceiptError> {
        let malformed = ReceiptError::Field { field };
        let Some(text) = self.text(field)? else { return Ok(None) };
        let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| malformed)?;
        let millis = i64::try_from(at.unix_timestamp_nanos() / 1_000_000).map_err(|_| malformed)?;
        Ok(Some(Timestamp::from_millis(millis)))
    }
}

impl Receipt {
    pub(super) fn of_content(content: &[u8]) -> Result<Self, ReceiptError> {
        let fields = Fields::read(content)?;
        let missing = |field| ReceiptError::Missing { field };
        let kind = match fields.need(KIND)? {
            b"ATTEST" => ReceiptKind::Attest,
            b"RECEIPT" => ReceiptKind::Receipt,
            _ => return Err(ReceiptError::Field { field: KIND }),
        };
        let environment = match fields.get(ENVIRONMENT) {
            Some(b"production") => Some(Environment::Production),
            Some(b"sandbox") => Some(Environment::Development),
            _ => None,
        };
        let number = |text: &str| {
            text.parse::<u32>().map_err(|_| ReceiptError::Field { field: RISK_METRIC })
        };
        Ok(Self {
            kind,
            app_id: fields.text(APP_ID)?.ok_or(missing(APP_ID))?.into(),
            public_key: public_key(fields.need(PUBLIC_KEY)?)?,
            client_hash: fields.need(CLIENT_HASH)?.into(),
            token: fields.text(TOKEN)?.map(Into::into),
            environment,
            created: fields.instant(CREATED)?.ok_or(missing(CREATED))?,
            not_before: fields.instant(NOT_BEFORE)?,
            expires: fields.instant(EXPIRES)?.ok_or(missing(EXPIRES))?,
            risk_metric: fields.text(RISK_METRIC)?.map(number).transpose()?,
        })
    }

    /// Whether the receipt is for the key and the app of an attestation.
    ///
    /// # Errors
    /// [`ReceiptError::App`] or [`ReceiptError::Key`] where it is for another.
    pub fn is_for(&self, attestation: &AppAttestation) -> Result<(), ReceiptError> {
        if sha256(self.app_id.as_bytes()) != *attestation.app_id_hash() {
            return Err(ReceiptError::App);
        }
        if self.public_key != *attestation.public_key() {
            return Err(ReceiptError::Key);
        }
        Ok(())
    }

    /// Which receipt it is.
    pub fn kind(&self) -> ReceiptKind {
        self.kind
    }

    /// The app's id: team, dot, bundle identifier.
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// The attested key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The client data hash of the attestation, as Apple repeats it: newer receipts say it
    /// exactly, one sample of 2021 holds it with every octet that is not UTF-8 replaced.
    pub fn client_hash(&self) -> &[u8] {
        &self.client_hash
    }

    /// Apple's token, of no meaning to others.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The environment. `None`: the receipt does not say, or in a word that is not known.
    pub fn environment(&self) -> Option<Environment> {
        self.environment
    }

    /// When Apple made it.
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// When it can first be exchanged for a newer one.
    pub fn not_before(&self) -> Option<Timestamp> {
        self.not_before
    }

    /// From when on it can no longer be exchanged.
    pub fn expires(&self) -> Timestamp {
        self.expires
    }

    /// About how many keys the device has attested for this app in 30 days.
    pub fn risk_metric(&self) -> Option<u32> {
        self.risk_metric
    }
}

/// The attested key, which stands in its certificate, or alone as a `SubjectPublicKeyInfo`.
fn public_key(value: &[u8]) -> Result<PublicKey, ReceiptError> {
    let certificate = link::read(value);
    let spki = certificate.as_ref().map_or(value, |certificate| certificate.public_key().raw);
    PublicKey::from_spki_der(spki).map_err(|_| ReceiptError::Field { field: PUBLIC_KEY })
}

/// Shows nothing that names the device or its key.
impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("kind", &self.kind)
            .field("environment", &self.environment)
            .field("created", &self.created)
            .field("expires", &self.expires)
            .field("risk_metric", &self.risk_metric)
            .finish_non_exhaustive()
    }
}
