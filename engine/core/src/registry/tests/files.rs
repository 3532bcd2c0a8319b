use super::{
    super::{Firmware, FirmwareSet, MOST_BYTES, Problems, Tables},
    HANDSETS, NOW, READERS, TRIALS, registry, tables, told,
};
use proptest::prelude::*;

#[test]
fn a_mark_of_byte_order_other_line_ends_and_another_order_change_nothing() {
    let crlf = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let (handsets, readers, trials) = (crlf(HANDSETS), crlf(READERS), crlf(TRIALS));
    assert_eq!(tables(&handsets, &readers, &trials).read(NOW).unwrap(), registry());
    let mut lines: Vec<&str> = HANDSETS.lines().collect();
    lines[1..].reverse();
    let reversed = lines.join("\n");
    let again = tables(&reversed, READERS, TRIALS).read(NOW).unwrap();
    assert_eq!(again.texts().hash(), registry().texts().hash());
}

#[test]
fn what_is_written_is_read_as_the_same_registry() {
    let registry = registry();
    let texts = registry.texts();
    let again = texts.tables().read(NOW).unwrap();
    assert_eq!(again, registry);
    assert_eq!(again.texts(), texts);
}

#[test]
fn every_part_of_a_registry_changes_its_hash() {
    let hash = |handsets: &str, readers: &str, trials: &str| {
        tables(handsets, readers, trials).read(NOW).unwrap().texts().hash()
    };
    let own = registry().texts().hash();
    for (from, to) in [
        ("Kita One", "Kita 1"),
        ("35000102", "35000103"),
        ("A;B;F", "A;F"),
        ("sim,android", "sim,other"),
        (",sim,", ",none,"),
        ("certified,2025-04-01", "listed,2025-04-01"),
        ("2026-01-15", "2026-01-16"),
    ] {
        assert_ne!(hash(&HANDSETS.replace(from, to), READERS, TRIALS), own, "{from}");
    }
    assert_ne!(
        hash(
            HANDSETS,
            &READERS.replace("1.0-1.9", "1.0-1.8"),
            &TRIALS.replace("1.0-1.9", "1.0-1.8")
        ),
        own
    );
    for (from, to) in [("failed", "partial"), ("2025-05-01", "2025-05-02"), ("after", "before")] {
        assert_ne!(hash(HANDSETS, READERS, &TRIALS.replace(from, to)), own, "{from}");
    }
}

#[test]
fn every_fault_is_told_by_file_line_and_column() {
    for (file, from, to, expected) in [
        (
            0,
            "model,maker",
            "modell,maker",
            "handsets.csv:1: column 1: `modell` is no column of this file",
        ),
        (0, "model,maker", "maker,maker", "handsets.csv:1: column 2: `maker` comes twice"),
        (
            0,
            "35000101",
            "3500010",
            "handsets.csv:2: column 4 (tacs): the 1. one: a TAC has 8 digits, or is told by a sample IMEI of 15",
        ),
        (
            0,
            "35000101",
            "350001010000011",
            "handsets.csv:2: column 4 (tacs): the 1. one: the sample IMEI has a wrong check digit",
        ),
        (
            0,
            "35000201",
            "35000102",
            "handsets.csv:3: column 4 (tacs): 35000102 is in line 2 already",
        ),
        (0, "35000201", "", "handsets.csv:3: column 4 (tacs): is empty"),
        (0, "kita-2", "kita-1", "handsets.csv:3: column 1 (model): is that of line 2"),
        (0, "kita-2,", ",", "handsets.csv:3: column 1 (model): handset model is empty"),
        (
            0,
            "A;B,",
            "A;C,",
            "handsets.csv:3: column 5 (nfc): is none, or of A, B and F those that it has, like A;B",
        ),
        (
            0,
            "embedded",
            "chip",
            "handsets.csv:3: column 6 (secure_element): is none of none, embedded, sim",
        ),
        (0, "none,other", "none,symbian", "handsets.csv:4: column 7 (platform): is none of"),
        (
            0,
            "withdrawn",
            "gone",
            "handsets.csv:4: column 8 (listing): is none of certified, listed, withdrawn",
        ),
        (
            0,
            "2026-01-15",
            "2026-02-30",
            "handsets.csv:4: column 9 (since): is no day like 2026-04-01",
        ),
        (
            0,
            "2026-01-15",
            "2026-10-03",
            "handsets.csv:4: column 9 (since): lies after the day of the import",
        ),
        (0, "Mori,Mori", "Mori", "handsets.csv:4: has 8 fields, and the first line has 9"),
        (
            0,
            "Mori,Mori",
            "Mori,Mo\u{202e}ri",
            "handsets.csv:4: column 3 (name): has a control character, or one that cannot be seen",
        ),
        (1, "2.0+", "1.9+", "readers.csv:3: column 4 (firmware): meets that of line 2"),
        (
            1,
            "2.0+",
            "v2",
            "readers.csv:3: column 4 (firmware): a firmware version is 1 to 4 numbers",
        ),
        (
            1,
            "1.0-1.9",
            "1.9-1.0",
            "readers.csv:2: column 4 (firmware): the range ends before it begins",
        ),
        (
            1,
            "Sato,Door,2.0+",
            "Sato,Gate,2.0+",
            "readers.csv:3: column 3 (name): or maker is another than in line 2",
        ),
        (2, "desk,*", "disk,*", "trials.csv:5: column 1 (reader): `disk` is not in readers.csv"),
        (
            2,
            "door,2.0,kita-2",
            "door,0.9,kita-2",
            "trials.csv:4: column 2 (firmware): version 0.9 of `door` is not in readers.csv",
        ),
        (
            2,
            "door,2.0,kita-1",
            "door,1.5,kita-1",
            "trials.csv:3: column 2 (firmware): has a version that the trial of line 2 has too",
        ),
        (
            2,
            "2.0,kita-2",
            "2.0,kita-9",
            "trials.csv:4: column 3 (handset): `kita-9` is not in handsets.csv",
        ),
        (
            2,
            "partial",
            "perhaps",
            "trials.csv:4: column 4 (outcome): is none of passed, partial, failed",
        ),
    ] {
        let mut texts = [HANDSETS.to_owned(), READERS.to_owned(), TRIALS.to_owned()];
        texts[file] = texts[file].replacen(from, to, 1);
        let [handsets, readers, trials] = &texts;
        let told = told(&tables(handsets, readers, trials));
        assert!(told.iter().any(|line| line.starts_with(expected)), "{to}: {told:#?}");
    }
}

#[test]
fn lines_are_counted_over_quotes_line_breaks_and_empty_lines() {
    for end in ["\n", "\r\n"] {
        let text = format!(
            "reader,maker,name,firmware,listing,since{end}{end}a,\"M{end}N\",N,*,listed,2025-01-01{end}b,M,N,*,lost,2025-01-01{end}"
        );
        let told = told(&tables(HANDSETS, &text, "reader,firmware,handset,outcome,on\n"));
        assert_eq!(
            told,
            [
                "readers.csv:3: column 2 (maker): has a control character, or one that cannot be seen",
                "readers.csv:5: column 5 (listing): is none of certified, listed, withdrawn",
            ],
            "{end:?}"
        );
    }
}

#[test]
fn files_that_are_too_large_or_no_text_are_refused() {
    let large = "x".repeat(MOST_BYTES + 1);
    assert!(told(&tables(&large, READERS, TRIALS))[0].contains("bytes; at most"));
    let bytes = [HANDSETS.as_bytes(), b"\xff"].concat();
    let broken = Tables { handsets: &bytes, ..tables("", READERS, TRIALS) };
    assert_eq!(told(&broken)[0], "handsets.csv:5: is no UTF-8");
    assert!(told(&tables("", READERS, TRIALS))[0].starts_with("handsets.csv:1: is empty"));
    let long = READERS.replace("Sato", &"S".repeat(1025));
    assert!(told(&tables(HANDSETS, &long, TRIALS))[0].contains("has more than 1024 bytes"));
    let row = "r,M,N,*,listed,2025-01-01\n";
    let many = format!("reader,maker,name,firmware,listing,since\n{}", row.repeat(2001));
    let refused = told(&tables(HANDSETS, &many, TRIALS));
    assert!(refused.iter().any(|line| line.contains("more than 2000 lines")), "{refused:#?}");
}

#[test]
fn many_problems_are_counted_and_not_all_told() {
    let row = "r,M,N,*,lost,2025-01-01\n";
    let many = format!("reader,maker,name,firmware,listing,since\n{}", row.repeat(150));
    let problems = tables(HANDSETS, &many, "reader,firmware,handset,outcome,on\n").read(NOW);
    let problems = problems.unwrap_err();
    assert_eq!(problems.told().len(), Problems::MOST);
    assert!(problems.more() > 0);
}

#[test]
fn firmware_is_compared_by_numbers() {
    let version = |text: &str| text.parse::<Firmware>().unwrap();
    assert!(version("1.10") > version("1.9"));
    assert_eq!(version("2"), version("2.0.0.0"));
    for wrong in ["", "1.", "v1", "1.2.3.4.5", "-1", "1.+2", "9999999999"] {
        assert!(wrong.parse::<Firmware>().is_err(), "{wrong}");
    }
    let set: FirmwareSet = "1.0-1.9;2.1 3.0+".parse().unwrap();
    for (text, within) in
        [("1.5", true), ("1.10", false), ("2.1", true), ("2.2", false), ("9", true)]
    {
        assert_eq!(set.contains(version(text)), within, "{text}");
    }
    for wrong in ["", "1.0;1.0", "1.0-2.0;1.5", "2.0-1.0", "*;1.0"] {
        assert!(wrong.parse::<FirmwareSet>().is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_and_never_a_fault(
        handsets in proptest::collection::vec(any::<u8>(), 0..400),
        cut in 0..400_usize,
        with in "[\"\r\n,;a-z0-9.*+-]{0,12}",
    ) {
        let tables = Tables { handsets: &handsets, ..tables("", READERS, TRIALS) };
        prop_assert!(tables.read(NOW).is_err());
        let mut text = HANDSETS.to_owned();
        text.insert_str(cut.min(text.len()), &with);
        let _ = self::tables(&text, READERS, TRIALS).read(NOW);
    }

    #[test]
    fn a_set_of_firmware_is_read_back_as_it_is_written(
        parts in proptest::collection::vec((0..4_u32, 0..20_u32), 1..4),
    ) {
        let text: Vec<String> = parts.iter().map(|(a, b)| format!("{a}.{b}")).collect();
        if let Ok(set) = text.join(";").parse::<FirmwareSet>() {
            prop_assert_eq!(set.to_string().parse::<FirmwareSet>().unwrap(), set);
        }
    }
}
