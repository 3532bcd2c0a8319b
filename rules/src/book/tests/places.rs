//! What is wrong in a pack is told all at once, each with its place.

use super::{NATION, alone, lines, source};
use crate::book::RuleBook;

#[test]
fn every_mistake_of_a_pack_is_told_at_its_place() {
    let rows = [
        ("[[rules]]\nid = \"a\"", 4, 3, "no `rules`", Some("rule")),
        (
            "[param.x]\ndefault = \"1h\"\nmin = \"2h\"\nmax = \"3h\"\nsofter = \"longer\"",
            5,
            11,
            "between",
            None,
        ),
        (
            "[param.x]\ndefault = \"1h\"\nmin = 1\nmax = \"3h\"\nsofter = \"longer\"",
            5,
            11,
            "all durations",
            None,
        ),
        (
            "[param.x]\ndefault = \"1h\"\nmin = \"1h\"\nmax = \"3h\"\nsofter = \"lower\"",
            5,
            11,
            "all durations",
            None,
        ),
        ("[param.x]\ndefault = \"1h\"\nmin = \"1h\"\nmax = \"3h\"", 4, 1, "needs `softer`", None),
        ("[param.X]\ndefault = 1\nmin = 1\nmax = 3\nsofter = \"lower\"", 4, 8, "lower-case", None),
        ("[base.b]\n\"handset.mach\" = \"no\"", 5, 1, "no fact", Some("handset.match")),
        ("[base.b]\n\"sim.latch\" = \"reisued\"", 5, 1, "no value", Some("reissued")),
    ];
    for (text, line, column, message, meant) in rows {
        let found = alone(text).unwrap_err();
        assert_eq!(found.len(), 1, "{text}\n{}", lines(&found));
        let first = &found[0];
        assert_eq!((first.line, first.column), (line, column), "{text}\n{first}");
        assert!(first.message.contains(message), "{first}");
        assert_eq!(first.suggestion.as_deref(), meant, "{first}");
    }
}

/// A rule with one line exchanged.
fn rule(key: &str, line: &str) -> String {
    let lines = [
        ("id", "id = \"r\""),
        ("on", "on = [\"login\"]"),
        ("when", "when = \"sim.match == 'no'\""),
        ("verdict", "verdict = \"deny\""),
        ("unknown", "unknown = \"deny\""),
        ("reason", "reason = \"SIM_MISMATCH\""),
    ];
    let mut text = String::from("[[rule]]\n");
    for (name, usual) in lines {
        text.push_str(if name == key { line } else { usual });
        text.push('\n');
    }
    text
}

#[test]
fn every_mistake_of_a_rule_is_told_at_its_place() {
    let rows = [
        ("id", "id = \"R\"", 5, 6, "lower-case", None),
        ("id", "", 4, 1, "needs `id`", None),
        ("on", "on = [\"logins\"]", 6, 7, "login", None),
        ("on", "on = [\"event\"]", 6, 7, "login", None),
        ("on", "on = []", 6, 6, "list", None),
        ("when", "when = \"sim.match == 'on'\"", 7, 22, "never", None),
        ("when", "when = 'sim.match == \"on\"'", 7, 22, "never", None),
        (
            "when",
            "when = \"\"\"\nsim.state == 'active'\n && sim.match == 'on'\"\"\"",
            9,
            18,
            "never",
            None,
        ),
        ("when", "when = 3", 7, 8, "text", None),
        (
            "when",
            "when = \"\"\"\nsim.state == 'active'\n &&& sim.match\"\"\"",
            9,
            4,
            "no condition",
            None,
        ),
        ("verdict", "verdict = \"allow\"", 8, 11, "steps up or denies", None),
        ("verdict", "verdict = \"dney\"", 8, 11, "one of", Some("deny")),
        ("verdict", "verdict = \"step_up\"", 5, 6, "methods", None),
        ("verdict", "verdict = \"deny\"\nstep_up = [\"card\"]", 9, 11, "never steps up", None),
        (
            "verdict",
            "verdict = \"step_up\"\nstep_up = [\"card\", \"sms\"]",
            9,
            11,
            "rests on",
            None,
        ),
        ("verdict", "verdict = \"step_up\"\nstep_up = [\"card\", \"card\"]", 9, 20, "twice", None),
        (
            "verdict",
            "verdict = \"step_up\"\nstep_up = [\"card\"]\nfloor = \"deny\"",
            10,
            9,
            "not above",
            None,
        ),
        ("reason", "reason = \"SIM_MISMACH\"", 10, 10, "catalogue", Some("SIM_MISMATCH")),
        ("reason", "reason = \"SIM_MISMATCH\"\nreson = \"x\"", 11, 1, "no `reson`", Some("reason")),
    ];
    for (key, line, at, column, message, meant) in rows {
        let text = rule(key, line);
        let found = alone(&text).unwrap_err();
        assert_eq!(found.len(), 1, "{text}\n{}", lines(&found));
        let first = &found[0];
        assert_eq!((first.line, first.column), (at, column), "{text}\n{first}");
        assert!(first.message.contains(message), "{first}");
        assert_eq!(first.suggestion.as_deref(), meant, "{first}");
    }
}

#[test]
fn a_test_that_names_nothing_is_refused() {
    let rows = [
        "name = \"t\"\nexpect = { verdict = \"allow\" }",
        "name = \"t\"\nbase = \"plian\"\nexpect = { verdict = \"allow\" }",
        "name = \"t\"\nbase = \"plain\"\nexpect = { }",
        "name = \"t\"\nbase = \"plain\"",
        "name = \"t\"\nbase = \"plain\"\nexpect = { verdict = \"allow\", at_least = \"allow\" }",
        "name = \"t\"\nbase = \"plain\"\nexpect = { verdict = \"deny\", reason = \"BOOT_UNVERIFIED\" }",
        "name = \"t\"\nbase = \"plain\"\non = \"tap\"\nexpect = { verdict = \"deny\", reason = \"PIN_LOCKED\" }",
        "name = \"t\"\nbase = \"plain\"\ngiven = { \"binding.state\" = \"unknown\" }\nexpect = { verdict = \"deny\" }",
    ];
    for row in rows {
        let text = format!("{NATION}\n[[test]]\n{row}");
        let found = RuleBook::compile_unchecked(&[source("n", &text)]).unwrap_err();
        assert_eq!(found.len(), 1, "{row}\n{}", lines(&found));
    }
}

#[test]
fn problems_of_several_packs_are_told_together() {
    let found =
        super::layered("[set]\nswap = \"1h\"", "[set]\ntries = 9\nswop = \"72h\"").unwrap_err();
    assert_eq!(found.len(), 3, "{}", lines(&found));
}

#[test]
fn what_is_no_toml_is_told_at_its_place() {
    let found = RuleBook::compile_unchecked(&[source("n", "[pack]\nid = \n")]).unwrap_err();
    assert_eq!((found.len(), found[0].line), (1, 2), "{}", lines(&found));
}

#[test]
fn a_file_that_cannot_be_read_hides_no_problem_of_another() {
    let broken = super::CARRIER.replace("pack =", "pack");
    let nation = NATION.replace("pin.failures", "pin.failres");
    let rule = |when: &str| rule("when", &format!("when = \"{when}\""));
    let mvno = format!("{}{}{}", super::MVNO, rule("sim.mach == 'no'"), rule("pin.failures > 1"));
    let mvno = mvno.replacen("\"r\"", "\"q\"", 1);
    let above = rule("binding.age > param.of_above").replace("\"r\"", "\"s\"");
    let found = RuleBook::compile_unchecked(&[
        source("carrier.toml", &broken),
        source("nation.toml", &nation),
        source("mvno.toml", &format!("{mvno}{above}")),
    ]);
    let found = found.unwrap_err();
    let told: Vec<_> = found.iter().map(|one| (one.pack.as_str(), one.text.as_str())).collect();
    let expected = [
        ("carrier.toml", ""),
        ("nation.toml", "pin.failres"),
        ("mvno.toml", "sim.mach"),
        ("mvno.toml", "\"deny\""),
    ];
    assert_eq!(told, expected, "{}", lines(&found));
}

#[test]
fn a_wrong_head_hides_no_problem_below_it() {
    let text = format!("[pack]\nid = \"x\"\n{}", rule("when", "when = \"sim.mach == 'no'\""));
    let found = RuleBook::compile_unchecked(&[source("n", &text)]).unwrap_err();
    assert_eq!(found.len(), 2, "{}", lines(&found));
    assert_eq!(found[1].text, "sim.mach");
}

#[test]
fn what_is_doubtful_is_a_warning_and_the_pack_serves() {
    let book = super::layered("[set]\nswap = \"72h\"", "").unwrap();
    let [warning] = book.warnings() else { panic!("{}", lines(book.warnings())) };
    assert_eq!(warning.level, crate::Level::Warning);
    assert_eq!((warning.line, warning.column), (6, 8));
    assert!(warning.to_string().starts_with("carrier.toml:6:8: warning: "), "{warning}");
    assert!(super::layered("", "").unwrap().warnings().is_empty());
}

#[test]
fn no_number_of_warnings_hides_an_error() {
    let mut problems = crate::diagnostic::Problems::new("n", "x");
    (0..500).for_each(|_| problems.warn(&(0..1), "doubtful"));
    problems.add(&(0..1), "wrong");
    assert!(problems.has_errors());
    let found = problems.into_found();
    assert_eq!(found.len(), 102);
    assert_eq!(found[101].message, "400 more of these are not listed");
    assert_eq!(found.iter().filter(|one| one.level == crate::Level::Error).count(), 1);
}

#[test]
fn sizes_are_bounded() {
    assert!(alone(&"#".repeat(513 * 1024)).is_err());
    let rules = |n: usize| {
        let mut text = String::new();
        for at in 0..n {
            text.push_str(&rule("id", &format!("id = \"r{at}\"")));
        }
        alone(&text)
    };
    assert!(rules(2_048).is_ok());
    assert!(rules(2_049).is_err());
    let found = alone(&"[[rule]]\nid = 3\n".repeat(250)).unwrap_err();
    assert_eq!(found.len(), 101);
    assert!(found[100].message.contains("more of these"), "{}", found[100]);
    let packs: Vec<_> = (0..2_049).map(|at| source(&at.to_string(), NATION)).collect();
    assert_eq!(RuleBook::compile_unchecked(&packs).unwrap_err().len(), 1);
    let named = |table: &str, key: &str, n: usize| {
        (0..n).map(|at| format!("[{table}.{key}{at}]\n")).collect::<String>()
    };
    let listed = |table: &str, n: usize| format!("[[{table}]]\n").repeat(n);
    let sets = |n: usize| (0..n).map(|at| format!("p{at} = 1\n")).collect::<String>();
    let params = |n: usize| {
        let params: Vec<_> = (0..n).map(|at| format!("p{at} = 1")).collect();
        format!("[[test]]\nname = \"t\"\nparams = {{ {} }}\n", params.join(", "))
    };
    let bounds = [
        (named("base", "b", 64), named("base", "b", 65), "at most 64 of `base`"),
        (named("param", "p", 64), named("param", "p", 65), "at most 64 of `param`"),
        (format!("[set]\n{}", sets(64)), format!("[set]\n{}", sets(65)), "at most 64 of `set`"),
        (listed("adjust", 2_048), listed("adjust", 2_049), "at most 2048 of `[[adjust]]`"),
        (listed("limit", 32), listed("limit", 33), "at most 32 of `[[limit]]`"),
        (listed("test", 1_024), listed("test", 1_025), "at most 1024 of `[[test]]`"),
        (params(64), params(65), "at most 64 values"),
    ];
    for (within, beyond, message) in bounds {
        let told = |text: &str| lines(&alone(text).err().unwrap_or_default());
        assert!(!told(&within).contains(message), "{message}");
        assert!(told(&beyond).contains(message), "{message}: {}", told(&beyond));
    }
    assert!(alone(&format!("{}1{}", "x = [".repeat(500), "]".repeat(500))).is_err());
}

#[test]
fn names_and_limits_are_bounded() {
    let named = |length: usize| alone(&rule("id", &format!("id = \"{}\"", "r".repeat(length))));
    assert!(named(64).is_ok());
    assert!(lines(&named(65).unwrap_err()).contains("at most 64"));
    let limit = |per: &str, rate: &str, burst: u32| {
        alone(&format!(
            "[[limit]]\nid = \"l\"\non = [\"login\"]\nper = [{per}]\nrate = \"{rate}\"\nburst = {burst}\nreason = \"RATE_LIMITED\""
        ))
    };
    let one = "\"certificate\"";
    assert!(limit(one, "1000000/24h", 1_000_000).is_ok());
    for (per, rate, burst) in [
        (one, "1000001/24h", 1),
        (one, "0/24h", 1),
        (one, "1/25h", 1),
        (one, "1/0s", 1),
        (one, "1/1h", 1_000_001),
        (one, "1/1h", 0),
        ("\"certificate\", \"iccid\", \"imei\", \"reader\"", "1/1h", 1),
        ("", "1/1h", 1),
    ] {
        assert_eq!(limit(per, rate, burst).unwrap_err().len(), 1, "{per} {rate} {burst}");
    }
}

proptest::proptest! {
    #[test]
    fn a_pack_with_a_piece_cut_out_never_panics(from in 0..4_000_usize, length in 0..200_usize) {
        let text = include_str!("../../../packs/jp-national.toml");
        let mut damaged = text.as_bytes().to_vec();
        let from = from.min(damaged.len());
        damaged.drain(from..(from + length).min(text.len()));
        let damaged = String::from_utf8_lossy(&damaged);
        let _ = RuleBook::compile_unchecked(&[source("n", &damaged)]);
    }
}
