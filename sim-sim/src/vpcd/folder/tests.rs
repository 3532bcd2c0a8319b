use super::{Folder, FolderError};
use crate::card::{Counting, State};
use std::fs;
use tempfile::tempdir;

fn blank() -> State {
    let iccid = "8981100000000000002".parse().unwrap();
    State::blank(iccid, "440100000000001".parse().unwrap(), Counting::Counts)
}

#[test]
fn a_state_comes_back_in_another_process_and_the_folder_is_for_one_at_a_time() {
    let place = tempdir().unwrap();
    let folder = Folder::open(place.path()).unwrap();
    assert!(folder.load().unwrap().is_none());
    folder.save(&blank()).unwrap();
    assert!(matches!(Folder::open(place.path()), Err(FolderError::Taken(_))));
    drop(folder);
    let again = Folder::open(place.path()).unwrap();
    let bytes = again.load().unwrap().unwrap().to_bytes().unwrap();
    assert_eq!(bytes, blank().to_bytes().unwrap());
}

#[test]
fn a_damaged_state_is_refused_and_stays() {
    let place = tempdir().unwrap();
    let folder = Folder::open(place.path()).unwrap();
    folder.save(&blank()).unwrap();
    let file = place.path().join("card.state");
    let mut bytes = fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&file, &bytes).unwrap();
    assert!(matches!(folder.load(), Err(FolderError::State(..))));
    assert_eq!(fs::read(&file).unwrap(), bytes);
}

#[test]
fn a_state_that_was_cut_while_it_was_written_is_not_read() {
    let place = tempdir().unwrap();
    let folder = Folder::open(place.path()).unwrap();
    folder.save(&blank()).unwrap();
    fs::write(place.path().join("next"), b"half").unwrap();
    assert!(folder.load().unwrap().is_some());
    folder.save(&blank()).unwrap();
    assert!(!place.path().join("next").exists());
}

#[cfg(unix)]
#[test]
fn the_files_are_for_their_owner_alone_whatever_lay_there_before() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let outer = tempdir().unwrap();
    let place = outer.path().join("card");
    let folder = Folder::open(&place).unwrap();
    fs::write(place.join("next"), b"").unwrap();
    fs::set_permissions(place.join("next"), fs::Permissions::from_mode(0o644)).unwrap();
    folder.save(&blank()).unwrap();
    for name in ["card.state", "lock"] {
        assert_eq!(fs::metadata(place.join(name)).unwrap().mode() & 0o777, 0o600, "{name}");
    }
    assert_eq!(fs::metadata(&place).unwrap().mode() & 0o777, 0o700);
}
