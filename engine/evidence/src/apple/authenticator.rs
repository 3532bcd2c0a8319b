//! Authenticator data (WebAuthn level 2, section 6.1), as App Attest fills it.

use super::cbor::{Cbor, CborError, Item, put, there};
use thiserror::Error;

/// The app's hash, flags and counter, which every authenticator data begins with.
const HEADER_BYTES: usize = 37;
const ATTESTED_CREDENTIAL_DATA: u8 = 0x40;
const EXTENSION_DATA: u8 = 0x80;
/// The most extensions that are read; four are known.
const MAX_EXTENSIONS: usize = 16;
/// The longest bundle version that is kept; Apple allows 18 characters.
const MAX_BUNDLE_VERSION: usize = 128;

const CATEGORY: &str = "apple_validation_category_01";
const BUNDLE_VERSION: &str = "apple_bundle_version_01";

/// Which of Apple's two services attested the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Environment {
    /// For apps that people install.
    Production,
    /// For apps under development, which Apple keeps apart.
    Development,
}

impl Environment {
    /// The authenticator's identity (`aaguid`) that tells this environment.
    pub(super) const fn aaguid(self) -> &'static [u8; 16] {
        match self {
            Self::Production => b"appattest\0\0\0\0\0\0\0",
            Self::Development => b"appattestdevelop",
        }
    }

    pub(super) fn of_aaguid(aaguid: &[u8]) -> Option<Self> {
        [Self::Production, Self::Development].into_iter().find(|e| e.aaguid() == aaguid)
    }
}

/// What iOS 27 and later say of the app that runs. Older systems say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    /// How the app was signed and launched, by Apple's numbers (2 TestFlight, 3 development,
    /// 4 App Store, 5 enterprise or ad hoc).
    pub validation_category: Option<u32>,
    /// The app's bundle version, at most 128 bytes.
    pub bundle_version: Option<String>,
}

/// Why authenticator data cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AuthenticatorDataError {
    /// It ends too early.
    #[error("the authenticator data ends too early")]
    Short,
    /// An attestation does not say that it has attested data.
    #[error("the authenticator data has no attested key")]
    NoAttestedKey,
    /// The key is no EC key on P-256 for ECDSA with SHA-256.
    #[error("the attested key is not an ES256 key on P-256")]
    KeyKind,
    /// The flags say that extensions follow, and none do.
    #[error("the authenticator data lacks the extensions that it announces")]
    NoExtensions,
    /// The key or the extensions are not CBOR that is read.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

/// What every authenticator data has.
pub(super) struct Header<'d> {
    pub(super) app_id_hash: &'d [u8; 32],
    pub(super) counter: u32,
    flags: u8,
}

/// Authenticator data of an attestation.
pub(super) struct Attested<'d> {
    pub(super) header: Header<'d>,
    pub(super) aaguid: &'d [u8; 16],
    pub(super) credential_id: &'d [u8],
    /// The key as an uncompressed point.
    pub(super) point: [u8; 65],
    pub(super) extensions: Extensions,
}

impl<'d> Attested<'d> {
    pub(super) fn read(bytes: &'d [u8]) -> Result<Self, AuthenticatorDataError> {
        let (header, rest) = Header::read(bytes)?;
        if header.flags & ATTESTED_CREDENTIAL_DATA == 0 {
            return Err(AuthenticatorDataError::NoAttestedKey);
        }
        let short = AuthenticatorDataError::Short;
        let (aaguid, rest) = rest.split_first_chunk::<16>().ok_or(short)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(short)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (credential_id, rest) = rest.split_at_checked(length).ok_or(short)?;
        let mut cbor = Cbor::new(rest);
        let point = point(&mut cbor)?;
        let extensions = Extensions::read(&header, cbor)?;
        Ok(Self { header, aaguid, credential_id, point, extensions })
    }
}

/// Authenticator data of an assertion.
pub(super) struct Asserted<'d> {
    pub(super) header: Header<'d>,
    pub(super) extensions: Extensions,
}

impl<'d> Asserted<'d> {
    pub(super) fn read(bytes: &'d [u8]) -> Result<Self, AuthenticatorDataError> {
        let (header, rest) = Header::read(bytes)?;
        let extensions = Extensions::read(&header, Cbor::new(rest))?;
        Ok(Self { header, extensions })
    }
}

impl<'d> Header<'d> {
    fn read(bytes: &'d [u8]) -> Result<(Self, &'d [u8]), AuthenticatorDataError> {
        let short = AuthenticatorDataError::Short;
        let (head, rest) = bytes.split_first_chunk::<HEADER_BYTES>().ok_or(short)?;
        let (app_id_hash, head) = head.split_first_chunk::<32>().ok_or(short)?;
        let (flags, counter) = head.split_first().ok_or(short)?;
        let counter = counter.first_chunk::<4>().ok_or(short)?;
        Ok((Self { app_id_hash, flags: *flags, counter: u32::from_be_bytes(*counter) }, rest))
    }
}

impl Extensions {
    /// Reads what is left: nothing, or one map to the last byte.
    fn read(header: &Header<'_>, mut cbor: Cbor<'_>) -> Result<Self, AuthenticatorDataError> {
        const MAP: &str = "extensions";
        if cbor.is_empty() {
            return match header.flags & EXTENSION_DATA {
                0 => Ok(Self::default()),
                _ => Err(AuthenticatorDataError::NoExtensions),
            };
        }
        let count = cbor.map(MAP)?;
        if count > MAX_EXTENSIONS {
            return Err(CborError::TooMuch { field: MAP }.into());
        }
        let mut names = Vec::with_capacity(count);
        let mut found = Self::default();
        for _ in 0..count {
            let name = cbor.text(MAP)?;
            if names.contains(&name) {
                return Err(CborError::Twice { field: MAP }.into());
            }
            names.push(name);
            match name {
                CATEGORY => found.validation_category = Some(category(&mut cbor)?),
                BUNDLE_VERSION => {
                    let version = cbor.text(BUNDLE_VERSION)?;
                    if version.len() > MAX_BUNDLE_VERSION {
                        return Err(CborError::TooMuch { field: BUNDLE_VERSION }.into());
                    }
                    found.bundle_version = Some(version.into());
                }
                _ => cbor.skip(MAP)?,
            }
        }
        cbor.finish(MAP)?;
        Ok(found)
    }
}

/// The category: four octets, the least significant first, or a number.
fn category(cbor: &mut Cbor<'_>) -> Result<u32, CborError> {
    let wrong = CborError::Type { field: CATEGORY };
    match cbor.item(CATEGORY)? {
        Item::Bytes(octets) => octets.try_into().map(u32::from_le_bytes).map_err(|_| wrong),
        Item::Unsigned(value) => u32::try_from(value).map_err(|_| wrong),
        _ => Err(wrong),
    }
}

/// A COSE key (RFC 9053 section 7.1): exactly kty EC2, alg ES256, crv P-256, x and y.
fn point(cbor: &mut Cbor<'_>) -> Result<[u8; 65], AuthenticatorDataError> {
    const MAP: &str = "attested key";
    let (mut kind, mut algorithm, mut curve, mut x, mut y) = (None, None, None, None, None);
    for _ in 0..cbor.map(MAP)? {
        match cbor.item(MAP)? {
            Item::Unsigned(1) => put(&mut kind, cbor.item("kty")?, MAP)?,
            Item::Unsigned(3) => put(&mut algorithm, cbor.item("alg")?, MAP)?,
            Item::Negative(0) => put(&mut curve, cbor.item("crv")?, MAP)?,
            Item::Negative(1) => put(&mut x, cbor.bytes("x")?, MAP)?,
            Item::Negative(2) => put(&mut y, cbor.bytes("y")?, MAP)?,
            _ => return Err(CborError::Unknown { field: MAP }.into()),
        }
    }
    let es256_on_p256 = (Some(Item::Unsigned(2)), Some(Item::Negative(6)), Some(Item::Unsigned(1)));
    if (kind, algorithm, curve) != es256_on_p256 {
        return Err(AuthenticatorDataError::KeyKind);
    }
    let (x, y) = (there(x, "x")?, there(y, "y")?);
    if x.len() != 32 || y.len() != 32 {
        return Err(AuthenticatorDataError::KeyKind);
    }
    let point = [&[4], x, y].concat();
    point.try_into().map_err(|_| AuthenticatorDataError::KeyKind)
}
