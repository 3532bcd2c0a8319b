use super::{Sorts, Trial, Verdict, Why, handsets_csv, play, readers_csv, trials_csv};
use std::collections::BTreeMap;

fn shipped() -> (Sorts, Vec<Trial>) {
    let sorts = Sorts::shipped().unwrap();
    let trials = play(&sorts, 1).unwrap();
    (sorts, trials)
}

fn found<'a>(trials: &'a [Trial], reader: &str, handset: &str) -> &'a Trial {
    trials.iter().find(|it| it.reader == reader && it.handset == handset).unwrap()
}

#[test]
fn six_sorts_of_readers_and_dozens_of_handsets_ship_and_each_pair_is_tried() {
    let (sorts, trials) = shipped();
    assert!(sorts.reader.len() >= 6 && sorts.handset.len() >= 36);
    assert_eq!(trials.len(), sorts.reader.len() * sorts.handset.len());
    for verdict in [Verdict::Passed, Verdict::Partial, Verdict::Failed] {
        assert!(trials.iter().any(|it| it.verdict() == verdict), "{verdict:?}");
    }
}

#[test]
fn each_limit_shows_as_its_own_reason() {
    let (_, trials) = shipped();
    let table = [
        ("sato-door", "kitakaze-plain", None),
        ("sato-desk", "kitakaze-plain", None),
        ("ueda-counter", "kitakaze-plain", None),
        ("hinode-pad", "kitakaze-small", None),
        ("sato-door", "kitakaze-small", Some(Why::LongForHandset)),
        ("sato-door", "kitakaze-none", Some(Why::NoInterface)),
        ("sato-door", "kitakaze-type-f", Some(Why::NoCommonType)),
        ("oki-bus", "kitakaze-type-b", Some(Why::NoCommonType)),
        ("sato-door", "kitakaze-no-wire", Some(Why::NoApplet)),
        ("sato-door", "kitakaze-leaves", None),
        ("minato-lock", "kitakaze-leaves", Some(Why::Ended)),
        ("ueda-gate", "kitakaze-slow", Some(Why::Slow)),
        ("oki-bus", "kitakaze-metal", Some(Why::WeakField)),
        ("minato-stick", "kitakaze-plain", Some(Why::NotFetched)),
        ("minato-lock", "kitakaze-plain", Some(Why::LongForReader)),
        ("hinode-kiosk", "kitakaze-plain", Some(Why::Extended)),
    ];
    for (reader, handset, why) in table {
        let trial = found(&trials, reader, handset);
        let wanted = if why.is_none() { Verdict::Passed } else { Verdict::Failed };
        assert_eq!((trial.why, trial.verdict()), (why, wanted), "{reader} {handset}");
    }
    let shaky = found(&trials, "sato-door", "kitakaze-shaky");
    assert_eq!((shaky.why, shaky.verdict()), (Some(Why::Lost), Verdict::Partial));
}

#[test]
fn a_seed_repeats_and_a_sort_less_changes_no_other_trial() {
    let (mut sorts, trials) = shipped();
    assert_eq!(play(&sorts, 1).unwrap(), trials);
    assert_ne!(play(&sorts, 2).unwrap(), trials);
    sorts.handset.remove(0);
    sorts.reader.remove(0);
    for trial in play(&sorts, 1).unwrap() {
        assert_eq!(&trial, found(&trials, &trial.reader, &trial.handset));
    }
}

#[test]
fn the_files_have_a_line_for_each_sort_and_trial() {
    let (sorts, trials) = shipped();
    let lines = |text: String| text.lines().count() - 1;
    assert_eq!(lines(handsets_csv(&sorts)), sorts.handset.len());
    assert_eq!(lines(readers_csv(&sorts)), sorts.reader.len());
    let text = trials_csv(&sorts, &trials);
    let mut outcomes: BTreeMap<&str, u32> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let fields: Vec<_> = line.split(',').collect();
        assert_eq!(fields.len(), 6, "{line}");
        *outcomes.entry(fields[3]).or_default() += 1;
    }
    assert_eq!(outcomes.len(), 3, "{outcomes:?}");
}

#[test]
fn numbers_outside_their_range_are_refused() {
    let wrong = include_str!("../../scenarios/readers.toml").replace("taps = 20", "taps = 0");
    assert!(Sorts::parse(&wrong).is_err());
    assert!(Sorts::parse("on = \"2026-11-01\"\ntaps = 1\nreader = []\nhandset = []").is_ok());
}
