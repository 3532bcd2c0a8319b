use super::typed;

#[test]
fn what_is_not_in_the_language_is_refused_at_its_place() {
    // Source, column of the fault, a part of the message, what was meant.
    let rows: [(&str, u32, &str, Option<&str>); 32] = [
        ("handset.mach == 'no'", 1, "no fact", Some("handset.match")),
        ("sim.match == 'no' && handset.mach == 'no'", 22, "no fact", Some("handset.match")),
        ("handset.match == 'nope'", 18, "never", Some("no")),
        ("sim.latch == 'reisued'", 14, "never", Some("reissued")),
        ("sim.latch in ['clear', 'reisued']", 24, "never", Some("reissued")),
        ("handset.match < 'no'", 1, "no order", None),
        ("handset.match == 1", 18, "one of 'yes', 'no'", None),
        ("handset.match == true", 18, "one of 'yes', 'no'", None),
        ("handset.match == param.wait", 18, "one of 'yes', 'no'", None),
        ("pin.failures == '3'", 17, "of type int", None),
        ("pin.failures == -1", 18, "from 0", None),
        ("pin.failures == 4294967296", 17, "from 0", None),
        ("pin.failures == 1.5", 17, "takes facts", None),
        ("pin.failures > duration('1h')", 16, "of type int", None),
        ("handset.match_age > 3", 21, "duration('72h')", None),
        ("handset.match_age > '3h'", 21, "duration('72h')", Some("duration('3h')")),
        ("handset.match_age > duration('3w')", 30, "whole number and a unit", None),
        ("handset.match_age > param.wiat", 21, "no `param.wiat`", Some("param.wait")),
        ("handset.match_age > param.tries", 21, "of type duration", None),
        ("handset.match_age == param.wait", 22, "compared by", None),
        ("handset.match == handset.match", 1, "itself", None),
        ("handset.match == sim.state", 1, "different types", None),
        ("handset.match", 1, "not a condition", None),
        ("param.wait", 1, "not a condition", None),
        ("true", 1, "constant", None),
        ("'a' == 'a'", 1, "fact on one side", None),
        ("handset.match in 'no'", 18, "list", None),
        ("handset.match in []", 18, "1 to 64", None),
        ("handset.match_age in [duration('1h')]", 1, "enum or an int", None),
        ("pin.failures + 1 == 2", 14, "no `+`", None),
        ("has(handset.match)", 5, "no name", None),
        ("[1].all(x, x > 0)", 5, "", None),
    ];
    for (source, column, message, meant) in rows {
        let found = typed(source).unwrap_err();
        assert_eq!(found.len(), 1, "{source}: {found:?}");
        let first = &found[0];
        assert!(first.message.contains(message), "{source}: {first}");
        assert_eq!(first.suggestion.as_deref(), meant, "{source}: {first}");
        assert_eq!((first.line, first.column), (1, column), "{source}: {first}");
    }
}

#[test]
fn what_is_no_condition_is_told_in_plain_words_where_it_stands() {
    let rows = [
        ("pin.failures >", 14, ">", "ends too early", None),
        ("pin.failures > 3 && ", 19, "&", "ends too early", None),
        ("(pin.failures > 3", 17, "3", "`)` is missing", None),
        ("pin.failures = 3", 14, "=", "`=` cannot stand here", Some("==")),
        ("pin.failures > 3 and pin.failures < 9", 18, "and", "`and` cannot", Some("&&")),
        ("pin.failures > 3 & pin.failures < 9", 18, "&", "`&` cannot", Some("&&")),
        ("&& pin.failures > 3", 1, "&&", "`&&` cannot", None),
        ("pin.failures > 3)", 17, ")", "`)` cannot", None),
        ("sim.latch == 'x", 14, "'", "no end", None),
        ("pin.failures # 3", 14, "#", "`#` cannot", None),
    ];
    for (source, column, text, message, meant) in rows {
        let found = typed(source).unwrap_err();
        assert_eq!(found.len(), 1, "{source}: {found:?}");
        let first = &found[0];
        assert!(first.message.contains(message), "{source}: {first}");
        assert_eq!((first.column, first.text.as_str()), (column, text), "{source}: {first}");
        assert_eq!(first.suggestion.as_deref(), meant, "{source}: {first}");
    }
    assert!(typed("").unwrap_err()[0].message.contains("not empty"));
}

#[test]
fn other_constructs_are_refused() {
    for source in [
        "",
        "handset.match ==",
        "handset.match = 'no'",
        "handset.match == 'no' ? true : false",
        "handset.match == b'no'",
        "handset.match == null",
        "handset.match == 1u",
        "{'a': 1}",
        "handset.match.size() == 1",
        "size(handset.match) == 1",
        "handset.match.startsWith('n')",
        "handset['match'] == 'no'",
        "handset.?match == 'no'",
        "Handset{match: 'no'}",
        "-pin.failures == 1",
        "pin.failures == 1 // \u{430}",
        "hаndset.match == 'no'",
        "duration('1h', '2h') < handset.match_age",
        "duration(handset.match) < handset.match_age",
        "x",
        "handset",
        "param",
    ] {
        assert!(typed(source).is_err(), "{source}");
    }
}

#[test]
fn every_problem_of_a_condition_is_told() {
    let found =
        typed("handset.mach == 'no' || sim.latch == 'x' && pin.failures == 'y'").unwrap_err();
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn size_and_depth_are_bounded() {
    let part = "pin.failures == 1";
    let fits = |n: usize| vec![part; n].join(" || ");
    assert!(typed(&fits(90)).is_ok());
    assert!(typed(&fits(200)).is_err());
    let deep = |n: usize| format!("{}{part}{}", "(".repeat(n), ")".repeat(n));
    assert!(typed(&deep(10)).is_ok());
    assert!(typed(&deep(900)).is_err());
    let not = |n: usize| format!("{}({part})", "!".repeat(n));
    assert!(typed(&not(900)).is_err());
    let list = |n: usize| format!("pin.failures in [{}]", vec!["1"; n].join(","));
    assert!(typed(&list(64)).is_ok());
    assert!(typed(&list(65)).is_err());
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_compiler_panic(source in "[ -~]{0,60}") {
        let _ = typed(&source);
    }

    #[test]
    fn no_row_of_words_makes_the_compiler_panic(words in proptest::collection::vec(
        proptest::sample::select(vec![
            "handset.match", "pin.failures", "param.wait", "'no'", "1", "==", "<", "in", "[", "]",
            "(", ")", "&&", "||", "!", "duration", "has", ".", ",", "?", ":", "{", "}", "-", "true",
        ]), 0..24))
    {
        let _ = typed(&words.join(" "));
    }
}
