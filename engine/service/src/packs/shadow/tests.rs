use super::*;
use simbind_rules::{ChainId, CheckKind, Facts, PackSource, ReasonCode};

fn book(rule: &str) -> RuleBook {
    let text = format!(
        "[pack]\nid = \"nation\"\napplies_to = {{ country = \"JP\" }}\n\n[[rule]]\nid = \"{rule}\"\n\
         on = [\"login\"]\nwhen = \"pin.failures >= 0\"\nverdict = \"deny\"\nreason = \"PIN_LOCKED\"\n"
    );
    RuleBook::compile(&[PackSource { name: "nation.toml".into(), text }]).unwrap()
}

fn ruled(book: &RuleBook, failures: u32, limit: Option<ReasonCode>) -> Ruling {
    let mut facts = Facts::new();
    facts.set_pin_failures(failures);
    let chain: ChainId = book.chain(None, None);
    simbind_core::check::rule(book, chain, CheckKind::Login, &facts, limit)
}

#[test]
fn answers_that_are_the_same_are_no_difference_whatever_rule_gave_them() {
    let (live, staged) = (book("one"), book("other"));
    let shadow = Shadow::new(Timestamp::EPOCH);
    let (was, becomes) = (ruled(&live, 0, None), ruled(&staged, 0, None));
    shadow.count(&Compared {
        decision: DecisionId::from_bytes([1; 16]),
        carrier: None,
        audience: "rp:bank",
        live: (&live, &was),
        staged: (&staged, &becomes),
    });
    assert_eq!(shadow.totals(), (1, 0));
}

#[test]
fn names_over_the_ceiling_are_counted_together() {
    let mut counts = Counts::new();
    for round in 1..=2 {
        for n in 0..MOST_NAMES + 500 {
            add(&mut counts, &format!("nation/{n}"), Severity::Allow, Severity::Deny);
        }
        assert_eq!(counts.len(), MOST_NAMES + 1);
        let rows = rows(&counts);
        assert_eq!((&*rows[0].name, rows[0].decisions), (OTHERS, 500 * round));
        assert_eq!(rows[1].decisions, round);
    }
}
