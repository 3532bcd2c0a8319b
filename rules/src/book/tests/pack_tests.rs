//! Tests of packs: what they may name, parameters at their corners, and what they reach.

use super::{NATION, lines, source};
use crate::book::{ParamCoverage, RuleBook, run_tests};
use crate::diagnostic::Diagnostic;

fn nation_with(tests: &str) -> Result<RuleBook, Vec<Diagnostic>> {
    RuleBook::compile_unchecked(&[source("n", &format!("{NATION}\n{tests}"))])
}

fn test(rest: &str) -> String {
    format!("[[test]]\nname = \"t\"\n{rest}\n")
}

#[test]
fn a_test_that_names_what_is_not_there_is_refused_at_its_place() {
    // The test, line within it, column, message, what was meant.
    let rows = [
        ("expect = { verdict = \"allow\" }", 1, 1, "at least one fact", None),
        ("given = {}\nexpect = { verdict = \"allow\" }", 1, 1, "at least one fact", None),
        ("base = \"plian\"\nexpect = { verdict = \"allow\" }", 3, 8, "no such base", Some("plain")),
        (
            "given = { \"pin.failres\" = 1 }\nbase = \"plain\"\nexpect = { verdict = \"allow\" }",
            3,
            11,
            "no fact",
            Some("pin.failures"),
        ),
        (
            "base = \"plain\"\nexpect = { verdict = \"deny\", reason = \"PIN_LOKED\" }",
            4,
            39,
            "catalogue",
            Some("PIN_LOCKED"),
        ),
        (
            "base = \"plain\"\nexpect = { verdict = \"deny\", reason = \"BOOT_UNVERIFIED\" }",
            4,
            39,
            "no rule",
            None,
        ),
        (
            "base = \"plain\"\nexpect = { verdict = \"deny\", edge = \"sim-handst\" }",
            4,
            37,
            "no such edge",
            Some("sim-handset"),
        ),
        (
            "base = \"plain\"\nexpect = { fired = [\"countin\"] }",
            4,
            21,
            "has a rule `countin`",
            Some("counting"),
        ),
        (
            "base = \"plain\"\non = \"tap\"\nexpect = { silent = [\"counting\"] }",
            5,
            22,
            "kind of check",
            None,
        ),
        (
            "base = \"plain\"\nexpect = { fired = [\"fixed\"], silent = [\"fixed\"] }",
            4,
            41,
            "cannot be both",
            None,
        ),
        ("base = \"plain\"\nexpect = { reason = \"PIN_LOCKED\" }", 4, 10, "a test expects", None),
        (
            "base = \"plain\"\nparams = { swop = \"48h\" }\nexpect = { verdict = \"allow\" }",
            4,
            12,
            "no parameter `swop`",
            Some("swap"),
        ),
        (
            "base = \"plain\"\nparams = { swap = \"1h\" }\nexpect = { verdict = \"allow\" }",
            4,
            19,
            "outside the range",
            None,
        ),
        (
            "base = \"plain\"\nparams = { swap = 3 }\nexpect = { verdict = \"allow\" }",
            4,
            19,
            "is a duration, like",
            None,
        ),
        (
            "base = \"plain\"\nparams = { swap = true }\nexpect = { verdict = \"allow\" }",
            4,
            19,
            "duration like",
            None,
        ),
        (
            "base = \"plain\"\nparams = { swap = \"48h\" }\nexpect = { at_least = \"allow\" }",
            4,
            12,
            "loosest",
            None,
        ),
        ("base = \"plain\"\nparams = 3\nexpect = { verdict = \"allow\" }", 4, 10, "a table", None),
    ];
    let before = u32::try_from(NATION.lines().count()).unwrap() + 1;
    for (rest, line, column, message, meant) in rows {
        let found = nation_with(&test(rest)).unwrap_err();
        assert_eq!(found.len(), 1, "{rest}\n{}", lines(&found));
        let first = &found[0];
        assert!(first.message.contains(message), "{first}");
        assert_eq!((first.line - before, first.column), (line, column), "{rest}\n{first}");
        assert_eq!(first.suggestion.as_deref(), meant, "{first}");
    }
}

#[test]
fn a_test_runs_under_the_parameters_that_it_sets() {
    let rows = [
        ("params = { tries = 5 }", "allow", 0),
        ("params = { tries = 4 }", "deny", 0),
        ("params = { tries = 1, swap = \"24h\" }", "deny", 0),
        ("", "deny", 0),
        ("params = { tries = 5 }", "deny", 1),
    ];
    for (params, verdict, failures) in rows {
        let text = test(&format!(
            "base = \"plain\"\ngiven = {{ \"pin.failures\" = 4, \"handset.match\" = \"yes\" }}\n{params}\nexpect = {{ verdict = \"{verdict}\" }}"
        ));
        let report = run_tests(&nation_with(&text).unwrap());
        assert_eq!(report.failures.len(), failures, "{params}: {:?}", report.failures);
    }
}

#[test]
fn a_lower_pack_tests_within_the_range_that_is_left_to_it() {
    let tests = |swap: &str| {
        let test = format!(
            "[set]\nswap = \"7d\"\n[[test]]\nname = \"t\"\nbase = \"plain\"\nparams = {{ swap = \"{swap}\" }}\nexpect = {{ silent = [\"asking\"] }}"
        );
        super::layered(&test, "")
    };
    assert!(run_tests(&tests("30d").unwrap()).is_ok());
    assert!(tests("72h").is_err());
}

#[test]
fn rules_that_should_speak_or_be_silent_are_named_where_they_do_not() {
    let given = "given = { \"pin.failures\" = 4, \"handset.match\" = \"yes\" }\nbase = \"plain\"\n";
    let failures = |expect: &str| {
        let book = nation_with(&test(&format!("{given}expect = {{ {expect} }}"))).unwrap();
        let failures = run_tests(&book).failures;
        failures.into_iter().map(|failure| failure.message).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(failures("fired = [\"counting\"], silent = [\"floored\", \"asking\"]"), "");
    assert!(failures("fired = [\"floored\"]").contains("expected the rule floored to speak"));
    assert!(
        failures("silent = [\"counting\"]").contains("expected the rule counting to be silent")
    );
    assert!(failures("verdict = \"allow\", silent = [\"asking\"]").contains("expected allow"));
}

#[test]
fn settings_of_parameters_and_named_rules_are_bounded() {
    let settings = |n: usize| {
        let tests = (0..n).map(|at| {
            format!(
                "[[test]]\nname = \"t{at}\"\nbase = \"plain\"\nparams = {{ swap = \"{}h\" }}\nexpect = {{ verdict = \"step_up\" }}\n",
                24 + at
            )
        });
        nation_with(&tests.collect::<String>())
    };
    assert!(settings(64).is_ok());
    assert!(lines(&settings(65).unwrap_err()).contains("at most 64 different settings"));
    // Tests of one setting share it.
    let same: String = (0..100)
        .map(|at| {
            format!(
                "[[test]]\nname = \"t{at}\"\nbase = \"plain\"\nparams = {{ swap = \"48h\" }}\nexpect = {{ verdict = \"step_up\" }}\n"
            )
        })
        .collect();
    assert!(nation_with(&same).is_ok());
    let named: Vec<_> = (0..33).map(|at| format!("\"r{at}\"")).collect();
    let text = test(&format!("base = \"plain\"\nexpect = {{ fired = [{}] }}", named.join(", ")));
    assert!(lines(&nation_with(&text).unwrap_err()).contains("1 to 32"));
}

#[test]
fn coverage_counts_how_a_rule_speaks_and_which_side_of_a_parameter_is_tested() {
    let tests = [
        "given = { \"pin.failures\" = 3, \"sim.changed_age\" = \"72h\" }\nexpect = { verdict = \"deny\" }",
        "given = { \"pin.failures\" = 9, \"handset.match\" = \"no\" }\nexpect = { verdict = \"deny\" }",
        "base = \"plain\"\ngiven = { \"handset.match\" = \"yes\" }\nparams = { tries = 1 }\nexpect = { verdict = \"allow\" }",
    ];
    let text: String = (0..)
        .zip(tests)
        .map(|(at, rest): (u32, _)| test(rest).replace("\"t\"", &format!("\"t{at}\"")))
        .collect();
    let book = nation_with(&text).unwrap();
    let coverage = run_tests(&book).coverage;
    let counts: Vec<_> = coverage
        .rules
        .iter()
        .map(|rule| (rule.rule.as_str(), rule.by_condition, rule.by_unknown, rule.silent))
        .collect();
    let expected = [
        ("nation/floored", 1, 1, 1),
        ("nation/fixed", 0, 0, 2 + 1),
        ("nation/asking", 0, 0, 3),
        ("nation/counting", 2, 0, 1),
    ];
    assert_eq!(counts, expected);
    assert!(!coverage.is_full());
    assert!(coverage.rules[0].is_both_ways() && !coverage.rules[1].is_both_ways());
    assert_eq!((coverage.rules[0].source.as_str(), coverage.rules[0].line), ("n", 16));
    let side = |param: &str, below, at, above| ParamCoverage {
        pack: "nation".to_owned(),
        param: param.to_owned(),
        below,
        at,
        above,
    };
    let mut sides = coverage.params;
    sides.sort_by(|a, b| a.param.cmp(&b.param));
    assert_eq!(sides, [side("swap", 0, 1, 1), side("tries", 1, 1, 1)]);
}

#[test]
fn a_rule_is_covered_by_the_tests_of_its_own_pack_alone() {
    let tests = "[[test]]\nname = \"t\"\nbase = \"plain\"\ngiven = { \"pin.failures\" = 9 }\nexpect = { verdict = \"deny\" }\n";
    let own = "[[rule]]\nid = \"own\"\non = [\"login\"]\nwhen = \"pin.failures > 8\"\nverdict = \"deny\"\nreason = \"PIN_LOCKED\"\n";
    let coverage = run_tests(&super::layered(&format!("{own}{tests}"), "").unwrap()).coverage;
    let of = |name: &str| {
        let rule = coverage.rules.iter().find(|rule| rule.rule == name).unwrap();
        (rule.by_condition, rule.by_unknown, rule.silent, rule.is_both_ways())
    };
    assert_eq!(of("nation/counting"), (0, 0, 0, false));
    // It speaks in the one test, and is silent in none.
    assert_eq!(of("carrier/own"), (1, 0, 0, false));
}
