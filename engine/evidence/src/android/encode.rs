//! Makes key descriptions, for tests and simulators.

use super::{BootState, Origin, SecurityLevel};
pub(crate) use crate::der::write::{element, octet_string, sequence};
use simbind_core::ids::Imei;

/// The object identifier of the extension, for certificate builders.
pub const KEY_DESCRIPTION_OID: &[u64] = &[1, 3, 6, 1, 4, 1, 11129, 2, 1, 17];

/// What a made key description says. The device's state, patch levels, IMEIs and origin stand in
/// the hardware's list, the packages and signers in the operating system's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDescriptionSpec {
    /// Version of the attestation's schema and of KeyMint.
    pub version: u32,
    /// Where the attestation was made.
    pub attestation_level: SecurityLevel,
    /// Where the key lives.
    pub keymint_level: SecurityLevel,
    /// The challenge.
    pub challenge: Vec<u8>,
    /// The outcome of verified boot.
    pub boot_state: BootState,
    /// Whether the boot loader is locked.
    pub locked: bool,
    /// Patch level of the operating system as YYYYMM.
    pub os_patch: u32,
    /// Names of the packages that asked.
    pub packages: Vec<String>,
    /// SHA-256 of the certificates that signed them.
    pub signer_digests: Vec<[u8; 32]>,
    /// The handset's IMEIs, at most two.
    pub imeis: Vec<Imei>,
    /// How the key came to be.
    pub origin: Origin,
}

impl Default for KeyDescriptionSpec {
    /// A locked and verified device with a key made in its trusted environment, for no challenge
    /// and no app.
    fn default() -> Self {
        Self {
            version: 300,
            attestation_level: SecurityLevel::TrustedEnvironment,
            keymint_level: SecurityLevel::TrustedEnvironment,
            challenge: Vec::new(),
            boot_state: BootState::Verified,
            locked: true,
            os_patch: 202_610,
            packages: Vec::new(),
            signer_digests: Vec::new(),
            imeis: Vec::new(),
            origin: Origin::Generated,
        }
    }
}

/// The DER key description: the content of the extension's octet string.
pub fn encode_key_description(spec: &KeyDescriptionSpec) -> Vec<u8> {
    let packages = spec
        .packages
        .iter()
        .map(|name| sequence(&[octet_string(name.as_bytes()), integer(1)]))
        .collect::<Vec<_>>();
    let signers = spec.signer_digests.iter().map(|d| octet_string(d)).collect::<Vec<_>>();
    let application = sequence(&[set(&packages), set(&signers)]);
    let software = sequence(&[context(709, &octet_string(&application))]);

    let root_of_trust = sequence(&[
        octet_string(&[0; 32]),
        element(&[1], &[if spec.locked { 0xFF } else { 0 }]),
        enumerated(spec.boot_state.number()),
        octet_string(&[0; 32]),
    ]);
    let mut hardware = vec![
        context(1, &set(&[integer(2)])),
        context(702, &integer(spec.origin.number())),
        context(704, &root_of_trust),
        context(706, &integer(spec.os_patch)),
    ];
    for (tag, imei) in [714, 723].into_iter().zip(&spec.imeis) {
        hardware.push(context(tag, &octet_string(imei.to_digits_with_check().as_bytes())));
    }
    sequence(&[
        integer(spec.version),
        enumerated(spec.attestation_level.number()),
        integer(spec.version),
        enumerated(spec.keymint_level.number()),
        octet_string(&spec.challenge),
        octet_string(&[]),
        software,
        sequence(&hardware),
    ])
}

pub(crate) fn set(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut sorted = parts.to_vec();
    sorted.sort();
    element(&[0x31], &sorted.concat())
}

pub(crate) fn integer(value: u32) -> Vec<u8> {
    element(&[0x02], &number(value))
}

pub(crate) fn enumerated(value: u32) -> Vec<u8> {
    element(&[0x0A], &number(value))
}

/// An explicit context tag, in the long form above 30.
pub(crate) fn context(tag: u16, content: &[u8]) -> Vec<u8> {
    let low = |shift: u32| u8::try_from(tag >> shift & 0x7F).unwrap_or(0);
    if tag < 31 {
        return element(&[0xA0 | low(0)], content);
    }
    if tag < 0x80 {
        return element(&[0xBF, low(0)], content);
    }
    element(&[0xBF, 0x80 | low(7), low(0)], content)
}

fn number(value: u32) -> Vec<u8> {
    let octets = value.to_be_bytes();
    let zeros = octets.iter().take(3).take_while(|octet| **octet == 0).count();
    let mut out = octets.get(zeros..).unwrap_or_default().to_vec();
    if out.first().is_some_and(|octet| *octet >= 0x80) {
        out.insert(0, 0);
    }
    out
}
