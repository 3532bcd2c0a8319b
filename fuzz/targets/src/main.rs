//! `cargo run -p simbind-fuzz-targets`: makes fixtures and first inputs anew.

use anyhow::{Context as _, Result};
use std::path::Path;

fn main() -> Result<()> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no folder")?;
    simbind_fuzz_targets::seeds::write(fuzz)
}
