//! What the packs' tests reach, for people and as JSON.

use serde_json::{Value, json};
use simbind_rules::Coverage;
use std::io;

pub(super) fn rule_values(coverage: &Coverage) -> Value {
    let value = |rule: &simbind_rules::RuleCoverage| {
        json!({
            "rule": rule.rule,
            "name": rule.source,
            "line": rule.line,
            "by_condition": rule.by_condition,
            "by_unknown": rule.by_unknown,
            "silent": rule.silent,
            "both_ways": rule.is_both_ways(),
        })
    };
    coverage.rules.iter().map(value).collect()
}

pub(super) fn side_values(coverage: &Coverage) -> Value {
    let value = |side: &simbind_rules::ParamCoverage| {
        json!({
            "pack": side.pack,
            "param": side.param,
            "below": side.below,
            "at": side.at,
            "above": side.above,
        })
    };
    coverage.params.iter().map(value).collect()
}

pub(super) fn print_coverage(coverage: &Coverage, out: &mut impl io::Write) -> io::Result<()> {
    let names = coverage.rules.iter().map(|rule| rule.rule.len());
    let sides = coverage.params.iter().map(|side| side.pack.len() + 1 + side.param.len());
    let width = names.chain(sides).max().unwrap_or(0).max("parameter".len());
    writeln!(out, "\n{:width$}  condition  unknown  silent", "rule")?;
    for rule in &coverage.rules {
        let (name, holds, unknown) = (&rule.rule, rule.by_condition, rule.by_unknown);
        writeln!(out, "{name:width$}  {holds:>9}  {unknown:>7}  {:>6}", rule.silent)?;
    }
    if !coverage.params.is_empty() {
        writeln!(out, "\n{:width$}      below       at   above", "parameter")?;
    }
    for side in &coverage.params {
        let name = format!("{}/{}", side.pack, side.param);
        writeln!(out, "{name:width$}  {:>9}  {:>7}  {:>6}", side.below, side.at, side.above)?;
    }
    let missing: Vec<_> = coverage.rules.iter().filter(|rule| !rule.is_both_ways()).collect();
    for rule in &missing {
        writeln!(out, "{}:{}: {} is not tested both ways", rule.source, rule.line, rule.rule)?;
    }
    writeln!(out, "\nrules {}, not tested both ways {}", coverage.rules.len(), missing.len())
}
