//! Rules of this repository that no compiler knows.

mod direction;
mod length;
mod purity;
mod sources;

#[cfg(test)]
mod tests;

use anyhow::Result;
use std::path::Path;

/// Everything that breaks a rule, a line each.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = direction::check(root)?;
    problems.extend(length::check(root)?);
    problems.extend(purity::check(root)?);
    Ok(problems)
}
