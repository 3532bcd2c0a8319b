use std::collections::HashSet;

use super::engine::ENGINE_REASONS;
use super::{CATALOGUE, Catalogue, Lang, ReasonCode};

#[test]
fn the_catalogue_reads_and_every_reason_has_all_its_texts() {
    let catalogue: Catalogue = toml::from_str(CATALOGUE).unwrap();
    let mut codes = HashSet::new();
    for entry in &catalogue.reason {
        assert!(codes.insert(&entry.code), "{} is there twice", entry.code);
    }
    for reason in ReasonCode::all() {
        for lang in [Lang::Ja, Lang::En] {
            assert!(!reason.text(lang).is_empty() && !reason.next(lang).is_empty(), "{reason}");
        }
        assert!(!reason.text(Lang::Ja).is_ascii() && reason.text(Lang::En).is_ascii(), "{reason}");
        assert_eq!(ReasonCode::from_name(reason.as_str()), Some(reason));
    }
}

#[test]
fn the_engine_s_reasons_stand_at_their_places() {
    assert_eq!(ENGINE_REASONS.len(), 20);
    for (reason, name) in ENGINE_REASONS {
        assert_eq!(reason.as_str(), *name);
    }
}
