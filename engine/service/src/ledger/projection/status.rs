//! Answers about certificates, as rows.

use super::{key_error, put};
use crate::{
    ledger::{CertificateRow, ListRow, StatusRow, decode_row, keys},
    ports::{
        store::{Key, ProjectionError, Stored, Write},
        vault::{Sealed, Vault},
    },
    sealing,
    status::CertificateName,
};
use simbind_core::{
    binding::BoundCertificate,
    ids::{AuthorityId, BindingId},
    status::{Answer, Known},
};

fn name(
    vault: &impl Vault,
    certificate: &Sealed,
) -> Result<Option<CertificateName>, ProjectionError> {
    sealing::open(vault, sealing::CERTIFICATE, certificate)
}

/// The row of the certificate; none where its person was erased.
pub(super) fn reads(vault: &impl Vault, certificate: &Sealed) -> Result<Vec<Key>, ProjectionError> {
    let name = name(vault, certificate)?;
    name.map(|name| keys::status(vault, &name).map_err(key_error)).into_iter().collect()
}

pub(super) fn learned_writes(
    vault: &impl Vault,
    certificate: &Sealed,
    answer: Answer,
    values: &[Option<Stored>],
) -> Result<Vec<Write>, ProjectionError> {
    let Some(name) = name(vault, certificate)? else { return Ok(Vec::new()) };
    let before = values.first().and_then(Option::as_ref);
    let before: Option<StatusRow> = before.map(|row| decode_row(&row.value)).transpose()?;
    let mut known = before.map_or_else(Known::default, |row| row.known);
    known.take(answer);
    Ok(vec![put(keys::status(vault, &name), &StatusRow { known, key: certificate.key })?])
}

pub(super) fn list_writes(
    issuer: &AuthorityId,
    row: &ListRow,
) -> Result<Vec<Write>, ProjectionError> {
    Ok(vec![put(keys::status_list(issuer, row.scope), row)?])
}

/// The newest binding of a certificate, by its issuer and serial.
pub(super) fn bound_write(
    vault: &impl Vault,
    certificate: &BoundCertificate,
    binding: BindingId,
) -> Result<Write, ProjectionError> {
    let key = keys::serial(vault, &CertificateName::of(certificate));
    put(key, &CertificateRow { binding })
}
