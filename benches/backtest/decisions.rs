//! Decisions as a day leaves them: mostly owners who are let in, by the packs that ship.

use simbind_benches::Chance;
use simbind_core::{
    check::{after_step_up, rule},
    ids::{BindingId, DecisionId},
    time::Timestamp,
};
use simbind_rules::{ChainId, CheckKind, Facts, RuleBook, StepUpMethod, Verdict};
use simbind_service::ledger::{DecisionEntry, FiredEntry};
use std::time::Duration;

/// 2026-10-01T00:00:00Z.
const BEGINNING: Timestamp = Timestamp::from_secs(1_790_812_800);

/// What speaks of the line in every check.
const LINE: &[(&str, &str)] = &[
    ("sim.state", "active"),
    ("sim.changed_age", "never"),
    ("handset.changed_age", "never"),
    ("events.consistency", "agree"),
    ("feed.horizon", "90d"),
];

const APP: &[(&str, &str)] = &[
    ("binding.key_home", "sim"),
    ("binding.platform", "android"),
    ("handset.match", "yes"),
    ("handset.match_provenance", "device_attested"),
    ("handset.match_age", "0s"),
    ("handset.relation", "bound"),
    ("handset.attestation_level", "tee"),
    ("handset.boot", "verified"),
    ("handset.claims", "agree"),
    ("sim.match", "yes"),
    ("sim.match_provenance", "self_reported"),
    ("counter.state", "advanced"),
];

const IPHONE: &[(&str, &str)] = &[
    ("binding.key_home", "keychain"),
    ("binding.platform", "ios"),
    ("handset.attestation_level", "app_attest"),
];

const TAP: &[(&str, &str)] = &[
    ("binding.key_home", "sim"),
    ("binding.platform", "android"),
    ("check.channel", "tap_bare"),
    ("handset.proof", "not_carried"),
    ("app.identity", "not_carried"),
    ("handset.match", "yes"),
    ("handset.match_provenance", "carrier_event"),
    ("handset.relation", "bound"),
    ("reader.profile", "door"),
    ("reader.round_trip", "60ms"),
    ("counter.state", "advanced"),
];

/// What an attacker's check, or an unlucky owner's, has otherwise.
const ODD: &[(&str, &str)] = &[
    ("handset.match", "no"),
    ("sim.latch", "reissued"),
    ("line.latch", "ported_out"),
    ("handset.proof", "withheld"),
    ("transcript.signature", "invalid"),
    ("relying_party.sensitivity", "pay"),
    ("feed.health", "silent"),
    ("sim.changed_age", "2h"),
];

/// A decision that was recorded, with its facts.
pub struct Sample {
    /// As the ledger holds it.
    pub entry: DecisionEntry,
    /// Its facts.
    pub facts: Facts,
    /// The chain that decided.
    pub chain: ChainId,
}

/// A decision by a book.
pub fn any(chance: &mut Chance, book: &RuleBook, number: u64) -> Sample {
    let at = BEGINNING.plus(Duration::from_millis(number * 20));
    let (kind, facts) = facts(chance);
    let lines = [("docomo", None), ("iij", Some("docomo")), ("light-mvno", Some("docomo"))];
    let (carrier, host) = lines[chance.below(lines.len())];
    let chain = book.chain(Some(host.unwrap_or(carrier)), Some(carrier));
    let ruling = rule(book, chain, kind, &facts, None);
    let asked = matches!(ruling.answer.verdict(), Verdict::StepUp(_));
    let proved = (asked && chance.percent(50)).then_some(StepUpMethod::Card);
    let ruling = proved.map_or(ruling.clone(), |method| after_step_up(ruling, method));
    let fired = ruling.fired.iter().map(|fired| {
        let name = book.rule_name(fired.rule);
        let (pack, rule) = name.split_once('/').expect("a rule's name");
        FiredEntry { pack: pack.to_owned(), rule: rule.to_owned(), held: true }
    });
    let mut id = [0; 16];
    id[..6].copy_from_slice(&at.as_millis().to_be_bytes()[2..]);
    id[6..14].copy_from_slice(&chance.next().to_be_bytes());
    let of = |word: &str| word.parse().expect("a name");
    let entry = DecisionEntry {
        id: DecisionId::from_bytes(id),
        parent: None,
        kind,
        caller: "bank".parse().expect("a name"),
        audience: if kind == CheckKind::Tap {
            format!("reader:door-{}", chance.below(40))
        } else {
            format!("rp:party-{}", chance.below(20))
        },
        request: format!("5f0c1e7a-{number:012}").parse().expect("a number"),
        digest: [chance.next() as u8; 32],
        challenge: Some(id),
        binding: Some(BindingId::from_bytes(id)),
        carrier: Some(of(carrier)),
        host: host.map(|host| host.parse().expect("a name")),
        facts: facts.to_bytes(),
        limit: None,
        proved,
        verdict: ruling.answer.verdict(),
        reasons: ruling.reasons.iter().map(|reason| reason.as_str().to_owned()).collect(),
        edge: ruling.edge,
        fired: fired.collect(),
        packs: book.hash().0,
        decided_at: at,
        position: number,
        snoozed: Vec::new(),
        token: None,
    };
    Sample { entry, facts, chain }
}

fn facts(chance: &mut Chance) -> (CheckKind, Facts) {
    let (kind, own) = match chance.below(10) {
        0..=4 => (CheckKind::Login, APP),
        5..=6 => (CheckKind::Login, IPHONE),
        _ => (CheckKind::Tap, TAP),
    };
    let mut facts = Facts::new();
    for fact in simbind_rules::Fact::ALL {
        if let simbind_rules::facts::Knowledge::Always { usual } = fact.knowledge() {
            facts.set_by_name(fact.name(), usual).expect("its usual value");
        }
    }
    let set = |facts: &mut Facts, (name, value): &(&str, &str)| {
        facts.set_by_name(name, value).expect("a fact");
    };
    LINE.iter().chain(own).for_each(|fact| set(&mut facts, fact));
    let mut span = |most: usize| Duration::from_millis(chance.below(most) as u64);
    const DAY: usize = 86_400_000;
    facts.set_binding_age(span(400 * DAY));
    facts.set_transcript_skew(span(20_000));
    facts.set_certificate_status_age(span(DAY));
    facts.set_feed_silence(span(600_000));
    if kind == CheckKind::Tap {
        facts.set_handset_match_age(span(DAY / 2));
    } else if std::ptr::eq(own, APP) {
        facts.set_handset_patch_age(span(120 * DAY));
    }
    if chance.percent(8) {
        set(&mut facts, &ODD[chance.below(ODD.len())]);
    }
    (kind, facts)
}
