use super::parts::{ExtensionSpec, Signer, either, extensions, generalized};
use crate::{
    certificate::Authority,
    der::write::{element, sequence},
    status::{Reason, Serial},
};
use simbind_core::time::Timestamp;

/// What a made list says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlSpec {
    /// The version's number; 1 is version 2, and `None` leaves it out, as version 1 does.
    pub version: Option<u8>,
    /// The issuer's name, DER.
    pub issuer: Vec<u8>,
    /// When it is made.
    pub this_update: Timestamp,
    /// When the next one is due.
    pub next_update: Option<Timestamp>,
    /// Its number.
    pub number: Option<u64>,
    /// Who is on it.
    pub entries: Vec<CrlEntrySpec>,
    /// Further extensions.
    pub extensions: Vec<ExtensionSpec>,
}

impl CrlSpec {
    /// An empty list of this issuer, the first one, good for a day.
    pub fn empty(issuer: &Authority, this_update: Timestamp) -> Self {
        Self {
            version: Some(1),
            issuer: issuer.name_der().to_vec(),
            this_update,
            next_update: Some(this_update.plus(std::time::Duration::from_secs(86_400))),
            number: Some(1),
            entries: Vec::new(),
            extensions: Vec::new(),
        }
    }
}

/// One entry of a made list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlEntrySpec {
    /// Which certificate.
    pub serial: Serial,
    /// Since when.
    pub since: Timestamp,
    /// The reason code's number, where it is said: 6 is a hold.
    pub code: Option<u8>,
    /// Since when its key may be in other hands, where that is said.
    pub invalid_since: Option<Timestamp>,
    /// Further extensions.
    pub extensions: Vec<ExtensionSpec>,
}

impl CrlEntrySpec {
    /// A revocation with its reason.
    pub fn revoked(serial: Serial, since: Timestamp, reason: Reason) -> Self {
        Self::coded(serial, since, Some(reason.number()))
    }

    /// A hold.
    pub fn held(serial: Serial, since: Timestamp) -> Self {
        Self::coded(serial, since, Some(6))
    }

    /// An entry with this reason code, or none.
    pub fn coded(serial: Serial, since: Timestamp, code: Option<u8>) -> Self {
        Self { serial, since, code, invalid_since: None, extensions: Vec::new() }
    }
}

/// The list, DER.
pub fn encode_crl(spec: &CrlSpec, signer: Signer<'_>) -> Vec<u8> {
    let mut parts = Vec::new();
    if let Some(version) = spec.version {
        parts.push(element(&[2], &[version]));
    }
    parts.extend([signer.algorithm(), spec.issuer.clone(), either(spec.this_update)]);
    parts.extend(spec.next_update.map(either));
    if !spec.entries.is_empty() {
        parts.push(sequence(&spec.entries.iter().map(entry).collect::<Vec<_>>()));
    }
    let number = spec.number.map(|number| {
        let octets = Serial::of_unsigned(&number.to_be_bytes());
        let content = octets.as_ref().map_or(&[][..], Serial::as_der);
        ExtensionSpec::id_ce(20, false, element(&[2], content))
    });
    let all = number.into_iter().chain(spec.extensions.iter().cloned()).collect::<Vec<_>>();
    parts.extend(extensions(&all).map(|all| element(&[0xA0], &all)));
    sequence(&signer.signed(sequence(&parts)))
}

fn entry(spec: &CrlEntrySpec) -> Vec<u8> {
    let reason = spec.code.map(|code| ExtensionSpec::id_ce(21, false, element(&[10], &[code])));
    let date = spec.invalid_since.map(|at| ExtensionSpec::id_ce(24, false, generalized(at)));
    let all = reason.into_iter().chain(date).chain(spec.extensions.iter().cloned());
    let mut parts = vec![element(&[2], spec.serial.as_der()), either(spec.since)];
    parts.extend(extensions(&all.collect::<Vec<_>>()));
    sequence(&parts)
}
