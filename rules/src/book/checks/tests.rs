use std::fmt::Write as _;

use proptest::prelude::*;

use super::sketch::{Cover, Sketch, covers, sketch};
use super::{STEPS, within};
use crate::book::RuleBook;
use crate::book::evaluate::ask;
use crate::book::tests::{NATION, lines, source};
use crate::book::verdicts::tests::{book_of, everything, read_by, rule};
use crate::book::verdicts::{ALLOW, says};
use crate::diagnostic::{Diagnostic, Level, Problems};
use crate::facts::{Fact, FactType};
use crate::pack::{PackSource, read_pack};
use crate::space::Steps;
use crate::verdict::CheckKind;

const CARRIER: &str =
    "[pack]\nid = \"carrier\"\nextends = \"nation\"\napplies_to = { carrier = \"big\" }\n";

/// What is told of a carrier's pack over [`NATION`] about rules that say nothing.
fn told(carrier: &str) -> Vec<Diagnostic> {
    let text = format!("{CARRIER}{carrier}");
    let found = match RuleBook::compile(&[source("nation", NATION), source("carrier", &text)]) {
        Ok(book) => book.warnings().to_vec(),
        Err(found) => found,
    };
    // The nation's pack stands in order; a carrier without a feed is another matter.
    assert!(found.iter().all(|found| found.pack == "carrier"), "{}", lines(&found));
    found.into_iter().filter(|found| !found.message.contains("`[feed]`")).collect()
}

/// A rule with these lines.
fn written(id: &str, when: &str, rest: &str) -> String {
    format!("[[rule]]\nid = \"{id}\"\non = [\"login\"]\nwhen = \"{when}\"\n{rest}\n")
}

const DENY: &str = "verdict = \"deny\"\nreason = \"SIM_RECYCLED\"";
const IGNORE: &str = "verdict = \"deny\"\nunknown = \"ignore\"\nreason = \"SIM_RECYCLED\"";

#[test]
fn a_rule_that_can_never_speak_is_refused_at_its_condition() {
    for (when, rest, why) in [
        ("pin.failures > 3 && pin.failures < 2", DENY, "contradicts itself"),
        ("sim.latch == 'recycled' && sim.latch == 'clear'", DENY, "contradicts itself"),
        ("reader.round_trip > duration('1s')", IGNORE, "no reader takes part"),
        ("check.channel == 'tap_bare'", DENY, "a login comes by the app or a browser"),
        ("handset.match == 'no' && handset.relation == 'loaner'", IGNORE, "is foreign"),
        ("feed.health == 'none' && sim.changed_age < duration('1h')", IGNORE, "hears nothing"),
        // Only two laws together exclude it.
        ("handset.claims == 'agree' && binding.state == 'none'", IGNORE, "can never speak"),
    ] {
        let found = told(&written("own", when, rest));
        let [found] = &found[..] else { panic!("{when}: {}", lines(&found)) };
        assert_eq!(found.level, Level::Error);
        assert!(found.message.contains("can never speak"), "{when}: {found}");
        assert!(found.message.contains(why), "{when}: {found}");
        assert_eq!((found.line, found.column), (8, 8), "{found}");
    }
    for (when, rest) in [
        ("pin.failures > 3 || sim.latch == 'clear'", DENY),
        // Unknown is what makes this one speak.
        (
            "reader.round_trip > duration('1s')",
            "verdict = \"deny\"\nunknown = \"deny\"\nreason = \"RELAY_SUSPECTED\"",
        ),
    ] {
        let found = told(&written("own", when, rest));
        assert!(!lines(&found).contains("never speak"), "{when}: {}", lines(&found));
    }
}

#[test]
fn a_rule_that_another_always_covers_is_refused_and_says_which() {
    let always = "`nation/counting`";
    let found = told(&written("own", "pin.failures >= 4 && sim.latch == 'clear'", DENY));
    let [one] = &found[..] else { panic!("{}", lines(&found)) };
    assert_eq!(one.level, Level::Error);
    assert!(one.message.contains("always covered") && one.message.contains(always), "{one}");
    // Milder, and beside a deny.
    let milder = "verdict = \"step_up\"\nstep_up = [\"card\"]\nreason = \"PIN_LOCKED\"";
    assert!(lines(&told(&written("own", "pin.failures == 5", milder))).contains(always));
    for (when, rest) in [
        ("pin.failures >= 2", DENY),
        ("pin.failures >= 4 || sim.latch == 'reissued'", DENY),
        // On a tap nothing covers it.
        ("pin.failures >= 4", "verdict = \"deny\"\nreason = \"PIN_LOCKED\"\n#tap"),
    ] {
        let mut text = written("own", when, rest);
        if rest.ends_with("#tap") {
            text = text.replace("[\"login\"]", "[\"login\", \"tap\"]");
        }
        let found = told(&text);
        assert!(
            !found.iter().any(|found| found.level == Level::Error),
            "{when}: {}",
            lines(&found)
        );
    }
}

#[test]
fn of_two_rules_that_cover_each_other_the_later_one_is_too_many() {
    let twice = written("one", "sim.latch == 'reissued'", DENY)
        + &written("two", "!(sim.latch != 'reissued')", DENY);
    let found = told(&twice);
    let [found] = &found[..] else { panic!("{}", lines(&found)) };
    assert!(found.message.contains("`carrier/one`"), "{found}");
    assert_eq!(found.line, 14, "{found}");
}

#[test]
fn an_overlap_that_is_meant_is_stated_and_must_be_one() {
    let beside = |when: &str, other: &str| {
        told(&written("own", when, &format!("{DENY}\nbeside = [\"{other}\"]")))
    };
    assert!(beside("pin.failures >= 4", "counting").is_empty());
    assert!(lines(&beside("sim.latch == 'reissued'", "counting")).contains("neither rule covers"));
    assert!(lines(&beside("pin.failures >= 4", "countin")).contains("did you mean `counting`?"));
    assert!(lines(&beside("pin.failures >= 4", "own")).contains("neither rule covers"));
    // Either of the two may say it.
    let both = written("one", "sim.latch == 'reissued'", &format!("{DENY}\nbeside = [\"two\"]"))
        + &written("two", "sim.latch == 'reissued'", DENY);
    assert!(told(&both).is_empty(), "{}", lines(&told(&both)));
}

#[test]
fn what_a_pack_makes_of_rules_above_it_is_a_warning() {
    let found = told(&written("own", "pin.failures >= 1", DENY));
    let [found] = &found[..] else { panic!("{}", lines(&found)) };
    assert_eq!(found.level, Level::Warning);
    assert!(found.message.contains("always covers `nation/counting`"), "{found}");
    let beside = format!("{DENY}\nbeside = [\"counting\"]");
    assert!(told(&written("own", "pin.failures >= 1", &beside)).is_empty());
    // Switched off on purpose: neither dead nor covered.
    assert!(told("[[adjust]]\nrule = \"asking\"\nverdict = \"allow\"\n").is_empty());
}

#[test]
fn an_emergency_stop_is_a_warning_and_the_rules_beside_it_stand() {
    let stop =
        written("stop", "pin.failures >= 0", DENY) + &written("own", "pin.failures == 1", DENY);
    let found = told(&stop);
    let [found] = &found[..] else { panic!("{}", lines(&found)) };
    assert_eq!(found.level, Level::Warning);
    assert!(found.message.contains("always speaks"), "{found}");
}

#[test]
fn the_packs_that_ship_have_no_rule_that_says_nothing() {
    let book = RuleBook::shipped().unwrap();
    let said = |found: &&Diagnostic| {
        ["never speak", "always cover"].iter().any(|part| found.message.contains(part))
    };
    assert_eq!(book.warnings().iter().filter(said).count(), 0, "{}", lines(book.warnings()));
}

/// A pack of rules each of which differs from every other in the values that it names.
fn large(rules: usize) -> String {
    let mut text = "[pack]\nid = \"n\"\napplies_to = { country = \"JP\" }\n".to_owned();
    for at in 0..rules {
        let when = format!(
            "sim.changed_age == duration('{}m') && handset.changed_age == duration('{}m')",
            at + 1,
            (at * 7) % rules + 1,
        );
        write!(text, "{}", written(&format!("r{at}"), &when, IGNORE)).unwrap();
    }
    text
}

#[test]
fn a_large_pack_is_in_order_and_one_rule_too_many_is_found_in_it() {
    let text = large(300);
    assert!(RuleBook::compile(&[source("n", &text)]).unwrap().warnings().is_empty());
    let more = "sim.changed_age == duration('150m') && handset.changed_age != duration('7m')";
    let covered = "sim.changed_age == duration('150m') && handset.changed_age == duration('8m')";
    let text = format!("{text}{}{}", written("a", more, IGNORE), written("b", covered, IGNORE));
    let found = RuleBook::compile(&[source("n", &text)]).unwrap_err();
    assert!(lines(&found).contains("always covered by `n/a`"), "{}", lines(&found));
}

/// What the checks of a book note within so many steps, and how many they take.
fn within_steps(sources: &[PackSource], most: u64) -> (Vec<Diagnostic>, u64) {
    let book = RuleBook::compile_unchecked(sources).unwrap();
    let fresh = || sources.iter().map(|s| Problems::new(&s.name, &s.text)).collect::<Vec<_>>();
    let (mut problems, mut reading) = (fresh(), fresh());
    let docs: Vec<_> = sources.iter().zip(&mut reading).map(|(s, p)| read_pack(s, p)).collect();
    let steps = Steps::new(most);
    within(&book, &docs, &steps, &mut problems);
    let found = problems.into_iter().flat_map(Problems::into_found).collect();
    (found, most - steps.left())
}

#[test]
fn past_its_budget_a_check_finds_less_and_says_so() {
    let text = format!("{CARRIER}{}", written("own", "pin.failures >= 4", DENY));
    let sources = [source("nation", NATION), source("carrier", &text)];
    let (whole, taken) = within_steps(&sources, STEPS);
    let [covered] = &whole[..] else { panic!("{}", lines(&whole)) };
    assert_eq!(covered.level, Level::Error);
    assert_eq!(within_steps(&sources, taken).0, whole);
    for most in [0, 10, 100, 5_000, taken / 4, taken / 2, taken - 1] {
        let (found, _) = within_steps(&sources, most);
        assert!(!found.is_empty(), "{most} of {taken}");
        for found in found.iter().filter(|found| !whole.contains(found)) {
            assert_eq!(found.level, Level::Warning, "{most} of {taken}: {found}");
            assert!(found.message.contains("not all rules are proved"), "{found}");
        }
    }
}

#[test]
fn where_proof_ends_a_rule_beside_another_is_not_said_to_be_wrong() {
    let beside = written("own", "pin.failures >= 4", &format!("{DENY}\nbeside = [\"counting\"]"));
    let sources = [source("nation", NATION), source("carrier", &format!("{CARRIER}{beside}"))];
    let (whole, taken) = within_steps(&sources, STEPS);
    assert!(whole.is_empty());
    for part in 0..16 {
        let (found, _) = within_steps(&sources, taken * part / 16);
        assert!(found.iter().all(|found| found.level == Level::Warning), "{}", lines(&found));
    }
}

/// A rule of 14 pairs of facts, each with one that stands far from it in the schema: what a diagram
/// has read of the one it keeps until it reads the other. Something of each pair must be so.
/// `turn` makes it another rule.
pub(in crate::book) fn crossed(id: &str, turn: usize) -> String {
    paired(id, turn, [" || ", " && "])
}

fn paired(id: &str, turn: usize, [within, between]: [&str; 2]) -> String {
    let part = |fact: &Fact| match fact.ty() {
        FactType::Enum(of) => format!("{} == '{}'", fact.name(), of.variants[turn % 2]),
        FactType::Bool => format!("{} == true", fact.name()),
        FactType::Int => format!("{} > {turn}", fact.name()),
        FactType::Duration => format!("{} < duration('{}h')", fact.name(), turn + 1),
    };
    let (first, second) = (&Fact::ALL[..14], &Fact::ALL[14..28]);
    let pair = |(a, b)| format!("({}{within}{})", part(a), part(b));
    let pairs: Vec<_> = first.iter().zip(second).map(pair).collect();
    written(id, &pairs.join(between), IGNORE)
}

/// The packs that ship, the nation's with more rules.
pub(in crate::book) fn shipped_and(rules: &str) -> Vec<PackSource> {
    let mut sources = RuleBook::shipped_sources();
    let nation = sources.iter_mut().find(|source| source.name == "jp-national.toml").unwrap();
    nation.text = format!("{}\n{rules}", nation.text);
    sources
}

#[test]
fn the_packs_that_ship_take_a_small_part_of_the_steps() {
    let (found, taken) = within_steps(&RuleBook::shipped_sources(), STEPS);
    assert!(!lines(&found).contains("not all rules are proved"), "{}", lines(&found));
    assert!(taken * 10 < STEPS, "{taken} of {STEPS}");
}

#[test]
fn a_hard_rule_that_speaks_near_the_usual_facts_is_known_to() {
    let hard = |at: usize| paired(&format!("hard{at}"), at, [" && ", " || "]);
    let (found, _) = within_steps(&shipped_and(&(0..2).map(hard).collect::<String>()), STEPS);
    assert!(found.iter().all(|found| found.level == Level::Warning), "{}", lines(&found));
    assert!(
        found.iter().all(|found| found.message.contains("of 0 it is not")),
        "{}",
        lines(&found)
    );
    // Two that are the same are too hard to prove so: nothing is claimed.
    let same = hard(1) + &hard(1).replace("hard1", "twice");
    assert!(RuleBook::compile(&shipped_and(&same)).is_ok());
}

#[test]
fn rules_made_to_be_hard_end_with_their_bound_and_are_told() {
    let rules: String = (0..3).map(|turn| crossed(&format!("hard{turn}"), turn)).collect();
    let sources = shipped_and(&rules);
    let (found, taken) = within_steps(&sources, STEPS);
    let [told] = &found[..] else { panic!("{}", lines(&found)) };
    assert_eq!((told.level, told.pack.as_str()), (Level::Warning, "jp-national.toml"));
    assert!(told.message.contains("of 3 it is not known whether they can ever speak"), "{told}");
    assert!(told.message.contains("of 3 whether others cover them"), "{told}");
    let (_, shipped) = within_steps(&RuleBook::shipped_sources(), STEPS);
    let hard = taken - shipped;
    assert!(hard * 10 < STEPS, "{hard}: a hard rule does not take what the others need");
    // Past the whole book's bound each rule costs nothing more.
    let (found, _) = within_steps(&sources, taken / 4);
    assert!(found.iter().all(|found| found.level == Level::Warning), "{}", lines(&found));
    assert!(found.len() > 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn dead_and_covered_is_what_trying_everything_says(a in rule(), b in rule()) {
        let book = book_of(&[a, b]);
        let kind = CheckKind::Login;
        let rules = book.chains[0].stands.of(kind);
        let ordered = format!("{rules:?}").contains("Facts {");
        let every = everything(&read_by(rules.iter()));
        for rule in rules {
            let speaks = every.iter().any(|facts| {
                ask(rule, facts).is_some() && says(rule, rule.cond.eval(facts)).0 != ALLOW
            });
            let alone = sketch(rule, kind, &Steps::new(u64::MAX));
            match &alone {
                Sketch::Speaks { points, always } => {
                    prop_assert!(ordered || speaks);
                    let silent = every.iter().any(|facts| says(rule, rule.cond.eval(facts)).0 == ALLOW);
                    prop_assert!(!(*always && silent));
                    prop_assert!(ordered || *always != silent);
                    for facts in points {
                        prop_assert!(ask(rule, facts).is_some());
                    }
                }
                Sketch::Never(_) => prop_assert!(!speaks),
                Sketch::Open => prop_assert!(ordered),
                Sketch::Skipped => prop_assert!(false, "there are steps enough"),
            }
        }
        let covered = every.iter().all(|facts| super::sketch::covers_at(&rules[1], &rules[0], facts));
        let proof = covers(&rules[1], &rules[0], kind, &Steps::new(u64::MAX));
        let proved = proof == Cover::Yes;
        prop_assert!(!covered || proof != Cover::No, "what is refuted is not so");
        prop_assert!(covered || !proved, "a proof is never false");
        prop_assert!(ordered || covered == proved);
    }
}
