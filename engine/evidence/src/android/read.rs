//! Reads a key description, field by field and whatever its version. Unknown tags, and elements
//! behind those of a known schema, are passed over, as versions to come will have them.

use super::{
    Application, AttestedIds, AuthorizationList, BootState, DescriptionError, KeyDescription,
    Origin, Package, PersonalText, RootOfTrust, SecurityLevel,
};
use crate::der::{ENUMERATED, INTEGER, OCTET_STRING, Reader, SEQUENCE, SET};
use simbind_core::ids::Imei;

const MAX_PURPOSES: usize = 16;
const MAX_PACKAGES: usize = 256;
const MAX_SIGNERS: usize = 64;
/// Android bounds challenges to 128 bytes; the schema does not.
const MAX_CHALLENGE: usize = 1024;
const MAX_ID: usize = 1024;
const MAX_MODULE_HASH: usize = 1024;
const MAX_UNREAD: usize = 64;

/// The numbers of the tags that are read, in the Android schema.
mod tag {
    pub(super) const PURPOSE: u32 = 1;
    pub(super) const ORIGIN: u32 = 702;
    pub(super) const ROOT_OF_TRUST: u32 = 704;
    pub(super) const OS_VERSION: u32 = 705;
    pub(super) const OS_PATCH: u32 = 706;
    pub(super) const APPLICATION: u32 = 709;
    pub(super) const BRAND: u32 = 710;
    pub(super) const DEVICE: u32 = 711;
    pub(super) const PRODUCT: u32 = 712;
    pub(super) const SERIAL: u32 = 713;
    pub(super) const IMEI: u32 = 714;
    pub(super) const MEID: u32 = 715;
    pub(super) const MANUFACTURER: u32 = 716;
    pub(super) const MODEL: u32 = 717;
    pub(super) const VENDOR_PATCH: u32 = 718;
    pub(super) const BOOT_PATCH: u32 = 719;
    pub(super) const SECOND_IMEI: u32 = 723;
    pub(super) const MODULE_HASH: u32 = 724;
}

impl KeyDescription {
    /// Reads the content of the extension's octet string. What it says is proven only inside a
    /// verified chain.
    ///
    /// # Errors
    /// [`DescriptionError`] names the field that cannot be read.
    pub fn from_der(der: &[u8]) -> Result<Self, DescriptionError> {
        key_description(der)
    }
}

pub(super) fn key_description(der: &[u8]) -> Result<KeyDescription, DescriptionError> {
    let mut outer = Reader::new("keyDescription", der);
    let mut inner = outer.enter("keyDescription", SEQUENCE)?;
    outer.finish()?;
    let description = KeyDescription {
        attestation_version: inner.number("attestationVersion", INTEGER)?,
        attestation_level: level(&mut inner, "attestationSecurityLevel")?,
        keymint_version: inner.number("keyMintVersion", INTEGER)?,
        keymint_level: level(&mut inner, "keyMintSecurityLevel")?,
        challenge: octets(&mut inner, "attestationChallenge", MAX_CHALLENGE)?,
        software: {
            // The unique id names the device to the app: it is personal and stays unread.
            inner.expect("uniqueId", OCTET_STRING)?;
            list(inner.enter("softwareEnforced", SEQUENCE)?)?
        },
        hardware: list(inner.enter("hardwareEnforced", SEQUENCE)?)?,
    };
    pass_over(inner)?;
    Ok(description)
}

/// Elements behind those of the schema are from a version to come. They must be DER.
fn pass_over(mut reader: Reader<'_>) -> Result<(), DescriptionError> {
    while !reader.is_empty() {
        reader.any()?;
    }
    Ok(())
}

fn level(reader: &mut Reader<'_>, field: &'static str) -> Result<SecurityLevel, DescriptionError> {
    reader.number(field, ENUMERATED).map(SecurityLevel::from_number)
}

fn octets(
    reader: &mut Reader<'_>,
    field: &'static str,
    max: usize,
) -> Result<Vec<u8>, DescriptionError> {
    let content = reader.expect(field, OCTET_STRING)?;
    if content.len() > max {
        return Err(DescriptionError::TooLong { field });
    }
    Ok(content.to_vec())
}

fn list(mut reader: Reader<'_>) -> Result<AuthorizationList, DescriptionError> {
    let mut list = AuthorizationList::default();
    let mut seen = Vec::new();
    while !reader.is_empty() {
        let (found, content) = reader.any()?;
        if found.class != 2 || !found.constructed {
            return Err(DescriptionError::Type { field: "authorizationList" });
        }
        let mut value = Reader::new("authorizationList", content);
        if entry(&mut list, found.number, &mut value)? {
            value.finish()?;
            if seen.contains(&found.number) {
                return Err(DescriptionError::Twice { field: "authorization" });
            }
            seen.push(found.number);
        } else {
            tell_unread(&mut list.unread, found.number);
        }
    }
    Ok(list)
}

fn tell_unread(unread: &mut Vec<u32>, tag: u32) {
    if unread.len() < MAX_UNREAD {
        unread.push(tag);
    }
}

/// Reads one authorization into the list; false where its tag is not one that is read.
fn entry(
    list: &mut AuthorizationList,
    number: u32,
    value: &mut Reader<'_>,
) -> Result<bool, DescriptionError> {
    match number {
        tag::PURPOSE => list.purposes = purposes(value.enter("purpose", SET)?)?,
        tag::ORIGIN => {
            list.origin = Some(Origin::from_number(value.number("origin", INTEGER)?));
        }
        tag::ROOT_OF_TRUST => {
            list.root_of_trust = Some(root_of_trust(value.enter("rootOfTrust", SEQUENCE)?)?);
        }
        tag::OS_VERSION => list.os_version = Some(value.number("osVersion", INTEGER)?),
        tag::OS_PATCH => list.os_patch = Some(value.number("osPatchLevel", INTEGER)?),
        tag::VENDOR_PATCH => list.vendor_patch = Some(value.number("vendorPatchLevel", INTEGER)?),
        tag::BOOT_PATCH => list.boot_patch = Some(value.number("bootPatchLevel", INTEGER)?),
        tag::APPLICATION => {
            let bytes = value.expect("attestationApplicationId", OCTET_STRING)?;
            // Keystores that know no asking app write nothing.
            list.application = if bytes.is_empty() { None } else { application(bytes).ok() };
            if list.application.is_none() && !bytes.is_empty() {
                tell_unread(&mut list.unread, tag::APPLICATION);
            }
        }
        tag::MODULE_HASH => {
            list.module_hash = Some(octets(value, "moduleHash", MAX_MODULE_HASH)?);
        }
        tag::IMEI | tag::SECOND_IMEI => {
            let octets = octets(value, "attestationIdImei", MAX_ID)?;
            list.imeis.extend(imei(&octets));
            let slot = match number {
                tag::IMEI => &mut list.ids.imei,
                _ => &mut list.ids.second_imei,
            };
            *slot = Some(PersonalText::from_octets(&octets));
        }
        _ => return id(&mut list.ids, number, value),
    }
    Ok(true)
}

/// Reads one of the device's names or numbers; false where the tag is none of them.
fn id(
    ids: &mut AttestedIds,
    number: u32,
    value: &mut Reader<'_>,
) -> Result<bool, DescriptionError> {
    let slot = match number {
        tag::BRAND => &mut ids.brand,
        tag::DEVICE => &mut ids.device,
        tag::PRODUCT => &mut ids.product,
        tag::MANUFACTURER => &mut ids.manufacturer,
        tag::MODEL => &mut ids.model,
        tag::SERIAL | tag::MEID => {
            let text = PersonalText::from_octets(&octets(value, "attestationId", MAX_ID)?);
            let slot = if number == tag::SERIAL { &mut ids.serial } else { &mut ids.meid };
            *slot = Some(text);
            return Ok(true);
        }
        _ => return Ok(false),
    };
    let octets = octets(value, "attestationId", MAX_ID)?;
    *slot = Some(String::from_utf8_lossy(&octets).into_owned());
    Ok(true)
}

fn purposes(mut reader: Reader<'_>) -> Result<Vec<u32>, DescriptionError> {
    let mut purposes = Vec::new();
    while !reader.is_empty() {
        if purposes.len() == MAX_PURPOSES {
            return Err(DescriptionError::TooLong { field: "purpose" });
        }
        purposes.push(reader.number("purpose", INTEGER)?);
    }
    Ok(purposes)
}

fn root_of_trust(mut reader: Reader<'_>) -> Result<RootOfTrust, DescriptionError> {
    let root = RootOfTrust {
        boot_key: octets(&mut reader, "verifiedBootKey", 1024)?,
        locked: reader.boolean("deviceLocked")?,
        state: BootState::from_number(reader.number("verifiedBootState", ENUMERATED)?),
        boot_hash: if reader.is_empty() {
            None
        } else {
            Some(octets(&mut reader, "verifiedBootHash", 1024)?)
        },
    };
    pass_over(reader)?;
    Ok(root)
}

fn application(bytes: &[u8]) -> Result<Application, DescriptionError> {
    let mut outer = Reader::new("attestationApplicationId", bytes);
    let mut inner = outer.enter("attestationApplicationId", SEQUENCE)?;
    outer.finish()?;
    let mut application = Application::default();
    let mut packages = inner.enter("packageInfos", SET)?;
    while !packages.is_empty() {
        if application.packages.len() == MAX_PACKAGES {
            return Err(DescriptionError::TooLong { field: "packageInfos" });
        }
        let mut package = packages.enter("packageInfo", SEQUENCE)?;
        let name = package.expect("packageName", OCTET_STRING)?;
        let version = package.integer("version", INTEGER)?;
        package.finish()?;
        application
            .packages
            .push(Package { name: String::from_utf8_lossy(name).into_owned(), version });
    }
    let mut digests = inner.enter("signatureDigests", SET)?;
    while !digests.is_empty() {
        if application.signer_digests.len() == MAX_SIGNERS {
            return Err(DescriptionError::TooLong { field: "signatureDigests" });
        }
        application.signer_digests.push(octets(&mut digests, "signatureDigest", 64)?);
    }
    pass_over(inner)?;
    Ok(application)
}

/// The IMEI, if the octets are one: devices without a second slot attest empty or zero ones.
fn imei(octets: &[u8]) -> Option<Imei> {
    std::str::from_utf8(octets).ok()?.parse().ok()
}
