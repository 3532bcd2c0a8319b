//! Packs and what is wrong with them.

use simbind_proto::v1 as wire;
use simbind_rules::{Diagnostic, Level, PackSource};
use simbind_service::{ServiceError, packs::check_pack_name};

/// The most packs that are compiled at once.
const MOST_PACKS: usize = 64;
/// The longest pack, in bytes.
const MOST_PACK_BYTES: usize = 512 << 10;

/// Packs of a request.
pub(in crate::grpc) fn sources(
    field: &'static str,
    packs: Vec<wire::PackSource>,
) -> Result<Vec<PackSource>, ServiceError> {
    if packs.is_empty() || packs.len() > MOST_PACKS {
        let why = format!("has {} packs, not 1 to {MOST_PACKS}", packs.len());
        return Err(ServiceError::invalid(field, why));
    }
    let source = |wire::PackSource { name, text }| {
        check_pack_name(&name).map_err(|why| ServiceError::invalid("packs.name", why))?;
        if text.len() > MOST_PACK_BYTES {
            return Err(ServiceError::invalid("packs.text", "has more than 512 KiB"));
        }
        Ok(PackSource { name, text })
    };
    packs.into_iter().map(source).collect()
}

/// A problem for an answer.
pub(in crate::grpc) fn diagnostic(found: Diagnostic) -> wire::Diagnostic {
    let level = match found.level {
        Level::Error => wire::DiagnosticLevel::Error,
        Level::Warning => wire::DiagnosticLevel::Warning,
    };
    wire::Diagnostic {
        name: found.pack,
        line: found.line,
        column: found.column,
        message: found.message,
        suggestion: found.suggestion.unwrap_or_default(),
        level: level.into(),
        text: found.text,
    }
}
