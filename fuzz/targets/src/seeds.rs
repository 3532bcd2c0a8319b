//! Makes the fixtures and the first inputs of each target, with our own encoders. The private keys
//! are thrown away: nobody can sign anything more under them.

mod attest;
mod cards;
mod certificates;
mod party;
mod records;
mod texts;

use anyhow::Result;
use std::{fs, path::Path};

/// Files that were made: below `targets/fixtures` and below `corpus`.
#[derive(Default)]
struct Made {
    fixtures: Vec<(&'static str, Vec<u8>)>,
    corpus: Vec<(&'static str, String, Vec<u8>)>,
}

impl Made {
    fn fixture(&mut self, name: &'static str, bytes: impl Into<Vec<u8>>) {
        self.fixtures.push((name, bytes.into()));
    }

    fn seed(&mut self, target: &'static str, name: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.corpus.push((target, name.into(), bytes.into()));
    }
}

/// Writes all of it into the folder `fuzz`.
///
/// # Errors
/// Where something cannot be made or written.
pub fn write(fuzz: &Path) -> Result<()> {
    let mut made = Made::default();
    certificates::make(&mut made)?;
    attest::make(&mut made)?;
    records::make(&mut made, fuzz)?;
    texts::make(&mut made);
    cards::make(&mut made);
    let fixtures = fuzz.join("targets/fixtures");
    for (name, bytes) in &made.fixtures {
        fs::write(fixtures.join(name), bytes)?;
    }
    for (target, name, bytes) in &made.corpus {
        let folder = fuzz.join("corpus").join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}
