use proptest::prelude::*;

use super::chains::{Budget, STEPS, compare};
use super::*;
use crate::book::RuleBook;
use crate::book::checks::tests::{crossed, shipped_and};
use crate::book::evaluate::judge;
use crate::book::verdicts::bits;
use crate::book::verdicts::tests::{book_of, everything, read_by, rule};
use crate::facts::{Fact, Facts, usual_facts_of};
use crate::pack::PackSource;
use crate::space::Steps;
use crate::verdict::{CheckKind, Severity};

fn distance(a: &Facts, b: &Facts) -> usize {
    Fact::ALL.iter().filter(|fact| a.slot(**fact) != b.slot(**fact)).count()
}

/// The packs that ship, one of them edited.
fn edited(name: &str, from: &str, to: &str) -> RuleBook {
    let mut sources = RuleBook::shipped_sources();
    let pack = sources.iter_mut().find(|source| source.name == name).unwrap();
    assert!(pack.text.contains(from), "{from}");
    pack.text = pack.text.replacen(from, to, 1);
    RuleBook::compile(&sources).unwrap()
}

fn login<'d>(diff: &'d Diff, pack: &str) -> &'d KindDiff {
    &diff.chains.iter().find(|chain| chain.pack == pack && !chain.is_moved()).unwrap().kinds[0]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_diff_says_what_trying_everything_says(
        same in prop::collection::vec(rule(), 0..3),
        old in prop::collection::vec(rule(), 0..2),
        new in prop::collection::vec(rule(), 1..2),
    ) {
        let side = |own: &[String]| book_of(&[&same[..], own].concat());
        let (old, new) = (side(&old), side(&new));
        let kind = CheckKind::Login;
        let diff = RuleBook::diff(&old, &new);
        let found = login(&diff, "nation");
        let rules = |book: &RuleBook| book.chains[0].stands.of(kind).to_vec();
        let (old, new) = (rules(&old), rules(&new));
        let read = read_by(old.iter().chain(&new));
        let ordered = format!("{old:?}{new:?}").contains("Facts {");
        let usual = usual_facts_of(kind);
        let every = everything(&read);
        let nearest = |wanted: &dyn Fn(u8, u8) -> bool| {
            let right = every.iter().filter(|facts| {
                wanted(bits(judge(&old, facts).verdict), bits(judge(&new, facts).verdict))
            });
            right.map(|facts| distance(&usual, facts)).min()
        };
        let cases = [
            (&found.verdict, nearest(&|a, b| a != b)),
            (&found.milder, nearest(&|a, b| a != b && a & b == a)),
            (&found.stricter, nearest(&|a, b| a != b && a & b == b)),
        ];
        for (told, expected) in cases {
            match (told, expected) {
                (Compared::Same, expected) => prop_assert_eq!(expected, None),
                (Compared::Differ(witness), Some(least)) => {
                    prop_assert_eq!(witness.smallest, !ordered);
                    if !ordered {
                        prop_assert_eq!(witness.given.len(), least);
                    }
                    let told = (bits(witness.old.verdict), bits(witness.new.verdict));
                    let asked = (judge(&old, &witness.facts), judge(&new, &witness.facts));
                    prop_assert_eq!(told, (bits(asked.0.verdict), bits(asked.1.verdict)));
                }
                (Compared::NotProved, _) => prop_assert!(ordered),
                (told, None) => prop_assert!(ordered, "{told:?}"),
            }
        }
        let reasons = every.iter().any(|facts| {
            let sorted = |rules| {
                let mut reasons = judge(rules, facts).reasons.to_vec();
                reasons.sort();
                reasons
            };
            sorted(&old) != sorted(&new)
        });
        prop_assert!(ordered || reasons == (found.reasons != Compared::Same));
    }
}

#[test]
fn the_packs_that_ship_are_proved_the_same_as_themselves() {
    let book = RuleBook::shipped().unwrap();
    assert!(RuleBook::diff(&book, &book).is_same());
    // Another text that says the same: by the diagrams, not by its letters.
    let other = edited(
        "jp-national.toml",
        "when = \"pin.failures >= param.pin_tries\"",
        "when = \"!(pin.failures < param.pin_tries)\"",
    );
    let diff = RuleBook::diff(&book, &other);
    assert!(diff.is_same());
    assert_eq!(login(&diff, "iij").rules.len(), 1);
    assert_eq!(login(&diff, "iij").rules[0].verdict, Compared::Same);
}

#[test]
fn a_parameter_shows_where_it_counts_and_its_witness_is_a_test() {
    let old = RuleBook::shipped().unwrap();
    let (from, to) = ("carrier_lag = \"12h\"", "carrier_lag = \"18h\"");
    let new = edited("docomo.toml", from, to);
    let diff = RuleBook::diff(&old, &new);
    let chain = diff.chains.iter().find(|chain| chain.pack == "docomo").unwrap();
    assert_eq!(chain.params.len(), 1);
    let tap = &chain.kinds[1];
    assert_eq!(tap.stricter, Compared::Same, "a longer lag is milder everywhere");
    let witness = tap.milder.witness().unwrap();
    assert!(witness.smallest);
    let given = |name: &str| {
        witness.given.iter().find(|(fact, _)| fact.name() == name).map(|(_, value)| value.as_str())
    };
    assert_eq!(given("handset.match_age"), Some("18h"), "{}", witness.given_text());
    assert!(tap.rules.iter().all(|rule| rule.change == RuleChange::Changed(vec!["parameter"])));
    assert!(tap.rules.iter().any(|rule| rule.verdict.witness().is_some()));
    // The witness holds as a test of the new pack and fails in the old one.
    let tried = |lag: &str| {
        let mut sources = RuleBook::shipped_sources();
        let pack = sources.iter_mut().find(|source| source.name == "docomo.toml").unwrap();
        pack.text = format!("{}\n{}", pack.text.replacen(from, lag, 1), witness.as_test());
        crate::book::run_tests(&RuleBook::compile(&sources).unwrap()).failures
    };
    let failures = tried(to);
    assert!(!failures.iter().any(|f| f.test.contains(" where it was ")), "{failures:?}");
    assert!(tried(from).iter().any(|failure| failure.test.contains(" where it was ")));
}

#[test]
fn what_only_changes_the_reason_is_told_as_that() {
    let old = RuleBook::shipped().unwrap();
    let new =
        edited("docomo.toml", "reason = \"SIM_REISSUED\"", "reason = \"SIM_IDENTITY_CHANGED\"");
    // Its own test expects the old reason; only the verdicts are asked here.
    let diff = RuleBook::diff(&old, &new);
    let docomo = login(&diff, "docomo");
    assert_eq!(docomo.verdict, Compared::Same);
    let witness = docomo.reasons.witness().unwrap();
    assert_eq!(witness.old.verdict, witness.new.verdict);
    assert_ne!(witness.old.reasons, witness.new.reasons);
    assert_eq!(docomo.rules[0].change, RuleChange::Changed(vec!["unknown", "reason"]));
    assert_eq!(login(&diff, "jp-national").reasons, Compared::Same);
}

#[test]
fn packs_and_limits_that_differ_are_listed() {
    let old = RuleBook::shipped().unwrap();
    let fewer: Vec<PackSource> = RuleBook::shipped_sources()
        .into_iter()
        .filter(|source| !source.text.contains("id = \"iij\""))
        .collect();
    let fewer = RuleBook::compile(&fewer).unwrap();
    assert_eq!(RuleBook::diff(&old, &fewer).removed, ["iij"]);
    assert_eq!(RuleBook::diff(&fewer, &old).added, ["iij"]);
    let new = edited("jp-national.toml", "rate = \"10/1m\"", "rate = \"20/1m\"");
    let diff = RuleBook::diff(&old, &new);
    let limits = &diff.chains[0].limits;
    assert_eq!(limits.len(), 1);
    assert_eq!(limits[0].id, "logins-per-certificate");
    assert!(!diff.is_same());
    assert_eq!(diff.chains[0].kinds[0].verdict, Compared::Same);
}

/// How a diff says that lines are answered by another pack.
fn moved(diff: &Diff) -> Vec<String> {
    let told = diff.chains.iter().filter(|chain| chain.is_moved()).map(|chain| {
        let lines: Vec<_> = chain.lines.iter().map(ToString::to_string).collect();
        format!("{}: {} to {}", lines.join(", "), chain.pack_before, chain.pack)
    });
    told.collect()
}

#[test]
fn lines_that_another_pack_answers_are_told_with_what_differs_for_them() {
    let old = RuleBook::shipped().unwrap();
    let (was, other) = ("mvno = \"kawasemi\"", "mvno = \"kawasemix\"");
    let renamed = edited("kawasemi.toml", was, other);
    let without: Vec<_> = RuleBook::shipped_sources()
        .into_iter()
        .filter(|source| source.name != "kawasemi.toml")
        .collect();
    let removed = RuleBook::compile(&without).unwrap();
    for (old, new, lines) in [
        (&old, &renamed, "kawasemi on kddi: kawasemi to kddi"),
        (&old, &renamed, "kawasemix on kddi: kddi to kawasemi"),
        (&old, &removed, "kawasemi on kddi: kawasemi to kddi"),
        (&removed, &old, "kawasemi on kddi: kddi to kawasemi"),
    ] {
        let diff = RuleBook::diff(old, new);
        assert!(!diff.is_same());
        assert!(moved(&diff).iter().any(|told| told == lines), "{:?}", moved(&diff));
        let chain = diff.chains.iter().find(|chain| {
            chain.is_moved() && chain.lines.iter().any(|line| line.carrier() == Some("kddi"))
        });
        assert!(chain.unwrap().kinds[0].verdict.witness().is_some());
    }
    assert!(moved(&RuleBook::diff(&old, &old)).is_empty());
}

#[test]
fn an_mvno_on_another_host_is_told_of_both_hosts() {
    let old = RuleBook::shipped().unwrap();
    let hosted = edited("iij.toml", "host = \"docomo\"", "host = \"kddi\"");
    let told = moved(&RuleBook::diff(&old, &hosted));
    assert_eq!(told, ["iij on docomo: iij to docomo", "iij on kddi: kddi to iij"]);
}

#[test]
fn limits_that_a_line_loses_with_its_pack_are_listed() {
    let limit = "\n[[limit]]\nid = \"few\"\non = [\"login\"]\nper = [\"certificate\"]\nrate = \"5/1m\"\n\
                 burst = 5\nreason = \"RATE_LIMITED\"\n";
    let with = |mvno: &str| {
        let text = format!(
            "[pack]\nid = \"small\"\nextends = \"docomo\"\n\
             applies_to = {{ mvno = \"{mvno}\", host = \"docomo\" }}\n{limit}"
        );
        let mut sources = RuleBook::shipped_sources();
        sources.push(PackSource { name: "small.toml".to_owned(), text });
        RuleBook::compile(&sources).unwrap()
    };
    let diff = RuleBook::diff(&with("small"), &with("smaller"));
    let of = |line: &str| {
        let has = |chain: &&ChainDiff| chain.lines.iter().any(|own| own.to_string() == line);
        diff.chains.iter().find(has).unwrap()
    };
    let (lost, gained) = (of("small on docomo"), of("smaller on docomo"));
    assert_eq!((lost.limits.len(), gained.limits.len()), (1, 1));
    assert!(lost.limits[0].new.is_none() && gained.limits[0].old.is_none());
    assert_eq!(lost.kinds[0].verdict, Compared::Same, "only the limit is lost");
    assert!(!lost.is_same() && !diff.is_same());
}

#[test]
fn past_its_budget_a_diff_claims_no_proof() {
    let old = RuleBook::shipped().unwrap();
    let new = edited("docomo.toml", "carrier_lag = \"12h\"", "carrier_lag = \"18h\"");
    let at = usize::from(old.chain_of_pack("docomo").unwrap().0);
    let sides = ((&old, &old.chains[at]), (&new, &new.chains[at]));
    let budget = Budget { steps: Steps::new(20_000), tries: Steps::new(u64::MAX) };
    let found = compare(sides.0, sides.1, CheckKind::Tap, &budget);
    assert_ne!(found.verdict, Compared::Same);
    assert_eq!(found.stricter, Compared::NotProved, "nothing is stricter, and that is no proof");
    if let Some(witness) = found.verdict.witness() {
        assert!(!witness.smallest);
    }
    for rule in &found.rules {
        assert_eq!(rule.verdict, Compared::NotProved);
    }
}

#[test]
fn a_witness_keeps_the_laws_of_worlds() {
    let old = RuleBook::shipped().unwrap();
    let from = "when = \"handset.latch == 'foreign'\"";
    let to = "when = \"handset.latch == 'foreign' && handset.match == 'no'\"";
    let mut sources = RuleBook::shipped_sources();
    sources[0].text = sources[0].text.replacen(from, &format!("{to}\nunknown = \"ignore\""), 1);
    let new = RuleBook::compile(&sources).unwrap();
    let diff = RuleBook::diff(&old, &new);
    for chain in &diff.chains {
        for kind in &chain.kinds {
            assert_eq!(kind.stricter, Compared::Same);
            let witness = kind.milder.witness().unwrap();
            let was = Severity::StepUp;
            assert_eq!(witness.old.verdict.severity(), was, "{}", witness.given_text());
            assert!(witness.given.iter().any(|(fact, _)| *fact == Fact::HandsetLatch));
        }
    }
}

#[test]
fn each_rule_has_facts_on_which_it_differs_itself() {
    let old = RuleBook::shipped().unwrap();
    let mut sources = RuleBook::shipped_sources();
    for reason in ["LINE_INHERITED", "LINE_TRANSFERRED"] {
        let was = format!("verdict = \"deny\"\nreason = \"{reason}\"");
        let now = format!("verdict = \"step_up\"\nstep_up = [\"card\"]\nreason = \"{reason}\"");
        assert!(sources[0].text.contains(&was));
        sources[0].text = sources[0].text.replacen(&was, &now, 1);
    }
    let diff = RuleBook::diff(&old, &RuleBook::compile(&sources).unwrap());
    for (rule, latch) in [("line-inherited", "inherited"), ("line-transferred", "transferred")] {
        let name = format!("jp-national/{rule}");
        let found = login(&diff, "docomo").rules.iter().find(|found| found.rule == name).unwrap();
        let given = &found.verdict.witness().unwrap().given;
        assert_eq!(given, &[(Fact::LineLatch, latch.to_owned())], "{rule}");
    }
}

#[test]
fn rules_made_to_be_hard_end_a_diff_without_a_false_proof() {
    let book =
        |turn: usize| RuleBook::compile_unchecked(&shipped_and(&crossed("hard", turn))).unwrap();
    let (old, new) = (book(0), book(1));
    let budget = Budget { steps: Steps::new(1_000_000), tries: Steps::new(2_000_000) };
    let (before, after) = ((&old, &old.chains[0]), (&new, &new.chains[0]));
    let found = compare(before, after, CheckKind::Login, &budget);
    assert_eq!((budget.steps.left(), found.rules.len()), (0, 1));
    assert_ne!(found.verdict, Compared::Same);
    assert_eq!(found.rules[0].verdict, Compared::NotProved);
    // What comes after is not reached at all.
    let next = compare(before, before, CheckKind::Tap, &budget);
    assert_eq!([&next.verdict, &next.milder, &next.reasons], [&Compared::NotProved; 3]);
}

#[test]
fn a_diff_of_the_packs_that_ship_takes_a_small_part_of_its_steps() {
    let old = RuleBook::shipped().unwrap();
    let from = "when = \"pin.failures >= param.pin_tries\"";
    let new = edited("jp-national.toml", from, "when = \"pin.failures > param.pin_tries\"");
    let budget = Budget { steps: Steps::new(STEPS), tries: Steps::new(0) };
    for (before, after) in old.chains.iter().zip(&new.chains) {
        for kind in [CheckKind::Login, CheckKind::Tap] {
            let found = compare((&old, before), (&new, after), kind, &budget);
            assert!(found.milder.witness().is_some());
        }
    }
    let taken = STEPS - budget.steps.left();
    assert!(taken * 10 < STEPS, "{taken} of {STEPS}");
}
