use super::*;

const EMPTY: &str = r#"{"entries": {}}"#;
const ONE: &str = r#"{"entries": {"cc66": {"status": "REVOKED"}}}"#;

fn watched(text: &str) -> (tempfile::TempDir, Watched) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("status.json");
    fs::write(&path, text).unwrap();
    let seen = Some(mark(&path).unwrap());
    (dir, Watched { path, seen })
}

#[test]
fn a_file_is_read_again_when_it_changed_and_a_broken_one_is_told_once() {
    let (_dir, mut watched) = watched(EMPTY);
    assert!(matches!(watched.look(), Look::Unchanged));
    fs::write(&watched.path, ONE).unwrap();
    match watched.look() {
        Look::Changed { list, made_at } => {
            assert_eq!((list.len(), made_at), (1, mark(&watched.path).unwrap().changed_at));
        }
        _ => panic!("the change was not seen"),
    }
    assert!(matches!(watched.look(), Look::Unchanged));
    fs::write(&watched.path, "{").unwrap();
    assert!(matches!(watched.look(), Look::Broken(Unread::List(_))));
    assert!(matches!(watched.look(), Look::Unchanged));
    fs::remove_file(&watched.path).unwrap();
    assert!(matches!(watched.look(), Look::Broken(Unread::File(_))));
    assert!(matches!(watched.look(), Look::Unchanged));
    fs::write(&watched.path, ONE).unwrap();
    assert!(matches!(watched.look(), Look::Changed { .. }));
}

#[test]
fn the_first_list_must_be_readable_and_has_the_time_of_its_file() {
    let (dir, watched) = watched(ONE);
    let made = mark(&watched.path).unwrap().changed_at;
    match first(Some(&watched.path)).unwrap() {
        AttestationList::Dated { list, made_at } => assert_eq!((list.len(), made_at), (1, made)),
        AttestationList::None => panic!("the list was not read"),
    }
    assert!(first(Some(&dir.path().join("gone.json"))).is_err());
    assert_eq!(first(None).unwrap(), AttestationList::None);
}
