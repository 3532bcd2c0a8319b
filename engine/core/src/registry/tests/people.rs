use super::{
    super::{Count, Criterion, LeftOut, People},
    registry,
};

fn people() -> People {
    let registry = registry();
    let mut people = People::default();
    people.add("35000101".parse().unwrap(), 30);
    people.add("35000201".parse().unwrap(), 20);
    people.add("35000301".parse().unwrap(), 5);
    people.add("35999999".parse().unwrap(), 7);
    people.add_nameless(40);
    // The second TAC of a handset with two is listed, the first is not.
    people.count(&registry, ["35888888", "35000102"].map(|tac| tac.parse().unwrap()));
    people.count(&registry, []);
    people
}

#[test]
fn a_criterion_leaves_out_whoever_does_not_meet_all_of_it() {
    let registry = registry();
    for (criterion, served) in [
        ("certified", 31),
        ("listed", 51),
        ("nfc=any", 51),
        ("nfc=type_b", 51),
        ("nfc=type_f", 31),
        ("secure-element=sim", 31),
        ("secure-element=any", 51),
        ("secure-element=none", 0),
        ("platform=android", 51),
        ("platform=ios", 0),
        ("trial=passed@door", 31),
        ("trial=partial@door", 51),
        ("trial=passed", 31),
        ("certified,nfc=type_f,trial=passed@desk", 31),
        ("certified,secure-element=embedded", 0),
    ] {
        let parsed: Criterion = criterion.parse().unwrap();
        parsed.names_known(&registry).unwrap();
        let found = people().left_out(&registry, &parsed);
        let expected =
            LeftOut { people: 104, served, left_out: 56 - served, unlisted: 7, nameless: 41 };
        assert_eq!(found, expected, "{criterion}");
    }
}

#[test]
fn a_criterion_of_other_words_or_an_unknown_reader_is_refused() {
    for wrong in ["", "certified,", "nfc=b", "trial=failed", "trial=passed@", "certify", "a=b"] {
        assert!(wrong.parse::<Criterion>().is_err(), "{wrong}");
    }
    assert!(["certified"; 17].join(",").parse::<Criterion>().is_err());
    let unknown: Criterion = "trial=passed@gate".parse().unwrap();
    assert!(unknown.names_known(&registry()).is_err());
}

#[test]
fn people_are_read_by_model_and_every_fault_is_told() {
    let registry = registry();
    let file = "model,people\nkita-1,31\nkita-2,20\nmori-1,5\nunlisted,7\nnameless,41\n";
    let read = People::read(file.as_bytes(), &registry).unwrap();
    let certified: Criterion = "certified".parse().unwrap();
    let expected = LeftOut { people: 104, served: 31, left_out: 25, unlisted: 7, nameless: 41 };
    assert_eq!(read.left_out(&registry, &certified), expected);
    for (from, to, told) in [
        ("kita-2", "kita-9", "people.csv:3: column 1 (model): is not in handsets.csv"),
        ("kita-2", "kita-1", "people.csv:3: column 1 (model): is there already"),
        (",20", ",-1", "people.csv:3: column 2 (people): invalid digit found in string"),
    ] {
        let problems = People::read(file.replace(from, to).as_bytes(), &registry).unwrap_err();
        assert_eq!(problems.told()[0].to_string(), told);
    }
}

#[test]
fn no_number_tells_of_fewer_than_ten_people() {
    assert_eq!(Count::of(0), Count::Few);
    assert_eq!(Count::of(9), Count::Few);
    assert_eq!(Count::of(10), Count::About(10));
    assert_eq!(Count::of(1019), Count::About(1010));
    assert_eq!(people().by_model(&registry()), [31, 20, 5]);
}
