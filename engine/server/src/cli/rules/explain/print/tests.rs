use super::{Told, value, write};
use crate::grpc::explained_facts;
use simbind_rules::{CheckKind, Facts, PackSource, RuleBook};
use simbind_service::explain::Answer;

const NATION: &str = r#"
[pack]
id = "nation"
applies_to = { country = "JP" }
[param.swap]
default = "72h"
min = "24h"
max = "30d"
softer = "shorter"
[[rule]]
id = "moved"
on = ["login"]
when = "binding.key_home == 'sim' && handset.match == 'no'"
verdict = "deny"
unknown = "ignore"
floor = "step_up"
step_up = ["card", "counter"]
reason = "HANDSET_MISMATCH"
[[rule]]
id = "fresh"
on = ["login"]
when = "sim.changed_age < param.swap"
verdict = "step_up"
unknown = "ignore"
step_up = ["card"]
reason = "SIM_REISSUED"
"#;
const CARRIER: &str = r#"
[pack]
id = "carrier"
extends = "nation"
applies_to = { carrier = "docomo" }
[set]
swap = "48h"
[[adjust]]
rule = "moved"
verdict = "step_up"
"#;

fn told(given: &[(&str, &str)]) -> Told {
    let pack = |name: &str, text: &str| PackSource { name: name.into(), text: text.into() };
    let book = RuleBook::compile(&[pack("n", NATION), pack("c", CARRIER)]).unwrap();
    let mut facts = Facts::usual(CheckKind::Login);
    for (name, text) in given {
        facts.set_by_name(name, text).unwrap();
    }
    let answer = Answer::of(&book, Some("carrier"), CheckKind::Login, &facts).unwrap();
    Told::from(explained_facts(answer))
}

fn shown(given: &[(&str, &str)]) -> String {
    let mut out = Vec::new();
    write(&told(given), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_verdict_comes_first_then_who_spoke_who_was_silent_and_what_would_have_to_differ() {
    let moved = [("binding.key_home", "sim"), ("handset.match", "no"), ("sim.changed_age", "90m")];
    let text = shown(&moved);
    let expected = "\
step_up by card: HANDSET_MISMATCH, SIM_REISSUED

these rules spoke:
  nation/moved: step_up, HANDSET_MISMATCH; its condition holds
    binding.key_home ('sim') == 'sim' {true} && handset.match ('no') == 'no' {true}
    adjusted by carrier: verdict step_up
  nation/fresh: step_up, SIM_REISSUED; its condition holds
    sim.changed_age (1h30m) < param.swap (2d) {true}
    param.swap is 2d, set by carrier

it would be allow if";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains(", not 1h30m\n"), "{text}");
}

#[test]
fn a_silent_rule_takes_one_line() {
    let text = shown(&[("handset.match", "no"), ("sim.changed_age", "5d")]);
    let expected = "\
allow

these were silent:
  nation/moved: binding.key_home (unknown) == 'sim' {unknown} && handset.match ('no') == 'no' {true}; adjusted by carrier: verdict step_up
  nation/fresh: sim.changed_age (5d) < param.swap (2d) {false}; param.swap set by carrier
";
    assert_eq!(text, expected);
}

#[test]
fn json_says_the_same() {
    let json = value(&told(&[("sim.changed_age", "90m")]));
    assert_eq!(json["verdict"], "step_up");
    assert_eq!(json["step_up_methods"][0], "card");
    let fresh = &json["rules"][1];
    assert_eq!((&fresh["rule"], &fresh["result"]), (&"fresh".into(), &"true".into()));
    assert_eq!(fresh["params"][0]["set_by"], "carrier");
    assert_eq!(fresh["on"], serde_json::json!(["login"]));
    assert_eq!(fresh["facts"]["sim.changed_age"], "1h30m");
    assert_eq!(json["rules"][0]["verdict"], serde_json::Value::Null);
    assert_eq!(json["milder"]["verdict"], "allow");
    assert_eq!(json["decision_id"], serde_json::Value::Null);
}
