use super::{
    super::{Compatibility, Date, Listing, Outcome, ReaderBuild, Tac},
    registry,
};
use crate::ids::{HandsetModelId, Imei};

fn build(model: &str, firmware: &str) -> ReaderBuild {
    ReaderBuild { model: model.parse().unwrap(), firmware: firmware.parse().unwrap() }
}

#[test]
fn a_handset_is_found_by_each_of_its_tacs() {
    let registry = registry();
    let imei: Imei = "35000102000001".parse().unwrap();
    assert_eq!(registry.handset(Tac::of(imei)).unwrap().id().as_str(), "kita-1");
    assert_eq!(registry.handset("35000101".parse().unwrap()).unwrap().id().as_str(), "kita-1");
    assert!(registry.handset("35000999".parse().unwrap()).is_none());
    let sample: Tac = imei.to_digits_with_check().parse().unwrap();
    assert_eq!(sample, "35000102".parse().unwrap());
}

#[test]
fn a_reader_stands_by_its_firmware() {
    let registry = registry();
    let listing = |model, firmware| {
        registry.reader(&build(model, firmware)).map(|line| line.listed().listing)
    };
    assert_eq!(listing("door", "1.4"), Some(Listing::Listed));
    assert_eq!(listing("door", "2.7"), Some(Listing::Certified));
    assert_eq!(listing("door", "0.9"), None);
    assert_eq!(listing("gate", "1.0"), None);
    let ids: Vec<&str> = registry.reader_ids().map(|id| id.as_str()).collect();
    assert_eq!(ids, ["desk", "door"]);
}

#[test]
fn a_trial_counts_for_its_firmware_and_the_newest_for_the_model() {
    let registry = registry();
    let kita: HandsetModelId = "kita-1".parse().unwrap();
    let mori: HandsetModelId = "mori-1".parse().unwrap();
    let tried = Compatibility::Tried;
    for (reader, firmware, handset, expected) in [
        ("door", "1.5", &kita, tried(Outcome::Failed)),
        ("door", "2.0", &kita, tried(Outcome::Passed)),
        ("door", "2.1", &kita, Compatibility::Untested),
        ("desk", "7", &kita, tried(Outcome::Passed)),
        ("desk", "7", &mori, Compatibility::Untested),
    ] {
        assert_eq!(registry.together(&build(reader, firmware), handset), expected, "{reader}");
    }
    let door = "door".parse().unwrap();
    assert_eq!(registry.compatibility(&door, &kita), tried(Outcome::Passed));
    assert_eq!(registry.compatibility(&door, &mori), Compatibility::Untested);
}

#[test]
fn days_begin_where_the_calendar_has_them() {
    for (text, days) in [("2000-01-01", 10_957), ("2024-02-29", 19_782), ("2026-10-01", 20_727)] {
        let date: Date = text.parse().unwrap();
        assert_eq!(date.begins().as_secs(), days * 86_400, "{text}");
        assert_eq!(date.to_string(), text);
    }
    for wrong in
        ["2023-02-29", "2100-01-01", "1999-12-31", "2026-13-01", "2026-1-1", "2026-04-31", ""]
    {
        assert!(wrong.parse::<Date>().is_err(), "{wrong}");
    }
}
