use super::*;

const EMPTY: &str = r#"{"entries": {}}"#;
const ONE: &str = r#"{"entries": {"cc66": {"status": "REVOKED"}}}"#;

/// A file with a text, and the moment at which it was written.
fn written(text: &str) -> (tempfile::TempDir, PathBuf, Timestamp) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("status.json");
    fs::write(&path, text).unwrap();
    let now = mark(&path).unwrap().changed_at;
    (dir, path, now)
}

fn watched(text: &str) -> (tempfile::TempDir, Watched, Timestamp) {
    let (dir, path, now) = written(text);
    let (_, watched) = first(Some(&path), now).unwrap();
    (dir, watched.unwrap(), now)
}

#[test]
fn a_file_is_read_again_when_it_changed_and_a_broken_one_is_told_once() {
    let (_dir, mut watched, now) = watched(EMPTY);
    assert!(matches!(watched.look(now), Look::Unchanged));
    fs::write(&watched.path, ONE).unwrap();
    match watched.look(now) {
        Look::Changed { list, made_at } => {
            assert_eq!((list.len(), made_at), (1, mark(&watched.path).unwrap().changed_at));
        }
        _ => panic!("the change was not seen"),
    }
    assert!(matches!(watched.look(now), Look::Unchanged));
    fs::write(&watched.path, "{").unwrap();
    assert!(matches!(watched.look(now), Look::Broken(Unread::List(_))));
    assert!(matches!(watched.look(now), Look::Unchanged));
    fs::remove_file(&watched.path).unwrap();
    assert!(matches!(watched.look(now), Look::Broken(Unread::File(_))));
    assert!(matches!(watched.look(now), Look::Unchanged));
    fs::write(&watched.path, ONE).unwrap();
    assert!(matches!(watched.look(now), Look::Changed { .. }));
}

#[test]
fn a_change_between_the_first_reading_and_the_first_look_is_seen() {
    let (_dir, path, now) = written(EMPTY);
    let (_, watched) = first(Some(&path), now).unwrap();
    fs::write(&path, ONE).unwrap();
    assert!(matches!(watched.unwrap().look(now), Look::Changed { .. }));
}

#[test]
fn a_file_that_could_not_be_read_is_read_again_though_it_did_not_change() {
    let (_dir, mut watched, now) = watched(EMPTY);
    fs::write(&watched.path, ONE).unwrap();
    let kept = watched.path.with_extension("kept");
    fs::rename(&watched.path, &kept).unwrap();
    // A folder in its place has a time, and no bytes can be read of it.
    fs::create_dir(&watched.path).unwrap();
    assert!(matches!(watched.look(now), Look::Broken(Unread::File(_))));
    assert!(matches!(watched.look(now), Look::Unchanged), "it is told once");
    assert_eq!(watched.seen, Seen::Unreadable);
    fs::remove_dir(&watched.path).unwrap();
    fs::rename(&kept, &watched.path).unwrap();
    assert!(matches!(watched.look(now), Look::Changed { .. }));
}

#[test]
fn a_list_from_the_future_is_not_taken_before_its_time() {
    let (_dir, path, written_at) = written(ONE);
    let early = written_at.minus(SKEW + Duration::from_secs(1));
    let refused = first(Some(&path), early).unwrap_err().to_string();
    assert!(refused.contains("in the future"), "{refused}");
    let (_dir, mut watched, now) = watched(EMPTY);
    fs::write(&watched.path, ONE).unwrap();
    let early = now.minus(SKEW + Duration::from_secs(60));
    assert!(matches!(watched.look(early), Look::Broken(Unread::Future)));
    assert!(matches!(watched.look(early), Look::Unchanged), "it is told once");
    assert!(matches!(watched.look(now), Look::Changed { .. }));
}

#[test]
fn the_first_list_must_be_readable_and_has_the_time_of_its_file() {
    let (dir, path, now) = written(ONE);
    match first(Some(&path), now).unwrap().0 {
        AttestationList::Dated { list, made_at } => assert_eq!((list.len(), made_at), (1, now)),
        AttestationList::None => panic!("the list was not read"),
    }
    assert!(first(Some(&dir.path().join("gone.json")), now).is_err());
    assert_eq!(first(None, now).unwrap().0, AttestationList::None);
}
