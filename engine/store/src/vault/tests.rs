use super::*;
use crate::testing::run;
use std::{
    collections::HashSet,
    fs,
    os::unix::fs::{FileExt, PermissionsExt},
    path::Path,
};

fn vault(dir: &Path) -> FileVault {
    open(dir, [7; 32]).unwrap()
}

fn open(dir: &Path, fresh: [u8; 32]) -> Result<FileVault, OpenError> {
    let master = MasterKey::load_or_create(&dir.join("master"), Zeroizing::new(fresh))?;
    FileVault::open(VaultConfig::new(dir.join("slots")), master)
}

fn plain(bytes: &[u8]) -> Opened {
    Opened::Plain(Zeroizing::new(bytes.to_vec()))
}

#[test]
fn sealed_bytes_open_in_their_context_only_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let first = vault(dir.path());
    let (id, other) =
        run(async { (first.new_key().await.unwrap(), first.new_key().await.unwrap()) });
    let sealed = first.seal(id, b"line", b"0901234").unwrap();
    assert_ne!(sealed.bytes, first.seal(id, b"line", b"0901234").unwrap().bytes);
    drop(first);
    let vault = vault(dir.path());
    assert_eq!(vault.open(b"line", &sealed).unwrap(), plain(b"0901234"));
    assert_eq!(vault.open(b"name", &sealed), Err(VaultError::DoesNotOpen));
    let moved = Sealed { key: other, bytes: sealed.bytes.clone() };
    assert_eq!(vault.open(b"line", &moved), Err(VaultError::DoesNotOpen));
    for at in 0..sealed.bytes.len() {
        let mut flipped = sealed.clone();
        flipped.bytes[at] ^= 1;
        assert_eq!(vault.open(b"line", &flipped), Err(VaultError::DoesNotOpen));
        flipped.bytes.truncate(at);
        assert_eq!(vault.open(b"line", &flipped), Err(VaultError::DoesNotOpen));
    }
}

#[test]
fn a_destroyed_key_is_erased_for_good_and_its_slot_holds_nothing_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let first = vault(dir.path());
    run(async {
        let id = first.new_key().await.unwrap();
        let kept = first.new_key().await.unwrap();
        let sealed = first.seal(id, b"", b"secret").unwrap();
        let other = first.seal(kept, b"", b"kept").unwrap();
        first.destroy(id).await.unwrap();
        assert_eq!(first.open(b"", &sealed).unwrap(), Opened::Erased);
        assert_eq!(first.seal(id, b"", b"x"), Err(VaultError::DoesNotOpen));
        first.destroy(id).await.unwrap();
        drop(first);
        let bytes = fs::read(dir.path().join("slots")).unwrap();
        assert!(bytes[SLOT + 12..SLOT + 124].iter().all(|byte| *byte == 0));
        let vault = vault(dir.path());
        assert_eq!(vault.open(b"", &sealed).unwrap(), Opened::Erased);
        assert_eq!(vault.open(b"", &other).unwrap(), plain(b"kept"));
    });
}

const SLOT: usize = slot::SLOT;

#[test]
fn an_unknown_key_does_not_open() {
    let dir = tempfile::tempdir().unwrap();
    let vault = vault(dir.path());
    let id = run(vault.new_key()).unwrap();
    let sealed = vault.seal(id, b"", b"x").unwrap();
    let mut wrong = id;
    wrong.0[15] ^= 1;
    for key in [wrong, KeyId([0; 16]), KeyId([255; 16]), slot::id(0, [0; 8]), slot::id(9, [0; 8])] {
        let sealed = Sealed { key, bytes: sealed.bytes.clone() };
        assert_eq!(vault.open(b"", &sealed), Err(VaultError::DoesNotOpen));
        assert_eq!(run(vault.destroy(key)), Err(VaultError::DoesNotOpen));
    }
    assert_eq!(vault.open(b"", &sealed).unwrap(), plain(b"x"));
}

#[test]
fn keys_made_at_once_all_differ_and_all_open() {
    let dir = tempfile::tempdir().unwrap();
    let first = Arc::new(vault(dir.path()));
    let ids = run(async {
        let tasks: Vec<_> = (0..500)
            .map(|_| {
                let vault = Arc::clone(&first);
                tokio::spawn(async move { vault.new_key().await.unwrap() })
            })
            .collect();
        let mut ids = HashSet::new();
        for task in tasks {
            ids.insert(task.await.unwrap());
        }
        ids
    });
    assert_eq!(ids.len(), 500);
    drop(first);
    let vault = vault(dir.path());
    for id in ids {
        let sealed = vault.seal(id, b"", b"x").unwrap();
        assert_eq!(vault.open(b"", &sealed).unwrap(), plain(b"x"));
    }
}

#[test]
fn another_master_key_is_refused_at_open() {
    let dir = tempfile::tempdir().unwrap();
    drop(vault(dir.path()));
    fs::remove_file(dir.path().join("master")).unwrap();
    assert!(matches!(open(dir.path(), [8; 32]), Err(OpenError::Damaged(_))));
}

#[test]
fn the_master_key_is_kept_for_its_owner_alone() {
    let dir = tempfile::tempdir().unwrap();
    drop(vault(dir.path()));
    let path = dir.path().join("master");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read(&path).unwrap(), [7; 32]);
    drop(open(dir.path(), [9; 32]).unwrap());
    assert_eq!(fs::read(&path).unwrap(), [7; 32]);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(open(dir.path(), [7; 32]), Err(OpenError::Damaged(_))));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, [7; 31]).unwrap();
    assert!(matches!(open(dir.path(), [7; 32]), Err(OpenError::Damaged(_))));
}

#[test]
fn two_vaults_cannot_share_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let _first = vault(dir.path());
    assert!(matches!(open(dir.path(), [7; 32]), Err(OpenError::Locked { .. })));
}

#[test]
fn a_damaged_or_half_written_slot_is_told_and_harms_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("slots");
    let first = vault(dir.path());
    let (id, kept) =
        run(async { (first.new_key().await.unwrap(), first.new_key().await.unwrap()) });
    let (sealed, other) =
        (first.seal(id, b"", b"x").unwrap(), first.seal(kept, b"", b"y").unwrap());
    drop(first);
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.write_all_at(&[1, 2, 3], u64::try_from(SLOT).unwrap() + 40).unwrap();
    file.write_all_at(&[1; 50], u64::try_from(SLOT).unwrap() * 3).unwrap();
    let vault = vault(dir.path());
    assert!(matches!(vault.open(b"", &sealed), Err(VaultError::Unavailable { .. })));
    assert_eq!(vault.open(b"", &other).unwrap(), plain(b"y"));
    let next = run(vault.new_key()).unwrap();
    assert_eq!(slot::number(next), 4);
    assert!(vault.seal(next, b"", b"z").is_ok());
}

#[test]
fn look_up_hashes_depend_on_kind_key_and_the_borders_of_parts() {
    let master = MasterKey::new(&[1; 32]);
    let rows: [(LookupKind, &[&[u8]]); 6] = [
        (LookupKind::Iccid, &[b"ab"]),
        (LookupKind::Imei, &[b"ab"]),
        (LookupKind::Iccid, &[b"a", b"b"]),
        (LookupKind::Iccid, &[b"ab", b""]),
        (LookupKind::Iccid, &[b"", b"ab"]),
        (LookupKind::Iccid, &[]),
    ];
    let hashes: HashSet<_> = rows.iter().map(|(kind, parts)| master.lookup(*kind, parts)).collect();
    assert_eq!(hashes.len(), rows.len());
    let other = MasterKey::new(&[2; 32]);
    assert!(rows.iter().all(|(kind, parts)| !hashes.contains(&other.lookup(*kind, parts))));
    assert_eq!(
        master.lookup(LookupKind::Iccid, &[b"ab"]),
        MasterKey::new(&[1; 32]).lookup(LookupKind::Iccid, &[b"ab"])
    );
}

#[test]
fn the_challenge_key_is_the_master_keys_own_and_not_itself() {
    let of = |byte| MasterKey::new(&[byte; 32]).challenge_key();
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
    assert_ne!(*of(1), [1; 32]);
}

#[test]
fn nothing_secret_is_printed() {
    let dir = tempfile::tempdir().unwrap();
    let printed = format!("{:?} {:?}", vault(dir.path()), MasterKey::new(&[1; 32]));
    assert_eq!(printed, "FileVault { .. } MasterKey(…)");
}

#[test]
fn a_failed_write_or_sync_ends_writing_and_loses_no_key_that_was_answered() {
    for (room, syncs) in [(0, 100), (300, 100), (1 << 40, 0), (1 << 40, 5)] {
        let dir = tempfile::tempdir().unwrap();
        let disk = crate::testing::Failing::new(room, syncs);
        let config = VaultConfig {
            disk: Arc::clone(&disk) as _,
            cached_keys: 1,
            ..VaultConfig::new(dir.path().join("slots"))
        };
        let failing = FileVault::open(config, MasterKey::new(&[7; 32])).unwrap();
        let mut sealed = Vec::new();
        run(async {
            while let Ok(id) = failing.new_key().await {
                sealed.push(failing.seal(id, b"", b"x").unwrap());
            }
            assert!(matches!(failing.new_key().await, Err(VaultError::Unavailable { .. })));
            if let Some(first) = sealed.first() {
                let answer = failing.destroy(first.key).await;
                assert!(matches!(answer, Err(VaultError::Unavailable { .. })));
            }
        });
        assert!(sealed.iter().all(|sealed| failing.open(b"", sealed) == Ok(plain(b"x"))));
        assert_eq!(disk.syncs_after_failure(), 0);
        drop(failing);
        let config = VaultConfig::new(dir.path().join("slots"));
        let vault = FileVault::open(config, MasterKey::new(&[7; 32])).unwrap();
        assert!(sealed.iter().all(|sealed| vault.open(b"", sealed) == Ok(plain(b"x"))));
        assert!(run(vault.new_key()).is_ok());
    }
}

#[test]
fn keys_held_in_memory_are_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let config = VaultConfig { cached_keys: 8, ..VaultConfig::new(dir.path().join("slots")) };
    let vault = FileVault::open(config, MasterKey::new(&[7; 32])).unwrap();
    for _ in 0..100 {
        let id = run(vault.new_key()).unwrap();
        vault.seal(id, b"", b"x").unwrap();
    }
    assert!(vault.keys.cache.len() <= 8);
}
