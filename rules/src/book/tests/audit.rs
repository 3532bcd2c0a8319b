//! Each kind of mistake that the compiler finds, once, with what is said of it.
//!
//! The README shows this table: it is written from here.

use super::{MVNO, NATION, lines, source};
use crate::book::RuleBook;
use crate::diagnostic::{Diagnostic, Level};

/// A mistake.
struct Row {
    /// What is checked.
    check: &'static str,
    /// What a carrier's pack adds to have it.
    added: String,
    /// The text that is underlined.
    text: &'static str,
}

fn rule(when: &str, rest: &str) -> String {
    format!(
        "[[rule]]\nid = \"own\"\non = [\"login\"]\nwhen = \"{when}\"\nverdict = \"deny\"\nreason = \"SIM_REISSUED\"\n{rest}"
    )
}

fn test(rest: &str) -> String {
    format!("[[test]]\nname = \"t\"\n{rest}\n")
}

fn row(check: &'static str, added: impl Into<String>, text: &'static str) -> Row {
    Row { check, added: added.into(), text }
}

fn mistakes() -> Vec<Row> {
    let deny = "unknown = \"deny\"";
    let ignore = "unknown = \"ignore\"";
    vec![
        row("unknown section", "[[rules]]\nid = \"x\"", "rules"),
        row("a term of life softer than above", "[life]\ndevices = 4", "4"),
        row("unknown key", rule("pin.failures > 3", "reson = \"PIN_LOCKED\""), "reson"),
        row("unknown fact", rule("pin.failres > 3", ""), "pin.failres"),
        row("unknown parameter", rule("sim.changed_age < param.swop", deny), "param.swop"),
        row("a value that the fact never has", rule("sim.latch == 'reisued'", ""), "'reisued'"),
        row("wrong type: a number for a duration", rule("binding.age < 72", deny), "72"),
        row("wrong type: a text for a duration", rule("binding.age < '72h'", deny), "'72h'"),
        row(
            "wrong type: a duration for a count",
            rule("pin.failures > duration('72h')", ""),
            "duration",
        ),
        row("wrong type: a number for an enum", rule("sim.latch == 1", ""), "1"),
        row(
            "wrong type: facts of different types",
            rule("sim.latch == line.latch", ""),
            "sim.latch",
        ),
        row("no unit in a condition", rule("binding.age < duration('72')", deny), "'72'"),
        row("no unit in a parameter", "[set]\nswap = \"72\"", "\"72\""),
        row("a count for a duration", "[set]\nswap = 72", "72"),
        row("an enum has no order", rule("sim.latch > 'clear'", ""), "sim.latch"),
        row("an operator that there is not", rule("pin.failures + 1 > 3", ""), "+"),
        row("what is no condition", rule("pin.failures = 3", ""), "="),
        row("a condition that is not whole", rule("pin.failures >", ""), ">"),
        row("a constant condition", rule("true", ""), "true"),
        row("unknown not handled", rule("sim.match == 'no'", ""), "\"sim.match == 'no'\""),
        row("unknown handled and never there", rule("pin.failures > 3", ignore), "\"ignore\""),
        row(
            "a parameter that both loosens and tightens",
            rule("sim.changed_age > param.swap", deny),
            "param.swap",
        ),
        row(
            "a step-up without methods",
            rule("pin.failures > 3", "").replace("deny", "step_up"),
            "\"own\"",
        ),
        row(
            "a method on the broken edge",
            rule("pin.failures > 3", "step_up = [\"sms\"]").replace("deny", "step_up"),
            "[\"sms\"]",
        ),
        row("under a floor", "[[adjust]]\nrule = \"floored\"\nverdict = \"allow\"", "\"allow\""),
        row(
            "switching off what has no floor",
            "[[adjust]]\nrule = \"fixed\"\nverdict = \"step_up\"",
            "\"step_up\"",
        ),
        row(
            "softening the unknown",
            "[[adjust]]\nrule = \"floored\"\nunknown = \"ignore\"",
            "\"ignore\"",
        ),
        row(
            "adding a step-up method",
            "[[adjust]]\nrule = \"asking\"\nstep_up = [\"card\", \"reattest\"]",
            "[\"card\", \"reattest\"]",
        ),
        row(
            "adjusting what is not there",
            "[[adjust]]\nrule = \"flored\"\nverdict = \"deny\"",
            "\"flored\"",
        ),
        row("outside a parameter's range", "[set]\nswap = \"1h\"", "\"1h\""),
        row(
            "a rule of a name above",
            rule("pin.failures > 3", "").replace("own", "fixed"),
            "\"fixed\"",
        ),
        row(
            "a rule that can never speak",
            rule("pin.failures > 3 && pin.failures < 2", ""),
            "\"pin.failures > 3 && pin.failures < 2\"",
        ),
        row(
            "a rule that another always covers",
            rule("sim.latch == 'recycled'", ""),
            "\"sim.latch == 'recycled'\"",
        ),
        row(
            "further back than the feed sees",
            rule("sim.changed_age < duration('120d')", deny),
            "sim.changed_age",
        ),
        row(
            "a reason that is not in the catalogue",
            rule("pin.failures > 3", "").replace("REISSUED", "REISUED"),
            "\"SIM_REISUED\"",
        ),
        row("a test that gives nothing", test("expect = { verdict = \"allow\" }"), "[[test]]"),
        row(
            "a test of a base that is not there",
            test("base = \"plian\"\nexpect = { verdict = \"allow\" }"),
            "\"plian\"",
        ),
        row(
            "a test of a rule that is not there",
            test("base = \"plain\"\nexpect = { fired = [\"countin\"] }"),
            "\"countin\"",
        ),
        row(
            "a test of a reason that no rule gives",
            test("base = \"plain\"\nexpect = { verdict = \"deny\", reason = \"PATCH_OLD\" }"),
            "\"PATCH_OLD\"",
        ),
        row(
            "a test that expects nothing",
            test("base = \"plain\"\nexpect = { reason = \"PIN_LOCKED\" }"),
            "{ reason = \"PIN_LOCKED\" }",
        ),
    ]
}

fn compiled(added: &str) -> Result<RuleBook, Vec<Diagnostic>> {
    RuleBook::compile(&[
        source("nation.toml", NATION),
        source("carrier.toml", &format!("{}{added}", super::CARRIER)),
    ])
}

fn found(row: &Row) -> Diagnostic {
    let found = compiled(&row.added).err().unwrap_or_default();
    assert_eq!(found.len(), 1, "{}\n{}", row.check, lines(&found));
    found.into_iter().next().unwrap()
}

/// The table of the README: what is checked, what stands there, what is said.
pub(super) fn messages_table() -> String {
    let mut table = String::from("| checked | underlined | said |\n|---|---|---|\n");
    for row in mistakes() {
        let found = found(&row);
        let meant = found.suggestion.map(|meant| format!("; did you mean `{meant}`?"));
        let said = format!("{}{}", found.message, meant.unwrap_or_default()).replace('|', "\\|");
        table.push_str(&format!("| {} | `{}` | {said} |\n", row.check, found.text));
    }
    table
}

#[test]
fn each_kind_of_mistake_is_found_alone_and_underlined() {
    for row in mistakes() {
        let found = found(&row);
        assert_eq!(found.level, Level::Error, "{}", row.check);
        assert_eq!(found.text, row.text, "{}: {found}", row.check);
        assert_eq!(found.pack, "carrier.toml", "{}", row.check);
    }
    // Each of them is a mistake by what was added alone.
    assert!(compiled("").unwrap().warnings().is_empty());
}

#[test]
fn every_mistake_of_every_pack_is_told_together() {
    // Rules that say nothing are looked for when nothing else is wrong.
    let late = |row: &Row| row.check.starts_with("a rule that ");
    let added = mistakes().into_iter().filter(|row| row.added.contains("[[rule]]") && !late(row));
    let numbered = added.enumerate().map(|(at, row)| {
        let name = if row.added.contains("\"fixed\"") { "fixed" } else { "own" };
        row.added.replacen(&format!("\"{name}\""), &format!("\"own-{at}\""), 1)
    });
    let rules: Vec<String> = numbered.collect();
    let sources = [
        source("nation.toml", NATION),
        source("mvno.toml", &format!("{MVNO}{}", rules.join("\n"))),
        source("carrier.toml", &format!("{}{}", super::CARRIER, rules.join("\n"))),
    ];
    // One rule is only wrong by its name, which is another here.
    let expected = rules.len() - 1;
    let found = RuleBook::compile_unchecked(&sources).unwrap_err();
    for pack in ["mvno.toml", "carrier.toml"] {
        let told: Vec<_> = found.iter().filter(|one| one.pack == pack && !taken(one)).collect();
        assert_eq!(told.len(), expected, "{pack}\n{}", lines(&found));
        assert!(told.is_sorted_by_key(|one| (one.line, one.column)));
    }
}

#[test]
fn a_rule_with_another_mistake_still_has_its_condition_checked() {
    let rule = "[[rule]]\nid = \"own\"\non = [\"login\"]\nwhen = \"sim.lach == 'reissued'\"\n\
                verdict = \"deny\"\nreason = \"SIM_REISUED\"\n";
    let found = compiled(rule).unwrap_err();
    let meant: Vec<_> = found.iter().filter_map(|one| one.suggestion.as_deref()).collect();
    assert_eq!(meant, ["sim.latch", "SIM_REISSUED"], "{}", lines(&found));
}

/// The same rules stand in both packs.
fn taken(found: &Diagnostic) -> bool {
    found.message.contains("stands already")
}
