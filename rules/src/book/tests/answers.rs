use super::{alone, layered, source};
use crate::book::{ChainId, Conclusion, FiredBy, Layer, RuleBook};
use crate::facts::{Fact, Facts, Match, SimLatch, usual_facts};
use crate::pack::LimitKey;
use crate::reason::ReasonCode;
use crate::verdict::{CheckKind, Edge, Methods, StepUpMethod, Verdict};

#[test]
fn a_line_finds_its_chain_or_the_one_above() {
    let book = RuleBook::shipped().unwrap();
    let pack = |carrier, mvno| {
        let chain = book.chain(carrier, mvno);
        book.pack_of_chain(chain).unwrap().id.clone()
    };
    let rows = [
        (None, None, "jp-national"),
        (Some("nobody"), None, "jp-national"),
        (Some("docomo"), None, "docomo"),
        (Some("docomo"), Some("nobody"), "docomo"),
        (Some("nobody"), Some("nobody"), "jp-national"),
        (Some("docomo"), Some("aqua-mobile"), "aqua-mobile"),
        (None, Some("aqua-mobile"), "aqua-mobile"),
        // An MVNO on a host that is not its own has no word of its own.
        (Some("softbank"), Some("aqua-mobile"), "softbank"),
        (Some("nobody"), Some("aqua-mobile"), "jp-national"),
        (Some("docomo"), Some("iij"), "iij"),
        (Some("iij"), None, "iij"),
        (Some("iij"), Some("iij"), "iij"),
        (Some("softbank"), Some("tsubame-mobile"), "tsubame-mobile"),
        (Some("kddi"), Some("kawasemi"), "kawasemi"),
        (Some("kddi"), Some("tsubame-mobile"), "kddi"),
        (Some("rakuten"), None, "rakuten"),
    ];
    for (carrier, mvno, id) in rows {
        assert_eq!(pack(carrier, mvno), id, "{carrier:?} {mvno:?}");
    }
}

#[test]
fn the_hash_changes_with_every_byte_and_with_the_order() {
    let sources = RuleBook::shipped_sources();
    let hash = RuleBook::compile_unchecked(&sources).unwrap().hash();
    assert_eq!(RuleBook::shipped().unwrap().hash(), hash);
    let mut other = sources.clone();
    other[1].text.push('\n');
    assert_ne!(RuleBook::compile_unchecked(&other).unwrap().hash(), hash);
    let mut other = sources;
    other.swap(1, 2);
    assert_ne!(RuleBook::compile_unchecked(&other).unwrap().hash(), hash);
}

#[test]
fn verdicts_join_and_the_most_severe_reason_comes_first() {
    let book = layered("", "").unwrap();
    let chain = book.chain(None, None);
    let mut facts = usual_facts();
    facts.set_handset_match(Match::Yes);
    facts.set_sim_changed_age(std::time::Duration::from_secs(60));
    let asked = book.evaluate(chain, CheckKind::Login, &facts);
    let card_counter = Methods::new([StepUpMethod::Card, StepUpMethod::Counter]).unwrap();
    assert_eq!(asked.verdict, Verdict::StepUp(card_counter));
    assert_eq!(asked.edge, Some(Edge::CertificateSim));
    facts.set_pin_failures(3);
    let both = book.evaluate(chain, CheckKind::Login, &facts);
    assert_eq!(both.verdict, Verdict::Deny);
    assert_eq!(
        both.reasons.as_slice(),
        [ReasonCode::PIN_LOCKED, ReasonCode::from_name("SIM_REISSUED").unwrap()]
    );
    assert_eq!(both.fired.len(), 2);
    assert_eq!(book.rule_name(both.fired[0].rule), "nation/asking");
    assert_eq!(both.edge, Some(Edge::CertificateSim));
}

#[test]
fn what_is_only_unknown_breaks_no_edge() {
    let book = layered("", "").unwrap();
    let mut facts = usual_facts();
    facts.set_sim_changed_age(std::time::Duration::MAX);
    let outcome = book.evaluate(book.chain(None, None), CheckKind::Login, &facts);
    assert_eq!(outcome.fired[0].by, FiredBy::Unknown);
    assert_eq!(outcome.edge, None);
    assert_eq!(outcome.verdict.severity(), crate::Severity::StepUp);
}

#[test]
fn a_method_that_rests_on_an_edge_another_rule_found_broken_is_gone() {
    let rules = |methods: &str| {
        format!(
            "[[rule]]\nid = \"line\"\non = [\"login\"]\nwhen = \"line.latch == 'ported_out'\"\nverdict = \"step_up\"\nstep_up = [{methods}]\nreason = \"PATCH_OLD\"\n\
             [[rule]]\nid = \"gone\"\non = [\"login\"]\nwhen = \"line.latch == 'ported_out'\"\nverdict = \"step_up\"\nstep_up = [\"card\", \"counter\", \"reattest\"]\nreason = \"LINE_PORTED_OUT\"\n"
        )
    };
    let mut facts = usual_facts();
    facts.set_line_latch(crate::facts::LineLatch::PortedOut);
    let judge = |methods: &str| {
        let book = alone(&rules(methods)).unwrap();
        book.evaluate(book.chain(None, None), CheckKind::Login, &facts).verdict
    };
    assert_eq!(
        judge("\"card\", \"sms\""),
        Verdict::StepUp(Methods::new([StepUpMethod::Card]).unwrap())
    );
    assert_eq!(judge("\"sms\""), Verdict::Deny);
}

#[test]
fn a_fact_that_must_be_known_and_is_not_is_refused() {
    let book = layered("", "").unwrap();
    let mut facts = usual_facts();
    facts.forget(Fact::SimLatch);
    let outcome = book.evaluate(book.chain(None, None), CheckKind::Tap, &facts);
    assert_eq!(outcome.verdict, Verdict::Deny);
    assert_eq!(outcome.reasons.as_slice(), [ReasonCode::UNDECIDED]);
    assert_eq!(outcome.fired[0].by, FiredBy::MissingFact);
}

#[test]
fn a_chain_of_another_book_is_refused() {
    let book = alone("").unwrap();
    let outcome = book.evaluate(ChainId(7), CheckKind::Login, &usual_facts());
    assert_eq!(outcome.verdict, Verdict::Deny);
    assert!(book.limits(ChainId(7), CheckKind::Login).is_empty());
    assert!(book.explain(ChainId(7), CheckKind::Login, &Facts::default()).is_empty());
}

#[test]
fn an_explanation_shows_each_rule_with_its_facts() {
    let book = layered(
        "[[rule]]\nid = \"own\"\non = [\"login\"]\nwhen = \"sim.latch != 'clear'\"\nverdict = \"deny\"\nreason = \"SIM_REISSUED\"",
        "",
    )
    .unwrap();
    let mut facts = usual_facts();
    facts.set_sim_latch(SimLatch::Reissued);
    let traces = book.explain(book.chain(Some("big"), None), CheckKind::Login, &facts);
    assert_eq!(traces.len(), 5);
    assert_eq!(traces[0].facts[0].value, None);
    assert!(matches!(traces[0].conclusion, Conclusion::Spoke { by: FiredBy::Unknown, .. }));
    assert_eq!(traces[1].conclusion, Conclusion::Silent);
    let own = &traces[4];
    assert_eq!(
        (own.pack.as_str(), own.layer, own.rule.as_str()),
        ("carrier", Layer::Carrier, "own")
    );
    assert_eq!(own.condition, "sim.latch != 'clear'");
    assert_eq!(own.facts[0].fact, Fact::SimLatch);
    assert_eq!(own.facts[0].value.as_deref(), Some("reissued"));
}

#[test]
fn limits_of_all_layers_stand_together() {
    let more = "[[limit]]\nid = \"slow\"\non = [\"login\", \"tap\", \"event\"]\nper = [\"iccid\", \"imei\"]\nrate = \"2/1h\"\nburst = 2\nreason = \"RATE_LIMITED\"";
    let book = layered(more, "").unwrap();
    let nation = book.chain(None, None);
    let small = book.chain(None, Some("small"));
    assert_eq!(book.limits(nation, CheckKind::Login).len(), 1);
    assert!(book.limits(nation, CheckKind::Tap).is_empty());
    assert_eq!(book.limits(small, CheckKind::Login).len(), 2);
    assert_eq!(book.event_limits(small).len(), 1);
    let slow = &book.limits(small, CheckKind::Tap)[0];
    assert_eq!(slow.per, [LimitKey::Iccid, LimitKey::Imei]);
    assert_eq!((slow.count, slow.period.as_secs(), slow.burst), (2, 3_600, 2));
}

#[test]
fn a_failing_test_is_named_with_its_place() {
    let text = format!(
        "{}\n[[test]]\nname = \"wrong\"\ngiven = {{ \"handset.match\" = \"no\" }}\nexpect = {{ verdict = \"allow\" }}",
        super::NATION
    );
    let book = RuleBook::compile_unchecked(&[source("n.toml", &text)]).unwrap();
    let report = crate::run_tests(&book);
    assert_eq!((report.passed, report.failures.len()), (0, 1));
    let line = u32::try_from(super::NATION.lines().count()).unwrap() + 3;
    assert_eq!((report.failures[0].line, report.failures[0].column), (line, 8));
    assert!(report.failures[0].message.contains("expected allow, got deny"));
}
