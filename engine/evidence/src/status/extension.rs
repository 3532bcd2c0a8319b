//! Extensions (RFC 5280 section 4.2), of lists, of their entries, and of OCSP answers.

use super::StatusError;
use crate::der::{BOOLEAN, DerError, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE};

const FIELD: &str = "extensions";
/// The most extensions in one place.
const MAX: usize = 16;

/// 2.5.29.n, the content octets.
pub(super) const fn id_ce(number: u8) -> [u8; 3] {
    [0x55, 0x1D, number]
}

/// One extension: its identifier's octets, whether it is critical, and its value.
#[derive(Clone, Copy)]
pub(super) struct Extension<'d> {
    pub(super) id: &'d [u8],
    pub(super) critical: Critical,
    pub(super) value: &'d [u8],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Critical {
    Yes,
    No,
}

impl Extension<'_> {
    /// An extension that is not looked at: critical ones refuse the whole.
    pub(super) fn pass_over(&self) -> Result<(), StatusError> {
        match self.critical {
            Critical::Yes => Err(StatusError::CriticalExtension),
            Critical::No => Ok(()),
        }
    }
}

/// Reads an `Extensions`. None may stand twice.
pub(super) fn each<'d>(
    mut outer: Reader<'d>,
    mut take: impl FnMut(Extension<'d>) -> Result<(), StatusError>,
) -> Result<(), StatusError> {
    let mut list = outer.enter(FIELD, SEQUENCE)?;
    outer.finish()?;
    let mut seen: [&[u8]; MAX] = [&[]; MAX];
    let mut count = 0;
    while !list.is_empty() {
        let extension = read(&mut list)?;
        if seen.contains(&extension.id) {
            return Err(DerError::Twice { field: FIELD }.into());
        }
        let place = seen.get_mut(count).ok_or(StatusError::TooMany { what: FIELD, max: MAX })?;
        *place = extension.id;
        count += 1;
        take(extension)?;
    }
    Ok(())
}

fn read<'d>(list: &mut Reader<'d>) -> Result<Extension<'d>, DerError> {
    let mut extension = list.enter(FIELD, SEQUENCE)?;
    let id = extension.expect(FIELD, OBJECT_IDENTIFIER)?;
    let mut ahead = extension;
    let critical = match ahead.any()? {
        (BOOLEAN, _) if extension.boolean(FIELD)? => Critical::Yes,
        _ => Critical::No,
    };
    let value = extension.expect(FIELD, OCTET_STRING)?;
    extension.finish()?;
    Ok(Extension { id, critical, value })
}
