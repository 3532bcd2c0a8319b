//! The path of a new analyst, as `rules/README.md` tells it: its commands are run as they stand
//! there, and what they print is compared.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod expect;
mod readme;
mod shell;

use readme::{Block, blocks};
use shell::Shell;
use simbind_tests::workspace_root;
use std::fs;

const HEAD: &str = "## A change on a Friday evening\n";

#[tokio::test]
async fn the_path_of_a_new_analyst_goes_as_it_is_written() {
    let text = fs::read_to_string(workspace_root().join("rules/README.md")).unwrap();
    let section = text.split(HEAD).nth(1).unwrap().split("\n## ").next().unwrap();
    let mut shell = Shell::new();
    let (mut ran, mut printed) = (0, String::new());
    for block in blocks(section) {
        match block {
            Block::Commands(commands) => {
                printed = shell.run(&commands).await;
                ran += 1;
            }
            Block::Output(expected) => shell.expects(&expected, &printed),
        }
    }
    assert!(ran > 10, "only {ran} blocks of commands");
}
