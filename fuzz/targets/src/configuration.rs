//! The server's configuration.

use crate::Outcome;
use simbind::config::{Config, Overrides};
use std::path::Path;

/// A configuration's text. One that is refused says what is wrong, and where it says a line, the
/// text has that line.
pub fn configuration(bytes: &[u8]) -> Outcome {
    let Ok(text) = std::str::from_utf8(bytes) else { return Outcome::Refused };
    let base = Path::new("/nowhere/at/all");
    let outcome = Config::parse(text, "simbind.toml", base, &Overrides::default());
    if let Err(problems) = &outcome {
        assert!(!problems.list().is_empty(), "it is refused and nothing is said");
        assert!(problems.list().len() <= 10 * (text.len() + 10), "more problems than text");
        let told = problems.to_string();
        assert!(told.len() < (1 << 20), "a long complaint");
    }
    Outcome::of(&outcome)
}
