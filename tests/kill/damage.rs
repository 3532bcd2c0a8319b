//! What happens to sled's folder between two runs. The ledgers are never touched.

use super::book::below;
use rand_chacha::ChaCha20Rng;
use std::{
    fs::{self, OpenOptions},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

/// What was done.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Damage {
    Deleted,
    Emptied,
    Truncated,
    Flipped,
    WithoutSnapshots,
}

impl Damage {
    /// Whether it cannot go unseen: bytes that are cut or turned over may have held nothing.
    pub(crate) const fn is_seen(self) -> bool {
        !matches!(self, Self::Truncated | Self::Flipped)
    }
}

/// Does one of them, by the seed.
pub(crate) fn damage(store: &Path, rng: &mut ChaCha20Rng) -> Damage {
    let index = store.join("index");
    match below(rng, 5) {
        0 => {
            fs::remove_dir_all(&index).unwrap();
            Damage::Deleted
        }
        1 => {
            files(&index).iter().for_each(|file| truncate(file, 0));
            Damage::Emptied
        }
        2 => {
            for file in files(&index) {
                let length = file.metadata().unwrap().len();
                truncate(&file, below(rng, length.max(1)));
            }
            Damage::Truncated
        }
        3 => {
            files(&index).iter().for_each(|file| flip(file, rng));
            Damage::Flipped
        }
        _ => {
            fs::remove_dir_all(&index).unwrap();
            let _ = fs::remove_dir_all(store.join("snapshots"));
            Damage::WithoutSnapshots
        }
    }
}

fn truncate(file: &Path, length: u64) {
    OpenOptions::new().write(true).open(file).unwrap().set_len(length).unwrap();
}

/// Turns bytes over, one in about each 512 bytes.
fn flip(path: &Path, rng: &mut ChaCha20Rng) {
    let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let length = file.metadata().unwrap().len();
    for _ in 0..(length / 512).min(2000) {
        let at = below(rng, length);
        let mut byte = [0];
        file.read_exact_at(&mut byte, at).unwrap();
        byte[0] ^= 1 << below(rng, 8);
        file.write_all_at(&byte, at).unwrap();
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
