use super::catalogue::{CatalogueError, read_catalogue};
use super::engine::ENGINE_REASONS;
use super::{CATALOGUE, Lang, ReasonCode, check_catalogue};

#[test]
fn the_catalogue_reads_and_every_reason_has_all_its_texts() {
    assert_eq!(check_catalogue(), Ok(()));
    let entries = read_catalogue(CATALOGUE).unwrap();
    assert_eq!(ReasonCode::all().count(), entries.len());
    for reason in ReasonCode::all() {
        for lang in [Lang::Ja, Lang::En] {
            assert!(!reason.text(lang).is_empty() && !reason.next(lang).is_empty(), "{reason}");
        }
        assert_eq!(ReasonCode::from_name(reason.as_str()), Some(reason));
    }
}

/// A catalogue of one reason, with one of its lines exchanged.
fn one(key: &str, line: &str) -> String {
    let lines = [
        ("code", "code = \"A\""),
        ("ja", "ja = \"理由\""),
        ("ja_next", "ja_next = \"次に\""),
        ("en", "en = \"Why.\""),
        ("en_next", "en_next = \"What next.\""),
        ("at", "at = [\"app\"]"),
    ];
    let lines = lines.map(|(name, usual)| if name == key { line } else { usual });
    format!("[[reason]]\n{}\n", lines.join("\n"))
}

#[test]
fn a_reason_without_its_texts_in_both_languages_is_refused() {
    assert_eq!(read_catalogue(&one("", "")).unwrap().len(), 1);
    for key in ["ja", "ja_next", "en", "en_next"] {
        let found = read_catalogue(&one(key, "")).unwrap_err();
        assert!(matches!(&found, CatalogueError::Malformed(why) if why.contains(key)), "{found}");
        let lang = if key.starts_with("ja") { Lang::Ja } else { Lang::En };
        // Empty, of the other language, too long.
        let other = if lang == Lang::Ja { "text".to_owned() } else { "理由".to_owned() };
        let long = if lang == Lang::Ja { "理".repeat(201) } else { "x".repeat(201) };
        for text in [String::new(), " ".to_owned(), other, long] {
            let found = read_catalogue(&one(key, &format!("{key} = \"{text}\""))).unwrap_err();
            assert_eq!(found, CatalogueError::Text { code: "A".to_owned(), lang }, "{key} {text}");
        }
    }
}

#[test]
fn every_reason_names_where_to_go_and_no_place_twice() {
    assert!(ReasonCode::all().all(|reason| !reason.places().is_empty()));
    for line in ["at = []", "at = [\"app\", \"app\"]"] {
        let found = read_catalogue(&one("at", line)).unwrap_err();
        assert_eq!(found, CatalogueError::Place("A".to_owned()), "{line}");
    }
    for line in ["", "at = [\"moon\"]"] {
        let found = read_catalogue(&one("at", line)).unwrap_err();
        assert!(matches!(found, CatalogueError::Malformed(_)), "{line}");
    }
}

#[test]
fn a_catalogue_with_a_code_twice_or_no_code_or_an_unknown_key_is_refused() {
    let twice = format!("{}{}", one("", ""), one("", ""));
    assert_eq!(read_catalogue(&twice).unwrap_err(), CatalogueError::Twice("A".to_owned()));
    for code in ["", "a", "A-B", "_A"] {
        let found = read_catalogue(&one("code", &format!("code = \"{code}\""))).unwrap_err();
        assert_eq!(found, CatalogueError::Code(code.to_owned()));
    }
    for line in ["code = \"A\"\nedge = \"sim-sim\"", "code = \"A\"\nfr = \"x\""] {
        let found = read_catalogue(&one("code", line)).unwrap_err();
        assert!(matches!(found, CatalogueError::Malformed(_)), "{line}");
    }
    let many: String = (0..1_025).map(|at| one("code", &format!("code = \"A{at}\""))).collect();
    assert_eq!(read_catalogue(&many).unwrap_err(), CatalogueError::Size);
}

#[test]
fn the_engine_s_reasons_stand_at_their_places() {
    assert_eq!(ENGINE_REASONS.len(), 21);
    for (reason, name) in ENGINE_REASONS {
        assert_eq!(reason.as_str(), *name);
    }
}
