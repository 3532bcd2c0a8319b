//! A lower layer can only tighten: each way round it that we know of, and how it ends.

use super::{alone, layered, lines};
use crate::facts::{Match, usual_facts};
use crate::verdict::{CheckKind, Severity};

#[test]
fn what_would_loosen_is_refused_at_its_place() {
    // What the carrier's pack adds, line within the addition, column, part of the message.
    let rows = [
        ("[[adjust]]\nrule = \"floored\"\nverdict = \"allow\"", 3, 11, "floor"),
        ("[[adjust]]\nrule = \"fixed\"\nverdict = \"step_up\"", 3, 11, "no floor"),
        ("[[adjust]]\nrule = \"floored\"\nunknown = \"ignore\"", 3, 11, "cannot soften"),
        ("[[adjust]]\nrule = \"fixed\"\nunknown = \"deny\"", 3, 11, "never unknown"),
        ("[[adjust]]\nrule = \"floored\"\nstep_up = [\"card\", \"sms\"]", 3, 11, "take step-up"),
        ("[[adjust]]\nrule = \"fixed\"\nstep_up = [\"card\"]", 3, 11, "take step-up"),
        ("[[adjust]]\nrule = \"florred\"\nverdict = \"deny\"", 2, 8, "no pack above"),
        ("[[adjust]]\nrule = \"fixed\"", 1, 1, "changes"),
        ("[set]\nswap = \"23h\"", 2, 8, "outside"),
        ("[set]\nswap = \"31d\"", 2, 8, "outside"),
        ("[set]\nswap = 3", 2, 8, "is a duration, like"),
        ("[set]\nspaw = \"48h\"", 2, 1, "no parameter"),
        ("[set]\ntries = 6", 2, 9, "outside"),
        (
            "[param.swap]\ndefault = \"1h\"\nmin = \"1h\"\nmax = \"2h\"\nsofter = \"longer\"",
            1,
            8,
            "above has",
        ),
        (
            "[[rule]]\nid = \"fixed\"\non = [\"tap\"]\nwhen = \"pin.failures > 9\"\nverdict = \"deny\"\nreason = \"PIN_LOCKED\"",
            2,
            6,
            "stands already",
        ),
        (
            "[[limit]]\nid = \"per-certificate\"\non = [\"login\"]\nper = [\"certificate\"]\nrate = \"1000/1s\"\nburst = 5\nreason = \"RATE_LIMITED\"",
            2,
            6,
            "stands already",
        ),
        ("[base.plain]\n\"sim.match\" = \"yes\"", 1, 7, "above has"),
        (
            "[[rule]]\nid = \"late\"\non = [\"tap\"]\nwhen = \"sim.changed_age > param.swap\"\nverdict = \"deny\"\nunknown = \"deny\"\nreason = \"SIM_REISSUED\"",
            4,
            27,
            "direction",
        ),
    ];
    for (addition, line, column, message) in rows {
        let found = layered(addition, "").unwrap_err();
        assert_eq!(found.len(), 1, "{addition}\n{}", lines(&found));
        assert_eq!((found[0].line, found[0].column), (line + 4, column), "{}", found[0]);
        assert!(found[0].message.contains(message), "{}", found[0]);
        assert_eq!(found[0].pack, "carrier.toml");
    }
}

#[test]
fn a_harder_parameter_is_no_way_to_less_than_unknown_asks_for() {
    let rule = |when: &str, floor: &str| {
        alone(&format!(
            "[param.swap]\ndefault = \"72h\"\nmin = \"24h\"\nmax = \"30d\"\nsofter = \"shorter\"\n\
             [[rule]]\nid = \"r\"\non = [\"login\"]\nwhen = \"{when}\"\nverdict = \"deny\"\n\
             unknown = \"deny\"\n{floor}\nreason = \"PATCH_OLD\""
        ))
    };
    let allow = "floor = \"allow\"\nstep_up = [\"card\"]";
    let either = "handset.match == 'no' || sim.changed_age < param.swap";
    let refused = rule(either, allow).unwrap_err();
    assert_eq!(refused.len(), 1, "{}", lines(&refused));
    assert!(refused[0].message.contains("raise its floor"), "{}", refused[0]);
    assert_eq!((refused[0].line, refused[0].column), (14, 11));
    let neither = "!(handset.match != 'no' && sim.changed_age >= param.swap)";
    assert!(rule(neither, allow).is_err());
    assert!(rule(either, "").is_ok());
    assert!(rule("handset.match == 'no' && sim.changed_age < param.swap", allow).is_ok());
    assert!(rule("sim.latch != 'clear' || sim.changed_age < param.swap", allow).is_ok());
    let ignored = format!(
        "{}[[rule]]\nid = \"r\"\non = [\"login\"]\nwhen = \"{either}\"\nverdict = \"deny\"\n\
         unknown = \"ignore\"\nfloor = \"allow\"\nstep_up = [\"card\"]\nreason = \"PATCH_OLD\"",
        super::NATION
    );
    let below = |adjust: &str| {
        let carrier = format!("{}[[adjust]]\nrule = \"r\"\n{adjust}", super::CARRIER);
        let sources = [super::source("n", &ignored), super::source("c", &carrier)];
        super::RuleBook::compile_unchecked(&sources)
    };
    assert!(below("verdict = \"allow\"").is_ok());
    let refused = below("unknown = \"step_up\"").unwrap_err();
    assert!(refused[0].message.contains("raise its floor"), "{}", lines(&refused));
}

#[test]
fn an_mvno_cannot_take_back_what_its_host_tightened() {
    let rows = [
        ("[set]\nswap = \"7d\"", "[set]\nswap = \"72h\"", "outside"),
        ("[set]\ntries = 2", "[set]\ntries = 3", "outside"),
        (
            "[[adjust]]\nrule = \"asking\"\nverdict = \"deny\"",
            "[[adjust]]\nrule = \"asking\"\nverdict = \"step_up\"",
            "floor",
        ),
        (
            "[[adjust]]\nrule = \"floored\"\nstep_up = [\"card\"]",
            "[[adjust]]\nrule = \"floored\"\nstep_up = [\"card\", \"counter\"]",
            "take step-up",
        ),
        (
            "[[adjust]]\nrule = \"floored\"\nunknown = \"deny\"",
            "[[adjust]]\nrule = \"floored\"\nunknown = \"step_up\"",
            "cannot soften",
        ),
    ];
    for (carrier, mvno, message) in rows {
        let found = layered(carrier, mvno).unwrap_err();
        assert_eq!(found.len(), 1, "{}", lines(&found));
        assert!(found[0].message.contains(message), "{}", found[0]);
        assert_eq!(found[0].pack, "mvno.toml");
        assert!(layered("", mvno).is_ok() || carrier.contains("deny") || message == "outside");
    }
}

#[test]
fn what_is_within_the_floor_and_the_range_is_taken() {
    let book = layered(
        "[set]\nswap = \"24h\"\n[[adjust]]\nrule = \"floored\"\nverdict = \"step_up\"",
        "[set]\nswap = \"48h\"",
    );
    let book = book.unwrap_or_else(|found| panic!("{}", lines(&found)));
    let hours = |carrier, mvno| {
        book.param_duration(book.chain(carrier, mvno), "swap").unwrap().as_secs() / 3600
    };
    assert_eq!(
        (hours(None, None), hours(Some("big"), None), hours(None, Some("small"))),
        (72, 24, 48)
    );
    assert_eq!(book.param_int(book.chain(None, None), "tries"), Some(3));
    assert_eq!(book.param_int(book.chain(None, None), "swap"), None);
    let mut facts = usual_facts();
    facts.set_handset_match(Match::No);
    let severity = |carrier| {
        book.evaluate(book.chain(carrier, None), CheckKind::Login, &facts).verdict.severity()
    };
    assert_eq!((severity(None), severity(Some("big"))), (Severity::Deny, Severity::StepUp));
}

#[test]
fn only_the_right_pack_can_be_extended() {
    let head = |id: &str, extends: &str, applies: &str| {
        super::source(
            id,
            &format!("[pack]\nid = \"{id}\"\n{extends}\napplies_to = {{ {applies} }}"),
        )
    };
    let nation = || super::source("nation.toml", super::NATION);
    let big = || head("big", "extends = \"nation\"", "carrier = \"big\"");
    let refused = [
        vec![big()],
        vec![nation(), head("small", "extends = \"nation\"", "mvno = \"small\", host = \"big\"")],
        vec![
            nation(),
            big(),
            head("small", "extends = \"big\"", "mvno = \"small\", host = \"other\""),
        ],
        vec![nation(), big(), head("two", "extends = \"big\"", "carrier = \"two\"")],
        vec![nation(), head("two", "", "carrier = \"two\"")],
        vec![nation(), head("two", "", "country = \"KR\"")],
        vec![nation(), big(), head("again", "extends = \"nation\"", "carrier = \"big\"")],
        vec![nation(), big(), big()],
        vec![nation(), head("loop", "extends = \"loop\"", "carrier = \"loop\"")],
        vec![
            nation(),
            head("a", "extends = \"b\"", "mvno = \"a\", host = \"b\""),
            head("b", "extends = \"a\"", "mvno = \"b\", host = \"a\""),
        ],
        vec![],
    ];
    for sources in refused {
        let found = super::RuleBook::compile_unchecked(&sources).unwrap_err();
        assert!(!found.is_empty(), "{sources:?}");
    }
    let own =
        head("small", "extends = \"nation\"", "mvno = \"small\", host = \"big\", own_core = true");
    // The order of sources does not matter.
    let book = super::RuleBook::compile_unchecked(&[own, big(), nation()]).unwrap();
    assert_eq!(book.chain(Some("big"), Some("small")), book.chain(Some("small"), None));
}

#[test]
fn a_rule_that_reads_what_can_be_unknown_says_what_that_means() {
    let rule = "[[rule]]\nid = \"r\"\non = [\"login\"]\nwhen = \"sim.match == 'no'\"\nverdict = \"deny\"\nreason = \"SIM_MISMATCH\"\n";
    let found = alone(rule).unwrap_err();
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("`sim.match` can be unknown"), "{}", found[0]);
    assert_eq!(found[0].line, 7);
    for word in ["ignore", "deny"] {
        assert!(alone(&format!("{rule}unknown = \"{word}\"")).is_ok());
    }
    // Allow is no word: a rule cannot allow against another.
    let found = alone(&format!("{rule}unknown = \"allow\"")).unwrap_err();
    assert!(lines(&found).contains("one of ignore, step_up, deny"), "{}", lines(&found));
    // A step-up without methods is refused.
    assert!(alone(&format!("{rule}unknown = \"step_up\"")).is_err());
}

#[test]
fn at_least_is_checked_at_the_floor_and_the_loosest_parameters() {
    let test = |given: &str, least: &str| {
        let text = format!(
            "{}\n[[test]]\nname = \"t\"\ngiven = {{ {given} }}\nexpect = {{ at_least = \"{least}\" }}",
            super::NATION
        );
        let book = super::RuleBook::compile_unchecked(&[super::source("n", &text)]).unwrap();
        super::super::run_tests(&book).is_ok()
    };
    assert!(test("\"handset.match\" = \"no\"", "step_up"));
    assert!(!test("\"handset.match\" = \"no\"", "deny"));
    let known = "\"handset.match\" = \"yes\"";
    // Two failures deny as it stands; at the loosest value it takes five.
    assert!(!test(&format!("{known}, \"pin.failures\" = 4"), "deny"));
    assert!(test(&format!("{known}, \"pin.failures\" = 5"), "deny"));
}
