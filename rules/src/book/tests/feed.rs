//! What a pack says of its feed, and the rules that ask it for more.

use std::time::Duration;

use super::{MVNO, NATION, lines, source};
use crate::book::RuleBook;
use crate::diagnostic::{Diagnostic, Level};
use crate::facts::{Fact, FactType, Happening, Source};

const CARRIER: &str =
    "[pack]\nid = \"carrier\"\nextends = \"nation\"\napplies_to = { carrier = \"big\" }\n";

fn layered(carrier: &str, mvno: &str) -> Result<RuleBook, Vec<Diagnostic>> {
    RuleBook::compile_unchecked(&[
        source("nation.toml", NATION),
        source("carrier.toml", &format!("{CARRIER}{carrier}")),
        source("mvno.toml", &format!("{MVNO}{mvno}")),
    ])
}

/// A carrier's pack with this feed and these additions, and an MVNO's with these.
fn with_feed(feed: &str, carrier: &str, mvno: &str) -> Result<RuleBook, Vec<Diagnostic>> {
    layered(&format!("[feed]\n{feed}\n{carrier}"), mvno)
}

const WEEK: &str = "history = \"7d\"\ntells = [\"reissue\", \"imsi_change\", \"handset_change\"]";

fn rule(when: &str) -> String {
    format!(
        "[[rule]]\nid = \"own\"\non = [\"login\"]\nwhen = \"{when}\"\nverdict = \"deny\"\nunknown = \"deny\"\nreason = \"SIM_REISSUED\"\n"
    )
}

fn always_known(when: &str) -> String {
    rule(when).replace("unknown = \"deny\"\n", "")
}

#[test]
fn every_mistake_in_a_feed_is_told_at_its_place() {
    let tells = "tells = [\"reissue\"]";
    let history = "history = \"30d\"";
    let rows = [
        (tells.to_owned(), 5, 1, "needs `history`", None),
        (history.to_owned(), 5, 1, "needs `tells`", None),
        (format!("history = \"0s\"\n{tells}"), 6, 11, "at least 1ms", None),
        (format!("history = \"101y\"\n{tells}"), 6, 11, "whole number and a unit", None),
        (format!("history = 7\n{tells}"), 6, 11, "text", None),
        (format!("{history}\ntells = []"), 7, 9, "1 to 12", None),
        (format!("{history}\ntells = [\"reisue\"]"), 7, 10, "tells of", Some("reissue")),
        (format!("{history}\ntells = [\"esim\", \"esim\"]"), 7, 18, "twice", None),
        (format!("{history}\n{tells}\nshort = \"why\""), 8, 9, "a table", None),
        (format!("{history}\n{tells}\nshort = {{ asking = \" \" }}"), 8, 20, "say why", None),
        (
            format!("{history}\n{tells}\nshort = {{ askin = \"x\" }}"),
            8,
            11,
            "no pack above",
            Some("asking"),
        ),
        (
            format!("{history}\n{tells}\nshort = {{ asking = \"x\" }}"),
            8,
            11,
            "nothing is short",
            None,
        ),
        (format!("{history}\n{tells}\nhistry = 1"), 8, 1, "no `histry`", Some("history")),
    ];
    for (feed, line, column, message, meant) in rows {
        let found = with_feed(&feed, "", "").unwrap_err();
        assert_eq!(found.len(), 1, "{feed}\n{}", lines(&found));
        assert_eq!((found[0].line, found[0].column), (line, column), "{feed}\n{}", found[0]);
        assert!(found[0].message.contains(message), "{}", found[0]);
        assert_eq!(found[0].suggestion.as_deref(), meant, "{}", found[0]);
    }
}

#[test]
fn reasons_for_a_short_feed_are_bounded() {
    let feed = |short: &str| {
        let feed = format!("history = \"1h\"\ntells = [\"reissue\"]\nshort = {{ {short} }}");
        with_feed(&feed, "", "")
    };
    assert!(feed(&format!("asking = \"{}\"", "x".repeat(200))).is_ok());
    assert!(feed(&format!("asking = \"{}\"", "x".repeat(201))).is_err());
    let many: Vec<_> = (0..65).map(|at| format!("r{at} = \"x\"")).collect();
    let found = feed(&many.join(", ")).unwrap_err();
    assert!(lines(&found).contains("at most 64 rules"), "{}", lines(&found));
}

#[test]
fn a_rule_that_asks_further_back_than_its_feed_sees_is_refused() {
    let rows = [
        ("sim.changed_age < duration('30d')", 12, 9, "30d"),
        ("sim.match == 'no' && !(duration('8d') < handset.changed_age)", 12, 49, "8d"),
        ("binding.age > duration('1d') || sim.changed_age > param.long", 12, 59, "10d"),
    ];
    let param =
        "[param.long]\ndefault = \"10d\"\nmin = \"1d\"\nmax = \"20d\"\nsofter = \"longer\"\n";
    for (when, line, column, asked) in rows {
        let found = with_feed(WEEK, &format!("{}{param}", rule(when)), "").unwrap_err();
        assert_eq!(found.len(), 1, "{when}\n{}", lines(&found));
        assert_eq!((found[0].line, found[0].column), (line - 1, column), "{}", found[0]);
        let message = &found[0].message;
        assert!(message.contains(asked) && message.contains("sees 7d back"), "{message}");
    }
    for when in ["sim.changed_age < duration('7d')", "binding.age < duration('30d')"] {
        assert!(with_feed(WEEK, &rule(when), "").is_ok(), "{when}");
    }
    // Along the chain: an MVNO without a feed of its own sees what its host sees.
    let found = with_feed(WEEK, "", &rule("sim.changed_age < duration('8d')")).unwrap_err();
    assert_eq!((found[0].pack.as_str(), found[0].line), ("mvno.toml", 8));
}

#[test]
fn a_parameter_that_makes_a_rule_above_ask_too_far_is_refused_where_it_is_set() {
    let found = with_feed(WEEK, "[set]\nswap = \"8d\"", "").unwrap_err();
    assert_eq!((found.len(), found[0].line, found[0].column), (1, 9, 8), "{}", lines(&found));
    assert!(found[0].message.contains("`asking` ask 8d back"), "{}", found[0]);
    assert!(with_feed(WEEK, "[set]\nswap = \"7d\"", "").is_ok());
    let found = with_feed(WEEK, "", "[set]\nswap = \"8d\"").unwrap_err();
    assert_eq!((found[0].pack.as_str(), found[0].line), ("mvno.toml", 6));
}

#[test]
fn a_feed_too_short_for_a_rule_above_is_refused_unless_it_says_why() {
    let short = "history = \"24h\"\ntells = [\"reissue\"]";
    let found = with_feed(short, "", "").unwrap_err();
    assert_eq!((found.len(), found[0].line, found[0].column), (1, 6, 11), "{}", lines(&found));
    let message = &found[0].message;
    assert!(message.contains("`asking` asks 3d back, and this feed sees 1d back"), "{message}");
    let declared = format!("{short}\nshort = {{ asking = \"its archive is a day\" }}");
    let book = with_feed(&declared, "", "").unwrap();
    let [warning] = book.warnings() else { panic!("{}", lines(book.warnings())) };
    assert_eq!((warning.level, warning.line, warning.column), (Level::Warning, 8, 11));
    assert!(warning.message.contains("its archive is a day"), "{warning}");
    // Below, it is no news; nor does it excuse the rules of others.
    assert!(with_feed(&declared, "", "[set]\nswap = \"48h\"").is_ok());
    assert!(with_feed(&declared, &rule("sim.changed_age < duration('48h')"), "").is_err());
    let mvno = |feed: &str| with_feed(&declared, "", &format!("[feed]\n{feed}"));
    assert_eq!(mvno(short).unwrap().warnings().len(), 1);
    let narrower = short.replace("24h", "12h");
    let found = mvno(&narrower).unwrap_err();
    let found = found.iter().find(|one| one.level == Level::Error).unwrap();
    assert_eq!((found.pack.as_str(), found.line, found.column), ("mvno.toml", 6, 11), "{found}");
    assert!(mvno(&format!("{narrower}\nshort = {{ asking = \"less still\" }}")).is_ok());
}

#[test]
fn an_mvno_may_narrow_its_host_s_feed_and_never_widen_it() {
    let mvno = |history: &str, tells: &str| {
        with_feed(WEEK, "", &format!("[feed]\nhistory = \"{history}\"\ntells = [{tells}]"))
    };
    let book = mvno("4d", "\"reissue\"").unwrap();
    let small = book.packs().iter().find(|pack| pack.id == "small").unwrap().feed.clone().unwrap();
    assert_eq!((small.pack.as_str(), small.history), ("small", Duration::from_secs(4 * 86_400)));
    assert_eq!(small.tells, [Happening::Reissue]);
    let found = mvno("8d", "\"esim\"").unwrap_err();
    let places: Vec<_> = found.iter().map(|one| (one.line, one.column)).collect();
    assert_eq!(places, [(6, 11), (7, 10)], "{}", lines(&found));
    // Narrowed under what a rule above asks: told at the narrower feed.
    let found = mvno("1d", "\"reissue\"").unwrap_err();
    assert_eq!((found[0].pack.as_str(), found[0].line), ("mvno.toml", 6), "{}", found[0]);
    let book = with_feed(WEEK, "", "").unwrap();
    let inherited = book.packs().iter().find(|pack| pack.id == "small").unwrap();
    assert_eq!(inherited.feed.as_ref().unwrap().pack, "carrier");
}

#[test]
fn a_carrier_without_a_feed_is_warned_and_not_checked() {
    let book = layered(&rule("sim.changed_age < duration('90d')"), "").unwrap();
    let [warning] = book.warnings() else { panic!("{}", lines(book.warnings())) };
    assert_eq!((warning.pack.as_str(), warning.line, warning.column), ("carrier.toml", 2, 6));
    let own_core = MVNO
        .replace("extends = \"carrier\"", "extends = \"nation\"")
        .replace("host = \"big\"", "host = \"big\", own_core = true");
    let book = RuleBook::compile_unchecked(&[source("n", NATION), source("m", &own_core)]).unwrap();
    assert_eq!(book.warnings().len(), 1);
    assert_eq!(book.packs()[1].feed, None);
    let nation = format!("{NATION}\n[feed]\n{WEEK}");
    let found = RuleBook::compile_unchecked(&[source("n", &nation)]).unwrap_err();
    assert!(found[0].message.contains("the nation has no feed"), "{}", found[0]);
    assert!(RuleBook::compile_unchecked(&[source("n", NATION), source("c", CARRIER)]).is_ok());
}

#[test]
fn a_rule_that_reads_what_the_feed_never_tells_of_is_warned_of() {
    // The condition, the underlined text, the message.
    let rows = [
        ("sim.latch == 'esim_moved'", "esim_moved", "esim: this never holds"),
        ("sim.latch in ['recycled', 'esim_moved']", "esim_moved", "esim, recycling: this never"),
        ("pin.failures > 3 && sim.latch != 'recycled'", "recycled", "this always holds"),
        ("line.latch == 'ended'", "ended", "contract_end"),
    ];
    for (when, text, message) in rows {
        let book = with_feed(WEEK, &always_known(when), "").unwrap();
        let [warning] = book.warnings() else { panic!("{when}\n{}", lines(book.warnings())) };
        assert_eq!(warning.text, text, "{warning}");
        assert!(warning.message.contains(message), "{warning}");
        assert_eq!(warning.line, 11, "{warning}");
    }
    let maybe =
        [("sim.state == 'suspended'", "suspended"), ("handset.relation == 'loaner'", "loaner")];
    for (when, text) in maybe {
        let book = with_feed(WEEK, &rule(when), "").unwrap();
        assert_eq!(book.warnings()[0].text, text);
    }
    let suspended = "history = \"7d\"\ntells = [\"suspension\"]";
    for fact in ["sim.changed_age", "handset.loaner_age"] {
        let book = with_feed(suspended, &rule(&format!("{fact} < duration('1h')")), "").unwrap();
        assert_eq!(book.warnings()[0].text, fact);
    }
    for when in ["sim.latch != 'clear'", "sim.latch in ['reissued', 'esim_moved']"] {
        let book = with_feed(WEEK, &always_known(when), "").unwrap();
        assert!(book.warnings().is_empty(), "{}", lines(book.warnings()));
    }
}

#[test]
fn every_fact_has_a_supplier_and_every_value_of_a_latch_is_told_by_its_kinds() {
    for fact in Fact::ALL {
        let sources = fact.sources();
        assert!(!sources.is_empty(), "{}", fact.name());
        let feeds = sources.iter().filter(|source| matches!(source, Source::Feed(_)));
        assert!(feeds.count() <= 1, "{}", fact.name());
        let FactType::Enum(of) = fact.ty() else { continue };
        for index in (0_i64..).take(of.variants.len()) {
            for kind in fact.value_told_by(index) {
                assert!(fact.told_by().contains(kind), "{} {kind:?}", fact.name());
            }
        }
        if fact.name().ends_with(".latch") && *fact != Fact::HandsetLatch {
            let untold = (0_i64..).take(of.variants.len());
            let untold = untold.filter(|index| fact.value_told_by(*index).is_empty());
            assert_eq!(untold.count(), 1, "{}: only `clear` comes of nothing", fact.name());
        }
    }
    let back: Vec<_> = Fact::ALL.iter().filter(|fact| fact.looks_back()).collect();
    assert_eq!(back, [&Fact::HandsetChangedAge, &Fact::SimChangedAge, &Fact::HandsetLoanerAge]);
    for kind in Happening::ALL {
        assert_eq!(Happening::from_name(kind.as_str()), Some(kind));
    }
}
