//! Conditions: what is refused and where, the truth table, and the `cel` interpreter as oracle.

pub(crate) mod dice;
mod differential;
mod equivalence;
pub(crate) mod expr;
pub(crate) mod generate;
mod mutants;
pub(crate) mod oracle;
mod refused;
pub(crate) mod sample;
pub(crate) mod table;
mod truth;
pub(crate) mod write;

use super::{ParamKinds, Typed, compile};
use crate::diagnostic::{Diagnostic, Problems};
use crate::pack::{ParamType, Spanned};

/// Types a condition that has the parameters `wait` (a duration) and `tries` (a count).
fn typed(source: &str) -> Result<Typed, Vec<Diagnostic>> {
    let params: ParamKinds =
        [("wait".to_owned(), ParamType::Duration), ("tries".to_owned(), ParamType::Int)].into();
    let mut problems = Problems::new("test.toml", source);
    let spanned = Spanned { value: source.to_owned(), span: 0..source.len() };
    let typed = compile(&spanned, &params, &mut problems);
    let found = problems.into_found();
    match typed {
        Some(typed) if found.is_empty() => Ok(typed),
        _ => Err(found),
    }
}
