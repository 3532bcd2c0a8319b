//! Trees as the packs that a person would write.

use super::spec::{LayerSpec, METHODS, ParamSpec, Rank, RuleSpec, Tree};
use crate::condition::tests::dice::Dice;
use crate::condition::tests::write::{Seen, duration, ours};
use crate::pack::PackSource;

pub(crate) fn id(layer: usize) -> String {
    format!("layer-{layer}")
}

pub(crate) fn packs(tree: &Tree, dice: &mut Dice) -> Vec<PackSource> {
    let mut packs: Vec<_> = tree
        .layers
        .iter()
        .enumerate()
        .map(|(at, layer)| PackSource { name: id(at), text: pack(at, layer, dice) })
        .collect();
    dice.shuffle(&mut packs);
    packs
}

fn pack(at: usize, layer: &LayerSpec, dice: &mut Dice) -> String {
    let mut text = format!("[pack]\nid = \"{}\"\n", id(at));
    text.push_str(&match layer.parent {
        None => "applies_to = { country = \"JP\" }\n".to_owned(),
        Some(0) => {
            format!("extends = \"layer-0\"\napplies_to = {{ carrier = \"{}\" }}\n", id(at))
        }
        Some(host) => format!(
            "extends = \"{0}\"\napplies_to = {{ mvno = \"{1}\", host = \"{0}\" }}\n",
            id(host),
            id(at)
        ),
    });
    if !layer.sets.is_empty() {
        text.push_str("[set]\n");
    }
    for (name, value) in &layer.sets {
        let amount = amount(*name != "tries", *value, dice);
        text.push_str(&format!("{name} = {amount}\n"));
    }
    for adjust in &layer.adjusts {
        text.push_str(&format!("[[adjust]]\nrule = \"{}\"\n", adjust.rule));
        if let Some(verdict) = adjust.verdict {
            text.push_str(&format!("verdict = \"{}\"\n", word(verdict)));
        }
        if let Some(unknown) = adjust.unknown {
            text.push_str(&format!("unknown = \"{}\"\n", unknown_word(unknown)));
        }
        if let Some(of) = adjust.methods {
            text.push_str(&format!("step_up = {:?}\n", methods(of)));
        }
    }
    layer.params.iter().for_each(|spec| text.push_str(&param(spec, dice)));
    layer.rules.iter().for_each(|spec| text.push_str(&rule(spec, dice)));
    text
}

fn param(spec: &ParamSpec, dice: &mut Dice) -> String {
    let mut text = format!("[param.{}]\n", spec.name);
    for (key, value) in [("default", spec.default), ("min", spec.min), ("max", spec.max)] {
        text.push_str(&format!("{key} = {}\n", amount(spec.duration, value, dice)));
    }
    let softer = match (spec.duration, spec.less_is_softer) {
        (true, true) => "shorter",
        (true, false) => "longer",
        (false, true) => "lower",
        (false, false) => "higher",
    };
    text.push_str(&format!("softer = \"{softer}\"\n"));
    text
}

fn rule(spec: &RuleSpec, dice: &mut Dice) -> String {
    let kinds = [("login", spec.login), ("tap", spec.tap)];
    let on: Vec<_> = kinds.into_iter().filter(|(_, on)| *on).map(|(kind, _)| kind).collect();
    let when = toml::Value::from(ours(&spec.expr, dice, &mut Seen::new()));
    let mut text = format!("[[rule]]\nid = \"{}\"\non = {on:?}\nwhen = {when}\n", spec.id);
    text.push_str(&format!("verdict = \"{}\"\n", word(spec.verdict)));
    if let Some(unknown) = spec.unknown {
        text.push_str(&format!("unknown = \"{}\"\n", unknown_word(unknown)));
    }
    if let Some(floor) = spec.floor {
        text.push_str(&format!("floor = \"{}\"\n", word(floor)));
    }
    if spec.methods != 0 {
        text.push_str(&format!("step_up = {:?}\n", methods(spec.methods)));
    }
    text.push_str(&format!("reason = \"{}\"\n", spec.reason));
    text
}

fn amount(is_duration: bool, value: i64, dice: &mut Dice) -> String {
    match is_duration {
        true => format!("\"{}\"", duration(value, dice, &mut Seen::new())),
        false => value.to_string(),
    }
}

fn methods(of: u8) -> Vec<&'static str> {
    METHODS.into_iter().enumerate().filter(|(at, _)| of >> at & 1 == 1).map(|(_, m)| m).collect()
}

fn word(rank: Rank) -> &'static str {
    ["allow", "step_up", "deny"][usize::from(rank)]
}

fn unknown_word(rank: Rank) -> &'static str {
    ["ignore", "step_up", "deny"][usize::from(rank)]
}
